package dev.hivedeck.engine.metric;

/** Something that is counted or measured in memory, at any moment a {@link Point}. */
public sealed interface Instrument permits Counter, Gauge, HistogramMeter {
  /** What it is, for those who read it elsewhere. */
  MetricKind kind();

  /** What it is now. */
  Point read(long time);
}
