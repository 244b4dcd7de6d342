package dev.hivedeck.engine.protocol.view;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Metrics and where they come from, as clients see them. */
public final class MetricViews {
  private MetricViews() {}

  /**
   * The newest sample of a series.
   *
   * @param series as Prometheus writes it, {@code requests_total{code="200"}}
   * @param name of its metric
   * @param labels the others
   * @param value as a text, since JSON has no infinity; of a histogram how much it counted
   * @param mean of a histogram; null for other series, and where it counted nothing
   */
  public record Newest(
      String series,
      String name,
      Map<String, String> labels,
      String value,
      @Nullable Double mean,
      Instant at) {}

  /**
   * Something that metrics are taken from, again and again.
   *
   * @param kind {@code scrape}, {@code check} or {@code prometheus}
   * @param name as in {@code hive.yaml}
   * @param url without what would be secret in it
   * @param labels of all that comes from it
   * @param health {@code up}, {@code down}, or {@code unknown} before it was asked
   * @param error why it is down, or what of it was left out; null when all is well
   * @param at when it was asked last; null before
   * @param seconds how long it took to answer; null before
   * @param samples how many it gave
   * @param every how often it is asked, in seconds
   * @param timeout how long it may take, in seconds
   */
  public record Target(
      String kind,
      String name,
      String url,
      Map<String, String> labels,
      String health,
      @Nullable String error,
      @Nullable Instant at,
      @Nullable Double seconds,
      int samples,
      double every,
      double timeout) {}
}
