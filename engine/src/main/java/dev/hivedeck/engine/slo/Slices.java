package dev.hivedeck.engine.slo;

import java.math.BigDecimal;

/**
 * Makes events of slices of time, for budgets that are counted in time. A slice without events is
 * none: it is neither good nor bad.
 */
public final class Slices {
  /** Parts of a slice that its share of good events is told in. */
  public static final long PARTS = 1_000_000;

  private final long length;
  private final BigDecimal target;
  private final EventLog log;
  private long slice = Long.MIN_VALUE;
  private Counts counts = Counts.NONE;

  /**
   * @param log takes a slice in when it is over
   */
  public Slices(Budgeting.TimeSlices budgeting, EventLog log) {
    this.length = budgeting.slice().toMillis();
    this.target = budgeting.target();
    this.log = log;
  }

  public Slices(Budgeting.RatioTimeSlices budgeting, EventLog log) {
    this.length = budgeting.slice().toMillis();
    this.target = null;
    this.log = log;
  }

  /** Adds events, and closes the slices that are over by then. */
  public void add(long time, Counts events) {
    long current = Math.floorDiv(time - 1, length);
    if (current > slice) {
      close();
      slice = current;
    }
    counts = counts.plus(events); // with a clock that was set back, to the slice that is open
  }

  private void close() {
    if (counts.hasData()) {
      log.add((slice + 1) * length, event());
    }
    counts = Counts.NONE;
  }

  private Counts event() {
    if (target == null) {
      return new Counts(Math.round(counts.goodRatio() * PARTS), PARTS);
    }
    var needed = target.multiply(BigDecimal.valueOf(counts.total()));
    return new Counts(BigDecimal.valueOf(counts.good()).compareTo(needed) >= 0 ? 1 : 0, 1);
  }
}
