package dev.hivedeck.engine.security;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Masks secrets in text that is to be kept or shown: known values, and shapes of well-known tokens.
 */
public final class Redactor {
  private static final String MASK = "•••";
  private static final int SHORTEST = 6;
  private static final Pattern SHAPES =
      Pattern.compile(
          "\\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|sk-[A-Za-z0-9_-]{16,}"
              + "|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}"
              + "|glpat-[A-Za-z0-9_-]{20,}|eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{5,})"
              + "|(?<=://)[^\\s/:@]+:[^\\s/@]+(?=@)"
              + "|(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{12,}");

  private final List<String> values;

  /**
   * @param values secrets that are known; shorter ones than 6 characters are left out
   */
  public Redactor(Set<String> values) {
    this.values =
        values.stream()
            .filter(v -> v.length() >= SHORTEST)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  public String redact(String text) {
    String clean = text;
    for (String value : values) {
      clean = clean.replace(value, MASK);
    }
    return SHAPES.matcher(clean).replaceAll(MASK);
  }
}
