package dev.hivedeck.engine.slo.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.SampleObjective;
import dev.hivedeck.engine.slo.history.Attribution.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When a budget began to burn, what came before, and how it went. */
class AttributionTest {
  private static final Instant FROM = Instant.parse("2026-11-11T00:00:00Z");
  private static final Instant UNTIL = FROM.plus(Duration.ofDays(7));

  private static Merge merge(int number, Instant at) {
    return new Merge("C-" + number, number, "Change " + number, "core", at);
  }

  /** A hundred events a minute, so many of them bad. */
  private static EventLog minutes(Random random, Instant rose, double before, double after) {
    var events = new EventLog();
    for (var at = FROM.plusSeconds(60); !at.isAfter(UNTIL); at = at.plusSeconds(60)) {
      double share = at.isAfter(rose) ? after : before;
      long bad = 0;
      for (int i = 0; i < 100; i++) {
        bad += random.nextDouble() < share ? 1 : 0;
      }
      events.add(at.toEpochMilli(), Counts.ofBad(bad, 100));
    }
    return events;
  }

  @Test
  void theMergeJustBeforeARiseIsFoundAndNoneWhereThereIsNoRise() {
    long seed = 7102;
    var random = new Random(seed);
    int found = 0;
    int near = 0;
    int falsely = 0;
    for (int round = 0; round < 12; round++) {
      var rose = FROM.plus(Duration.ofMinutes(1_500 + random.nextInt(7_000)));
      var guilty = merge(38, rose.minusSeconds(90));
      var others =
          List.of(
              merge(9, rose.minus(Duration.ofHours(20))),
              guilty,
              merge(44, rose.plus(Duration.ofHours(5))));
      var rising = Attribution.of(minutes(random, rose, 0.004, 0.036), others, FROM, UNTIL);
      if (rising.verdict() == Verdict.ONE_MERGE
          && rising.suspects().getFirst().merge().equals(guilty)) {
        found++;
      }
      var rise = rising.rise().orElseThrow();
      near += Duration.between(rose, rise.at()).abs().compareTo(Duration.ofMinutes(10)) < 0 ? 1 : 0;
      assertThat(rise.before()).as("seed %s", seed).isCloseTo(0.004, within(0.002));
      assertThat(rise.after()).isCloseTo(0.036, within(0.004));
      assertThat(rising.suspects().getFirst().chance()).isLessThan(0.05);
      var level = Attribution.of(minutes(random, UNTIL, 0.01, 0.01), others, FROM, UNTIL);
      falsely += level.verdict() == Verdict.NO_RISE ? 0 : 1;
    }
    assertThat(found).as("seed %s", seed).isGreaterThanOrEqualTo(10);
    assertThat(near).as("seed %s", seed).isGreaterThanOrEqualTo(10);
    assertThat(falsely).as("seed %s", seed).isLessThanOrEqualTo(1);
  }

  @Test
  void oneOfManyIsNoSingleCauseAndWithoutAMergeNoneIsBlamed() {
    var rose = FROM.plus(Duration.ofDays(3));
    var events = minutes(new Random(5), rose, 0.004, 0.05);
    var two = List.of(merge(1, rose.minusSeconds(240)), merge(2, rose.minusSeconds(60)));
    assertThat(Attribution.of(events, two, FROM, UNTIL).verdict())
        .isEqualTo(Verdict.NO_SINGLE_CAUSE);
    var always = new ArrayList<Merge>();
    for (int i = 0; i < 7 * 24 * 6; i++) {
      always.add(merge(i, FROM.plus(Duration.ofMinutes(10L * i))));
    }
    assertThat(Attribution.of(events, always, FROM, UNTIL).verdict())
        .isEqualTo(Verdict.NO_SINGLE_CAUSE);
    var late = List.of(merge(3, rose.plus(Duration.ofHours(2))));
    var none = Attribution.of(events, late, FROM, UNTIL);
    assertThat(none.verdict()).isEqualTo(Verdict.NO_MERGE);
    assertThat(none.suspects()).isEmpty();
    assertThat(Attribution.of(new EventLog(), two, FROM, UNTIL).verdict())
        .isEqualTo(Verdict.NO_DATA);
  }

