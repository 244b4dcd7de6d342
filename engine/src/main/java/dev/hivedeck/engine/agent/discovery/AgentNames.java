package dev.hivedeck.engine.agent.discovery;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Names that {@code hive.yaml} takes: letters and digits without accents, {@code . _ -} between.
 */
final class AgentNames {
  private static final int LONGEST = 48;

  /** Who this means is always a person. */
  private static final String PERSON = "you";

  private final Set<String> given = new HashSet<>();

  /** What a name becomes: {@code Prüfer für Tests} is {@code pruefer-fuer-tests}. */
  static String plain(String name) {
    String spelt =
        name.replace("ä", "ae")
            .replace("ö", "oe")
            .replace("ü", "ue")
            .replace("Ä", "Ae")
            .replace("Ö", "Oe")
            .replace("Ü", "Ue")
            .replace("ß", "ss");
    String plain =
        Normalizer.normalize(spelt, Normalizer.Form.NFD)
            .replaceAll("\\p{M}+", "")
            .replaceAll("[^A-Za-z0-9._-]+", "-")
            .replaceAll("^[._-]+|[._-]+$", "");
    if (plain.length() > LONGEST) {
      plain = plain.substring(0, LONGEST).replaceAll("[._-]+$", "");
    }
    if (plain.isEmpty()) {
      return "agent";
    }
    return plain.equals(PERSON) ? PERSON + "-agent" : plain;
  }

  /**
   * A name that nobody got before: the plain one, else with its form, else with a number. Case does
   * not tell two apart, for people would not either.
   */
  String give(String name, String form) {
    String plain = plain(name);
    Predicate<String> free = n -> given.add(n.toLowerCase(Locale.ROOT));
    if (free.test(plain)) {
      return plain;
    }
    String formed = plain + "-" + form;
    if (free.test(formed)) {
      return formed;
    }
    int n = 2;
    while (!free.test(formed + "-" + n)) {
      n++;
    }
    return formed + "-" + n;
  }
}
