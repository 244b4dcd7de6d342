package dev.hivedeck.engine.security;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.security.Redactor.Span;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds known values, as they are and as programs write them down: in JSON, in addresses, in
 * Base64, broken into lines. All at once and in one pass, by the automaton of Aho and Corasick.
 */
final class KnownSecrets {
  /** Shorter values are ordinary words and numbers too often. */
  static final int SHORTEST = 6;

  /** So much of a value at a place where a text was cut tells too much of it. */
  private static final int TELLING = 8;

  /** A line of a value that is as long is masked wherever it stands. */
  private static final int LINE = 12;

  /** Where a text was broken and indented, of which no form tells. */
  private static final Pattern BREAK = Pattern.compile("[ \\t]*\\R[ \\t]*");

  private static final Pattern PERCENT = Pattern.compile("%[0-9A-F]{2}");

  /** Stands where a text was cut. */
  private static final char CUT = '…';

  private final Set<String> values;
  private final Set<String> forms;
  private final List<Map<Character, Integer>> next = new ArrayList<>();
  private int[] back;
  private int[] depth;

  /** The length of the longest form that ends at a state, 0 for none. */
  private int[] found;

  private KnownSecrets(Set<String> values) {
    this.values = Set.copyOf(values);
    this.forms = forms(this.values);
    build();
  }

  static KnownSecrets of(Set<String> values) {
    return new KnownSecrets(values);
  }

  boolean isOf(Set<String> others) {
    return values.equals(others);
  }

