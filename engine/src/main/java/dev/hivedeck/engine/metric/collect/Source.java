package dev.hivedeck.engine.metric.collect;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Something that gives samples when it is asked. Two of one configuration are equal. */
sealed interface Source permits Scrape, Check, ServerQueries {
  /** {@code scrape}, {@code check} or {@code prometheus}. */
  String kind();

  String name();

  /** Where it is, without what would be secret in it. */
  String url();

  /** Of all that comes from it. */
  Map<String, String> labels();

  Duration every();

  Duration timeout();

  /**
   * Asks it once. What goes wrong with it is part of what is collected.
   *
   * @param at the time of the samples
   */
  Collected collect(Context context, Instant at) throws InterruptedException;
}
