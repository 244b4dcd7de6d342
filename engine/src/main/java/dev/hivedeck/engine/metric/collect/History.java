package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import java.time.Instant;
import java.util.List;

/** Samples that are kept. */
public interface History {
  /** When a metric was sampled last, in milliseconds; 0 when it was not since a time. */
  long newest(String metric, String source, Instant since);

  /** Keeps samples of the past that a source has given. */
  void append(String source, List<Reading> readings);
}
