package dev.hivedeck.engine.protocol;

import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;

/**
 * Text of others, fit to be shown: characters that would steer a terminal, turn the direction of
 * writing, pass for a blank or not be seen at all are written out as YAML and JSON write them
 * ({@code \e}, {@code \x9b}, <code>\</code>{@code u202e}). What is plain stays the very same
 * string.
 */
@NullUnmarked // what is null stays so, in and out
public final class Printable {
  private static final int LAST_ASCII = 0x7f;
  private static final int JOINER = 0x200d;
  private static final int EMOJI_STYLE = 0xfe0f;
  private static final Pattern BLANKS = Pattern.compile(" {9,}");

  private enum Form {
    LINE,
    TEXT,
    JSON
  }

  private Printable() {}

  /** What belongs on one line: a newline or a tab is written out too. */
  public static String line(String text) {
    return written(text, Form.LINE);
  }

  /**
   * What is to be judged to the last character, such as a command: as {@link #line}, with long runs
   * of blanks, which could push the rest out of sight, counted: {@code ␣×3000}.
   */
  public static String exact(String text) {
    return text == null
        ? null
        : BLANKS.matcher(line(text)).replaceAll(run -> "␣×" + run.group().length());
  }

  /** What may have several lines: newlines and tabs stay. */
  public static String text(String text) {
    return written(text, Form.TEXT);
  }

  /** A JSON document that says the same with nothing in it that steers or hides. */
  public static String json(String document) {
    return written(document, Form.JSON);
  }

  private static String written(String text, Form form) {
    if (text == null) {
      return null;
    }
    StringBuilder out = null;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (stays(text, i, c, form)) {
        if (out != null) {
          out.appendCodePoint(c);
        }
      } else {
        if (out == null) {
          out = new StringBuilder(text.length() + 16).append(text, 0, i);
        }
        out.append(form == Form.JSON ? json(c) : name(c));
      }
      i = next;
    }
    return out == null ? text : out.toString();
  }

  private static boolean stays(String text, int at, int c, Form form) {
    if (c >= ' ' && c < LAST_ASCII) {
      return true;
    }
    if (c == '\n' || c == '\t') {
      return form != Form.LINE;
    }
    if (c == '\r') {
      return form == Form.TEXT && text.startsWith("\r\n", at);
    }
    if (c == JOINER || c == EMOJI_STYLE) {
      return partOfEmoji(text, at, c);
    }
    return !hidden(c);
  }

  /** Whether a character would steer, turn or not be seen, and is written out for that. */
  public static boolean hides(int c) {
    return hidden(c);
  }

  /** A character written out. */
  public static String written(int c) {
    return name(c);
  }

  /**
   * Control, format, separators of words, lines and paragraphs, halves of pairs, what no font or
   * each its own way draws, and what has no shape.
   */
  private static boolean hidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR, // the one that stays is ASCII
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SURROGATE ->
          true;
      default ->
          c == 0x34f // combining grapheme joiner
              || c == 0x115f // Hangul fillers
              || c == 0x1160
              || c == 0x3164
              || c == 0xffa0
              || c == 0x2800 // Braille without a dot
              || c == 0x16fe4 // Khitan filler
              || c == 0x1d159 // null notehead
              || c == 0x17b4 // Khmer inherent vowels
              || c == 0x17b5
              || c >= 0x180b && c <= 0x180f // Mongolian variation selectors
              || c >= 0xfe00 && c <= 0xfe0f // variation selectors
              || c >= 0xfff0 && c <= 0xfffc
              || c == 0x2065
              || c >= 0xe0000 && c <= 0xe0fff; // tags and more variation selectors
    };
  }

  /** Between two pictures, or after one, it is part of how the picture is written. */
  private static boolean partOfEmoji(String text, int at, int c) {
    int next = at + 1 < text.length() ? text.codePointAt(at + 1) : 0;
    return picture(before(text, at)) && (c == EMOJI_STYLE || picture(next));
  }

  /** The character before that place; a style belongs to what it follows. */
  private static int before(String text, int at) {
    int c = at > 0 ? text.codePointBefore(at) : 0;
    return c == EMOJI_STYLE && at > 1 ? text.codePointBefore(at - 1) : c;
  }

  private static boolean picture(int c) {
    return c > LAST_ASCII && Character.isEmoji(c);
  }

  private static String name(int c) {
    return switch (c) {
      case '\0' -> "\\0";
      case 0x07 -> "\\a";
      case '\b' -> "\\b";
      case '\t' -> "\\t";
      case '\n' -> "\\n";
      case 0x0b -> "\\v";
      case '\f' -> "\\f";
      case '\r' -> "\\r";
      case 0x1b -> "\\e";
      default ->
          c <= 0xff
              ? "\\x%02x".formatted(c)
              : c <= 0xffff ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c);
    };
  }

  private static String json(int c) {
    var units = new StringBuilder();
    for (char unit : Character.toChars(c)) {
      units.append("\\u%04x".formatted((int) unit));
    }
    return units.toString();
  }
}
