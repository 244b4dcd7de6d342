package dev.hivedeck.engine.git.survey;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Comments are no part of what a file says to a machine; what only looks like one in a text is. */
final class Comments {
  /** Such as {@code /*!} and {@code /*M!100100}: MySQL and MariaDB carry out what follows. */
  private static final Pattern RUN = Pattern.compile("/\\*M?!\\d{0,6}");

  private final String text;
  private final String line;
  private final StringBuilder left;

  /** Whether it is in a comment that some carry out. */
  private boolean running;

  /** Whether a text ends with its line, and a backslash takes what follows as it is. */
  private final boolean strict;

  /** Quotes of which there is none any more. */
  private final Set<Character> endless = new HashSet<>();

  private Comments(String text, String line, boolean strict) {
    this.text = text;
    this.line = line;
    this.strict = strict;
    this.left = new StringBuilder(text.length());
  }

  /** A protocol without them; its texts are empty, for what is in them is no part of it. */
  static String ofProto(String text) {
    return new Comments(text, "//", true).without();
  }

  /** SQL without them; what MySQL and MariaDB carry out of them stays. */
  static String ofSql(String text) {
    return new Comments(text, "--", false).without();
  }

  /** In one pass, whatever the text is like. */
  private String without() {
    int at = 0;
    while (at < text.length()) {
      int end = at;
      int run = run(at);
      if (run > at) {
        end = run;
        running = true;
      } else if (running && text.startsWith("*/", at)) {
        end = at + 2;
        running = false;
      } else if (text.startsWith(line, at)) {
        end = text.indexOf('\n', at);
      } else if (text.startsWith("/*", at)) {
        end = text.indexOf("*/", at + 2);
        end = end < 0 ? end : end + 2;
      }
      if (end < 0) {
        break;
      }
      if (end > at) {
        left.append(' ');
        at = end;
      } else {
        at = taken(at);
      }
    }
    return left.toString();
  }

  /** Where a comment that is carried out has its content; the same place for none. */
  private int run(int at) {
    if (strict || !text.startsWith("/*", at)) {
      return at;
    }
    var begin = RUN.matcher(text).region(at, text.length());
    return begin.lookingAt() ? begin.end() : at;
  }

  /** Takes a text, or what stands there otherwise. */
  private int taken(int at) {
    char quote = text.charAt(at);
    if (quote != '\'' && quote != '"') {
      left.append(quote);
      return at + 1;
    }
    return strict ? emptied(quote, at) : kept(quote, at);
  }

  /** One that has no end has that of its line. */
  private int emptied(char quote, int at) {
    left.append(quote);
    for (int i = at + 1; i < text.length() && text.charAt(i) != '\n'; i++) {
      if (text.charAt(i) == quote) {
        left.append(quote);
        return i + 1;
      }
      if (text.charAt(i) == '\\') {
        i++;
      }
    }
    int end = text.indexOf('\n', at);
    left.append(text, at + 1, end < 0 ? text.length() : end);
    return end < 0 ? text.length() : end;
  }

  /** One that has no end is none. */
  private int kept(char quote, int at) {
    int end = endless.contains(quote) ? -1 : text.indexOf(quote, at + 1);
    if (end < 0) {
      endless.add(quote);
      left.append(quote);
      return at + 1;
    }
    left.append(text, at, end + 1);
    return end + 1;
  }
}
