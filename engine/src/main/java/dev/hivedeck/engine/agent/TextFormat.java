package dev.hivedeck.engine.agent;

import java.time.Duration;

/** Quantities as people say them. */
public final class TextFormat {
  private TextFormat() {}

  /** For example {@code 1 h 30 min}, {@code 45 s}, {@code 200 ms}. */
  public static String of(Duration d) {
    var text = new StringBuilder();
    part(text, d.toHours(), "h");
    part(text, d.toMinutesPart(), "min");
    part(text, d.toSecondsPart(), "s");
    if (text.isEmpty()) {
      part(text, d.toMillis(), "ms");
    }
    return text.isEmpty() ? "0 s" : text.toString();
  }

  private static void part(StringBuilder text, long amount, String unit) {
    if (amount > 0) {
      text.append(text.isEmpty() ? "" : " ").append(amount).append(' ').append(unit);
    }
  }

  public static String shorten(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + "…";
  }
}
