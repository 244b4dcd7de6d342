package dev.hivedeck.engine.slo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.store.MetricStore;
import dev.hivedeck.engine.metric.store.SampleRetention;
import dev.hivedeck.engine.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long evaluation takes, and how much a day of an objective takes on the disk. */
@Tag("bench")
class SloBench {
  private static final int OBJECTIVES = 500;
  private static final long NOW = Duration.ofDays(20_000).toMillis();
  private static final long MINUTE = 60_000;
  private static final long HOUR = 3_600_000;

  @Test
  void evaluatesFiveHundredObjectivesOverNinetyDays() {
    var random = new SplittableRandom(1);
    var objectives = new ArrayList<Objective>();
    var logs = new ArrayList<EventLog>();
    for (int i = 0; i < OBJECTIVES; i++) {
      objectives.add(SampleObjective.of("o" + i, "99.9%", SampleObjective.days(90)));
      logs.add(log(random));
    }
    long points = logs.stream().mapToLong(EventLog::size).sum();
    var now = Instant.ofEpochMilli(NOW);
    double whole = Double.MAX_VALUE;
    double one = Double.MAX_VALUE;
    long time = NOW;
    for (int round = 0; round < 200; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < OBJECTIVES; i++) {
        assertThat(Assessment.of(objectives.get(i), logs.get(i), now).burns()).hasSize(4);
      }
      whole = Math.min(whole, (System.nanoTime() - start) / 1e6);
      start = System.nanoTime();
      time += 10_000;
      logs.get(round).add(time, Counts.ofBad(1, 100));
      Assessment.of(objectives.get(round), logs.get(round), Instant.ofEpochMilli(time));
      one = Math.min(one, (System.nanoTime() - start) / 1e6);
    }
    System.out.printf(
        "500 objectives, %,d points: all %.2f ms, one after new events %.4f ms%n",
        points, whole, one);
    assertThat(whole).isLessThan(50);
    assertThat(one).isLessThan(1);
  }

  private static EventLog log(SplittableRandom random) {
    var log = new EventLog();
    for (long t = NOW - 90 * 24 * HOUR; t < NOW - 8 * 24 * HOUR; t += HOUR) {
      log.add(t, Counts.ofBad(random.nextInt(3), 3_600));
    }
    for (long t = NOW - 8 * 24 * HOUR; t < NOW - 6 * HOUR; t += MINUTE) {
      log.add(t, Counts.ofBad(random.nextInt(2), 60));
    }
    for (long t = NOW - 6 * HOUR; t <= NOW; t += 10_000) {
      log.add(t, Counts.ofBad(random.nextInt(10) == 0 ? 1 : 0, 10));
    }
    return log;
  }

  @Test
  void aDayOfAnObjectiveTakesLittleOnTheDisk(@TempDir Path folder) {
    var random = new Random(2);
    int objectives = 20;
    try (var store = Store.open(folder.resolve("hive.db"), Clock.systemUTC())) {
      var metrics = new MetricStore(store, SampleRetention.DEFAULT);
      long[] counts = new long[2 * objectives];
      long empty = size(store);
      for (int day = 1; day <= 6; day++) {
        for (int hour = 0; hour < 24; hour++) {
          long start = NOW + day * 24 * HOUR + hour * HOUR;
          var readings = new ArrayList<Reading>();
          for (int tick = 1; tick <= 360; tick++) {
            for (int i = 0; i < counts.length; i++) {
              counts[i] += i % 2 == 0 ? 90 + random.nextInt(20) : random.nextInt(12) / 11;
              readings.add(
                  new Reading(
                      Labels.metric(
                          "hivedeck_slo_events_total",
                          "objective",
                          "o" + i / 2,
                          "result",
                          i % 2 == 0 ? "good" : "bad"),
                      MetricKind.COUNTER,
                      new Point(start + tick * 10_000, counts[i])));
            }
          }
          store.write(
              "bench",
              tx -> {
                MetricStore.append(tx.sql(), "", readings);
                metrics.compact(tx.sql(), start + HOUR);
                return null;
              });
        }
        System.out.printf(
            "after day %d: %.1f KB an objective%n",
            day, (size(store) - empty) / 1024.0 / objectives);
      }
    }
  }

  private static long size(Store store) {
    return store.read(
        sql ->
            (sql.number("PRAGMA page_count") - sql.number("PRAGMA freelist_count"))
                * sql.number("PRAGMA page_size"));
  }
}
