package dev.hivedeck.engine.config.yaml;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** A share as a person writes it: {@code 5%}, {@code 0.001%}. */
public final class SharePercent {
  /** All, in thousandths of a percent. */
  public static final int WHOLE = 100_000;

  private static final Pattern FORM = Pattern.compile("(\\d{1,3})(?:\\.(\\d{1,3}))?%");

  private SharePercent() {}

  /** In thousandths of a percent; empty when it is none. May be more than all. */
  public static OptionalInt thousandths(String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      return OptionalInt.empty();
    }
    String rest = form.group(2) == null ? "" : form.group(2);
    return OptionalInt.of(
        Integer.parseInt(form.group(1)) * 1_000 + Integer.parseInt((rest + "000").substring(0, 3)));
  }

  /** As a person writes it: 12.5%. */
  public static String words(double percent) {
    return String.format(Locale.ROOT, "%.3f", percent).replaceFirst("\\.?0+$", "") + "%";
  }

  /** The same, with a space before its sign or around it. */
  public static OptionalInt spaced(String text) {
    return thousandths(text.strip().replaceFirst("\\s+%$", "%"));
  }
}
