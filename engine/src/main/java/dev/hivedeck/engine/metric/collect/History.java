package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import java.util.List;

/** Samples that are kept. */
public interface History {
  /** When a metric was sampled last, in milliseconds; 0 when it never was. */
  long newest(String metric, String source);

  /** Keeps samples of the past. */
  void append(List<Reading> readings);
}
