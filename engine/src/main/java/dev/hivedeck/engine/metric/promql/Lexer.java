package dev.hivedeck.engine.metric.promql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a query into words. */
final class Lexer {
  private static final Pattern DURATION =
      Pattern.compile("(?:\\d+(?:ms|[smhdwy]))+(?![A-Za-z0-9_])");
  private static final Pattern NUMBER =
      Pattern.compile("0[xX][0-9a-fA-F]+|(?:\\d[\\d_]*(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");
  private static final Pattern SIGN = Pattern.compile("=~|!~|==|!=|<=|>=|[-+*/%^<>=(){}\\[\\],:@]");
  private static final Pattern BLANK = Pattern.compile("(?:\\s+|#[^\\n]*)+");

  /** What a word is. */
  enum Kind {
    NAME,
    NUMBER,
    DURATION,
    TEXT,
    SIGN,
    END
  }

  /**
   * @param text as read; of a text its content
   * @param column from 1
   */
  record Token(Kind kind, String text, int column) {
    boolean is(String word) {
      return (kind == Kind.SIGN || kind == Kind.NAME) && text.equalsIgnoreCase(word);
    }
  }

  private final String query;
  private int at;

  private Lexer(String query) {
    this.query = query;
  }

  static List<Token> tokens(String query) {
    var lexer = new Lexer(query);
    var tokens = new ArrayList<Token>();
    do {
      tokens.add(lexer.next(tokens.isEmpty() ? null : tokens.getLast()));
    } while (tokens.getLast().kind() != Kind.END);
    return tokens;
  }

  private Token next(Token former) {
    read(BLANK);
    int start = at;
    if (at == query.length()) {
      return new Token(Kind.END, "end", start + 1);
    }
    char c = query.charAt(at);
    if (c == '"' || c == '\'' || c == '`') {
      return new Token(Kind.TEXT, text(c), start + 1);
    }
    String word = read(DURATION);
    if (word != null) {
      return new Token(Kind.DURATION, word, start + 1);
    }
    word = read(NUMBER);
    if (word != null) {
      return new Token(Kind.NUMBER, word, start + 1);
    }
    // In [5m:1m] the colon stands alone; in a metric's name it is a letter.
    boolean afterRange = former != null && former.kind() != Kind.NAME && c == ':';
    word = afterRange ? null : read(NAME);
    if (word != null) {
      return new Token(Kind.NAME, word, start + 1);
    }
    word = read(SIGN);
    if (word != null) {
      return new Token(Kind.SIGN, word, start + 1);
    }
    throw Parser.invalid(query, start + 1, "\"" + Character.toString(query.codePointAt(at)) + "\"");
  }

  private String read(Pattern pattern) {
    Matcher matcher = pattern.matcher(query).region(at, query.length());
    matcher.useTransparentBounds(true);
    if (!matcher.lookingAt()) {
      return null;
    }
    at = matcher.end();
    return matcher.group();
  }

  private String text(char quote) {
    int start = at++;
    var text = new StringBuilder();
    while (at < query.length()) {
      char c = query.charAt(at++);
      if (c == quote) {
        return text.toString();
      }
      if (c != '\\' || quote == '`') {
        text.append(c);
      } else if (at < query.length()) {
        char escaped = query.charAt(at++);
        switch (escaped) {
          case 'n' -> text.append('\n');
          case 't' -> text.append('\t');
          case 'r' -> text.append('\r');
          case '\\', '"', '\'' -> text.append(escaped);
          default ->
              throw Parser.invalid(query, at - 1, "the escape \"\\" + escaped + "\" in a text");
        }
      }
    }
    throw Parser.invalid(query, start + 1, "a text without its end");
  }
}
