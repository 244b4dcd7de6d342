package dev.hivedeck.engine.protocol;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Numbers of things as people say them: {@code 1 line}, {@code 20,000 lines}, {@code a, b and 3
 * more}.
 */
public final class Plural {
  private static final String UNITS = "kMGTPE";

  private Plural() {}

  /**
   * @param thing one of them; its plural ends in {@code s}
   */
  public static String of(long number, String thing) {
    return of(number, thing, thing + "s");
  }

  /** As {@link #of(long, String)}, where the plural is another word. */
  public static String of(long number, String one, String more) {
    return number(number) + " " + (number == 1 ? one : more);
  }

  /**
   * The first of some names; of the others, how many they are.
   *
   * @param most how many are named
   */
  public static String some(List<String> names, int most) {
    String first = names.stream().limit(most).collect(Collectors.joining(", "));
    return names.size() <= most ? first : first + " and " + (names.size() - most) + " more";
  }

  /** A size, for example {@code 1.2 GB}. */
  public static String bytes(long size) {
    if (size < 1_000) {
      return of(size, "byte");
    }
    int power = 0;
    double number = size;
    while (number >= 999.95 && power < UNITS.length()) {
      number /= 1_000;
      power++;
    }
    return new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number)
        + " "
        + UNITS.charAt(power - 1)
        + "B";
  }

  /** With a comma between thousands. */
  public static String number(long number) {
    return new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
  }
}