  @Test
  void ratesOfMergesAreThoseOfTheTimeThatIsKnownAndTheOnlyMergeIsNotNamed() {
    // a workspace of ten minutes, asked about the thirty days of its objective
    var from = UNTIL.minus(Duration.ofDays(30));
    var born = UNTIL.minus(Duration.ofMinutes(10));
    var rose = UNTIL.minus(Duration.ofMinutes(5));
    var events = new EventLog();
    for (var at = born; !at.isAfter(UNTIL); at = at.plusSeconds(10)) {
      events.add(at.toEpochMilli(), Counts.ofBad(at.isAfter(rose) ? 50 : 0, 100));
    }
    var only = List.of(merge(1, rose.minusSeconds(20)));
    var young = Attribution.of(events, only, from, UNTIL);
    assertThat(young.rise()).isPresent();
    assertThat(young.verdict()).isEqualTo(Verdict.NO_SINGLE_CAUSE);
    assertThat(young.suspects().getFirst().chance())
        .as("one in ten minutes, and near is half a minute")
        .isBetween(0.02, 0.2);
    // the same merge in a week that is known, with another one far away
    var old = minutes(new Random(8), UNTIL.minus(Duration.ofHours(9)), 0.004, 0.1);
    var near = merge(2, UNTIL.minus(Duration.ofHours(9)).minusSeconds(30));
    var far = merge(1, FROM.plusSeconds(3_600));
    var known = Attribution.of(old, List.of(far, near), from, UNTIL);
    assertThat(known.verdict()).isEqualTo(Verdict.ONE_MERGE);
    assertThat(known.suspects().getFirst().merge()).isEqualTo(near);
    assertThat(Attribution.of(old, List.of(near), from, UNTIL).verdict())
        .as("it is the only one: no rate can be told")
        .isEqualTo(Verdict.NO_SINGLE_CAUSE);
  }

  @Test
  void noPeakIsLostBetweenTwoPointsAndPointsAreBounded() {
    var events = new EventLog();
    for (int minute = 1; minute <= 7 * 1_440; minute++) {
      boolean peak = minute > 5_000 && minute <= 5_060;
      events.add(FROM.plusSeconds(60L * minute).toEpochMilli(), Counts.ofBad(peak ? 50 : 0, 100));
    }
    var objective = SampleObjective.of("99%", SampleObjective.days(30));
    var step = Timeline.step(FROM, UNTIL);
    var steps = Timeline.of(objective, events, FROM, UNTIL, step);
    assertThat(steps).hasSizeBetween(100, 241);
    assertThat(steps.stream().mapToLong(s -> s.counts().total()).sum()).isEqualTo(7 * 144_000);
    assertThat(steps.stream().mapToLong(s -> s.counts().bad()).sum()).isEqualTo(3_000);
    assertThat(steps.stream().mapToDouble(Timeline.Step::mostBurn).max().orElseThrow())
        .isCloseTo(50, within(1e-9));
    var day = Timeline.of(objective, events, FROM, UNTIL, Duration.ofDays(1));
    assertThat(day).hasSize(7);
    assertThat(day.stream().mapToDouble(Timeline.Step::mostBurn).max().orElseThrow())
        .as("the peak of an hour in the step of a day")
        .isGreaterThan(2);
    assertThat(day).allMatch(s -> s.least() <= s.left() && s.left() <= s.most());
    assertThat(day.getLast().left()).isCloseTo(1 - 3_000 / (0.01 * 7 * 144_000), within(1e-9));
    assertThat(Timeline.of(objective, new EventLog(), FROM, UNTIL, Duration.ofDays(1)))
        .allMatch(s -> Double.isNaN(s.left()) && Double.isNaN(s.burn()));
    assertThatThrownBy(() -> Timeline.of(objective, events, FROM, UNTIL, Duration.ofSeconds(10)))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("range-points"));
    assertThatThrownBy(() -> Timeline.of(objective, events, UNTIL, FROM, step))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("range-invalid"));
  }
}
