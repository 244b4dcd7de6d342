package dev.hivedeck.engine.rollout.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Limit;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blue-green over hours, in no time. */
class BlueGreenTest {
  private static final int PER_SECOND = 10;
  private static final Duration PREVIEW = Duration.ofMinutes(2);
  private static final Duration SCALE_DOWN = Duration.ofMinutes(10);

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private final SimulatedTraffic traffic = new SimulatedTraffic(12);
  private Store store;
  private CanaryController controller;

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
        service -> Optional.of("v1 and v2"),
        new SimulatedChanges(),
        () -> UUID.randomUUID().toString(),
        time);
  }

  private void start(boolean autoPromotion, String... objectives) {
    var plan =
        new RolloutConfig(
            "orders",
            "orders",
            RolloutConfig.blueGreen(PREVIEW, SCALE_DOWN),
            List.of(new Limit(RolloutMetric.ERRORS, null, 0.02, Duration.ZERO)),
            1.2,
            autoPromotion,
            Duration.ofHours(2),
            List.of(objectives),
            true,
            null,
            RolloutStrategy.BLUE_GREEN);
    write(
        tx ->
            CanaryTransitions.start(tx, CanaryProgress.begun(plan, "v1 and v2"), "v1", "v2", null));
  }

  private interface Writing {
    Rollout run(Tx tx) throws SQLException;
  }

  private void write(Writing work) {
    store.write("test", work::run);
    controller.wake();
    controller.look();
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

  private void restart() {
    store.close();
    traffic.restarted();
    store = Store.open(folder.resolve("hive.db"), time.clock());
    controller = controller();
    controller.restore();
    controller.look();
  }

  @Test
  void afterItsPreviewItHasAllTrafficAtOnceAndIsPromotedWhenTheOtherMayGo() {
    start(true);
    run(PREVIEW.minusSeconds(1));
    assertThat(now()).returns(RolloutState.STEPPING, Rollout::state).returns(0.0, Rollout::weight);
    assertThat(traffic.weight("v2")).isZero();
    run(Duration.ofSeconds(1));
    assertThat(now()).returns(1, Rollout::step).returns(100.0, Rollout::weight);
    run(SCALE_DOWN.minusSeconds(1));
    assertThat(now().state()).isEqualTo(RolloutState.STEPPING);
    run(Duration.ofSeconds(1));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
    assertThat(traffic.splits)
        .as("none has a part of the traffic at any time")
        .containsExactly(Map.of("v1", Bucket.COUNT, "v2", 0), Map.of("v1", 0, "v2", Bucket.COUNT));
  }

  /** What is counted since is another matter. */
  @Test
  void whatDecidedIsShownOnceItIsPromoted() {
    start(true);
    run(PREVIEW.plus(SCALE_DOWN).minusSeconds(1));
    var deciding = figures();
    assertThat(deciding.metrics().getFirst().canary().all()).isGreaterThan(1_000);
    run(Duration.ofSeconds(1));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
    var shown = figures();
    assertThat(shown.metrics().getFirst().canary().all())
        .isGreaterThanOrEqualTo(deciding.metrics().getFirst().canary().all());
    assertThat(shown.metrics().getFirst().finding())
        .isEqualTo(deciding.metrics().getFirst().finding());
  }

  private RolloutFigures figures() {
    return store.read(
        sql -> CanaryFigures.of(RolloutLedger.find(sql, now().id()), time.clock().instant()));
  }

  @Test
  void whatIsNotWellIsNotSwitchedToAndInTheEndAPersonIsAsked() {
    traffic.down("v2");
    start(true);
    run(Duration.ofHours(2).minusSeconds(1));
    assertThat(now())
        .returns(RolloutState.STEPPING, Rollout::state)
        .returns(0, Rollout::step)
        .returns("v2 has no healthy instance", Rollout::why);
    run(Duration.ofSeconds(1));
    assertThat(now())
        .returns(HoldReason.UNCLEAR, Rollout::held)
        .returns("v2 has no healthy instance", Rollout::why);
    assertThat(traffic.weight("v2")).isZero();
    traffic.up("v2");
    run(Duration.ofSeconds(1));
    assertThat(now()).returns(0, Rollout::step).returns("it is there again", Rollout::why);
    run(PREVIEW);
    assertThat(now()).returns(1, Rollout::step).returns(100.0, Rollout::weight);
  }

  @Test
  void aPreviewThatIsInterruptedBeginsAnewAlsoByOneOfItsInstances() {
    start(true);
    run(PREVIEW.minusSeconds(5));
    traffic.limping("v2");
    run(Duration.ofSeconds(10));
    assertThat(now()).returns(0, Rollout::step);
    assertThat(now().why()).contains("not all instances of v2 are healthy");
    restart();
    traffic.up("v2");
    run(PREVIEW.minusSeconds(1));
    assertThat(now()).returns(0, Rollout::step).returns("", Rollout::why);
    assertThat(traffic.weight("v2")).isZero();
    run(Duration.ofSeconds(5));
    assertThat(now()).returns(1, Rollout::step);
  }

  @Test
  void whoIsAskedToSwitchIsNotAskedAnyMoreAndCannotOnceItIsDown() {
    start(false);
    run(PREVIEW);
    assertThat(now().held()).isEqualTo(HoldReason.MANUAL);
    traffic.down("v2");
    run(Duration.ofSeconds(1));
    assertThat(now())
        .returns(RolloutState.STEPPING, Rollout::state)
        .returns("v2 has no healthy instance", Rollout::why);
    assertThatThrownBy(() -> write(tx -> CanaryActs.promote(tx, "R-1", 0, controller::missing)))
        .hasMessageContaining("v2 cannot have all traffic yet: v2 has no healthy instance");
    write(tx -> CanaryActs.hold(tx, "R-1"));
    assertThatThrownBy(() -> write(tx -> CanaryActs.promote(tx, "R-1", 0, controller::missing)))
        .isInstanceOf(HiveException.class);
    assertThat(traffic.weight("v2")).isZero();
    traffic.up("v2");
    write(tx -> CanaryActs.resume(tx, "R-1"));
    run(PREVIEW);
    assertThat(now().held()).isEqualTo(HoldReason.MANUAL);
    write(tx -> CanaryActs.promote(tx, "R-1", 0, controller::missing));
    assertThat(traffic.weight("v2")).isEqualTo(Bucket.COUNT);
  }

  @Test
  void whatTheGatewayKnowsNoMoreBeforeItBeganIsInNobodysWay() {
    traffic.without("v2");
    start(true);
    run(Duration.ofSeconds(1));
    assertThat(now()).returns(RolloutState.ROLLED_BACK, Rollout::state);
    assertThat(now().why()).contains("knows no v2");
  }

  @Test
  void switchedToAndDownItIsSwitchedBackAlsoWithoutARequest() {
    start(true);
    run(PREVIEW);
    time.advance(Duration.ofSeconds(1));
    controller.look();
    traffic.down("v2");
    for (int second = 0; second < 59; second++) {
      time.advance(Duration.ofSeconds(1));
      controller.look();
    }
    assertThat(now().state()).as("it may come back").isEqualTo(RolloutState.STEPPING);
    time.advance(Duration.ofSeconds(2));
    controller.look();
    assertThat(now())
        .returns(RolloutState.ROLLED_BACK, Rollout::state)
        .returns("v2 has no healthy instance", Rollout::why);
  }

  @Test
  void whileNobodyLeadsToItItIsNotDown() {
    start(true);
    run(PREVIEW);
    time.advance(Duration.ofSeconds(1));
    controller.look();
    traffic.on(false);
    for (int second = 0; second < 120; second++) {
      time.advance(Duration.ofSeconds(1));
      controller.look();
    }
    traffic.down("v2");
    traffic.on(true);
    for (int second = 0; second < 59; second++) {
      controller.look();
      assertThat(now().state()).isEqualTo(RolloutState.STEPPING);
      time.advance(Duration.ofSeconds(1));
    }
    time.advance(Duration.ofSeconds(2));
    controller.look();
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
  }

  @Test
  void whatIsNotWellAltogetherIsNotPromotedForGood() {
    start(true);
    run(PREVIEW);
    traffic.limping("v2");
    run(SCALE_DOWN.multipliedBy(2));
    assertThat(now())
        .returns(RolloutState.STEPPING, Rollout::state)
        .returns("not all instances of v2 are healthy", Rollout::why);
    run(Duration.ofHours(2));
    assertThat(now().held()).isEqualTo(HoldReason.UNCLEAR);
    traffic.up("v2");
    run(Duration.ofSeconds(1));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
  }

  private void fire(AlertState state) {
    var at = time.clock().instant();
    var alert = new Alert(Labels.of(), Map.of(), state, 1, at, at, null, null, at);
    store.update(
        "test", tx -> AlertStore.save(tx.sql(), "orders-answer", Map.of(alert.labels(), alert)));
  }

  @Test
  void anAlertBeforeTheSwitchSaysNothingOfItAndOneAfterItSwitchesBack() {
    start(true, "orders-answer");
    run(Duration.ofSeconds(30));
    fire(AlertState.FIRING);
    run(PREVIEW);
    assertThat(now()).returns(1, Rollout::step).returns(RolloutState.STEPPING, Rollout::state);
    restart();
    run(Duration.ofSeconds(10));
    assertThat(now().state()).as("after a restart").isEqualTo(RolloutState.STEPPING);
    fire(AlertState.RESOLVED);
    run(Duration.ofSeconds(2));
    fire(AlertState.FIRING);
    run(Duration.ofSeconds(2));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(now().why()).contains("the objective orders-answer");
  }

  @Test
  void whoMeansTheSwitchDoesNotFinishItInItsStead() {
    start(true);
    run(PREVIEW);
    assertThatThrownBy(() -> write(tx -> CanaryActs.promote(tx, "R-1", null, controller::missing)))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> assertThat(e.hint()).contains("rollout promote R-1 --step 2 finishes it"));
    assertThat(now().state()).isEqualTo(RolloutState.STEPPING);
    write(tx -> CanaryActs.promote(tx, "R-1", 1, controller::missing));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
  }

  @Test
  void withoutAutoPromotionAPersonSwitchesAndWhatFollowsGoesByItself() {
    start(false);
    run(Duration.ofHours(1));
    assertThat(now())
        .returns(RolloutState.HELD, Rollout::state)
        .returns(HoldReason.MANUAL, Rollout::held)
        .returns(0, Rollout::step);
    assertThat(traffic.weight("v2")).isZero();
    write(tx -> CanaryActs.promote(tx, "R-1", 0, controller::missing));
    assertThat(traffic.weight("v2")).isEqualTo(Bucket.COUNT);
    run(SCALE_DOWN);
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
  }

  @Test
  void whatIsWorseAfterTheSwitchIsSwitchedBackInOne() {
    start(true);
    run(PREVIEW);
    assertThat(traffic.weight("v2")).isEqualTo(Bucket.COUNT);
    traffic.failing("v2", 0.2);
    run(SCALE_DOWN);
    assertThat(now()).returns(RolloutState.ROLLED_BACK, Rollout::state);
    assertThat(now().why()).contains("evidence");
    assertThat(traffic.splits.getLast()).isEqualTo(Map.of("v1", Bucket.COUNT, "v2", 0));
    assertThat(traffic.splits).hasSize(3);
  }

  @Test
  void withoutRequestsItIsNotPromotedAndTheOtherStays() {
    start(true);
    run(PREVIEW);
    for (int second = 0; second < Duration.ofHours(1).toSeconds(); second++) {
      time.advance(Duration.ofSeconds(1));
      controller.look();
    }
    assertThat(now()).returns(RolloutState.STEPPING, Rollout::state).returns(1, Rollout::step);
  }

  @Test
  void itHasAllTrafficOrNoneWhateverAPersonWants() {
    start(false);
    assertThatThrownBy(() -> write(tx -> CanaryActs.weigh(tx, "R-1", 20)))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> assertThat(e.hint()).contains("rollout promote R-1 --step 1"));
    write(tx -> CanaryActs.promote(tx, "R-1", null, controller::missing));
    assertThatThrownBy(() -> write(tx -> CanaryActs.weigh(tx, "R-1", 20)))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.hint()).contains("rollout abort R-1"));
    assertThat(traffic.weight("v2")).isEqualTo(Bucket.COUNT);
  }

  /** The engine is killed in each state that blue-green has. */
  @ParameterizedTest
  @CsvSource({
    "60, true, STEPPING, 0",
    "180, true, STEPPING, 100",
    "180, false, HELD, 0",
    "721, true, PROMOTED, 100"
  })
  void afterAKillItIsWhereItWas(int seconds, boolean auto, RolloutState state, double weight) {
    start(auto);
    run(Duration.ofSeconds(seconds));
    assertThat(now()).returns(state, Rollout::state).returns(weight, Rollout::weight);
    restart();
    assertThat(now())
        .returns(state, Rollout::state)
        .returns(weight, Rollout::weight)
        .returns(RolloutStrategy.BLUE_GREEN, Rollout::strategy);
    assertThat(traffic.weight("v2")).isEqualTo(weight == 0 ? 0 : Bucket.COUNT);
  }

  @ParameterizedTest
  @CsvSource({"60, true", "180, true", "180, false"})
  void anAbortSwitchesBackWhereverItIs(int seconds, boolean auto) {
    start(auto);
    run(Duration.ofSeconds(seconds));
    write(tx -> CanaryActs.abort(tx, "R-1", null));
    assertThat(now()).returns(RolloutState.ABORTED, Rollout::state).returns(0.0, Rollout::weight);
    assertThat(traffic.weight("v2")).isZero();
    restart();
    assertThat(traffic.weight("v2")).isZero();
  }
}
