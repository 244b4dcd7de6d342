package dev.hivedeck.engine.slo.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.metric.store.MetricStore;
import dev.hivedeck.engine.metric.store.SampleRetention;
import dev.hivedeck.engine.metric.store.SeriesQuota;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.Guard;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.SampleObjective;
import dev.hivedeck.engine.slo.Slices;
import dev.hivedeck.engine.slo.Target;
import dev.hivedeck.engine.slo.alert.AlertMachine.Transition;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objectives under watch, with a real store, from events to alerts and over restarts. */
class SloWatchTest {
  private static final Instant START = Instant.parse("2026-11-18T14:00:00Z");

  @TempDir Path folder;
  private final List<World> worlds = new ArrayList<>();

  /** An engine's part that watches, its counters and what it told. */
  private final class World {
    final Path file;
    final List<String> told = new ArrayList<>();
    final List<Objective> objectives;
    Store store;
    MetricRegistry registry;
    SloWatch watch;
    Instant now = START;

    World(String name, Objective... objectives) {
      this.file = folder.resolve(name).resolve("hive.db");
      this.objectives = List.of(objectives);
      worlds.add(this);
      start();
    }

    void start() {
      store = Store.open(file, Clock.systemUTC());
      registry = new MetricRegistry();
      watch =
          new SloWatch(
              store,
              registry,
              (tx, rule, transitions) ->
                  transitions.forEach(
                      t ->
                          told.add(
                              Duration.between(START, now).toSeconds()
                                  + " "
                                  + rule
                                  + " "
                                  + t.alert().labels().get("severity")
                                  + " "
                                  + t.to())));
      watch.watch(objectives, Set.of());
    }

    void keep(String source, int series) {
      store.write(
          "test",
          tx ->
              tx.sql()
                  .update(
                      "INSERT INTO metric_series(labels, kind, source) WITH RECURSIVE n(i) AS"
                          + " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT"
                          + " '{\"__name__\":\"' || ? || i || '\"}', 'GAUGE', ? FROM n",
                      series,
                      source,
                      source));
    }

    Reading gauge(String name, String... labels) {
      return new Reading(
          Labels.metric(name, labels), MetricKind.GAUGE, new Point(now.toEpochMilli(), 1));
    }

    void restart() {
      store.close();
      start();
    }

    void requests(long good, long bad) {
      registry.counter("requests_total", "code", "200").add(good);
      registry.counter("requests_total", "code", "500").add(bad);
    }

    void look() {
      now = now.plus(SloWatch.INTERVAL);
      watch.look(now);
    }

    void minutes(double minutes, long good, long bad) {
      for (int i = 0; i < minutes * 6; i++) {
        requests(good, bad);
        look();
      }
    }

    SloWatch.Standing standing(int index) {
      return watch.standings().get(index);
    }
  }

  @AfterEach
  void close() {
    worlds.forEach(w -> w.store.close());
  }

  private static Objective with(String name, Indicator indicator, String target) {
    return new Objective(
        name,
        "",
        "orders",
        "",
        indicator,
        Target.parse(target),
        SampleObjective.days(30),
        Budgeting.OCCURRENCES,
        BurnWindow.standard(),
        Guard.DEFAULT,
        "",
        Map.of());
  }

  @Test
  void samplesForWhichThereIsNoRoomAreCounted() {
    var world = new World("full");
    world.store.write(
        "test",
        tx ->
            tx.sql()
                .update(
                    "INSERT INTO metric_series(labels, kind) WITH RECURSIVE n(i) AS (SELECT 1 UNION"
                        + " ALL SELECT i + 1 FROM n WHERE i < ?) SELECT '{\"__name__\":\"x' || i ||"
                        + " '\"}', 'GAUGE' FROM n",
                    MetricStore.MOST_SERIES));
    world.watch.arrive(
        "push",
        List.of(
            new Reading(Labels.metric("one"), MetricKind.GAUGE, new Point(0, 1)),
            new Reading(Labels.metric("two"), MetricKind.GAUGE, new Point(0, 1))));
    world.look();
    assertThat(world.registry.counter(EngineMetric.SAMPLES_REFUSED.of()).count()).isEqualTo(2);
  }

