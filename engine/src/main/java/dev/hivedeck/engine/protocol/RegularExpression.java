package dev.hivedeck.engine.protocol;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayDeque;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression that others write, with the syntax of RE2 as in Prometheus (<a
 * href="https://github.com/google/re2/wiki/Syntax">syntax</a>). It takes time by the length of the
 * text, whatever it says, and no depth of the stack; how large it may be is bounded.
 */
public final class RegularExpression {
  /** Letters that one may have. */
  public static final int LONGEST = 10_000;

  /** Steps that one may consist of, with what is repeated written out. */
  public static final int LARGEST = 10_000;

  /** Groups within each other. */
  public static final int DEEPEST = 100;

  private final Pattern pattern;

  private RegularExpression(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Reads one; a dot stands for a line's end too.
   *
   * @throws PatternSyntaxException when it is none, or too large
   */
  public static RegularExpression of(String text) {
    check(text);
    try {
      return new RegularExpression(Pattern.compile(text, Pattern.DOTALL));
    } catch (com.google.re2j.PatternSyntaxException e) {
      throw new PatternSyntaxException(e.getDescription(), text, -1);
    }
  }

  /** Whether the whole text matches. */
  public boolean matches(String text) {
    return pattern.matches(text);
  }

  /** For what groups have matched. */
  public Matcher matcher(String text) {
    return pattern.matcher(text);
  }

  /** Before it is compiled: a repetition in a repetition multiplies. */
  private static void check(String text) {
    if (text.length() > LONGEST) {
      throw new PatternSyntaxException("it has more than " + LONGEST + " letters", text, -1);
    }
    var outer = new ArrayDeque<Long>(); // sizes of the groups around
    long size = 0; // of the group so far
    long last = 0; // of what a repetition would repeat
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '(') {
        outer.push(size);
        size = 0;
        last = 0;
      } else if (c == ')' && !outer.isEmpty()) {
        last = size + 1;
        size = outer.pop() + last;
      } else if (c == '{' && last > 0) {
        long times = times(text, at);
        size += (times - 1) * last;
        last *= times;
      } else {
        at = c == '\\' ? at + 1 : c == '[' ? end(text, at) : at;
        last = 1;
        size++;
      }
      if (outer.size() > DEEPEST) {
        throw new PatternSyntaxException(
            "more than " + DEEPEST + " groups are within each other", text, -1);
      }
      if (size > LARGEST) {
        throw new PatternSyntaxException(
            "with its repetitions it has more than " + LARGEST + " steps", text, -1);
      }
    }
  }

  /** How often, of {@code {2}}, {@code {2,}} or {@code {2,5}}; 1 when it is no repetition. */
  private static long times(String text, int at) {
    long times = 0;
    long most = 0;
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        times = Math.min(LARGEST + 1L, times * 10 + (c - '0'));
      } else if (c == ',') {
        most = Math.max(most, times);
        times = 0;
      } else {
        return c == '}' ? Math.max(1, Math.max(most, times)) : 1;
      }
    }
    return 1;
  }

  /** Where a class ends; where it begins when it does not. */
  private static int end(String text, int at) {
    for (int i = at + 2; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == ']') {
        return i;
      }
    }
    return at;
  }
}
