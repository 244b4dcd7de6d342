package dev.hivedeck.app.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.cli.chaos.ChaosPlan.Fault;
import dev.hivedeck.app.cli.chaos.ChaosPlan.Kind;
import dev.hivedeck.app.cli.chaos.ChaosReport.Outcome;
import dev.hivedeck.app.cli.chaos.ChaosReport.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A game day over minutes, in no time. */
class GameDayTest {
  private static final Duration NEVER = Duration.ofDays(1);

  private Instant now = Instant.parse("2026-11-20T12:00:00Z");
  private final Room room = new Room();
  private final List<String> news = new ArrayList<>();

  private void pass(Duration step) {
    now = now.plus(step);
  }

  /** What fails is noticed after a while, and is well after another. */
  private final class Room implements Subjects {
    private Duration noticed = Duration.ofSeconds(2);
    private Duration well = Duration.ofSeconds(7);
    private boolean there = true;
    private Instant harmed = Instant.MAX;
    private final List<String> done = new ArrayList<>();

    @Override
    public Optional<Target> find(Fault fault) {
      return there ? Optional.of(new Target("orders-1", "orders", 42)) : Optional.empty();
    }

    @Override
    public Sight look(Fault fault, Target target) {
      var passed = Duration.between(harmed, now);
      boolean isNoticed = passed.compareTo(noticed) >= 0;
      return new Sight(
          isNoticed ? "orders is unhealthy" : null,
          !isNoticed || passed.compareTo(well) >= 0,
          "orders is unhealthy");
    }

    @Override
    public Undo harm(Fault fault, Target target) {
      harmed = now;
      done.add(fault.words());
      return () -> done.add("undone");
    }
  }

  private GameDay day(Duration recover, Fault... faults) {
    return new GameDay(
        new ChaosPlan(recover, List.of(faults)), room, () -> now, this::pass, news::add);
  }

  private static Fault fault(Kind kind, int at, int seconds) {
    return new Fault(
        Duration.ofSeconds(at), kind, false, "orders", Duration.ofSeconds(seconds), NEVER);
  }

  private Outcome only(GameDay day) {
    day.run(report -> {});
    assertThat(day.report().complete()).isTrue();
    assertThat(day.report().faults()).hasSize(1);
    return day.report().faults().getFirst();
  }

  @Test
  void itMeasuresUntilAFaultIsNoticedAndUntilAllIsWellAgain() {
    var day = day(Duration.ofMinutes(1), fault(Kind.KILL, 5, 0));
    assertThat(only(day))
        .isEqualTo(
            new Outcome(
                "kill service orders",
                "orders-1",
                5.0,
                2.0,
                "orders is unhealthy",
                7.0,
                Result.RECOVERED,
                ""));
    assertThat(day.report().isWell()).isTrue();
    assertThat(room.done).containsExactly("kill service orders", "undone");
  }

  @Test
  void eachBeginsInItsTimeAndNotBeforeTheOneAboveIsOver() {
    var day = day(Duration.ofMinutes(1), fault(Kind.FREEZE, 0, 20), fault(Kind.KILL, 10, 0));
    day.run(report -> {});
    assertThat(day.report().faults()).extracting(Outcome::at).containsExactly(0.0, 20.0);
    assertThat(room.done)
        .containsExactly(
            "freeze service orders for 20 s", "undone", "kill service orders", "undone");
  }

  @Test
  void whatNobodyNoticesIsSaidToBeUnnoticed() {
    room.noticed = NEVER;
    var outcome = only(day(Duration.ofMinutes(1), fault(Kind.FREEZE, 0, 3)));
    assertThat(outcome)
        .returns(Result.UNNOTICED, Outcome::result)
        .returns(null, Outcome::noticed)
        .returns(null, Outcome::recovered);
  }

  @Test
  void whatIsNotWellInTimeIsSaidToBeSoAndTheDayEnds() {
    room.well = NEVER;
    var day = day(Duration.ofSeconds(30), fault(Kind.KILL, 0, 0));
    assertThat(only(day))
        .returns(Result.NOT_RECOVERED, Outcome::result)
        .returns("orders is unhealthy", Outcome::why);
    assertThat(day.report().isWell()).isFalse();
    assertThat(day.report().seconds()).isEqualTo(30);
  }

  @Test
  void whereNothingOfItRunsItIsLeftOutAfterAWhile() {
    room.there = false;
    var day = day(Duration.ofSeconds(30), fault(Kind.KILL, 0, 0));
    assertThat(only(day)).returns(Result.SKIPPED, Outcome::result);
    assertThat(room.done).isEmpty();
    assertThat(day.report().isWell()).isFalse();
  }

  @Test
  void whoStopsItHasWhatWasDoneUndoneAndSeesWhatWasTriedUntilThen() {
    var stopping = new GameDay[1];
    stopping[0] =
        new GameDay(
            new ChaosPlan(
                Duration.ofMinutes(1), List.of(fault(Kind.KILL, 0, 0), fault(Kind.FREEZE, 10, 60))),
            room,
            () -> now,
            step -> {
              pass(step);
              if (room.done.contains("freeze service orders for 60 s")) {
                stopping[0].stop();
              }
            },
            news::add);
    stopping[0].run(report -> {});
    assertThat(stopping[0].report().complete()).isFalse();
    assertThat(stopping[0].report().faults()).hasSize(1);
    assertThat(room.done).endsWith("freeze service orders for 60 s", "undone");
  }
}
