package dev.hivedeck.engine.security;

import dev.hivedeck.engine.security.Redactor.Span;
import java.util.List;

/**
 * Finds what lies between the first and the last line of a private key in the form of PEM, also
 * where its lines come one after the other, or as {@code \n} within one.
 */
final class PrivateKeys {
  private static final String BEGIN = "-----BEGIN ";
  private static final String KEY = "PRIVATE KEY";
  private static final String END = "-----END ";
  private static final int HEADER = 64;

  /** A key of 16,384 bits has fewer. */
  private static final int LINES = 300;

  private int left;

  void find(CharSequence text, List<Span> spans) {
    new Search(text, spans).all();
  }

  /** Goes through one text, looking nowhere twice for what is not there. */
  private final class Search {
    private final CharSequence text;
    private final List<Span> spans;
    private int line = -1;
    private int end = -1;

    private Search(CharSequence text, List<Span> spans) {
      this.text = text;
      this.spans = spans;
    }

    private void all() {
      int at = left > 0 ? body(0) : 0;
      while (at < text.length()) {
        int dashes = indexOf(text, BEGIN, at);
        if (dashes == text.length()) {
          return;
        }
        int key = header(text, dashes + BEGIN.length());
        at = key < 0 ? dashes + BEGIN.length() : body(key);
      }
    }

    /** Masks up to the last line of the key, or as far as what follows could be one. */
    private int body(int from) {
      if (left == 0) {
        left = LINES;
      }
      int start = from;
      while (start < text.length() && blank(text.charAt(start))) {
        start++;
      }
      int at = from;
      while (at <= text.length()) {
        int ends = endOfLine(at);
        if (endOfKey(at) < ends) {
          left = 0;
          add(start, end);
          return end + END.length();
        }
        if (at == from && from > 0) { // what stands behind the first line's dashes
          int run = from;
          while (run < ends && (SecretShapes.BASE64.has(text.charAt(run)) || inLine(text, run))) {
            run++;
          }
          if (run < ends) {
            left = 0;
            add(start, run);
            return run;
          }
        } else if (!couldBeKey(text, at, ends) || --left <= 0) {
          left = 0;
          add(start, at);
          return Math.max(at, from);
        }
        at = ends + 1;
      }
      add(start, text.length());
      return text.length();
    }

    private int endOfLine(int at) {
      if (line < at) {
        line = at;
        while (line < text.length() && text.charAt(line) != '\n') {
          line++;
        }
      }
      return line;
    }

    private int endOfKey(int at) {
      if (end < at) {
        end = indexOf(text, END, at);
      }
      return end;
    }

    private void add(int from, int to) {
      if (to > from) {
        spans.add(new Span(from, to));
      }
    }
  }

  /** Where the line that begins a key ends; -1 when it begins something else. */
  private static int header(CharSequence text, int from) {
    int to = Math.min(text.length(), from + HEADER);
    boolean key = false;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '-') {
        int end = i;
        while (end < to && text.charAt(end) == '-') {
          end++;
        }
        return key ? end : -1;
      }
      if (c != ' ' && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) {
        return -1;
      }
      key |= startsWith(text, KEY, i);
    }
    return -1;
  }

  /** An end of a line, written as such in one. */
  private static boolean inLine(CharSequence text, int at) {
    return text.charAt(at) == '\\' || text.charAt(at) == '\r';
  }

  /** Base64, or a header such as {@code Proc-Type: 4,ENCRYPTED}; also quoted or indented. */
  private static boolean couldBeKey(CharSequence text, int from, int to) {
    int at = from;
    while (at < to && (blank(text.charAt(at)) || "\"'>|+-#*".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    int words = 0;
    boolean header = false;
    for (int i = at; i < to; i++) {
      char c = text.charAt(i);
      if (c == ':') {
        header = true;
      } else if (c == ' ') {
        words++;
      } else if (!SecretShapes.BASE64.has(c) && ",-\\\"'.\r()".indexOf(c) < 0) {
        return false;
      }
    }
    return header || words == 0;
  }

  private static boolean blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  /** The length of the text when it is not there. */
  private static int indexOf(CharSequence text, String word, int from) {
    for (int i = from; i + word.length() <= text.length(); i++) {
      if (startsWith(text, word, i)) {
        return i;
      }
    }
    return text.length();
  }

  private static boolean startsWith(CharSequence text, String word, int at) {
    if (at + word.length() > text.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (text.charAt(at + i) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
