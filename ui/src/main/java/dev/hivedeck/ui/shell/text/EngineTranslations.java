package dev.hivedeck.ui.shell.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the engine says in English, in the person's language, as far as it is known: {@code
 * i18n/engine_<language>.txt} holds a sentence a line, and says at its head how one is written.
 * What is not there stays as it was said.
 */
final class EngineTranslations {
  /** Longer texts are not the engine's own words. */
  private static final int LONGEST = 4_000;

  /** Lists show the same again and again. */
  private static final int REMEMBERED = 1_000;

  private record Lookup(String english, boolean within) {}

  private final Locale locale;
  private final Map<Lookup, String> lately =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Lookup, String> eldest) {
          return size() > REMEMBERED;
        }
      };
  private Sentences sentences;

  EngineTranslations(Locale locale) {
    this.locale = locale;
  }

  String of(String english) {
    return said(english, false);
  }

  /** The same for what is said only within others, too. */
  String within(String english) {
    return said(english, true);
  }

  private synchronized String said(String english, boolean within) {
    if (english == null || english.isBlank() || english.length() > LONGEST) {
      return english;
    }
    if (sentences == null) {
      sentences = Sentences.of(locale); // Not before one is needed: no window waits for it.
    }
    if (sentences.longestFirst().isEmpty()) {
      return english;
    }
    var lookup = new Lookup(english, within);
    var before = lately.get(lookup);
    if (before != null) {
      return before;
    }
    String told = new Parser(sentences).of(english, within, 0).text();
    lately.put(lookup, told);
    return told;
  }

  /**
   * @param longestFirst by their own words
   * @param byKey where those stand that have it
   */
  private record Sentences(List<TranslatedSentence> longestFirst, Map<String, BitSet> byKey) {
    static Sentences of(Locale locale) {
      var name = "/hivedeck/i18n/engine_" + locale.getLanguage() + ".txt";
      try (var in = EngineTranslations.class.getResourceAsStream(name)) {
        return in == null
            ? new Sentences(List.of(), Map.of())
            : of(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Sentences of(List<String> lines) {
      var all =
          lines.stream()
              .filter(l -> !l.startsWith("# ") && l.contains(" = "))
              .map(TranslatedSentence::of)
              .sorted(Comparator.comparingInt(TranslatedSentence::own).reversed())
              .toList();
      var byKey = new HashMap<String, BitSet>();
      for (int i = 0; i < all.size(); i++) {
        byKey.computeIfAbsent(all.get(i).key(), _ -> new BitSet()).set(i);
      }
      return new Sentences(all, byKey);
    }

    /** Those that it may be. */
    List<TranslatedSentence> candidates(String english) {
      var some = new BitSet();
      some.or(byKey.getOrDefault("", new BitSet()));
      for (String word : TranslatedSentence.words(english)) {
        var those = byKey.get(word);
        if (those != null) {
          some.or(those);
        }
      }
      return some.stream().mapToObj(longestFirst::get).toList();
    }
  }

  /**
   * One text being read: of all ways to take it apart that in which the most letters are known. A
   * place may hold what are several sentences, so that the first that fits need not be right.
   */
  private static final class Parser {
    private static final Pattern ENDS = Pattern.compile("(?<=[.!?]) (?=\\S)");

    /** Of so many sentences, lines or members the engine puts a text together. */
    private static final int MOST = 24;

    /** So many pieces may be one sentence: its own words may have a full stop among them. */
    private static final int RUN = 4;

    /** Sentences within sentences. */
    private static final int DEEPEST = 5;

    /** What takes more looking is somebody else's text, which happens to look like ours. */
    private static final int PATIENCE = 400;

    /**
     * @param known how many letters and numbers of it are the engine's; 0 when it stays as it was
     */
    private record Translated(String text, int known) {
      static Translated asItIs(String text) {
        return new Translated(text, 0);
      }

      Translated or(Translated other) {
        return other.known() > known ? other : this;
      }
    }

    private final Sentences sentences;
    private final Map<Lookup, Translated> whole = new HashMap<>();

    Parser(Sentences sentences) {
      this.sentences = sentences;
    }

    Translated of(String english, boolean within, int depth) {
      var best = whole(english, within, depth);
      if (english.indexOf('\n') >= 0) {
        best = best.or(joined(english.split("\n", MOST + 1), "\n", within, 1, depth, false));
      }
      return best.or(joined(ENDS.split(english, MOST + 1), " ", within, RUN, depth, true));
    }

    private Translated whole(String english, boolean within, int depth) {
      var lookup = new Lookup(english, within);
      var before = whole.get(lookup);
      if (before != null) {
        return before;
      }
      var best = Translated.asItIs(english);
      whole.put(lookup, best);
      if (depth > DEEPEST || whole.size() > PATIENCE) {
        return best;
      }
      for (var translatedSentence : sentences.candidates(english)) {
        if (within || !translatedSentence.part()) {
          best = best.or(filled(translatedSentence, english, depth));
        }
      }
      whole.put(lookup, best);
      return best;
    }

    private Translated filled(TranslatedSentence translatedSentence, String english, int depth) {
      var values = translatedSentence.match(english);
      if (values == null) {
        return Translated.asItIs(english);
      }
      var known = new int[] {translatedSentence.own()};
      String text =
          translatedSentence
              .other()
              .filled(
                  (kind, id) -> {
                    var value = value(kind, values[id], depth + 1);
                    known[0] += value.known();
                    return value.text();
                  });
      return text.equals(english) ? Translated.asItIs(english) : new Translated(text, known[0]);
    }

    private Translated value(char kind, String english, int depth) {
      return switch (kind) {
        case '=' -> of(english, true, depth);
        case ':' -> of(english, false, depth);
        case ';', ',' -> {
          String between = kind + " ";
          yield joined(english.split(between, MOST + 1), between, true, RUN, depth, false);
        }
        case '#' -> new Translated(number(english), 1);
        default -> Translated.asItIs(english);
      };
    }

    /** With a comma before tenths, as German has it, the only other language so far. */
    private static String number(String english) {
      return english.replace(',', '\0').replace('.', ',').replace('\0', '.');
    }

    /**
     * Pieces that follow each other.
     *
     * @param run how many of them may be one
     * @param all whether each must be known, and they are not all one
     */
    private Translated joined(
        String[] pieces, String between, boolean within, int run, int depth, boolean all) {
      int count = pieces.length;
      var asItIs = Translated.asItIs(String.join(between, pieces));
      if (count > MOST || all && count < 2) {
        return asItIs;
      }
      // From the end: how the rest from each piece on is told best; null for not at all.
      var rest = new Translated[count + 1];
      rest[count] = Translated.asItIs("");
      for (int from = count - 1; from >= 0; from--) {
        for (int to = from + 1; to <= Math.min(count, from + run); to++) {
          if (rest[to] == null || all && to - from == count) {
            continue;
          }
          var text = String.join(between, List.of(pieces).subList(from, to));
          var one = run == 1 ? of(text, within, depth + 1) : whole(text, within, depth);
          if (one.known() == 0 && (all || to > from + 1)) {
            continue;
          }
          var way =
              new Translated(
                  one.text() + (to == count ? "" : between) + rest[to].text(),
                  one.known() + rest[to].known());
          rest[from] = rest[from] == null ? way : rest[from].or(way);
        }
      }
      return rest[0] == null ? asItIs : rest[0];
    }
  }
}
