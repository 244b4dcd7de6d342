package dev.hivedeck.engine.metric.exchange;

import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.exchange.OtlpReader.Sample;
import dev.hivedeck.engine.metric.intake.ForeignSamples;
import dev.hivedeck.engine.metric.intake.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples of OTLP as series that are kept: what only tells of a while is added up, and a histogram
 * with bounds of its own becomes counters of its buckets, as it does in Prometheus, so that
 * objectives can count at its bounds.
 */
public final class OtlpTotals {
  /** Series that are added up at one time. */
  static final int MOST_SERIES = 20_000;

  private static final long SWEEP = Duration.ofMinutes(5).toMillis();
  private static final long SWEEP_FULL = Duration.ofSeconds(10).toMillis();

  private final Map<Labels, Point> totals = new HashMap<>();

  /** When series were looked through for those that are over. */
  private long swept;

  /**
   * What of a request is taken.
   *
   * @param refused data points that are not; a histogram of several series is so many
   */
  public record Taken(List<Reading> readings, Refused refused) {}

  /**
   * @param now in milliseconds
   */
  public synchronized Taken take(OtlpReader.Request request, long now) {
    forget(now);
    var readings = new ArrayList<Reading>();
    var refused = new Refused.Builder();
    for (var sample : request.samples()) {
      String wrong = wrong(sample, now);
      if (wrong == null) {
        add(sample, readings);
      } else {
        refused.add(wrong, sample.labels());
      }
    }
    return new Taken(List.copyOf(readings), request.refused().plus(refused.build()));
  }

  /**
   * A series that has said nothing for as long as anything may come late is over. Where it goes on
   * all the same it begins anew, as a counter does whose program was started again.
   */
  private void forget(long now) {
    boolean full = totals.size() >= MOST_SERIES;
    if (now < swept || now - swept >= (full ? SWEEP_FULL : SWEEP)) {
      swept = now;
      totals.values().removeIf(point -> point.time() < now - ForeignSamples.PAST.toMillis());
    }
  }

  private String wrong(Sample sample, long now) {
    long time = sample.point().time();
    var foreign =
        ForeignSamples.refusal(sample.labels()).or(() -> ForeignSamples.refusal(time, now));
    if (foreign.isPresent()) {
      return foreign.get();
    }
    if (!sample.delta()) {
      return null;
    }
    var before = totals.get(sample.labels());
    if (before == null) {
      return totals.size() < MOST_SERIES
          ? null
          : "more than " + MOST_SERIES + " series are added up";
    }
    return before.time() < time ? null : "it came before, or late";
  }

  private void add(Sample sample, List<Reading> readings) {
    var point = sample.point();
    if (sample.delta() && !point.stale()) {
      point = plus(totals.get(sample.labels()), point);
      totals.put(sample.labels(), point);
    }
    if (point.isHistogram() && point.histogram().isCustom()) {
      classic(sample.labels(), point, readings);
    } else {
      readings.add(new Reading(sample.labels(), sample.kind(), point));
    }
  }

  private static Point plus(Point before, Point more) {
    if (before == null) {
      return more;
    }
    if (more.isHistogram()) {
      // Where the buckets have nothing in common it begins anew.
      Histogram sum =
          before.isHistogram()
              ? before.histogram().plus(more.histogram()).orElse(more.histogram())
              : more.histogram();
      return new Point(more.time(), sum);
    }
    return new Point(more.time(), before.value() + more.value());
  }

  private static void classic(Labels labels, Point point, List<Reading> readings) {
    var histogram = point.histogram();
    String name = labels.name();
    double total = 0;
    int at = 0;
    for (int i = 0; i <= histogram.bounds().size(); i++) {
      var side = histogram.positive();
      while (at < side.size() && side.index(at) <= i) {
        total += side.count(at++);
      }
      String le =
          i == histogram.bounds().size() ? "+Inf" : MetricRegistry.bound(histogram.bounds().get(i));
      readings.add(
          counter(labels.with("le", le), name + "_bucket", new Point(point.time(), total)));
    }
    readings.add(counter(labels, name + "_count", new Point(point.time(), histogram.count())));
    readings.add(counter(labels, name + "_sum", new Point(point.time(), histogram.sum())));
  }

  private static Reading counter(Labels labels, String name, Point point) {
    return new Reading(labels.with(Labels.NAME, name), MetricKind.COUNTER, point);
  }
}
