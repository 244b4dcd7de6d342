package dev.hivedeck.engine.slo;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.math.BigDecimal;

/**
 * The share of events that is to be good, exactly as written: 99.9% leaves a budget of 0.001, not
 * of 0.0009999999999999432.
 *
 * @param ratio above 0 and below 1
 * @param budget the share of events that may be bad
 */
public record Target(BigDecimal ratio, BigDecimal budget) {
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  /**
   * @throws HiveException {@code target-total} for 100 %, {@code target-invalid} for what is no
   *     share
   */
  public Target(BigDecimal ratio) {
    this(checked(ratio), BigDecimal.ONE.subtract(ratio).stripTrailingZeros());
  }

  private static BigDecimal checked(BigDecimal ratio) {
    if (ratio.compareTo(BigDecimal.ONE) == 0) {
      throw new HiveException(
          ErrorCode.TARGET_TOTAL,
          "A target of 100% leaves no error budget: the first bad event ever would break it, and"
              + " no burn rate could be told.",
          "Take the highest target that users would notice, for example 99.9%.");
    }
    if (ratio.signum() <= 0 || ratio.compareTo(BigDecimal.ONE) > 0) {
      throw new HiveException(
          ErrorCode.TARGET_INVALID,
          "A target is a share between 0% and 100%, not " + percent(ratio) + ".",
          "Write it as in target: 99.5%");
    }
    return ratio.stripTrailingZeros();
  }

  /** From a text such as {@code 99.5%} or {@code 0.995}. */
  public static Target parse(String text) {
    String plain = text.strip();
    try {
      return plain.endsWith("%")
          ? ofPercent(new BigDecimal(plain.substring(0, plain.length() - 1).strip()))
          : new Target(new BigDecimal(plain));
    } catch (NumberFormatException e) {
      throw new HiveException(
          ErrorCode.TARGET_INVALID,
          "\"" + text + "\" is no target.",
          "Write a share as in target: 99.5%",
          e);
    }
  }

  public static Target ofPercent(BigDecimal percent) {
    return new Target(percent.divide(HUNDRED));
  }

  /** How many of so many events may be bad; not rounded. */
  public BigDecimal allowed(long total) {
    return budget.multiply(BigDecimal.valueOf(total));
  }

  /** How many times faster than allowed bad events come; not a number without events. */
  public double burn(Counts counts) {
    return counts.badRatio() / budget.doubleValue();
  }

  /** As a person writes it. */
  public String percent() {
    return percent(ratio);
  }

  private static String percent(BigDecimal ratio) {
    return ratio.multiply(HUNDRED).stripTrailingZeros().toPlainString() + "%";
  }
}
