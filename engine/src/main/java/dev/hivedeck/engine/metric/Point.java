package dev.hivedeck.engine.metric;

/**
 * What a series was at one moment.
 *
 * @param time in milliseconds since 1970
 * @param value of a counter or gauge; of no meaning beside a histogram
 * @param histogram null for a counter or gauge
 * @param stale whether the series has ended here: its source no longer has it
 */
public record Point(long time, double value, Histogram histogram, boolean stale) {
  public Point(long time, double value) {
    this(time, value, null, false);
  }

  public Point(long time, Histogram histogram) {
    this(time, 0, histogram, false);
  }

  /** The end of a series. */
  public static Point stale(long time) {
    return new Point(time, Double.NaN, null, true);
  }

  public boolean isHistogram() {
    return histogram != null;
  }
}