  private static Set<String> forms(Set<String> values) {
    var forms = new LinkedHashSet<String>();
    for (String value : values) {
      String bare = value.strip();
      if (bare.length() >= SHORTEST) {
        written(bare, forms);
        base64(bare, forms);
        hex(bare, forms);
      }
      // A key of several lines is printed line by line, too.
      value
          .lines()
          .map(String::strip)
          .filter(l -> isTelling(l, bare))
          .forEach(l -> written(l, forms));
    }
    var whole = forms.stream().map(form -> BREAK.matcher(form).replaceAll(""));
    return whole
        .filter(form -> form.length() >= SHORTEST)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Whether a line of a longer value is more than an ordinary word. */
  private static boolean isTelling(String line, String value) {
    return !line.equals(value)
        && (line.length() >= LINE
            || line.length() >= SHORTEST
                && line.chars().anyMatch(Character::isDigit)
                && line.chars().anyMatch(Character::isLetter));
  }

  /**
   * As it is, in JSON, in JSON within JSON, in addresses and in HTML, as various programs do it.
   */
  private static void written(String value, Set<String> forms) {
    forms.add(value);
    String json = json(value);
    for (String some : List.of(json, escaped(json, "<>&"), escaped(json, "<>&'="))) {
      for (String one : List.of(some, ascii(some, "%04x"), ascii(some, "%04X"))) {
        forms.add(one);
        forms.add(one.replace("/", "\\/"));
        forms.add(json(one));
      }
    }
    String form = URLEncoder.encode(value, StandardCharsets.UTF_8);
    String path = form.replace("+", "%20");
    String component = kept(path, "!'()~");
    String quoted = kept(path, "~/").replace("*", "%2A");
    for (String address : List.of(form, path, component, quoted, kept(quoted, "/"))) {
      forms.add(address);
      forms.add(PERCENT.matcher(address).replaceAll(m -> m.group().toLowerCase(Locale.ROOT)));
    }
    String html = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    forms.add(html);
    forms.add(html.replace("\"", "&quot;").replace("'", "&#39;"));
    forms.add(html.replace("\"", "&quot;").replace("'", "&#x27;"));
    forms.add(html.replace("\"", "&#34;").replace("'", "&#39;"));
  }

  private static String json(String value) {
    String json = Json.write(value);
    return json.substring(1, json.length() - 1);
  }

  private static String ascii(String json, String hex) {
    var text = new StringBuilder();
    for (char c : json.toCharArray()) {
      if (c < 128) {
        text.append(c);
      } else {
        text.append("\\u").append(hex.formatted((int) c));
      }
    }
    return text.toString();
  }

  private static String escaped(String json, String these) {
    String text = json;
    for (char c : these.toCharArray()) {
      text = text.replace(String.valueOf(c), "\\u%04x".formatted((int) c));
    }
    return text;
  }

  /** An address in which these characters stand as they are. */
  private static String kept(String address, String these) {
    String text = address;
    for (char c : these.toCharArray()) {
      text = text.replace("%%%02X".formatted((int) c), String.valueOf(c));
    }
    return text;
  }

  private static void hex(String value, Set<String> forms) {
    String hex = HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8));
    forms.add(hex);
    forms.add(hex.toUpperCase(Locale.ROOT));
  }

  /**
   * Within other text, such as a user's name before a password, a value has one of three forms: it
   * begins at the first, second or third byte of a group. The characters at its ends, which depend
   * on what is around, are left out.
   */
  private static void base64(String value, Set<String> forms) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, shifted, before, bytes.length);
      int from = (before * 8 + 5) / 6;
      int to = shifted.length * 8 / 6;
      if (to - from >= TELLING) {
        String plain = Base64.getEncoder().withoutPadding().encodeToString(shifted);
        forms.add(plain.substring(from, to));
        forms.add(plain.substring(from, to).replace('+', '-').replace('/', '_'));
      }
    }
  }

  private void build() {
    next.add(new HashMap<>());
    var depths = new ArrayList<>(List.of(0));
    var ends = new ArrayList<>(List.of(0));
    for (String form : forms) {
      int state = 0;
      for (int i = 0; i < form.length(); i++) {
        var steps = next.get(state);
        Integer to = steps.get(form.charAt(i));
        if (to == null) {
          to = next.size();
          steps.put(form.charAt(i), to);
          next.add(new HashMap<>(2));
          depths.add(i + 1);
          ends.add(0);
        }
        state = to;
      }
      ends.set(state, form.length());
    }
    depth = depths.stream().mapToInt(Integer::intValue).toArray();
    found = ends.stream().mapToInt(Integer::intValue).toArray();
    back = new int[next.size()];
    var queue = new ArrayDeque<>(next.getFirst().values());
    while (!queue.isEmpty()) {
      int state = queue.poll();
      next.get(state)
          .forEach(
              (c, to) -> {
                back[to] = step(back[state], c);
                found[to] = Math.max(found[to], found[back[to]]);
                queue.add(to);
              });
    }
  }

  private int step(int from, char c) {
    int state = from;
    Integer to = next.get(state).get(c);
    while (to == null && state != 0) {
      state = back[state];
      to = next.get(state).get(c);
    }
    return to == null ? 0 : to;
  }

  void find(CharSequence text, List<Span> spans) {
    find(text, 0, spans);
  }

  /**
   * @param before the state after the text that went before, or 0: a value may begin there
   * @return the state after this one
   */
  int find(CharSequence text, int before, List<Span> spans) {
    if (forms.isEmpty()) {
      return 0;
    }
    int state = before;
    var read = new Consumed(text.length());
    boolean margin = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == CUT) {
        rest(text, i, spans);
      }
      if (c == CUT || c == '\n' && i + 1 < text.length() && text.charAt(i + 1) == CUT) {
        beginning(state, read, i, spans);
      }
      // A value is found however it was broken into lines, and however these are indented.
      margin = c == '\n' || c == '\r' || margin && (c == ' ' || c == '\t');
      if (margin && !next.get(state).containsKey(c)) {
        continue;
      }
      margin = false;
      state = step(state, c);
      read.add(i);
      if (found[state] > 0) {
        spans.add(new Span(read.last(found[state]), i + 1));
      }
    }
    beginning(state, read, text.length(), spans);
    return state;
  }

  /** Where in a text the characters stand that were taken from it. */
  private static final class Consumed {
    private final int[] at;
    private int count;

    Consumed(int most) {
      at = new int[most];
    }

    void add(int position) {
      at[count++] = position;
    }

    /** Where the last so many begin; at the start when they began in an earlier text. */
    int last(int many) {
      return many > count ? 0 : at[count - many];
    }
  }

  /** The beginning of a value, of which the rest was cut off. */
  private void beginning(int state, Consumed read, int end, List<Span> spans) {
    if (depth[state] >= TELLING) {
      spans.add(new Span(read.last(depth[state]), end));
    }
  }

  /** The end of a value, of which the beginning was cut off: it follows the words that say so. */
  private void rest(CharSequence text, int cut, List<Span> spans) {
    int from = cut;
    int limit = Math.min(text.length(), cut + 80);
    while (from < limit && !(text.charAt(from) == '\n' && from > cut)) {
      from++;
    }
    if (from >= limit) {
      return;
    }
    from++;
    for (String value : values) {
      int most = Math.min(Math.min(value.length() - 1, text.length() - from), 512);
      for (int length = most; length >= TELLING; length--) {
        if (matches(text, from, value, value.length() - length)) {
          spans.add(new Span(from, from + length));
          break;
        }
      }
    }
  }

  private static boolean matches(CharSequence text, int at, String value, int from) {
    for (int i = from; i < value.length(); i++) {
      if (text.charAt(at + i - from) != value.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
