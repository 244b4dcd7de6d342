package dev.hivedeck.engine.protocol;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Numbers of things as people say them: {@code 1 line}, {@code 20,000 lines}. */
public final class Plural {
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

  /** With a comma between thousands. */
  public static String number(long number) {
    return new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
  }
}
