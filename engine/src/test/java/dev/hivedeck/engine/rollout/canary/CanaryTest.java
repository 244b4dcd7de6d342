package dev.hivedeck.engine.rollout.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Limit;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Step;
import dev.hivedeck.engine.notify.AlertSource;
import dev.hivedeck.engine.notify.WaitingAlerts;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Finding;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A canary over hours, in no time. */
class CanaryTest {
  private static final int PER_SECOND = 10;

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private final SimulatedTraffic traffic = new SimulatedTraffic(11);
  private final SimulatedChanges changes = new SimulatedChanges();
  private Store store;
  private CanaryController controller;
  private String route = "v1 and v2";

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    controller = controller();
    traffic.failing("v1", 0.005);
    traffic.failing("v2", 0.005);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private CanaryController controller() {
    return new CanaryController(
        store,
        traffic,
        service -> Optional.of(route),
        changes,
        () -> UUID.randomUUID().toString(),
        time);
  }

  private static RolloutConfig plan(boolean automatic) {
    return new RolloutConfig(
        "orders",
        "orders",
        List.of(
            new Step(5_000, Duration.ofMinutes(15), 0.08),
            new Step(20_000, Duration.ofMinutes(10), null),
            new Step(Bucket.COUNT, Duration.ofMinutes(5), null)),
        List.of(
            new Limit(RolloutMetric.ERRORS, null, 0.02, Duration.ZERO),
            new Limit(RolloutMetric.SLOW, Duration.ofMillis(400), 0.05, Duration.ZERO)),
        1.2,
        automatic,
        Duration.ofHours(2),
        List.of(),
        true);
  }

  private Rollout start(RolloutConfig plan) {
    var progress = CanaryProgress.begun(plan, route);
    return write(tx -> CanaryTransitions.start(tx, progress, "v1", "v2", null));
  }

  private interface Writing {
    Rollout run(Tx tx) throws SQLException;
  }

  /** As a command does it. */
  private Rollout write(Writing work) {
    var view = store.write("test", work::run);
    controller.wake();
    controller.look();
    return view;
  }

  private void run(Duration duration) {
    for (long second = 0; second < duration.toSeconds(); second++) {
      traffic.send(PER_SECOND);
      time.advance(Duration.ofSeconds(1));
      controller.look();
    }
  }

  private Rollout now() {
    return store.read(RolloutLedger::all).getFirst();
  }

  /** Kills the engine, and opens another. */
  private void restart() {
    store.close();
    traffic.restarted();
    store = Store.open(folder.resolve("hive.db"), time.clock());
    controller = controller();
    controller.restore();
    controller.look();
  }

  @Test
  void whereNobodySaysHowLongRequestsTookNothingShowsThatTheyAreFast() {
    traffic.untimed("v2");
    start(plan(true));
    run(Duration.ofHours(2).plusSeconds(1));
    assertThat(now()).returns(RolloutState.HELD, Rollout::state);
    assertThat(now().held()).isEqualTo(HoldReason.UNCLEAR);
    assertThat(now().step()).isZero();
    assertThat(controller.figures("R-1").metrics().getFirst().finding()).isEqualTo(Finding.PASSES);
    assertThat(controller.figures("R-1").metrics().getLast().canary().all()).isZero();
  }

  @Test
  void aFineCanaryPassesItsStepsAtExactlyTheirHolds() {
    start(plan(true));
    assertThat(now()).returns(RolloutState.STEPPING, Rollout::state).returns(5.0, Rollout::weight);
    run(Duration.ofMinutes(15).minusSeconds(1));
    assertThat(now().step()).isZero();
    run(Duration.ofSeconds(1));
    assertThat(now().step()).isEqualTo(1);
    assertThat(traffic.weight("v2")).isEqualTo(20_000);
    run(Duration.ofMinutes(10).minusSeconds(1));
    assertThat(now().step()).isEqualTo(1);
    run(Duration.ofSeconds(1));
    assertThat(now().step()).isEqualTo(2);
    assertThat(traffic.weight("v2")).isEqualTo(Bucket.COUNT);
    run(Duration.ofMinutes(5));
    assertThat(now())
        .returns(RolloutState.PROMOTED, Rollout::state)
        .returns(100.0, Rollout::weight);
    assertThat(now().endedAt()).isNotNull();
    assertThat(now().steps()).allSatisfy(step -> assertThat(step.passedAt()).isNotNull());
  }