  @Test
  void aLabelWithoutEndFillsTheRoomOfItsSourceOnly() {
    var world = new World("endless");
    world.keep("scrape web", SeriesQuota.MOST_OF_SOURCE - 1);
    var churned = List.of(world.gauge("churned", "id", "a"), world.gauge("churned", "id", "b"));
    assertThat(world.watch.arrive("scrape web", churned).count()).isOne();
    assertThat(world.watch.arrive("scrape web", churned).reasons())
        .as("a is known")
        .containsExactly(
            new Refused.Reason(
                "there are too many series; drop the label whose values have no end",
                1,
                "churned{id=\"b\"}"));
    assertThat(world.watch.arrive("push", List.of(world.gauge("lag"))).count()).isZero();
    world.look();
    assertThat(
            world.store.<List<String>>read(
                sql ->
                    sql.list(
                        "SELECT source FROM metric_series WHERE labels LIKE '%lag%'",
                        row -> row.text("source"))))
        .as("who gave it is kept")
        .containsExactly("push");
    var full = new World("reserve");
    full.keep("scrape web", SeriesQuota.MOST_OF_SOURCE);
    full.keep(
        "scrape api", MetricStore.MOST_SERIES - SeriesQuota.RESERVED - SeriesQuota.MOST_OF_SOURCE);
    assertThat(full.watch.arrive("push", List.of(full.gauge("lag"))).count()).isOne();
    assertThat(
            full.store.<Integer>write(
                "test",
                tx ->
                    MetricStore.append(
                        tx.sql(), SeriesQuota.OWN, List.of(full.gauge("hivedeck_own")))))
        .as("some room is the engine's alone")
        .isZero();
  }

  @Test
  void aFailureIsToldOnceAndItsEndOnceAlsoOverRestarts() {
    var world = new World("a", SampleObjective.of("99.9%", SampleObjective.days(30)));
    world.minutes(10, 50, 0);
    world.restart();
    world.minutes(2, 25, 25);
    assertThat(world.told).hasSize(2).allMatch(t -> t.endsWith("FIRING"));
    world.restart();
    world.minutes(1, 25, 25);
    world.restart();
    assertThat(world.told).as("nothing is told twice").hasSize(2);
    world.now = world.now.plus(Duration.ofHours(1)); // away for an hour
    world.minutes(2, 50, 0);
    assertThat(world.told).as("nothing is taken back unseen").hasSize(2);
    world.minutes(32, 50, 0);
    assertThat(world.told).filteredOn(t -> t.endsWith("page RESOLVED")).hasSize(1);
    world.restart();
    world.minutes(2, 50, 0);
    assertThat(world.told).hasSize(3);
    var standing = world.standing(0);
    assertThat(standing.assessment().counts())
        .isEqualTo(Counts.ofBad(18 * 25, 6 * (10 * 50 + 3 * 50 + 36 * 50)));
    assertThat(standing.alerts())
        .extracting(a -> a.labels().get("severity") + " " + a.state())
        .containsExactlyInAnyOrder("page RESOLVED", "ticket FIRING");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {71})
  void anEngineThatIsStartedAnewAgainAndAgainTellsTheSame(long seed) {
    var random = new Random(seed);
    var steady = new World("steady", SampleObjective.of("99%", SampleObjective.days(30)));
    var restarted = new World("restarted", SampleObjective.of("99%", SampleObjective.days(30)));
    double share = 0.02;
    for (int i = 0; i < 150; i++) {
      if (random.nextInt(40) == 0) {
        share = random.nextBoolean() ? 0.3 : 0;
      }
      long total = random.nextInt(60);
      long bad = Math.round(total * share);
      steady.requests(total - bad, bad);
      restarted.requests(total - bad, bad);
      steady.look();
      restarted.look();
      if (random.nextInt(20) == 0) {
        restarted.restart();
      }
    }
    assertThat(restarted.told).as("seed %d", seed).isEqualTo(steady.told).isNotEmpty();
    assertThat(restarted.standing(0).assessment()).isEqualTo(steady.standing(0).assessment());
  }

