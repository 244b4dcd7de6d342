package dev.hivedeck.engine.metric.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.SeriesSource;
import dev.hivedeck.engine.metric.promql.Evaluator;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.time.VirtualTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions are answered in Prometheus' shapes, and a range as its steps one by one. */
class MetricQueriesTest {
  private static final Instant NOW = Instant.ofEpochSecond(10_000);

  private final List<Series> all = new ArrayList<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final SeriesSource source =
      (matchers, after, until) -> {
        reads.incrementAndGet();
        var found = new ArrayList<Series>();
        for (var series : all) {
          if (matchers.stream().allMatch((LabelMatcher m) -> m.matches(series.labels()))) {
            var points =
                series.points().stream()
                    .filter(p -> p.time() > after && p.time() <= until)
                    .toList();
            if (!points.isEmpty()) {
              found.add(new Series(series.labels(), points));
            }
          }
        }
        return found;
      };
  private final MetricQueries queries = new MetricQueries(source, Clock.fixed(NOW, ZoneOffset.UTC));

  private void series(Labels labels, Point... points) {
    all.add(new Series(labels, List.of(points)));
  }

  private static long at(long secondsAgo) {
    return NOW.minusSeconds(secondsAgo).toEpochMilli();
  }

  @Test
  void answersHaveTheShapesOfPrometheus() {
    series(Labels.metric("up", "job", "api"), new Point(at(5), 1));
    var meter = new MetricRegistry().histogram("seconds");
    meter.observe(3);
    meter.observe(0);
    series(Labels.metric("seconds"), meter.read(at(5)));
    assertThat(queries.instant("up", null).toString())
        .isEqualTo(
            "{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"__name__\":\"up\",\"job\":"
                + "\"api\"},\"value\":[10000,\"1\"]}]}");
    assertThat(queries.instant("1 / 0", null).toString())
        .isEqualTo("{\"resultType\":\"scalar\",\"result\":[10000,\"+Inf\"]}");
    var histogram = queries.instant("seconds", null).at("/result/0/histogram/1");
    assertThat(histogram.path("count").asText()).isEqualTo("2");
    assertThat(histogram.path("buckets").path(0).path(0).asInt()).as("of zero").isEqualTo(3);
    assertThat(histogram.path("buckets").path(1).path(0).asInt()).isZero();
    assertThat(queries.range("up", NOW.minusSeconds(60), NOW, Duration.ofSeconds(30)).toString())
        .contains("\"matrix\"", "\"values\":[[10000,\"1\"]]");
    assertThat(queries.labelValues("job", List.of("up"), null, null)).containsExactly("api");
    assertThat(queries.labelNames(List.of(), null, null)).containsExactly("__name__", "job");
  }

  @Test
  void whatCannotBeAnsweredIsRefused() {
    var minute = Duration.ofMinutes(1);
    var often = new ArrayList<Point>();
    for (long ago = 10_000; ago > 0; ago -= 100) {
      often.add(new Point(at(ago), 1));
    }
    for (int i = 0; i < 60; i++) {
      series(Labels.metric("many", "i", String.valueOf(i)), often.toArray(Point[]::new));
    }
    for (var wrong :
        List.<Runnable>of(
            () -> queries.instant("sum(", null),
            () -> queries.range("up", NOW, NOW.minusSeconds(1), minute),
            () -> queries.range("up", NOW, NOW, Duration.ZERO),
            () -> queries.range("up", Instant.EPOCH, NOW, Duration.ofMillis(1)),
            () -> queries.range("up[5m]", NOW, NOW, minute),
            () ->
                queries.range("one or many", NOW.minusSeconds(10_000), NOW, Duration.ofSeconds(1)),
            () -> queries.series(List.of("sum(up)"), null, null))) {
      assertThatThrownBy(wrong::run).isInstanceOf(HiveException.class);
    }
  }

  @Test
  void aRangeIsWhatItsStepsAreAndReadsEachSelectorOnce() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 5; i++) {
      var points = new ArrayList<Point>();
      double value = 0;
      for (long ago = 3_600; ago > 0; ago -= 1 + random.nextInt(60)) {
        value = random.nextInt(20) == 0 ? 0 : value + random.nextInt(9);
        points.add(random.nextInt(30) == 0 ? Point.stale(at(ago)) : new Point(at(ago), value));
      }
      all.add(new Series(Labels.metric("c_total", "i", String.valueOf(i)), points));
    }
    var start = NOW.minusSeconds(2_000);
    var step = Duration.ofSeconds(17);
    for (String query :
        List.of(
            "rate(c_total[2m])",
            "sum(c_total) by (i)",
            "c_total offset 3m",
            "max_over_time(rate(c_total[1m])[5m:20s])",
            "c_total @ end()",
            "c_total - c_total offset 1m")) {
      var expr = Parser.parse(query);
      reads.set(0);
      var preloaded = new PreloadedSeries(source, NOW.toEpochMilli() - start.toEpochMilli());
      var over = new Evaluator(preloaded).over(expr, start, NOW, step);
      assertThat(reads.get()).as(query).isLessThan(20);
      assertThat(over)
          .as("%s, seed %d", query, seed)
          .isEqualTo(new Evaluator(source).over(expr, start, NOW, step));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "count_over_time(up[200y:1ms])",
        "avg_over_time(avg_over_time(up[30d:1s])[30d:1s])",
        "count_over_time(up[1d:1m]) + count_over_time(up[30d:1s])"
      })
  void aQueryOfTooManyStepsIsRefusedBeforeTheyAreTaken(String query) {
    assertThatThrownBy(() -> queries.instant(query, null))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("more than 1000000 steps");
    assertThat(reads.get()).isLessThan(2_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"up offset 999999999y", "up[9999999999999999999999d]", "up offset 293y"})
  void aDurationThatNobodyCanCountIsRefused(String query) {
    assertThatThrownBy(() -> queries.instant(query, null))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("promql-invalid"))
        .hasMessageContaining("292 years");
  }

  @Test
  void aQueryThatTakesTooLongEnds() {
    var time = new VirtualTime(NOW);
    var slow =
        new MetricQueries(
            (matchers, after, until) -> {
              reads.incrementAndGet();
              time.advance(Duration.ofSeconds(1));
              return List.of();
            },
            time.clock());
    assertThatThrownBy(() -> slow.instant("count_over_time(up[1d:1m])", NOW))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("takes longer than 120 s");
    assertThat(reads.get()).isBetween(120, 122);
    slow.instant("up", NOW);
  }
}
