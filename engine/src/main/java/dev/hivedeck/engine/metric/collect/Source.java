package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.config.metrics.SourceConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import java.time.Instant;
import java.util.Map;

/** Something that gives samples when it is asked. Two of one configuration are equal. */
sealed interface Source permits Scrape, Check, ServerQueries {
  /** {@code scrape}, {@code check} or {@code prometheus}. */
  String kind();

  SourceConfig config();

  /** Where it is, without what would be secret in it. */
  String url();

  /** Of all that comes from it. */
  Map<String, String> labels();

  /** Of what is known of the asking: whether it is up, how long it took. */
  default Map<String, String> aboutLabels() {
    return labels();
  }

  /**
   * Asks it once. What goes wrong with it is part of what is collected.
   *
   * @param at the time of the samples
   */
  Collected collect(Context context, Instant at) throws InterruptedException;

  default String name() {
    return config().name();
  }

  /** What is known of the asking. */
  default Reading about(String metric, Instant at, double value) {
    return new Reading(
        Labels.of(aboutLabels()).with(Labels.NAME, metric),
        MetricKind.GAUGE,
        new Point(at.toEpochMilli(), value));
  }
}
