package dev.hivedeck.engine.agent.discovery;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a text says first, short enough for one line. */
final class FirstSentence {
  private static final int LONGEST = 160;
  private static final Pattern END = Pattern.compile("[.!?](?=\\s|$)");

  /** Frames and rulers around a heading: marks at both ends that are no part of a sentence. */
  private static final Pattern FRAME =
      Pattern.compile(
          "^\\s*(?:[|=#*_~+•·–—-]+\\s+|[\\x{2500}-\\x{25FF}]+\\s*)+"
              + "|(?:\\s+[|=#*_~+•·–—-]+|\\s*[\\x{2500}-\\x{25FF}]+)+\\s*$");

  private FirstSentence() {}

  /** Whether a line that is not blank holds nothing to read. */
  static boolean isRuler(String line) {
    return !line.isBlank() && line.codePoints().noneMatch(Character::isLetterOrDigit);
  }

  /** The first sentence of a text in one line; null when it says nothing. */
  static String first(String text) {
    if (text == null) {
      return null;
    }
    // Definitions written by a program often hold the two letters instead of the line's end.
    String read =
        text.replace("\\n", "\n")
            .lines()
            .map(l -> isRuler(l) ? "" : FRAME.matcher(l).replaceAll(""))
            .collect(Collectors.joining("\n"));
    String line = read.strip().split("\\n\\s*\\n", 2)[0];
    line = line.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    Matcher end = END.matcher(line);
    if (end.find() && end.start() >= 12) {
      line = line.substring(0, end.start());
    }
    if (line.codePointCount(0, line.length()) > LONGEST) {
      int cut = line.offsetByCodePoints(0, LONGEST - 1);
      int space = line.lastIndexOf(' ', cut);
      line = line.substring(0, space > LONGEST / 2 ? space : cut).strip() + "…";
    }
    return line.isEmpty() ? null : line.replaceAll("[.:;,]+$", "");
  }
}
