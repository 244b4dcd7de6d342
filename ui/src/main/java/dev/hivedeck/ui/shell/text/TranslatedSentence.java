package dev.hivedeck.ui.shell.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A sentence of the engine, in English and in another language. Without regular expressions: there
 * are many, most of which are never needed.
 *
 * @param part whether it is said only within others
 * @param english its own words, and between them places
 * @param other the same in the other language
 */
record TranslatedSentence(boolean part, Words english, Words other) {
  /**
   * @param texts one more than there are places
   * @param kinds of each place; a blank for any text, {@code #} for a number
   * @param ids by which the places of both languages belong together
   */
  record Words(List<String> texts, String kinds, String ids) {
    static Words of(String text) {
      var texts = new ArrayList<String>();
      var kinds = new StringBuilder();
      var ids = new StringBuilder();
      int from = 0;
      for (int at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
        int end = text.indexOf('}', at);
        boolean kind = end == at + 3 && "#=:;,".indexOf(text.charAt(at + 1)) >= 0;
        if ((kind || end == at + 2) && Character.isDigit(text.charAt(end - 1))) {
          texts.add(text.substring(from, at));
          kinds.append(kind ? text.charAt(at + 1) : ' ');
          ids.append(text.charAt(end - 1));
          from = end + 1;
        }
      }
      texts.add(text.substring(from));
      return new Words(texts, kinds.toString(), ids.toString());
    }

    int places() {
      return kinds.length();
    }

    /** With each place filled in. */
    String filled(BiFunction<Character, Integer, String> value) {
      var text = new StringBuilder(texts.getFirst());
      for (int i = 0; i < places(); i++) {
        text.append(value.apply(kinds.charAt(i), ids.charAt(i) - '0')).append(texts.get(i + 1));
      }
      return text.toString();
    }
  }

  static TranslatedSentence of(String line) {
    boolean part = line.startsWith("~ ");
    int middle = line.indexOf(" = ");
    return new TranslatedSentence(
        part, Words.of(line.substring(part ? 2 : 0, middle)), Words.of(line.substring(middle + 3)));
  }

  /** How many letters of its own it has. */
  int own() {
    return english.texts().stream().mapToInt(String::length).sum();
  }

  /** The longest of its own words, by which it is found; empty when it has none. */
  String key() {
    String longest = "";
    for (int i = 0; i < english.texts().size(); i++) {
      String text = english.texts().get(i);
      for (String word : words(text)) {
        // One that touches a place may be part of a longer one.
        boolean whole =
            (i == 0 || !text.startsWith(word)) && (i == english.places() || !text.endsWith(word));
        longest = whole && word.length() > longest.length() ? word : longest;
      }
    }
    return longest;
  }

  /** What of a text are words. */
  static List<String> words(String text) {
    var words = new ArrayList<String>();
    int from = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean letter = i < text.length() && isLetter(text.charAt(i));
      if (letter && from < 0) {
        from = i;
      } else if (!letter && from >= 0) {
        words.add(text.substring(from, i));
        from = -1;
      }
    }
    return words;
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  /**
   * What stands at the places of that text, by their ids; null when it is another sentence. A place
   * ends where the words after it come first: to look further on would find nothing more.
   */
  String[] match(String text) {
    var values = new String[10];
    int place = afterNumbers(0);
    int at = run(text, 0, 0, values);
    while (at >= 0 && place < english.places()) {
      int next = afterNumbers(place + 1);
      boolean last = next == english.places();
      int from = at;
      int to = from;
      at = -1;
      while (at < 0) {
        to = text.indexOf(english.texts().get(place + 1), to + 1);
        if (to < 0 || to == text.length() && to == from) {
          return null;
        }
        at = run(text, to, place + 1, values);
        if (last && at != text.length()) {
          at = -1;
        }
        if (at < 0 && to >= text.length()) {
          return null;
        }
      }
      values[english.ids().charAt(place) - '0'] = text.substring(from, to);
      place = next;
    }
    return at == text.length() ? values : null;
  }

  /** The next place from there that is no number. */
  private int afterNumbers(int place) {
    int next = place;
    while (next < english.places() && english.kinds().charAt(next) == '#') {
      next++;
    }
    return next;
  }

  /**
   * Words, and numbers with more words that follow at once.
   *
   * @return where they end, or -1 when they are not there
   */
  private int run(String text, int from, int first, String[] values) {
    int at = from;
    for (int i = first; ; i++) {
      String words = english.texts().get(i);
      if (!text.startsWith(words, at)) {
        return -1;
      }
      at += words.length();
      if (i == english.places() || english.kinds().charAt(i) != '#') {
        return at;
      }
      int end = number(text, at);
      if (end == at) {
        return -1;
      }
      values[english.ids().charAt(i) - '0'] = text.substring(at, end);
      at = end;
    }
  }

  /** Where a number ends, with commas between thousands and a point before tenths. */
  private static int number(String text, int from) {
    int end = digits(text, from);
    while (end > from
        && end < text.length()
        && text.charAt(end) == ','
        && digits(text, end + 1) == end + 4) {
      end += 4;
    }
    if (end > from && end < text.length() && text.charAt(end) == '.') {
      int tenths = digits(text, end + 1);
      end = tenths > end + 1 ? tenths : end;
    }
    return end;
  }

  private static int digits(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }
}
