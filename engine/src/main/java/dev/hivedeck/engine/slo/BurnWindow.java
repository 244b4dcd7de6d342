package dev.hivedeck.engine.slo;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A pair of windows that fires when bad events come too fast in both: over the long one, that
 * enough budget is gone, and over the short one, that it still goes on (<a
 * href="https://sre.google/workbook/alerting-on-slos/">Site Reliability Workbook</a>, chapter 5,
 * "6: Multiwindow, Multi-Burn-Rate Alerts").
 *
 * @param severity whom it tells, and how loud
 * @param share of the budget that is gone when it fires
 */
public record BurnWindow(
    Severity severity, Duration length, Duration shortLength, BigDecimal share) {
  /** The short window is this part of the long one. */
  private static final int PART = 12;

  /** What differs by more than this is no matter of rounding. */
  private static final double NEAR = 1e-9;

  /** What an alert asks of a person. */
  public enum Severity {
    /** Now, whatever the hour. */
    PAGE,
    /** In the next days. */
    TICKET
  }

  public BurnWindow {
    if (share.signum() <= 0 || shortLength.compareTo(length) > 0 || shortLength.isZero()) {
      throw new HiveException(
          ErrorCode.BURN_WINDOW_INVALID,
          "A pair of windows needs a share of the budget above 0 and a short window within the"
              + " long one.",
          "The usual pairs need not be written.");
    }
    share = share.stripTrailingZeros();
  }

  public static BurnWindow of(Severity severity, Duration length, String share) {
    return new BurnWindow(severity, length, length.dividedBy(PART), new BigDecimal(share));
  }

  /** The four pairs of the workbook's table 5-8, by the shares of the budget that it names. */
  public static List<BurnWindow> standard() {
    return List.of(
        of(Severity.PAGE, Duration.ofHours(1), "0.02"),
        of(Severity.PAGE, Duration.ofHours(6), "0.05"),
        of(Severity.TICKET, Duration.ofDays(1), "0.1"),
        of(Severity.TICKET, Duration.ofDays(3), "0.1"));
  }

  /**
   * Those of them that tell something of an objective: what they alert about would spend the budget
   * before the period is over, and they look at no more than the period. Of 30 days all four, of 7
   * days the first two, of a day none.
   *
   * @param window the objective's
   */
  public static List<BurnWindow> standard(Window window) {
    return standard().stream().filter(w -> w.doubt(window).isEmpty()).toList();
  }

  /**
   * Why this pair alerts where nothing is wrong, in a sentence; empty where it does not.
   *
   * @param window the objective's
   */
  public Optional<String> doubt(Window window) {
    var period = window.nominal();
    if (length.compareTo(period) > 0) {
      return Optional.of("its long window is longer than the objective's; take a shorter one");
    }
    var factor = factor(period);
    return factor.compareTo(BigDecimal.ONE) >= 0
        ? Optional.empty()
        : Optional.of(
            "it alerts at "
                + factor.round(new MathContext(2)).toPlainString()
                + " times the speed that is allowed, which does not spend the budget; take a larger"
                + " share or a shorter window");
  }

  /**
   * How many times faster than allowed bad events must come: the budget's share, times the
   * objective's period, by the long window. For 30 days 14.4, 6, 3 and 1.
   */
  public BigDecimal factor(Duration period) {
    return share
        .multiply(BigDecimal.valueOf(period.toMillis()))
        .divide(BigDecimal.valueOf(length.toMillis()), MathContext.DECIMAL64)
        .stripTrailingZeros();
  }

  /** Whether bad events come faster than {@link #factor} allows; exact, without a division. */
  public boolean isExceeded(Counts counts, Target target, Duration period) {
    if (!counts.hasData()) {
      return false;
    }
    double limit =
        share.doubleValue() * target.budget().doubleValue() * period.toMillis() / length.toMillis();
    double ratio = counts.badRatio();
    if (Math.abs(ratio - limit) > NEAR * limit) {
      return ratio > limit;
    }
    var events = BigDecimal.valueOf(counts.bad()).multiply(BigDecimal.valueOf(length.toMillis()));
    return events.compareTo(
            share
                .multiply(target.allowed(counts.total()))
                .multiply(BigDecimal.valueOf(period.toMillis())))
        > 0;
  }
}