  @Test
  void oneThatFailsMoreOftenIsTakenBackAndItsWeightIsExactlyZero() {
    traffic.failing("v2", 0.15);
    start(plan(true));
    run(Duration.ofMinutes(15));
    assertThat(now())
        .returns(RolloutState.ROLLED_BACK, Rollout::state)
        .returns(0.0, Rollout::weight);
    assertThat(now().why()).contains("evidence", "more requests fail", "rolled back at 20 : 1");
    assertThat(traffic.weight("v2")).isZero();
    assertThat(traffic.weight("v1")).isEqualTo(Bucket.COUNT);
    var errors = controller.figures("R-1").metrics().getFirst();
    assertThat(errors.finding()).isEqualTo(Finding.WORSE);
  }

  @Test
  void oneThatIsSlowerIsTakenBack() {
    traffic.slowing("v1", 0.01);
    traffic.slowing("v2", 0.3);
    start(plan(true));
    run(Duration.ofMinutes(15));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(now().why()).contains("are slow");
  }

  @Test
  void oneThatFailsAltogetherIsTakenBackWithinTenRequestsAlsoAfterAThousandGoodOnes() {
    start(plan(true));
    run(Duration.ofMinutes(18)); // in step 2
    long before = controller.figures("R-1").metrics().getFirst().canary().all();
    traffic.failing("v2", 1);
    run(Duration.ofSeconds(20));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(controller.figures("R-1").metrics().getFirst().canary().all() - before)
        .isLessThan(20);
  }

  @Test
  void oneThatDoesNotAnswerAtAllIsTakenBackThoughStableAnswersForIt() {
    start(plan(true));
    traffic.down("v2");
    run(Duration.ofMinutes(2));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
  }

  @Test
  void itIsTakenBackAlsoWhileAPersonIsWaitedFor() {
    start(plan(false));
    run(Duration.ofMinutes(15));
    assertThat(now())
        .returns(RolloutState.HELD, Rollout::state)
        .returns(HoldReason.MANUAL, Rollout::held);
    run(Duration.ofMinutes(5));
    assertThat(now().step()).isZero();
    traffic.failing("v2", 0.5);
    run(Duration.ofMinutes(2));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
  }

