package dev.hivedeck.engine.slo.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.Burn;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.ChangePoint;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Forecast;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.SampleObjective;
import dev.hivedeck.engine.slo.Spending;
import dev.hivedeck.engine.slo.Window;
import dev.hivedeck.engine.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person is told about an objective: alerts, when it runs out, since when, why. */
class ObjectiveAlertsTest {
  private static final Instant NOW = Instant.parse("2026-11-18T14:06:00Z");
  private static final long STEP = 10_000;

  private final Objective objective = SampleObjective.of("99.9%", SampleObjective.days(30));
  private final EventLog events = new EventLog();
  private Map<Labels, Alert> alerts = Map.of();

  private AlertState page(Instant at, Instant watching) {
    var assessment = Assessment.of(objective, events, at);
    alerts = ObjectiveAlerts.next(assessment, alerts, watching).alerts();
    var alert = alerts.get(ObjectiveAlerts.labels(objective, Severity.PAGE));
    return alert == null ? null : alert.state();
  }

  private void traffic(Instant from, Duration length, long bad, long total) {
    long end = from.plus(length).toEpochMilli();
    for (long t = from.toEpochMilli() + STEP; t <= end; t += STEP) {
      events.add(t, Counts.ofBad(bad, total));
    }
  }

  @Test
  void anAlertSaysWhichWindowsAndWhatItMeansInTime() {
    traffic(NOW.minus(Duration.ofHours(2)), Duration.ofHours(2), 144, 10_000);
    assertThat(Assessment.of(objective, events, NOW).burns().getFirst().state())
        .as("14.4 is not above 14.4")
        .isEqualTo(Burn.State.CLEAR);
    traffic(NOW, Duration.ofMinutes(6), 200, 10_000);
    assertThat(page(NOW.plusSeconds(360), Instant.EPOCH)).isEqualTo(AlertState.FIRING);
    var texts = alerts.get(ObjectiveAlerts.labels(objective, Severity.PAGE)).annotations();
    assertThat(texts)
        .containsEntry("windows", "over 1 hour and over 5 minutes")
        .containsEntry("factor", "14.4")
        .containsEntry("meaning", "At this speed the budget of 30 days is gone in 2 days.");
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "PT0.4S,     1 second",
    "PT1S,       1 second",
    "PT12S,      12 seconds",
    "PT1M,       1 minute",
    "PT1M30S,    90 seconds",
    "PT5M,       5 minutes",
    "PT5M30S,    330 seconds",
    "PT12M20S,   12 minutes",
    "PT59M59S,   60 minutes",
    "PT1H,       1 hour",
    "PT1H6M,     66 minutes",
    "PT2H30M,    2.5 hours",
    "PT6H,       6 hours",
    "PT24H,      1 day",
    "PT47H59M,   48 hours",
    "PT50H24M,   2.1 days",
    "P30D,       30 days",
  })
  void aTimeIsToldInAUnitThatFits(String duration, String text) {
    assertThat(ObjectiveAlerts.text(Duration.parse(duration))).isEqualTo(text);
  }

  @Test
  void silenceOfTheServiceOrOfTheEngineIsNoGoodNews() {
    traffic(NOW.minus(Duration.ofHours(2)), Duration.ofHours(2), 100, 100);
    assertThat(page(NOW, Instant.EPOCH)).isEqualTo(AlertState.FIRING);
    // no requests at all for ten minutes: it burnt, and nobody knows whether it still does
    assertThat(page(NOW.plusSeconds(600), Instant.EPOCH)).isEqualTo(AlertState.FIRING);
    // the engine was away for three hours, and has just begun to look again
    var back = NOW.plus(Duration.ofHours(3));
    assertThat(page(back, back)).isEqualTo(AlertState.FIRING);
    traffic(back, Duration.ofMinutes(31), 0, 100);
    assertThat(page(back.plus(Duration.ofMinutes(31)), back)).isEqualTo(AlertState.RESOLVED);
  }

  @Test
  void whatWouldHavePagedIsFoundInThePast() {
    var start = NOW.minus(Duration.ofDays(2));
    traffic(start, Duration.ofHours(10), 0, 100);
    traffic(start.plus(Duration.ofHours(10)), Duration.ofMinutes(20), 50, 100);
    traffic(start.plus(Duration.ofMinutes(620)), Duration.ofHours(20), 0, 100);
    var pages =
        Replay.over(objective, events, start, NOW).stream()
            .filter(e -> e.severity() == Severity.PAGE)
            .toList();
    assertThat(pages).hasSize(1);
    assertThat(pages.getFirst().start())
        .isBetween(start.plus(Duration.ofMinutes(600)), start.plus(Duration.ofMinutes(604)));
    var lower = SampleObjective.of("95%", SampleObjective.days(30));
    assertThat(Replay.over(lower, events, start, NOW))
        .noneMatch(e -> e.severity() == Severity.PAGE && e.end() == null);
  }

  /** The share of the long window that must fail: its factor, times the budget. */
  @ParameterizedTest(name = "{0} in {1} d: page {2} s, ticket {3} s")
  @CsvSource({
    "99%, 30, 518.4, 2592", // 14.4 * 1% of an hour; 3 * 1% of a day
    "99.9%, 30, 51.84, 259.2",
    "95%, 7, 604.8, 3024", // 3.36 * 5% of an hour; 0.7 * 5% of a day
    "99.5%, 28, 241.92, 1209.6",
  })
  void aTotalFailureAfterAWholeGoodWindowFiresWhenTheArithmeticSays(
      String target, int days, double page, double ticket) {
    var fired = FireCheck.of(SampleObjective.of(target, SampleObjective.days(days)), 3_600);
    assertThat(fired.after(Severity.PAGE).orElseThrow().toMillis() / 1e3 - page)
        .isBetween(0.0, 10.0);
    assertThat(fired.after(Severity.TICKET).orElseThrow().toMillis() / 1e3 - ticket)
        .isBetween(0.0, 10.0);
  }

  @Test
  void anAlertThatCannotFireIsFoundOut() {
    var usual = FireCheck.of(objective, 3_600);
    assertThat(usual.canFire(objective)).isTrue();
    assertThat(usual.after(Severity.PAGE).orElseThrow()).isLessThan(Duration.ofMinutes(2));
    // 6 times a budget of 20 % is more than everything
    var low = SampleObjective.of("80%", SampleObjective.days(30));
    assertThat(FireCheck.of(low, 3_600).after(Severity.PAGE)).isEmpty();
    assertThat(FireCheck.of(low, 3_600).after(Severity.TICKET)).isPresent();
    assertThat(FireCheck.of(low, 3_600).canFire(low)).isFalse();
    // one request in a day is one error in six hours
    assertThat(FireCheck.of(objective, 1.0 / 24).after(Severity.PAGE)).isEmpty();
    assertThat(FireCheck.of(objective, 0).canFire(objective)).isFalse();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {51})
  void theForecastHoldsTheTruthAsOftenAsItSays(long seed) {
    var random = new Random(seed);
    int held = 0;
    int rounds = 300;
    var lax = SampleObjective.of("99%", SampleObjective.days(30));
    for (int round = 0; round < rounds; round++) {
      var log = new EventLog();
      double share = 0.012 + 0.05 * random.nextDouble();
      long t = NOW.minus(Duration.ofHours(6)).toEpochMilli();
      log.add(t - 20 * 86_400_000L, new Counts(0, 0));
      log.add(t - 1, new Counts(400_000, 400_000));
      for (int i = 0; i < 360; i++) {
        long bad = 0;
        for (int k = 0; k < 10; k++) {
          bad += random.nextDouble() < share ? 1 : 0;
        }
        log.add(t + i * 60_000L, Counts.ofBad(bad, 10));
      }
      var forecast = Forecast.of(lax, log, Duration.ofHours(6), NOW).orElseThrow();
      double left = Assessment.of(lax, log, NOW).budget().left();
      double allowed = 0.01 * 403_600;
      double days = left * allowed / (14_400 * (share - 0.01));
      // What was good before has left the window by then, and the share is above the budget.
      days = Math.min(days, 29.75);
      var truth = NOW.plusMillis((long) (days * 86_400_000));
      if (!truth.isBefore(forecast.earliest().orElse(Instant.MAX).minusSeconds(60))
          && forecast.latest().map(l -> !truth.isAfter(l.plusSeconds(60))).orElse(true)) {
        held++;
      }
    }
    assertThat((double) held / rounds).as("seed %d", seed).isBetween(0.88, 0.999);
  }

  /** A hundred events a minute until now, so many of a thousand bad. */
  private static EventLog steady(int days, int perThousand) {
    var log = new EventLog();
    log.add(NOW.minus(Duration.ofDays(days)).toEpochMilli(), Counts.NONE);
    for (int hour = 24 * days - 1; hour >= 0; hour--) {
      log.add(
          NOW.minus(Duration.ofHours(hour)).toEpochMilli(), Counts.ofBad(6L * perThousand, 6_000));
    }
    return log;
  }

  @Test
  void whatRollsLastsAtASteadyBurnBelowOneAndACalendarLastsToItsEnd() {
    var rolling = SampleObjective.of("99%", SampleObjective.days(30));
    for (int days : new int[] {2, 30, 60}) {
      var half = Forecast.of(rolling, steady(days, 5), Duration.ofHours(6), NOW).orElseThrow();
      assertThat(half.at()).as("half of what may, for %d days", days).isEmpty();
    }
    // Twice of what may be for ten days: a full window may hold it for fifteen.
    var log = new EventLog();
    log.add(NOW.minus(Duration.ofDays(30)).toEpochMilli(), Counts.NONE);
    for (int hour = 30 * 24 - 1; hour >= 0; hour--) {
      log.add(
          NOW.minus(Duration.ofHours(hour)).toEpochMilli(),
          Counts.ofBad(hour < 24 * 10 ? 120 : 0, 6_000));
    }
    var out = Forecast.of(rolling, log, Duration.ofHours(6), NOW).orElseThrow().at();
    assertThat(Duration.between(NOW, out.orElseThrow()))
        .as("ten of fifteen days are over")
        .isBetween(Duration.ofHours(5 * 24 - 2), Duration.ofHours(5 * 24 + 2));
    var month = SampleObjective.of("99%", Window.Calendar.of(Period.ofMonths(1), ZoneOffset.UTC));
    var begun = month.window().start(NOW).toEpochMilli();
    for (int perThousand : new int[] {5, 12, 20}) {
      var of = new EventLog();
      of.add(begun, Counts.NONE);
      of.add(NOW.minus(Duration.ofHours(6)).toEpochMilli(), new Counts(1_000_000, 1_000_000));
      of.add(NOW.toEpochMilli(), Counts.ofBad(36L * perThousand, 36_000));
      var at = Forecast.of(month, of, Duration.ofHours(6), NOW).orElseThrow().at();
      double allowed = 0.01 * 1_036_000 - 36 * perThousand;
      double hours = allowed / (6_000 * (perThousand / 1e3 - 0.01));
      long rest = Duration.between(NOW, month.window().end(NOW)).toHours();
      if (hours < 0 || hours >= rest) {
        assertThat(at).as("%d of a thousand", perThousand).isEmpty();
      } else {
        assertThat(Duration.between(NOW, at.orElseThrow()).toMinutes() / 60.0)
            .isCloseTo(hours, within(0.1));
      }
    }
  }

  @Test
  void aBudgetThatLastsHasNoEndAndOneThatIsSpentNoForecast() {
    traffic(NOW.minus(Duration.ofHours(6)), Duration.ofHours(6), 0, 100);
    var forecast = Forecast.of(objective, events, Duration.ofHours(6), NOW).orElseThrow();
    assertThat(forecast.at()).isEmpty();
    assertThat(forecast.latest()).isEmpty();
    assertThat(forecast.earliest()).isEmpty();
    traffic(NOW, Duration.ofHours(6), 100, 100);
    assertThat(Forecast.of(objective, events, Duration.ofHours(6), NOW.plus(Duration.ofHours(6))))
        .isEmpty();
  }

  @Test
  void aRiseIsFoundWhereItBeganAndOnlyIfThereIsOne() {
    var random = new Random(61);
    int found = 0;
    int falsely = 0;
    for (int round = 0; round < 200; round++) {
      var rising = new ArrayList<Counts>();
      var level = new ArrayList<Counts>();
      int at = 20 + random.nextInt(80);
      for (int i = 0; i < 120; i++) {
        rising.add(Counts.ofBad(bad(random, i < at ? 0.004 : 0.036), 100));
        level.add(Counts.ofBad(bad(random, 0.01), 100));
      }
      var change = ChangePoint.rise(rising);
      if (change.isPresent() && Math.abs(change.get().slot() - at) <= 3) {
        found++;
      }
      falsely += ChangePoint.rise(level).filter(c -> c.odds() > 20).isPresent() ? 1 : 0;
    }
    assertThat(found).isGreaterThan(180);
    assertThat(falsely).isLessThan(10);
    assertThat(ChangePoint.rise(List.of(Counts.NONE, Counts.NONE))).isEmpty();
    assertThat(ChangePoint.rise(List.of(Counts.ofBad(9, 10), Counts.ofBad(0, 10)))).isEmpty();
  }

  private static long bad(Random random, double share) {
    long bad = 0;
    for (int i = 0; i < 100; i++) {
      bad += random.nextDouble() < share ? 1 : 0;
    }
    return bad;
  }

  @Test
  void whatSpentTheBudgetIsSortedAndTheRestCounted() {
    var spending =
        Spending.of(
            "endpoint",
            Map.of(
                "GET /orders", Counts.ofBad(71, 500),
                "GET /orders/{id}", Counts.ofBad(17, 300),
                "POST /checkout", Counts.ofBad(9, 90),
                "GET /health", Counts.ofBad(0, 900),
                "GET /a", Counts.ofBad(2, 5),
                "GET /b", Counts.ofBad(1, 5)),
            3);
    assertThat(spending.parts().stream().map(Spending.Part::value))
        .containsExactly("GET /orders", "GET /orders/{id}", "POST /checkout");
    assertThat(spending.parts().getFirst().share()).isEqualTo(0.71);
    assertThat(spending.others()).isEqualTo(2);
    assertThat(spending.otherBad()).isEqualTo(3);
  }

  @Test
  void alertsTheirPastAndSilencesOutliveTheEngine(@TempDir Path folder) {
    traffic(NOW.minus(Duration.ofHours(2)), Duration.ofHours(2), 100, 100);
    var step = ObjectiveAlerts.next(Assessment.of(objective, events, NOW), Map.of(), Instant.EPOCH);
    var silence =
        new Silence(
            0,
            List.of(new LabelMatcher("objective", LabelMatcher.Type.REGEX, "ap.*")),
            NOW,
            NOW.plusSeconds(3_600),
            "ada",
            "move of the database");
    Path file = folder.resolve("hive.db");
    try (var store = Store.open(file, Clock.systemUTC())) {
      store.write(
          "test",
          tx -> {
            AlertStore.save(tx.sql(), "api", step.alerts());
            AlertStore.record(tx.sql(), "api", step.transitions());
            return AlertStore.silence(tx.sql(), silence);
          });
    }
    try (var store = Store.open(file, Clock.systemUTC())) {
      assertThat(store.<Map<String, Map<Labels, Alert>>>read(AlertStore::load))
          .isEqualTo(Map.of("api", step.alerts()));
      assertThat(store.<List<AlertStore.Past>>read(s -> AlertStore.history(s, "api", 9)))
          .hasSize(2)
          .allMatch(p -> p.ended() == null && p.began().equals(NOW));
      var kept = store.<List<Silence>>read(s -> AlertStore.silences(s, NOW)).getFirst();
      assertThat(kept.covers(ObjectiveAlerts.labels(objective, Severity.PAGE), NOW)).isTrue();
      store.write("test", tx -> AlertStore.expire(tx.sql(), kept.id(), NOW.plusSeconds(9)));
      assertThat(store.<List<Silence>>read(s -> AlertStore.silences(s, NOW.plusSeconds(10))))
          .isEmpty();
    }
  }
}
