package dev.hivedeck.engine.metric;

/** What a number means over time. */
public enum MetricKind {
  /** It only rises, until it begins anew. */
  COUNTER,
  /** It goes up and down. */
  GAUGE,
  /** How many observations there were of each size. */
  HISTOGRAM
}
