package dev.hivedeck.engine.slo;

/**
 * Good events and all events of some time. Everything else is reckoned from them: sums of counts,
 * never means of ratios.
 */
public record Counts(long good, long total) {
  public static final Counts NONE = new Counts(0, 0);

  /** Whether anything can be said. */
  public enum Quality {
    /** There were events. */
    DATA,
    /** There was none: neither good nor bad, and no reason to judge. */
    NO_DATA,
    /** More good ones than all, or fewer than none: the two do not count the same thing. */
    IMPOSSIBLE
  }

  public static Counts ofBad(long bad, long total) {
    return new Counts(total - bad, total);
  }

  public long bad() {
    return total - good;
  }

  public Quality quality() {
    if (good < 0 || total < 0 || good > total) {
      return Quality.IMPOSSIBLE;
    }
    return total == 0 ? Quality.NO_DATA : Quality.DATA;
  }

  public boolean hasData() {
    return quality() == Quality.DATA;
  }

  public Counts plus(Counts other) {
    return new Counts(good + other.good, total + other.total);
  }

  public Counts minus(Counts other) {
    return new Counts(good - other.good, total - other.total);
  }

  /** The share of bad events; not a number without events. */
  public double badRatio() {
    return hasData() ? (double) bad() / total : Double.NaN;
  }

  /** The share of good events; not a number without events. */
  public double goodRatio() {
    return hasData() ? (double) good / total : Double.NaN;
  }
}
