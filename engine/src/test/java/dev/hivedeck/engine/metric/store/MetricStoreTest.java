package dev.hivedeck.engine.metric.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.metric.HistogramMeter;
import dev.hivedeck.engine.metric.Increments;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples that are kept, thinned out with age, and tell the same events ever after. */
class MetricStoreTest {
  private static final long HOUR = 3_600_000;
  private static final SampleRetention SHORT =
      new SampleRetention(Duration.ofHours(2), Duration.ofHours(30), Duration.ofDays(30));
  private static final Labels REQUESTS = Labels.metric("requests_total", "code", "200");

  @TempDir Path folder;
  private Store store;
  private MetricStore metrics;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), Clock.systemUTC());
    metrics = new MetricStore(store, SHORT);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void append(List<Reading> readings) {
    assertThat(
            store.<Integer>write(
                "test", tx -> MetricStore.append(tx.sql(), SeriesQuota.OWN, readings)))
        .isZero();
  }

  private void compact(long now) {
    store.write(
        "test",
        tx -> {
          metrics.compact(tx.sql(), now);
          return null;
        });
  }

  private List<Series> all(String name) {
    return metrics.select(
        List.of(LabelMatcher.equal(Labels.NAME, name)), Long.MIN_VALUE, Long.MAX_VALUE);
  }

  @Test
  void whatWasAppendedIsFoundByItsLabelsAndTime() {
    var meter = new MetricRegistry().histogram("seconds");
    meter.observe(0.3);
    append(
        List.of(
            new Reading(REQUESTS, MetricKind.COUNTER, new Point(10_000, 7)),
            new Reading(REQUESTS.with("code", "500"), MetricKind.COUNTER, new Point(10_000, 1)),
            new Reading(Labels.metric("seconds"), MetricKind.HISTOGRAM, meter.read(10_000)),
            new Reading(Labels.metric("load"), MetricKind.GAUGE, new Point(10_000, Double.NaN))));
    append(List.of(new Reading(REQUESTS, MetricKind.COUNTER, Point.stale(20_000))));
    assertThat(
            metrics.select(
                List.of(new LabelMatcher("code", LabelMatcher.Type.REGEX, "2..")), 0, 20_000))
        .containsExactly(new Series(REQUESTS, List.of(new Point(10_000, 7), Point.stale(20_000))));
    assertThat(all("seconds").getFirst().points().getFirst().histogram())
        .isEqualTo(meter.histogram());
    assertThat(all("load").getFirst().points().getFirst().value()).isNaN();
    assertThat(metrics.select(List.of(LabelMatcher.equal("code", "200")), 10_000, 19_999))
        .as("windows are open on the left")
        .isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 12, 13})
  void thinningOutLosesNoEventWhateverBeganAnew(long seed) {
    var random = new Random(seed);
    var readings = new ArrayList<Reading>();
    var histogram = new HistogramMeterBox();
    double level = 0;
    long events = 0;
    double first = Double.NaN;
    long time = 0;
    for (; time < 60 * HOUR; time += 10_000 + random.nextInt(60_000)) {
      if (random.nextInt(150) == 0) {
        level = 0; // it began anew, maybe twice within a minute
        histogram.reset();
      }
      int more = random.nextInt(5);
      level += more;
      for (int i = 0; i < more; i++) {
        histogram.observe(random.nextDouble());
      }
      if (Double.isNaN(first)) {
        first = level;
      } else {
        events += more;
      }
      readings.add(new Reading(REQUESTS, MetricKind.COUNTER, new Point(time + 1, level)));
      readings.add(
          new Reading(Labels.metric("seconds"), MetricKind.HISTOGRAM, histogram.read(time + 1)));
    }
    append(readings);
    int before = all("requests_total").getFirst().points().size();
    assertThat(Increments.of(all("requests_total").getFirst().points())).isEqualTo(events);
    for (long now = HOUR; now <= 60 * HOUR; now += HOUR * (1 + random.nextInt(7))) {
      compact(now);
      var points = all("requests_total").getFirst().points();
      assertThat(Increments.of(points)).as("seed %d, compacted at %d", seed, now).isEqualTo(events);
    }
    compact(60 * HOUR);
    assertThat(all("requests_total").getFirst().points().size()).isLessThan(before / 2);
    double observed = 0;
    var points = all("seconds").getFirst().points();
    for (int i = 1; i < points.size(); i++) {
      observed +=
          Increments.between(points.get(i - 1).histogram(), points.get(i).histogram()).count();
    }
    assertThat(observed).isEqualTo(events);
  }

  /** A histogram that can begin anew. */
  private static final class HistogramMeterBox {
    private HistogramMeter meter = new MetricRegistry().histogram("x");

    void reset() {
      meter = new MetricRegistry().histogram("x");
    }

    void observe(double value) {
      meter.observe(value);
    }

    Point read(long time) {
      return meter.read(time);
    }
  }

  @Test
  void whatIsTooOldIsForgottenAndSoIsASeriesWithoutPoints() {
    append(List.of(new Reading(REQUESTS, MetricKind.COUNTER, new Point(1, 5))));
    compact(2 * HOUR);
    assertThat(all("requests_total")).hasSize(1);
    compact(40 * 24 * HOUR);
    compact(41 * 24 * HOUR);
    assertThat(all("requests_total")).isEmpty();
    assertThat(store.<Long>read(sql -> sql.number("SELECT count(*) FROM metric_series"))).isZero();
  }

  @Test
  void aChunkIsSmallAndExact() {
    var random = new Random(5);
    var points = new ArrayList<Point>();
    long count = 0;
    for (int i = 0; i < 360; i++) {
      points.add(new Point(1_700_000_000_000L + 10_000L * i, count += random.nextInt(4)));
    }
    byte[] chunk = ChunkCodec.encode(points);
    assertThat(ChunkCodec.decode(chunk)).isEqualTo(points);
    assertThat(chunk.length).as("bytes for an hour of samples").isLessThan(200);
    var odd =
        List.of(
            new Point(-5, -0.0),
            new Point(0, Double.NaN),
            new Point(3, 1e300),
            new Point(4, 0x1p53 + 2),
            Point.stale(9),
            new Point(10, Double.NEGATIVE_INFINITY));
    assertThat(ChunkCodec.decode(ChunkCodec.encode(odd))).isEqualTo(odd);
  }
}
