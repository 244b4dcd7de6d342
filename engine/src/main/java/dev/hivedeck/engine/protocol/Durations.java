package dev.hivedeck.engine.protocol;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as a person writes them: a number and one unit. */
public final class Durations {
  /** What they look like, to be said where one is wrong. */
  public static final String EXAMPLES = "500ms, 30s, 20m, 24h or 30d";

  private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h|d)");

  private Durations() {}

  /** For people: {@code 2 s}, {@code 500 ms}. */
  public static String words(Duration time) {
    long millis = time.toMillis();
    return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
  }

  /** Empty when it is no time. */
  public static Optional<Duration> parse(String text) {
    Matcher m = FORM.matcher(text.strip());
    if (!m.matches()) {
      return Optional.empty();
    }
    double millis =
        Double.parseDouble(m.group(1))
            * switch (m.group(2)) {
              case "ms" -> 1.0;
              case "s" -> 1e3;
              case "m" -> 60e3;
              case "h" -> 3_600e3;
              default -> 86_400e3;
            };
    return Optional.of(Duration.ofMillis((long) millis));
  }
}
