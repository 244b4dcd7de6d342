package dev.hivedeck.ui.shell.text;

import dev.hivedeck.engine.protocol.Printable;
import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * Text from outside as it can be shown: what has no shape of its own is spelled out, as {@link
 * Printable} does in a terminal (control characters, marks that turn the direction of what
 * follows), and what would fill or flood the window is cut short.
 */
public final class DisplayText {
  /** No line is read further than that. */
  static final int LINE = 400;

  /** No text in a pane is, either; whoever wants the rest opens the file. */
  static final int TEXT = 10_000;

  /**
   * A letter that is shaped by its neighbours counts for as many in a text that is wrapped: the
   * rest of a line is shaped anew for each line.
   */
  private static final int SHAPED = 5;

  /** More marks than that on one letter reach into the lines above and below. */
  private static final int MARKS = 4;

  private static final int BLACK_FLAG = 0x1F3F4;

  private static final int ZWNJ = 0x200c;
  private static final int ZWJ = 0x200d;
  private static final int SOFT_HYPHEN = 0xad;

  /** How a terminal is told of colours. */
  private static final Pattern COLOURS = Pattern.compile("\u001B\\[[0-9;]*m");

  private DisplayText() {}

  /** In one line. */
  public static String line(String text) {
    return plain(text, LINE, false);
  }

  /** In the lines that it has. */
  public static String text(String text) {
    return plain(text, TEXT, true);
  }

  /** The text of a lesson as people read it: what differs from time to time is an ellipsis. */
  public static String template(String text) {
    return text.replace("<*>", "…");
  }

  private static String plain(String told, int most, boolean lines) {
    if (told == null || told.length() <= most && harmless(told, lines)) {
      return told;
    }
    var text = told.indexOf('\u001B') < 0 ? told : COLOURS.matcher(told).replaceAll("");
    var out = new StringBuilder(Math.min(text.length(), most) + 16);
    int marks = 0;
    int before = 0;
    int i = 0;
    int more = 0;
    while (i < text.length() && out.length() + more < most) {
      int c = text.codePointAt(i);
      more += lines && shaped(c) ? SHAPED - 1 : 0;
      i += Character.charCount(c);
      marks = mark(c) ? marks + 1 : 0;
      if (c == '\r' && i < text.length() && text.charAt(i) == '\n') {
        continue;
      }
      if (lineBreak(c)) {
        out.append(lines ? "\n" : "\\n"); // or one line could pass for two
      } else if (c == '\t') {
        out.append(lines ? "    " : " ");
      } else if (tag(c)) {
        // Flags of regions are spelled in them; elsewhere they hide words.
        if (before == BLACK_FLAG) {
          out.appendCodePoint(c);
          continue;
        }
        spell(out, c);
      } else if (hidden(before, c)) {
        spell(out, c);
      } else if (marks <= MARKS && !selector(c)) {
        out.appendCodePoint(c);
      }
      before = c;
    }
    return i < text.length() ? out + "… [+" + (text.length() - i) + "]" : out.toString();
  }

  private static boolean harmless(String text, boolean lines) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean printed =
          c >= ' ' && c < 0x7f
              || c >= 0xa0 && c < 0x300 && c != SOFT_HYPHEN
              || c >= 0x2010 && c < 0x2028;
      if (!printed && !(lines && c == '\n')) {
        return false;
      }
    }
    return true;
  }

  /** Arabic, Hebrew, Indic and other scripts, emoji. */
  private static boolean shaped(int c) {
    return c >= 0x590 && c < 0x1e00 || c >= 0xa800 && c < 0xac00 || c >= 0xfb00;
  }

  private static boolean lineBreak(int c) {
    return c == '\n'
        || c == '\r'
        || c == 0x0b
        || c == 0x0c
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  /** Which way an emoji is to be drawn; there is one way here. */
  private static boolean selector(int c) {
    return c >= 0xfe00 && c <= 0xfe0f;
  }

  private static boolean mark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  private static boolean tag(int c) {
    return c >= 0xe0000 && c <= 0xe007f;
  }

  /**
   * Joiners belong to how some scripts are written; in others they only hide. Blanks of other
   * widths belong to how times and numbers are.
   */
  private static boolean hidden(int before, int c) {
    boolean joins = (c == ZWNJ || c == ZWJ) && before > 0x7f;
    boolean blank = Character.getType(c) == Character.SPACE_SEPARATOR;
    return !joins && !blank && !selector(c) && Printable.hides(c);
  }

  private static void spell(StringBuilder out, int c) {
    out.append(Printable.written(c));
  }

  /** The letters alone, for where even plain text cannot be laid out. */
  public static String bare(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKD).replaceAll("[^\\x20-\\x7e\\n]", "?");
  }
}
