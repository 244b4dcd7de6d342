package dev.hivedeck.engine.slo;

import dev.hivedeck.engine.protocol.HiveException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.List;

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

  private static final BigDecimal MILLIS_PER_HOUR = BigDecimal.valueOf(3_600_000);

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
          "burn-window-invalid",
          "A pair of windows needs a share of the budget above 0 and a short window within the"
              + " long one.",
          "The usual pairs need not be written.");
    }
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
   * How many times faster than allowed bad events must come: the budget's share, times the hours of
   * the objective's period, by the hours of the long window. For 30 days 14.4, 6, 3 and 1.
   */
  public BigDecimal factor(Duration period) {
    return share
        .multiply(hours(period))
        .divide(hours(length), MathContext.DECIMAL64)
        .stripTrailingZeros();
  }

  private static BigDecimal hours(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis()).divide(MILLIS_PER_HOUR, MathContext.DECIMAL64);
  }
}
