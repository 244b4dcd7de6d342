package dev.hivedeck.ui.control.diff.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells words, strings, numbers and comments apart, line by line. It knows a language by its file's
 * name and no grammar at all: a diff shows fragments, which no parser would accept.
 */
public final class Syntax {
  /** What a piece of a line is. */
  public enum Kind {
    PLAIN,
    KEYWORD,
    STRING,
    NUMBER,
    COMMENT
  }

  /** A piece of a line. */
  public record Span(Kind kind, String text) {}

  private static final Set<String> WORDS =
      Set.of(
          ("abstract and any as assert async await base begin bool boolean break byte case catch"
                  + " char class const constexpr continue crate debugger def default defer del"
                  + " delete do done double elif else elsif end enum esac except export extends"
                  + " extern false fi final finally float fn for foreach from func function global"
                  + " go goto guard if impl implements import in inline instanceof int interface"
                  + " internal is lambda let local long loop match mod module mut namespace native"
                  + " new nil nonlocal none None not null nullptr of operator or override package"
                  + " pass permits private protected pub public raise readonly record ref require"
                  + " return sealed self short signed sizeof static struct super switch"
                  + " synchronized template then this throw throws trait transient true True False"
                  + " try type typedef typeof undefined union unsafe unsigned until use using val"
                  + " var virtual void volatile when where while with yield")
              .split(" "));
  private static final Set<String> SQL =
      Set.of(
          ("add alter and as asc begin between by case cascade check column commit constraint"
                  + " create default delete desc distinct drop else end exists foreign from group"
                  + " having if in index insert integer into is join key left like limit not null"
                  + " on or order outer primary references rollback select set table text then"
                  + " transaction trigger union unique update values view when where with")
              .split(" "));

  private static final String STRINGS =
      "\"(?:\\\\.|[^\"\\\\])*\"?|(?<![A-Za-z]{2})'(?:\\\\.|[^'\\\\])*'?|`(?:\\\\.|[^`\\\\])*`?";
  private static final String REST =
      "|(?<number>\\b(?:0[xX][0-9a-fA-F_]+|\\d[\\d_]*(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)[a-zA-Z]?\\b)"
          + "|(?<word>[A-Za-z_$][\\w$]*)";

  /** Lines of C's family: slashes, and comments over several lines. */
  private static final Pattern SLASHES =
      Pattern.compile("(?<comment>//.*|/\\*.*?(?:\\*/|$))|(?<string>" + STRINGS + ")" + REST);

  private static final Pattern HASHES =
      Pattern.compile("(?<comment>(?<![\\w$&])#.*)|(?<string>" + STRINGS + ")" + REST);
  private static final Pattern DASHES =
      Pattern.compile("(?<comment>--.*|/\\*.*?(?:\\*/|$))|(?<string>" + STRINGS + ")" + REST);
  private static final Pattern TAGS =
      Pattern.compile(
          "(?<comment><!--.*?(?:-->|$))|(?<string>\"[^\"]*\"?|'[^']*'(?=[\\s/>]))"
              + "|(?<number>\\b\\d+\\b)|(?<word></?[A-Za-z][\\w:.-]*)");
  private static final Pattern PROSE =
      Pattern.compile("(?<comment>^>.*)|(?<string>`[^`]*`?)|(?<number>(?!))|(?<word>^#{1,6} .*)");

  private static final Map<String, Pattern> BY_EXTENSION = byExtension();

  private final Pattern pattern;
  private final Set<String> words;
  private final boolean anyWord;
  private final boolean anyCase;

  private Syntax(Pattern pattern, Set<String> words, boolean anyWord, boolean anyCase) {
    this.pattern = pattern;
    this.words = words;
    this.anyWord = anyWord;
    this.anyCase = anyCase;
  }

  private static Map<String, Pattern> byExtension() {
    var map = new java.util.HashMap<String, Pattern>();
    for (var e :
        ("java kt kts scala groovy gradle js jsx mjs cjs ts tsx c h cc cpp hpp cs go rs swift dart"
                + " php proto json json5 css scss less zig")
            .split(" ")) {
      map.put(e, SLASHES);
    }
    for (var e :
        "py rb sh bash zsh fish yaml yml toml ini conf properties pl r tf ex exs dockerfile makefile mk"
            .split(" ")) {
      map.put(e, HASHES);
    }
    for (var e : "sql lua hs elm ada".split(" ")) {
      map.put(e, DASHES);
    }
    for (var e : "html htm xml svg fxml vue pom xhtml".split(" ")) {
      map.put(e, TAGS);
    }
    for (var e : "md markdown".split(" ")) {
      map.put(e, PROSE);
    }
    return Map.copyOf(map);
  }

  /** The syntax for a file of that name; one that finds nothing where the language is unknown. */
  public static Syntax of(String path) {
    var name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    var extension = name.substring(name.lastIndexOf('.') + 1);
    var pattern = BY_EXTENSION.get(extension);
    return new Syntax(
        pattern,
        extension.equals("sql") ? SQL : WORDS,
        pattern == TAGS || pattern == PROSE,
        extension.equals("sql"));
  }

  /** The line in pieces; together they are the line. */
  public List<Span> spans(String line) {
    if (pattern == null || line.isBlank()) {
      return List.of(new Span(Kind.PLAIN, line));
    }
    var spans = new ArrayList<Span>();
    var open = pattern == SLASHES ? continued(line) : 0;
    if (open > 0) {
      spans.add(new Span(Kind.COMMENT, line.substring(0, open)));
    }
    var matcher = pattern.matcher(line);
    int done = open;
    for (var found = matcher.find(open); found; found = matcher.find()) {
      var kind = kind(matcher);
      if (kind != Kind.PLAIN) {
        plain(spans, line, done, matcher.start());
        spans.add(new Span(kind, matcher.group()));
        done = matcher.end();
      }
    }
    plain(spans, line, done, line.length());
    return spans;
  }

  /** Where a comment that began above this line ends; by the star that such lines begin with. */
  private static int continued(String line) {
    var text = line.stripLeading();
    if (!text.startsWith("* ") && !text.equals("*") && !text.startsWith("*/")) {
      return 0;
    }
    int end = line.indexOf("*/");
    return end < 0 ? line.length() : end + 2;
  }

  private Kind kind(Matcher m) {
    if (m.group("comment") != null) {
      return Kind.COMMENT;
    }
    if (m.group("string") != null) {
      return Kind.STRING;
    }
    if (m.group("number") != null) {
      return Kind.NUMBER;
    }
    var word = m.group("word");
    return anyWord || words.contains(anyCase ? word.toLowerCase(Locale.ROOT) : word)
        ? Kind.KEYWORD
        : Kind.PLAIN;
  }

  private static void plain(List<Span> spans, String line, int from, int to) {
    if (from < to) {
      spans.add(new Span(Kind.PLAIN, line.substring(from, to)));
    }
  }
}