  @Test
  void aPersonPromotesWhatWaitsForThem() {
    start(plan(false));
    run(Duration.ofMinutes(15));
    assertThatThrownBy(() -> write(tx -> CanaryActs.resume(tx, "R-1")))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.hint()).contains("rollout promote R-1"));
    write(tx -> CanaryActs.promote(tx, "R-1", null, controller::missing));
    assertThat(now()).returns(RolloutState.STEPPING, Rollout::state).returns(1, Rollout::step);
    assertThat(traffic.weight("v2")).isEqualTo(20_000);
  }

  @Test
  void withoutTrafficItNeitherPassesNorFailsAndInTheEndAPersonIsAsked() {
    start(plan(true));
    for (int second = 0; second < Duration.ofHours(2).toSeconds(); second++) {
      time.advance(Duration.ofSeconds(1));
      controller.look();
    }
    assertThat(now())
        .returns(RolloutState.HELD, Rollout::state)
        .returns(HoldReason.UNCLEAR, Rollout::held)
        .returns(0, Rollout::step);
    assertThat(controller.figures("R-1").says()).contains("inconclusive");
    assertThat(controller.figures("R-1").silentSince()).isNotNull();
    run(Duration.ofMinutes(5)); // there is some after all
    assertThat(now().step()).isEqualTo(1);
  }

  @Test
  void whoIsHeldHasItsClockStopAndGoesOnWhereItWas() {
    start(plan(true));
    run(Duration.ofMinutes(10));
    write(tx -> CanaryActs.hold(tx, "R-1"));
    run(Duration.ofMinutes(30));
    assertThat(now().step()).isZero();
    assertThat(controller.figures("R-1").elapsed()).isEqualTo(600);
    write(tx -> CanaryActs.resume(tx, "R-1"));
    run(Duration.ofMinutes(5).minusSeconds(1));
    assertThat(now().step()).isZero();
    run(Duration.ofSeconds(1));
    assertThat(now().step()).isEqualTo(1);
  }

  @Test
  void anotherWeightCountsAnewWhileTheClockGoesOn() {
    start(plan(true));
    run(Duration.ofMinutes(10));
    write(tx -> CanaryActs.weigh(tx, "R-1", 12.5));
    assertThat(traffic.weight("v2")).isEqualTo(12_500);
    assertThat(controller.figures("R-1").metrics().getFirst().canary().all()).isZero();
    run(Duration.ofMinutes(5));
    assertThat(now()).returns(1, Rollout::step).returns(20.0, Rollout::weight);
    assertThatThrownBy(() -> write(tx -> CanaryActs.weigh(tx, "R-1", 101)))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("no share of traffic");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 15, 20, 27})
  void anAbortLeavesNoWeightWhereverItIs(int minutes) {
    start(plan(true));
    run(Duration.ofMinutes(minutes));
    write(tx -> CanaryActs.abort(tx, "R-1", "looks odd"));
    assertThat(now())
        .returns(RolloutState.ABORTED, Rollout::state)
        .returns(0.0, Rollout::weight)
        .returns("you: looks odd", Rollout::why);
    assertThat(traffic.weight("v2")).isZero();
    restart();
    run(Duration.ofSeconds(5));
    assertThat(traffic.weight("v2")).isZero();
  }

  @Test
  void afterAKillItGoesOnAtTheSameStepWithTheSameClockAndCounts() {
    start(plan(true));
    run(Duration.ofMinutes(20)); // five minutes into step 2
    var before = controller.figures("R-1");
    time.advance(Duration.ofHours(3)); // nobody looks
    restart();
    assertThat(now()).returns(RolloutState.STEPPING, Rollout::state).returns(1, Rollout::step);
    assertThat(traffic.weight("v2")).isEqualTo(20_000);
    var after = controller.figures("R-1");
    assertThat(after.elapsed()).isBetween(before.elapsed() - 5, before.elapsed());
    assertThat(after.metrics().getFirst().canary().all())
        .isLessThanOrEqualTo(before.metrics().getFirst().canary().all())
        .isGreaterThan(before.metrics().getFirst().canary().all() * 9 / 10);
    run(Duration.ofMinutes(5).plusSeconds(5));
    assertThat(now().step()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = RolloutState.class,
      names = {"PROMOTED", "ROLLED_BACK"})
  void whatWasDecidedStaysOverARestartUntilTheServiceIsConfiguredOtherwise(RolloutState state) {
    boolean good = state == RolloutState.PROMOTED;
    traffic.failing("v2", good ? 0.005 : 0.4);
    start(plan(true));
    run(Duration.ofMinutes(31));
    assertThat(now().state()).isEqualTo(state);
    restart();
    assertThat(traffic.weight("v2")).isEqualTo(good ? Bucket.COUNT : 0);
    assertThat(traffic.isRuled("orders")).isTrue();
    route = "v2 alone";
    run(Duration.ofSeconds(2));
    assertThat(traffic.isRuled("orders")).isFalse();
  }

  @Test
  void aFailedOneIsInNobodysWayAndTheNextBeginsWithCleanCounts() {
    traffic.failing("v2", 0.4);
    start(plan(true));
    run(Duration.ofMinutes(15));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    traffic.failing("v2", 0.005);
    assertThat(start(plan(true)).id()).isEqualTo("R-2");
    assertThat(controller.figures("R-2").metrics().getFirst().canary().all()).isZero();
    run(Duration.ofMinutes(31));
    assertThat(now()).returns("R-2", Rollout::id).returns(RolloutState.PROMOTED, Rollout::state);
  }

  @Test
  void oneThatIsDownFromTheBeginningIsTakenBackAfterAMinuteAndIsInNobodysWay() {
    traffic.down("v2");
    start(plan(true));
    run(Duration.ofSeconds(59));
    assertThat(now())
        .returns(RolloutState.STARTING, Rollout::state)
        .returns("v2 has no healthy instance", Rollout::why);
    run(Duration.ofSeconds(2));
    assertThat(now())
        .returns(RolloutState.ROLLED_BACK, Rollout::state)
        .returns("v2 has no healthy instance", Rollout::why);
    assertThat(traffic.weight("v2")).isZero();
    traffic.up("v2");
    start(plan(true));
    assertThat(now()).returns("R-2", Rollout::id).returns(RolloutState.STEPPING, Rollout::state);
  }

  @Test
  void oneThatComesUpInTimeBeginsAlsoAfterTimeInWhichNobodyCouldSeeIt() {
    traffic.down("v2");
    start(plan(true));
    run(Duration.ofSeconds(50));
    traffic.on(false);
    run(Duration.ofMinutes(5));
    traffic.on(true);
    run(Duration.ofSeconds(50));
    time.advance(Duration.ofHours(3)); // the machine was asleep
    controller.look();
    run(Duration.ofSeconds(50));
    assertThat(now().state()).isEqualTo(RolloutState.STARTING);
    traffic.up("v2");
    run(Duration.ofSeconds(1));
    assertThat(now()).returns(RolloutState.STEPPING, Rollout::state).returns(5.0, Rollout::weight);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 60})
  void oneThatIsDownIsTakenBackAlsoByAnEngineThatNeverSawItUp(int seconds) {
    if (seconds == 0) {
      traffic.down("v2");
    }
    start(plan(true));
    run(Duration.ofSeconds(seconds));
    assertThat(now().state())
        .isEqualTo(seconds == 0 ? RolloutState.STARTING : RolloutState.STEPPING);
    traffic.down("v2");
    restart();
    for (int second = 0; second < 59; second++) { // and nobody asks anything
      time.advance(Duration.ofSeconds(1));
      controller.look();
    }
    assertThat(now().state().isOver()).isFalse();
    time.advance(Duration.ofSeconds(2));
    controller.look();
    assertThat(now())
        .returns(RolloutState.ROLLED_BACK, Rollout::state)
        .returns("v2 has no healthy instance", Rollout::why);
  }

  @Test
  void aVersionThatTheGatewayKnowsNoMoreIsTakenBackAndAGatewayThatIsOffIsWaitedFor() {
    start(plan(true));
    run(Duration.ofMinutes(1));
    traffic.on(false);
    run(Duration.ofMinutes(1));
    assertThat(now().state()).isEqualTo(RolloutState.STEPPING);
    traffic.on(true);
    assertThatThrownBy(() -> write(tx -> CanaryActs.resume(tx, "R-1")))
        .hasMessageContaining("not held");
    traffic.without("v2");
    run(Duration.ofSeconds(1));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(now().why()).contains("knows no v2");
  }

  @Test
  void whoHasToGoOnWithItIsToldAndSoIsThatItWasTakenBackUntilTheNextOne() {
    start(plan(false));
    var held = new WaitingAlerts.HeldRollouts();
    var back = new WaitingAlerts.RolledBack();
    run(Duration.ofMinutes(5));
    assertThat(firing(held)).isEmpty();
    run(Duration.ofMinutes(10));
    assertThat(firing(held)).singleElement().asString().contains("v2 of orders waits for you");
    traffic.failing("v2", 0.6);
    run(Duration.ofMinutes(2));
    assertThat(firing(held)).isEmpty();
    assertThat(firing(back)).singleElement().asString().contains("was taken back", "failed");
    traffic.failing("v2", 0.005);
    start(plan(true));
    assertThat(firing(back)).isEmpty();
  }

  private List<String> firing(AlertSource source) {
    return store.read(
        sql ->
            source.firing(sql, time.clock().instant()).stream()
                .map(alert -> alert.annotations().get("summary"))
                .toList());
  }

  @Test
  void whoWasTakenBackWhileTheDatabaseRefusedGetsNoTrafficAgain() {
    start(plan(true));
    run(Duration.ofMinutes(1));
    store.update("test", tx -> tx.sql().update("ALTER TABLE rollout RENAME TO away"));
    traffic.failing("v2", 1);
    run(Duration.ofMinutes(1));
    assertThat(traffic.weight("v2")).isZero();
    traffic.failing("v2", 0.005);
    run(Duration.ofSeconds(5));
    assertThat(traffic.weight("v2")).isZero();
    store.update("test", tx -> tx.sql().update("ALTER TABLE away RENAME TO rollout"));
    run(Duration.ofSeconds(2));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
  }

  @Test
  void anAbortWhileTheGatewayIsOffHoldsFromTheFirstRequestOfTheNextEngine() {
    start(plan(true));
    run(Duration.ofMinutes(1));
    traffic.on(false);
    write(tx -> CanaryActs.abort(tx, "R-1", null));
    assertThat(now().state()).isEqualTo(RolloutState.ABORTED);
    store.close();
    traffic.restarted();
    store = Store.open(folder.resolve("hive.db"), time.clock());
    controller = controller();
    controller.restore();
    assertThat(traffic.weight("v2")).isZero();
    assertThat(traffic.isRuled("orders")).isTrue();
  }

  @Test
  void whatWasDecidedEndsAsSoonAsTheServiceIsConfiguredOtherwiseAndForGood() {
    start(plan(true));
    run(Duration.ofMinutes(31));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
    String before = route;
    route = "v2 alone";
    run(Duration.ofSeconds(2));
    assertThat(traffic.isRuled("orders")).isFalse();
    route = before;
    controller.wake();
    run(Duration.ofSeconds(2));
    restart();
    run(Duration.ofSeconds(2));
    assertThat(traffic.isRuled("orders")).as("what is over is over").isFalse();
  }

  @Test
  void evidenceThatHasToStandIsWaitedForAndWhatGoesAwayDoesNotCount() {
    var strict = plan(true);
    var limit = new Limit(RolloutMetric.ERRORS, null, 0.02, Duration.ofMinutes(5));
    start(
        new RolloutConfig(
            "orders",
            "orders",
            strict.steps(),
            List.of(limit),
            1.2,
            true,
            strict.patience(),
            List.of(),
            true));
    traffic.failing("v2", 0.12);
    var began = time.clock().instant();
    while (!now().state().isOver()) {
      run(Duration.ofSeconds(1));
    }
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(Duration.between(began, time.clock().instant()))
        .isGreaterThan(Duration.ofMinutes(5));
  }

  @Test
  void whatWasCountedAtOneWeightIsNotThatOfAnother() {
    start(plan(true));
    traffic.failing("v2", 1);
    traffic.send(150); // some of the canary, not written down yet
    write(tx -> CanaryActs.weigh(tx, "R-1", 50));
    assertThat(controller.figures("R-1").metrics().getFirst().canary().all()).isZero();
  }

  @Test
  void whoMeansAnotherStepPassesNone() {
    start(plan(true));
    assertThatThrownBy(() -> write(tx -> CanaryActs.promote(tx, "R-1", 1, controller::missing)))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("is at step 1 now, and not at 2");
    write(tx -> CanaryActs.promote(tx, "R-1", 0, controller::missing));
    assertThat(now().step()).isEqualTo(1);
  }

  @Test
  void aKillLosesFiveSecondsAtMostHoweverLongTheHold() {
    var plan = plan(true);
    start(
        new RolloutConfig(
            "orders",
            "orders",
            List.of(
                new Step(5_000, Duration.ofDays(7), null), new Step(50_000, Duration.ZERO, null)),
            plan.limits(),
            1.2,
            true,
            Duration.ofDays(8),
            List.of(),
            true));
    run(Duration.ofMinutes(3));
    restart();
    assertThat(controller.figures("R-1").elapsed()).isBetween(175.0, 180.0);
  }

  @Test
  void whileAnotherStartsWhatWasDecidedHoldsOverARestart() {
    start(plan(true));
    run(Duration.ofMinutes(31));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
    var kept = traffic.split("orders").orElseThrow();
    var progress = CanaryProgress.begun(plan(true), route).splitting(kept);
    store.write("test", tx -> CanaryTransitions.start(tx, progress, "v2", "v3", null));
    restart();
    assertThat(traffic.weight("v2")).isEqualTo(Bucket.COUNT);
  }

  @Test
  void samplesAreBoundedHoweverLongItTakes() {
    start(plan(false));
    run(Duration.ofHours(2));
    int samples = store.read(sql -> RolloutLedger.samples(sql, "R-1").size());
    assertThat(samples).isBetween(100, 500);
  }

  /** Whatever people do, and whenever it is killed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theCanaryNeverHasMoreThanItsStepOrAPersonGaveItAndNothingOnceItIsOver(long seed) {
    var random = new Random(seed);
    traffic.failing("v2", random.nextBoolean() ? 0.005 : 0.05);
    start(plan(random.nextBoolean()));
    for (int i = 0; i < 60 && !now().state().isOver(); i++) {
      run(Duration.ofSeconds(random.nextInt(90)));
      try {
        switch (random.nextInt(8)) {
          case 0 -> restart();
          case 1 -> write(tx -> CanaryActs.hold(tx, "R-1"));
          case 2 -> write(tx -> CanaryActs.resume(tx, "R-1"));
          case 3 -> write(tx -> CanaryActs.weigh(tx, "R-1", random.nextInt(101)));
          case 4 -> write(tx -> CanaryActs.promote(tx, "R-1", null, controller::missing));
          default -> {}
        }
      } catch (HiveException refused) {
        assertThat(refused.hint()).as("seed %s", seed).isNotBlank();
      }
      assertThat(traffic.weight("v2"))
          .as("seed %s, %s", seed, now())
          .isEqualTo((int) Math.round(now().weight() * 1_000));
    }
    if (!now().state().isOver()) {
      write(tx -> CanaryActs.abort(tx, "R-1", null));
    }
    assertThat(traffic.weight("v2"))
        .as("seed %s", seed)
        .isEqualTo(now().state() == RolloutState.PROMOTED ? Bucket.COUNT : 0);
  }
}