  @Test
  void anObjectiveThatIsUnreadableForAWhileKeepsItsAlertsAndGetsNoOldOnesBack() {
    var objective = SampleObjective.of("99.9%", SampleObjective.days(30));
    var world = new World("unreadable", objective);
    world.minutes(10, 50, 0);
    world.minutes(2, 25, 25);
    world.restart();
    world.watch.watch(List.of(), Set.of("api"));
    assertThat(world.watch.held().get("api"))
        .hasSize(2)
        .allMatch(a -> a.state() == AlertState.FIRING);
    world.minutes(10, 50, 0);
    world.watch.watch(List.of(objective), Set.of());
    world.minutes(2, 50, 0);
    assertThat(world.told).as("nobody looked for ten minutes").hasSize(2);
    world.minutes(35, 50, 0);
    assertThat(world.told).filteredOn(t -> t.endsWith("page RESOLVED")).hasSize(1);
    world.watch.watch(List.of(), Set.of("api"));
    world.minutes(1, 50, 0);
    world.watch.watch(List.of(objective), Set.of());
    world.minutes(1, 50, 0);
    assertThat(world.told).as("what is over does not come back").hasSize(3);
    assertThat(world.standing(0).alerts())
        .extracting(a -> a.labels().get("severity") + " " + a.state())
        .containsExactlyInAnyOrder("page RESOLVED", "ticket FIRING");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {51, 52, 53})
  void slicesOfTimeAreTheSameAfterARestartHoweverOldTheyAre(long seed) {
    var random = new Random(seed);
    var objective = sliced(new Budgeting.TimeSlices(Duration.ofMinutes(10), new BigDecimal("0.9")));
    var shares = sliced(new Budgeting.RatioTimeSlices(Duration.ofMinutes(10)));
    var world = new World("slices", objective);
    var other = new World("shares", shares);
    for (int i = 0; i < 100; i++) {
      for (var each : List.of(world, other)) {
        each.now = each.now.plus(Duration.ofMinutes(5));
        each.requests(random.nextInt(20), random.nextInt(4));
        each.look();
      }
    }
    for (var each : List.of(world, other)) {
      each.now = each.now.plus(Duration.ofDays(5));
      each.look(); // closes the last slice, and thins out what is old
      var before = each.standing(0).assessment().counts();
      assertThat(before.bad()).as("seed %d", seed).isPositive();
      each.restart();
      each.look();
      assertThat(each.standing(0).assessment().counts()).as("seed %d", seed).isEqualTo(before);
      each.restart();
      each.requests(10, 10);
      each.look();
      each.now = each.now.plus(Duration.ofMinutes(10));
      each.look();
      assertThat(each.standing(0).assessment().counts().total())
          .as("seed %d: one more", seed)
          .isEqualTo(before.total() + (each == world ? 1 : Slices.PARTS));
    }
  }

  private static Objective sliced(Budgeting budgeting) {
    var o = SampleObjective.of("99%", SampleObjective.days(30));
    return new Objective(
        o.name(),
        o.description(),
        o.service(),
        o.kind(),
        o.indicator(),
        o.target(),
        o.window(),
        budgeting,
        o.alerts(),
        o.guard(),
        o.runbook(),
        o.labels());
  }

  @Test
  void countsThatContradictEachOtherStillDoAfterARestart() {
    var odd = with("odd", new Indicator.Ratio("good_total", null, "all_total"), "99%");
    var world = new World("impossible", odd);
    for (int i = 0; i < 3; i++) {
      world.registry.counter("good_total").add(5);
      world.registry.counter("all_total").add(3);
      world.look();
    }
    assertThat(world.standing(0).assessment().counts()).isEqualTo(new Counts(15, 9));
    world.restart();
    world.look();
    var after = world.standing(0).assessment();
    assertThat(after.counts()).isEqualTo(new Counts(15, 9));
    assertThat(after.state()).isEqualTo(Assessment.State.IMPOSSIBLE);
    var view =
        SloAnswers.objectives(
                world.watch.standings(), new Muting(List.of(), List.of(), List.of(), world.now))
            .getFirst();
    assertThat(view.state()).isEqualTo("impossible");
    assertThat(view.left()).as("nobody knows").isNull();
    assertThat(view.good()).isNull();
  }

