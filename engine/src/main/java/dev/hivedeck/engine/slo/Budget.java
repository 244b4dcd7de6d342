package dev.hivedeck.engine.slo;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * An error budget, exact in events.
 *
 * @param allowed how many of the events so far may be bad
 * @param spent how many are
 */
public record Budget(BigDecimal allowed, long spent) {
  public static Budget of(Target target, Counts counts) {
    return new Budget(target.allowed(counts.total()), counts.bad());
  }

  /**
   * The share that is left: 1 untouched, 0 spent, below 0 overspent; not a number if none is due.
   */
  public double left() {
    return allowed.signum() == 0
        ? Double.NaN
        : BigDecimal.ONE
            .subtract(BigDecimal.valueOf(spent).divide(allowed, MathContext.DECIMAL64))
            .doubleValue();
  }

  public boolean isSpent() {
    return allowed.signum() > 0 && BigDecimal.valueOf(spent).compareTo(allowed) >= 0;
  }

  /** How many more of the events so far could have been bad; not rounded. */
  public BigDecimal remaining() {
    return allowed.subtract(BigDecimal.valueOf(spent));
  }
}
