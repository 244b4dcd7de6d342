package dev.hivedeck.engine.agent.discovery;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version as programs print it among other words: {@code codex-cli 0.58.0}, {@code 2.0.14 (Claude
 * Code)}.
 *
 * @param text the number with what is glued to it, such as {@code 1.2.3-beta.1}
 */
record ProgramVersion(String text) implements Comparable<ProgramVersion> {
  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\w.])v?(\\d+\\.\\d+(?:\\.\\d+)*(?:-[0-9A-Za-z][\\w.-]*)?)");

  /** The first version in a text. */
  static Optional<ProgramVersion> in(String text) {
    Matcher m = NUMBER.matcher(text);
    return m.find() ? Optional.of(new ProgramVersion(m.group(1))) : Optional.empty();
  }

  /** By numbers; what follows a hyphen does not count. */
  @Override
  public int compareTo(ProgramVersion other) {
    String[] mine = numbers();
    String[] theirs = other.numbers();
    for (int i = 0; i < Math.max(mine.length, theirs.length); i++) {
      int order = Long.compare(number(mine, i), number(theirs, i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private String[] numbers() {
    return text.split("-", 2)[0].split("\\.");
  }

  /** Beyond eighteen digits it is no version but a hash or a date gone wild. */
  private static long number(String[] parts, int place) {
    if (place >= parts.length) {
      return 0;
    }
    String digits = parts[place];
    return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
  }
}