  /** As when the disk is full for a while. */
  @Test
  void whatArrivedWhileNothingCouldBeKeptIsKeptLater() {
    var lag = Labels.of("__name__", "lag_seconds");
    var failing = new AtomicBoolean(true);
    try (var store = Store.open(folder.resolve("full/hive.db"), Clock.systemUTC())) {
      var watch =
          new SloWatch(
              store,
              new MetricRegistry(),
              new SloWatch.Listener() {
                @Override
                public void changed(Tx tx, String rule, List<Transition> transitions) {}

                @Override
                public void looked(Tx tx, List<SloWatch.Standing> standings) {
                  if (failing.get()) {
                    throw new HiveException(ErrorCode.DISK_FULL, "The disk is full.", "");
                  }
                }
              });
      watch.watch(List.of(), Set.of());
      watch.arrive(
          "push",
          List.of(new Reading(lag, MetricKind.GAUGE, new Point(START.toEpochMilli(), 100))));
      assertThatThrownBy(() -> watch.look(START.plusSeconds(10))).isInstanceOf(HiveException.class);
      failing.set(false);
      watch.look(START.plusSeconds(20));
      var kept =
          new MetricStore(store, SampleRetention.DEFAULT)
              .select(
                  List.of(LabelMatcher.equal("__name__", "lag_seconds")),
                  Long.MIN_VALUE,
                  Long.MAX_VALUE);
      assertThat(kept).singleElement().satisfies(s -> assertThat(s.points()).hasSize(1));
    }
  }

