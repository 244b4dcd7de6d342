package dev.hivedeck.engine.slo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.slo.Counts.Quality;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Budgets, exact in events, and the numbers that come from them. */
class BudgetTest {
  private static final Instant NOW = Instant.parse("2026-11-18T14:06:00Z");

  @ParameterizedTest(name = "{0}: {2} of {1} may be bad")
  @CsvSource({
    "99.9%, 1000, 1",
    "99.9%, 1001, 1.001",
    "99%, 3011000, 30110",
    "95%, 7, 0.35",
    "0.995, 200, 1"
  })
  void aTargetAllowsExactlyItsShare(String target, long total, BigDecimal allowed) {
    assertThat(Target.parse(target).allowed(total)).isEqualByComparingTo(allowed);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "100%, target-total",
    "1, target-total",
    "1.000, target-total",
    "0%, target-invalid",
    "101%, target-invalid",
    "-5%, target-invalid",
    "99.9, target-invalid",
    "many, target-invalid"
  })
  void aTargetThatIsNoneIsRefusedWithTheReason(String target, String code) {
    assertThatThrownBy(() -> Target.parse(target))
        .isInstanceOfSatisfying(HiveException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void factorsAreThoseOfTheWorkbook() {
    assertThat(factors(30)).containsExactly("14.4", "6", "3", "1");
    assertThat(factors(28)).containsExactly("13.44", "5.6", "2.8", "0.9333333333333333");
    assertThat(BurnWindow.standard().stream().map(BurnWindow::shortLength))
        .containsExactly(
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(6));
  }

  @Test
  void theUsualPairsAreThoseThatSayThatTheBudgetGoes() {
    assertThat(BurnWindow.standard(SampleObjective.days(30))).isEqualTo(BurnWindow.standard());
    assertThat(BurnWindow.standard(Window.Calendar.of(Period.ofMonths(1), ZoneOffset.UTC)))
        .isEqualTo(BurnWindow.standard());
    assertThat(BurnWindow.standard(SampleObjective.days(28)))
        .isEqualTo(BurnWindow.standard().subList(0, 3));
    assertThat(BurnWindow.standard(SampleObjective.days(7)))
        .isEqualTo(BurnWindow.standard().subList(0, 2));
    assertThat(BurnWindow.standard(SampleObjective.days(1))).isEmpty();
    for (int hours = 1; hours < 24 * 100; hours++) {
      var window = new Window.Rolling(Duration.ofHours(hours));
      assertThat(BurnWindow.standard(window))
          .as("%d h", hours)
          .allMatch(w -> w.factor(window.duration()).compareTo(BigDecimal.ONE) >= 0)
          .allMatch(w -> w.length().compareTo(window.duration()) <= 0);
    }
    var day = SampleObjective.days(1);
    assertThat(BurnWindow.of(BurnWindow.Severity.PAGE, Duration.ofHours(1), "0.02").doubt(day))
        .hasValueSatisfying(why -> assertThat(why).contains("0.48 times"));
    assertThat(BurnWindow.of(BurnWindow.Severity.PAGE, Duration.ofDays(3), "1").doubt(day))
        .hasValueSatisfying(why -> assertThat(why).contains("longer than the objective's"));
    assertThat(BurnWindow.of(BurnWindow.Severity.PAGE, Duration.ofHours(1), "0.1").doubt(day))
        .isEmpty();
  }

  private static List<String> factors(int days) {
    return BurnWindow.standard().stream()
        .map(w -> w.factor(Duration.ofDays(days)).toPlainString())
        .toList();
  }

  @Test
  void ratioBudgetAndBurnComeFromOneNumber() {
    var target = Target.parse("99%");
    // The picture: 19,870 of 30,110 slow answers are spent, 34 % is left.
    var counts = Counts.ofBad(19_870, 3_011_000);
    var budget = Budget.of(target, counts);
    assertThat(budget.allowed()).isEqualByComparingTo("30110");
    assertThat(budget.left()).isCloseTo(0.34, within(0.001));
    assertThat(counts.goodRatio()).isCloseTo(0.9934, within(0.0001));
    assertThat(target.burn(counts)).isCloseTo(1 - budget.left(), within(1e-12));
    // a tenth of 28 days in 3 days: 2.8/3 times as fast, which no decimal number is
    var window = BurnWindow.standard().getLast();
    var period = Duration.ofDays(28);
    assertThat(window.isExceeded(Counts.ofBad(28, 3_000), target, period))
        .as("exactly as fast is not faster")
        .isFalse();
    assertThat(window.isExceeded(Counts.ofBad(28_001, 3_000_000), target, period)).isTrue();
    assertThat(window.isExceeded(Counts.ofBad(27_999, 3_000_000), target, period)).isFalse();
    assertThat(Budget.of(target, Counts.ofBad(30_110, 3_011_000)).isSpent()).isTrue();
    assertThat(Budget.of(target, Counts.ofBad(30_109, 3_011_000)).isSpent()).isFalse();
  }

  @Test
  void noEventsAreNoDataAndMoreGoodThanAllIsImpossible() {
    assertThat(Counts.NONE.quality()).isEqualTo(Quality.NO_DATA);
    assertThat(Counts.NONE.badRatio()).isNaN();
    assertThat(Target.parse("99%").burn(Counts.NONE)).isNaN();
    assertThat(new Counts(5, 4).quality()).isEqualTo(Quality.IMPOSSIBLE);
    assertThat(new Counts(-1, 4).quality()).isEqualTo(Quality.IMPOSSIBLE);
    var events = new EventLog();
    var objective = SampleObjective.of("99%", SampleObjective.days(30));
    assertThat(Assessment.of(objective, events, NOW).state()).isEqualTo(Assessment.State.NO_DATA);
    events.add(NOW.toEpochMilli(), new Counts(11, 10));
    assertThat(Assessment.of(objective, events, NOW).state())
        .isEqualTo(Assessment.State.IMPOSSIBLE);
  }

  @ParameterizedTest(name = "{0} min without requests")
  @ValueSource(ints = {5, 60, 1440})
  void aTimeWithoutRequestsDoesNotSpoilTheBudget(int minutes) {
    var events = new EventLog();
    long end = NOW.toEpochMilli();
    long gap = end - Duration.ofMinutes(minutes).toMillis();
    for (long t = end - Duration.ofDays(3).toMillis(); t <= gap; t += 10_000) {
      events.add(t, new Counts(100, 100));
    }
    var assessment =
        Assessment.of(SampleObjective.of("99.9%", SampleObjective.days(30)), events, NOW);
    assertThat(assessment.budget().left()).isEqualTo(1.0);
    assertThat(assessment.state()).isEqualTo(Assessment.State.HEALTHY);
    assertThat(assessment.burns()).noneMatch(b -> b.state() == Burn.State.BURNING);
  }

  @Test
  void oneBadEventInAQuietHourIsWatchedAndPagesNobody() {
    var events = new EventLog();
    long end = NOW.toEpochMilli();
    events.add(end - 3_000_000, new Counts(2, 2));
    events.add(end - 60_000, Counts.ofBad(1, 1));
    var objective = SampleObjective.of("99.9%", SampleObjective.days(30));
    var assessment = Assessment.of(objective, events, NOW);
    assertThat(assessment.state()).isEqualTo(Assessment.State.WATCHING);
    events.add(end - 50_000, new Counts(97, 97));
    events.add(end - 40_000, Counts.ofBad(1, 1));
    assertThat(Assessment.of(objective, events, NOW).burns().getFirst().state())
        .as("two of a hundred may be chance")
        .isEqualTo(Burn.State.WATCHING);
    events.add(end - 30_000, Counts.ofBad(1, 1));
    assertThat(Assessment.of(objective, events, NOW).state())
        .as("three bad events are enough")
        .isEqualTo(Assessment.State.PAGE);
  }

  @Test
  void burnMovesWhenOnlyTheLastFiveMinutesAreBad() {
    var events = new EventLog();
    long end = NOW.toEpochMilli();
    for (long t = end - Duration.ofHours(2).toMillis(); t <= end; t += 10_000) {
      events.add(t, t > end - 300_000 ? Counts.ofBad(50, 100) : new Counts(100, 100));
    }
    var hour =
        Assessment.of(SampleObjective.of("99.9%", SampleObjective.days(30)), events, NOW)
            .burns()
            .getFirst();
    assertThat(hour.shortRate()).isCloseTo(500, within(1e-9));
    assertThat(hour.longRate()).isCloseTo(500.0 / 12, within(0.2));
    assertThat(hour.state()).isEqualTo(Burn.State.BURNING);
    assertThat(hour.wholeBudget().toHours()).isEqualTo(17);
  }

  @Test
  void theLastOfManyEventsIsTheIntervalOfClopperAndPearson() {
    // Their own example: 3 of 10 at 95 % on both sides.
    assertThat(ClopperPearson.lower(3, 10, 0.975)).isCloseTo(0.0667, within(5e-5));
    assertThat(ClopperPearson.upper(3, 10, 0.975)).isCloseTo(0.6525, within(5e-5));
    assertThat(ClopperPearson.lower(0, 10, 0.975)).isZero();
    assertThat(ClopperPearson.upper(0, 10, 0.975)).isCloseTo(0.3085, within(5e-5));
    assertThat(ClopperPearson.upper(10, 10, 0.975)).isEqualTo(1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {21, 22, 23, 24})
  void windowsHoldExactlyTheirEventsHoweverOldOnesAreThinned(long seed) {
    var random = new Random(seed);
    var events = new EventLog();
    var all = new ArrayList<long[]>();
    long time = 0;
    for (int i = 0; i < 20_000; i++) {
      time += 1 + random.nextInt(120_000);
      long total = random.nextInt(6);
      long bad = total == 0 ? 0 : random.nextInt((int) total + 1);
      events.add(time, Counts.ofBad(bad, total));
      all.add(new long[] {time, bad, total});
      if (random.nextInt(500) == 0) {
        events.thin(time - 4 * 3_600_000, 60_000);
        events.thin(time - 48 * 3_600_000, 3_600_000);
      }
    }
    for (int i = 0; i < 200; i++) {
      long length = 1 + random.nextLong(time);
      long age = length;
      long step = age <= 4 * 3_600_000 ? 1 : age <= 48 * 3_600_000 ? 60_000 : 3_600_000;
      Counts window = events.between(time - length, time);
      Counts least = sum(all, time - length, time);
      Counts most = sum(all, time - length - step, time);
      assertThat(window.total()).as("seed %d", seed).isBetween(least.total(), most.total());
      assertThat(window.bad()).isBetween(least.bad(), most.bad());
    }
    assertThat(events.between(Long.MIN_VALUE, time)).isEqualTo(sum(all, Long.MIN_VALUE, time));
    assertThat(events.size()).isLessThan(12_000);
  }

  private static Counts sum(List<long[]> all, long start, long end) {
    long bad = 0;
    long total = 0;
    for (long[] event : all) {
      if (event[0] > start && event[0] <= end) {
        bad += event[1];
        total += event[2];
      }
    }
    return Counts.ofBad(bad, total);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {31, 32, 33})
  void aClockThatJumpsNeitherLosesNorMakesNorHidesEvents(long seed) {
    var random = new Random(seed);
    var events = new EventLog();
    long now = Duration.ofDays(100).toMillis();
    long bad = 0;
    long total = 0;
    for (int i = 0; i < 5_000; i++) {
      now +=
          switch (random.nextInt(100)) {
            case 0 -> -random.nextInt(7_200_000);
            case 1 -> random.nextInt(7_200_000);
            default -> 10_000;
          };
      long some = random.nextInt(4);
      long worse = some == 0 ? 0 : random.nextInt((int) some + 1);
      events.add(now, Counts.ofBad(worse, some));
      bad += worse;
      total += some;
      assertThat(events.between(Long.MIN_VALUE, now))
          .as("seed %d, step %d: nothing lies in the future", seed, i)
          .isEqualTo(Counts.ofBad(bad, total));
    }
  }

  @Test
  void slicesOfTimeCountWhereThereWasTraffic() {
    var log = new EventLog();
    var slices =
        new Slices(new Budgeting.TimeSlices(Duration.ofMinutes(1), new BigDecimal("0.95")), log);
    slices.add(10_000, new Counts(95, 100)); // good
    slices.add(70_000, new Counts(94, 100)); // bad
    slices.add(250_000, new Counts(1, 1)); // good, and between them nothing
    slices.add(310_000, Counts.NONE);
    assertThat(log.between(0, 1_000_000)).isEqualTo(new Counts(2, 3));
    var ratios = new EventLog();
    var parts = new Slices(new Budgeting.RatioTimeSlices(Duration.ofMinutes(1)), ratios);
    parts.add(10_000, new Counts(1, 2));
    parts.add(70_000, new Counts(1_000, 1_000));
    parts.add(130_000, Counts.NONE);
    assertThat(ratios.between(0, 1_000_000).goodRatio())
        .as("the mean of the slices, as this method means it")
        .isEqualTo(0.75);
  }

  @Test
  void calendarWindowsFollowTheCalendarOfTheirPlace() {
    var berlin = ZoneId.of("Europe/Berlin");
    var month = Window.Calendar.of(Period.ofMonths(1), berlin);
    var march = Instant.parse("2026-03-31T12:00:00Z");
    assertThat(month.start(march)).isEqualTo(Instant.parse("2026-02-28T23:00:00Z"));
    assertThat(month.end(march)).isEqualTo(Instant.parse("2026-03-31T22:00:00Z"));
    assertThat(month.length(march)).isEqualTo(Duration.ofDays(31).minusHours(1));
    var week = Window.Calendar.of(Period.ofWeeks(1), berlin);
    assertThat(week.start(NOW)).isEqualTo(Instant.parse("2026-11-15T23:00:00Z"));
    var quarter = Window.Calendar.of(Period.ofMonths(3), berlin);
    assertThat(quarter.start(NOW)).isEqualTo(Instant.parse("2026-09-30T22:00:00Z"));
    for (var window : List.of(month, week, quarter)) {
      for (var t = NOW; t.isBefore(NOW.plus(Duration.ofDays(400))); t = t.plusSeconds(86_399)) {
        assertThat(window.start(t)).isBeforeOrEqualTo(t);
        assertThat(window.end(t)).isAfter(t);
        assertThat(window.start(window.end(t))).isEqualTo(window.end(t));
      }
    }
  }

  @Test
  void aChainFailsAsOftenAsItsPartsDo() {
    assertThat(
            Indicator.Composite.together(
                List.of(new Counts(99, 100), new Counts(48, 50), new Counts(10, 10))))
        .isEqualTo(new Counts(97, 100));
    assertThat(Indicator.Composite.together(List.of(new Counts(0, 1), new Counts(0, 5))))
        .isEqualTo(new Counts(0, 1));
  }

  @Test
  void stepsOfThePolicyAreTakenOnceAndTakenBackWithAMargin() {
    var policy = BudgetPolicy.DEFAULT;
    var taken = EnumSet.noneOf(BudgetPolicy.Action.class);
    var log = new ArrayList<String>();
    for (double left :
        new double[] {0.6, 0.5, 0.49, 0.51, 0.19, -0.1, 0.01, 0.03, 0.3, Double.NaN, 0.6}) {
      for (var proposal : policy.propose(left, taken)) {
        log.add((proposal.undo() ? "-" : "+") + proposal.step().action());
        if (proposal.undo()) {
          taken.remove(proposal.step().action());
        } else {
          taken.add(proposal.step().action());
        }
      }
    }
    assertThat(log)
        .containsExactly(
            "+NOTIFY",
            "+FEWER_AGENTS",
            "+ONLY_FIXES",
            "+STOP_ROLLOUTS",
            "-ONLY_FIXES",
            "-STOP_ROLLOUTS",
            "-FEWER_AGENTS",
            "-NOTIFY");
  }
}
