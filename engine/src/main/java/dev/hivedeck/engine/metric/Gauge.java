package dev.hivedeck.engine.metric;

/** Holds the last value that was set. */
public final class Gauge implements Instrument {
  private volatile double value = Double.NaN;

  Gauge() {}

  public void set(double value) {
    this.value = value;
  }

  public double value() {
    return value;
  }

  @Override
  public MetricKind kind() {
    return MetricKind.GAUGE;
  }

  @Override
  public Point read(long time) {
    return new Point(time, value);
  }
}