  /** Each event is counted once, and only a burn alerts, whatever the clock and the engine do. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {81, 82, 83, 84})
  void jumpsOfTheClockRestartsAndGapsNeitherMakeNorHideBurn(long seed) {
    var random = new Random(seed);
    var world = new World("jumps", SampleObjective.of("99%", SampleObjective.days(30)));
    long bad = 0;
    long total = 0;
    for (int i = 0; i < 120; i++) {
      int good = 50 + random.nextInt(50);
      int failed = random.nextInt(60) == 0 ? 1 : 0;
      world.requests(good, failed);
      bad += failed;
      total += good + failed;
      world.look();
      assertThat(world.standing(0).assessment().counts())
          .as("seed %d, step %d", seed, i)
          .isEqualTo(Counts.ofBad(bad, total));
      switch (random.nextInt(12)) {
        case 0 -> world.restart();
        case 1 -> world.now = world.now.plusSeconds(random.nextInt(20_000));
        case 2 -> world.now = world.now.minusSeconds(random.nextInt(20_000));
        case 3 -> world.now = world.now.minusSeconds(random.nextInt(20));
        default -> {}
      }
    }
    assertThat(world.told).as("seed %d", seed).isEmpty();
    // Set back, the clock puts all that was counted into the windows that end now.
    for (int i = 0; i < 25; i++) {
      world.requests(0, 100);
      world.look();
    }
    assertThat(world.told)
        .as("seed %d: what burns alerts", seed)
        .anyMatch(t -> t.endsWith("page FIRING"));
  }

  @Test
  void answersInTimeAreCountedExactlyAtTheThreshold() {
    var world =
        new World("latency", with("fast", new Indicator.Latency("http_seconds", 0.4), "99%"));
    for (double seconds : new double[] {0.399999, 0.4, 0.4000001, 0.41, 5, 0.01}) {
      world.registry.histogram("http_seconds", "path", "/orders").observe(seconds);
    }
    world.look();
    assertThat(world.standing(0).assessment().counts()).isEqualTo(new Counts(3, 6));
  }

  @Test
  void valuesChainsAndCountersOfOthersAreCountedToo() {
    var api = with("api", new Indicator.Ratio(null, "x_total{r=\"bad\"}", "x_total"), "99%");
    var lag = with("lag", new Indicator.Threshold("lag", Indicator.Comparison.BELOW, 5), "99%");
    var chain = with("chain", new Indicator.Composite(List.of("api", "lag")), "99%");
    var world = new World("kinds", chain, api, lag);
    var good = Labels.metric("x_total", "r", "good");
    var bad = Labels.metric("x_total", "r", "bad");
    double[][] course = {{1_000, 50}, {1_010, 52}, {4, 0}, {4, 0}};
    double[] lags = {3, 7, 4, Double.NaN};
    for (int i = 0; i < course.length; i++) {
      long time = world.now.plus(SloWatch.INTERVAL).toEpochMilli();
      world.watch.arrive(
          "push",
          List.of(
              new Reading(good, MetricKind.COUNTER, new Point(time, course[i][0])),
              new Reading(bad, MetricKind.COUNTER, new Point(time, course[i][1])),
              new Reading(Labels.metric("lag"), MetricKind.GAUGE, new Point(time, lags[i]))));
      world.look();
      if (i == 1) {
        world.restart();
      }
    }
    var standings = world.watch.standings();
    assertThat(standings.get(1).assessment().counts())
        .as("what was before it was first seen is not counted, what began anew is")
        .isEqualTo(Counts.ofBad(2, 16));
    assertThat(standings.get(2).assessment().counts().quality()).isEqualTo(Counts.Quality.DATA);
    assertThat(standings.get(0).assessment().counts().bad())
        .isEqualTo(
            standings.get(1).assessment().counts().bad()
                + standings.get(2).assessment().counts().bad());
    assertThat(standings).noneMatch(SloWatch.Standing::broken);
  }

  @Test
  void anObjectiveWhoseCountingFailsSaysSoItselfAndTheOthersGoOn() {
    var lag = with("lag", new Indicator.Threshold("lag", Indicator.Comparison.BELOW, 5), "99%");
    var world = new World("failing", lag, SampleObjective.of("99.9%", SampleObjective.days(30)));
    world.minutes(1, 10, 0);
    world.watch.arrive("push", List.of(world.gauge("lag")));
    world.look();
    world.look(); // a value counts from when it is kept
    assertThat(world.standing(0).problem()).isEmpty();
    assertThat(world.standing(0).assessment().counts()).isEqualTo(new Counts(1, 1));

    String sample =
        "UPDATE metric_sample SET chunk = ? WHERE series ="
            + " (SELECT id FROM metric_series WHERE labels = '{\"__name__\":\"lag\"}')";
    world.store.write("test", tx -> tx.sql().update(sample, new byte[] {99, 1, 2}));
    world.minutes(1, 10, 10);
    assertThat(world.standing(0).problem()).startsWith("It cannot be counted: ");
    assertThat(world.standing(0).assessment().counts())
        .as("what could not be counted is not known, neither good nor bad")
        .isEqualTo(new Counts(1, 1));
    assertThat(world.standing(1).problem()).isEmpty();
    assertThat(world.standing(1).assessment().counts()).isEqualTo(Counts.ofBad(60, 180));
    assertThat(world.told).anyMatch(line -> line.endsWith("page FIRING"));

    world.store.write("test", tx -> tx.sql().update(sample, (Object) null));
    world.look();
    assertThat(world.standing(0).problem()).isEmpty();
  }

  @Test
  void anObjectiveThatFindsNothingIsBrokenAndTwoOfOneNameAreRefused() {
    var absent = with("absent", new Indicator.Ratio("nothing{a=\"b\"}", null, "nothing"), "99%");
    var world = new World("broken", absent);
    world.minutes(1, 1, 1);
    assertThat(world.standing(0).broken()).isTrue();
    assertThat(world.standing(0).assessment().state()).isEqualTo(Assessment.State.NO_DATA);
    assertThatThrownBy(() -> world.watch.watch(List.of(absent, absent), Set.of()))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("objectives-alike"));
  }

  @Test
  void whatSpentTheBudgetIsToldByLabel() {
    var world = new World("spent", SampleObjective.of("99%", SampleObjective.days(30)));
    world.look();
    for (int i = 0; i < 3; i++) {
      world.registry.counter("requests_total", "code", "200", "path", "/a").add(90);
      world.registry.counter("requests_total", "code", "500", "path", "/a").add(7);
      world.registry.counter("requests_total", "code", "503", "path", "/b").add(3);
      world.look();
    }
    var history =
        new ObjectiveHistory(world.watch, world.store, (after, until) -> List.of(), world.now);
    var spent = history.spent(new Query.ObjectiveSpent("api", "endpoint", null, null));
    assertThat(spent.by()).isEqualTo("path");
    assertThat(spent.parts())
        .extracting(SloViews.Part::value, SloViews.Part::bad)
        .containsExactly(tuple("/a", 14L), tuple("/b", 6L));
    assertThat(spent.bad()).isEqualTo(20);
    assertThat(world.standing(0).alerts()).anyMatch(a -> a.state() == AlertState.FIRING);
  }

  @Test
  void changingATargetKeepsTheEventsAndChangingWhatCountsBeginsAnew() {
    var world = new World("changed", SampleObjective.of("99%", SampleObjective.days(30)));
    world.minutes(1, 10, 1);
    world.watch.watch(List.of(SampleObjective.of("99.9%", SampleObjective.days(30))), Set.of());
    world.look();
    assertThat(world.standing(0).assessment().counts().total()).isEqualTo(66);
    world.watch.watch(
        List.of(with("api", new Indicator.Ratio(null, "other{a=\"b\"}", "other"), "99%")),
        Set.of());
    world.look();
    assertThat(world.standing(0).assessment().counts()).isEqualTo(Counts.NONE);
  }
}
