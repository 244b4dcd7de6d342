package dev.hivedeck.engine.rollout.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Limit;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Step;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.rollout.ChangeVersions.Base;
import dev.hivedeck.engine.rollout.ChangeVersions.Condition;
import dev.hivedeck.engine.rollout.ChangeVersions.Health;
import dev.hivedeck.engine.rollout.ChangeVersions.Standing;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The canary of a change through all its states, in no time. */
class ChangeRolloutTest {
  private static final String MERGE = "4a11ce4a11ce4a11ce4a11ce4a11ce4a11ce4a11";

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private final SimulatedTraffic traffic = new SimulatedTraffic(11);
  private final SimulatedChanges changes = new SimulatedChanges();
  private Store store;
  private CanaryController controller;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    controller = controller();
    traffic.failing("v1", 0.001);
    traffic.with("C-4");
    traffic.failing("C-4", 0.001);
    store.update(
        "test",
        tx -> {
          tx.sql()
              .update(
                  "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces,"
                      + " state, updated_at) VALUES ('T-1', 1, 'One', '', 0, '[]', '[]', 'done',"
                      + " 0)");
          tx.sql()
              .update(
                  "INSERT INTO change(number, task, attempt, agent, state, branch, base, head,"
                      + " files, additions, deletions, commits, gates, review, opened_at,"
                      + " updated_at) VALUES (4, 'T-1', 'T-1.1', 'a', 'open', 'b', 'x', ?, 1, 1, 0,"
                      + " 1, '[]', 'wanted', 0, 0)",
                  SimulatedChanges.COMMIT);
        });
  }

  @AfterEach
  void close() {
    store.close();
  }

  private CanaryController controller() {
    return new CanaryController(
        store,
        traffic,
        service -> Optional.empty(),
        changes,
        () -> UUID.randomUUID().toString(),
        time);
  }

  private interface Writing {
    Rollout run(Tx tx) throws SQLException;
  }

  private void write(Writing work) {
    store.write("test", work::run);
    controller.wake();
    controller.look();
  }

  private void start(String... objectives) {
    var plan =
        new RolloutConfig(
            "orders",
            "orders",
            List.of(
                new Step(20_000, Duration.ofMinutes(5), null),
                new Step(50_000, Duration.ofMinutes(5), null)),
            List.of(new Limit(RolloutMetric.ERRORS, null, 0.05, Duration.ZERO)),
            1.2,
            true,
            Duration.ofHours(2),
            List.of(objectives),
            true);
    write(
        tx ->
            CanaryTransitions.start(
                tx, CanaryProgress.begun(plan, ""), "v1", "C-4", SimulatedChanges.COMMIT));
  }

  private void startBlueGreen(boolean automatic) {
    var plan =
        new RolloutConfig(
            "orders",
            "orders",
            RolloutConfig.blueGreen(Duration.ofMinutes(1), Duration.ofMinutes(5)),
            List.of(new Limit(RolloutMetric.ERRORS, null, 0.05, Duration.ZERO)),
            1.2,
            automatic,
            Duration.ofHours(2),
            List.of(),
            true,
            null,
            RolloutStrategy.BLUE_GREEN);
    write(
        tx ->
            CanaryTransitions.start(
                tx, CanaryProgress.begun(plan, ""), "v1", "C-4", SimulatedChanges.COMMIT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void blueGreenOfAChangeIsPreviewedSwitchedMergedAndLeftAlsoOverRestarts(boolean automatic) {
    startBlueGreen(automatic);
    run(Duration.ofSeconds(5));
    assertThat(now()).returns("C-4 is set up", Rollout::why);
    healthy();
    run(Duration.ofSeconds(30));
    assertThat(now()).returns(RolloutState.STEPPING, Rollout::state).returns(0.0, Rollout::weight);
    restart();
    run(Duration.ofMinutes(2));
    assertThat(now())
        .as("it is not there")
        .returns(0, Rollout::step)
        .returns("C-4 is set up", Rollout::why);
    assertThatThrownBy(() -> write(tx -> CanaryActs.promote(tx, "R-1", 0, controller::missing)))
        .hasMessageContaining("C-4 is set up");
    healthy();
    run(Duration.ofSeconds(62));
    if (!automatic) {
      assertThat(now().held()).isEqualTo(HoldReason.MANUAL);
      write(tx -> CanaryActs.promote(tx, "R-1", 0, controller::missing));
    }
    assertThat(now()).returns(1, Rollout::step);
    assertThat(traffic.weight("C-4")).isEqualTo(Bucket.COUNT);
    assertThat(changes.done).as("it is not merged before it is judged").doesNotContain("merge");
    run(Duration.ofMinutes(6));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTING);
    assertThat(changes.done).contains("merge");
    change(ChangeState.MERGED, MERGE, "");
    restart();
    healthy();
    run(Duration.ofSeconds(2));
    assertThat(traffic.weight("C-4")).as("until the service is there").isEqualTo(Bucket.COUNT);
    changes.base = new Base(true, null, "");
    run(Duration.ofSeconds(1));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
    assertThat(traffic.weight("C-4")).isZero();
    assertThat(changes.evidence).isNull();
  }

  private void run(Duration duration) {
    for (long second = 0; second < duration.toSeconds(); second++) {
      traffic.send(20);
      time.advance(Duration.ofSeconds(1));
      controller.look();
    }
  }

  private void healthy() {
    changes.health = new Health(Condition.HEALTHY, "");
  }

  private void change(ChangeState state, String merge, String reason) {
    changes.standing = new Standing(state, SimulatedChanges.COMMIT, merge, reason);
  }

  private Rollout now() {
    return store.read(RolloutLedger::all).getFirst();
  }

  private void restart() {
    store.close();
    traffic.restarted();
    changes.health = new Health(Condition.AWAY, "C-4 is set up");
    store = Store.open(folder.resolve("hive.db"), time.clock());
    controller = controller();
    controller.restore();
    controller.look();
  }

  @Test
  void itHasNoTrafficBeforeItIsWell() {
    start();
    run(Duration.ofMinutes(1));
    assertThat(now()).returns(RolloutState.STARTING, Rollout::state);
    assertThat(now().why()).isEqualTo("C-4 is set up");
    assertThat(traffic.weight("C-4")).isZero();
    healthy();
    run(Duration.ofSeconds(1));
    assertThat(now()).returns(RolloutState.STEPPING, Rollout::state).returns(20.0, Rollout::weight);
    assertThat(traffic.weight("C-4")).isEqualTo(20_000);
  }

  @Test
  void itIsPromotedByItsMergeAndOnlyThenTheServiceHasTheTraffic() {
    healthy();
    start();
    run(Duration.ofMinutes(11));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTING);
    assertThat(now().why()).isEqualTo("C-4 is in the merge queue");
    assertThat(changes.done).containsExactly("run", "merge");
    change(ChangeState.MERGING, null, "");
    run(Duration.ofMinutes(1));
    change(ChangeState.MERGED, MERGE, "");
    run(Duration.ofMinutes(1));
    assertThat(changes.done).containsExactly("run", "merge", "anew");
    assertThat(now().why()).contains("C-4 is merged as 4a11ce4", "begins anew");
    assertThat(traffic.weight("C-4")).as("until it is there").isEqualTo(Bucket.COUNT);
    changes.base = new Base(true, null, "");
    run(Duration.ofSeconds(1));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
    assertThat(traffic.weight("C-4")).isZero();
    assertThat(changes.done).containsExactly("run", "merge", "anew", "end");
  }

  @Test
  void whereTheMergeIsRefusedItIsHeldAndAPersonGoesOn() {
    healthy();
    start();
    changes.refusal = Optional.of("C-4 wants your approval");
    run(Duration.ofMinutes(11));
    assertThat(now())
        .returns(RolloutState.HELD, Rollout::state)
        .returns(HoldReason.MERGE, Rollout::held)
        .returns("C-4 wants your approval", Rollout::why);
    assertThat(traffic.weight("C-4")).as("nothing is lost").isEqualTo(Bucket.COUNT);
    changes.refusal = Optional.empty();
    write(tx -> CanaryActs.promote(tx, "R-1", null, controller::missing));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTING);
    change(ChangeState.QUEUED, null, "the merge queue is frozen: holidays");
    run(Duration.ofSeconds(2));
    assertThat(now().why()).isEqualTo("C-4 waits: the merge queue is frozen: holidays");
    assertThat(now().held()).isEqualTo(HoldReason.MERGE);
    change(ChangeState.MERGED, MERGE, "");
    changes.base = new Base(true, null, "");
    run(Duration.ofSeconds(2));
    assertThat(now().state()).isEqualTo(RolloutState.PROMOTED);
  }

  @Test
  void aConflictIsSaidAndItIsTakenBackIfItFailsMeanwhile() {
    healthy();
    start();
    run(Duration.ofMinutes(11));
    change(ChangeState.CONFLICTED, null, "conflicts with main in a.txt");
    run(Duration.ofSeconds(2));
    assertThat(now().why()).isEqualTo("C-4 is conflicted: conflicts with main in a.txt");
    assertThatThrownBy(() -> write(tx -> CanaryActs.weigh(tx, "R-1", 500)))
        .isInstanceOf(HiveException.class);
    traffic.failing("C-4", 1);
    run(Duration.ofSeconds(10));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(traffic.weight("C-4")).isZero();
    assertThat(changes.done).containsExactly("run", "merge", "taken back", "end");
    assertThat(changes.evidence)
        .contains("rollout R-1", SimulatedChanges.COMMIT, "of its last", "requests of the canary");
  }

  @Test
  void whatIsTakenBackAmidItsMergeGoesToItsAgentOnceTheQueueLeavesIt() {
    healthy();
    start();
    run(Duration.ofMinutes(11));
    change(ChangeState.MERGING, null, "");
    run(Duration.ofSeconds(5));
    traffic.failing("C-4", 1);
    run(Duration.ofSeconds(10));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLING_BACK);
    assertThat(now().keepsFromMain()).isTrue();
    assertThat(traffic.weight("C-4")).as("the traffic does not wait").isZero();
    assertThat(changes.done).doesNotContain("taken back");
    restart();
    run(Duration.ofSeconds(5));
    assertThat(now().state()).as("also after a kill").isEqualTo(RolloutState.ROLLING_BACK);
    change(ChangeState.QUEUED, null, "waits for its canary R-1");
    run(Duration.ofSeconds(1));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(changes.evidence).contains("rollout R-1", "requests of the canary");
  }

  private List<String> blockers() {
    var blockers =
        store.read(sql -> ChangeLedger.view(sql, "C-4")).verdict().blockers().stream()
            .filter(o -> o.kind() == ObstacleKind.CANARY);
    return blockers.map(Obstacle::about).toList();
  }

  @Test
  void whatWasRolledBackBlocksUntilAnotherIsPromotedWhateverIsStartedAndAborted() {
    healthy();
    traffic.failing("C-4", 1);
    start();
    run(Duration.ofMinutes(1));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(blockers()).containsExactly("R-1");
    traffic.failing("C-4", 0.001);
    start();
    run(Duration.ofSeconds(5));
    assertThat(now()).returns("R-2", Rollout::id).returns(RolloutState.STEPPING, Rollout::state);
    assertThat(blockers()).as("one is under way").containsExactly("R-1");
    write(tx -> CanaryActs.abort(tx, "R-2", null));
    assertThat(now().state()).isEqualTo(RolloutState.ABORTED);
    assertThat(blockers()).as("one was aborted").containsExactly("R-1");
    start();
    run(Duration.ofMinutes(11));
    change(ChangeState.MERGED, MERGE, "");
    changes.base = new Base(true, null, "");
    run(Duration.ofSeconds(2));
    assertThat(now()).returns("R-3", Rollout::id).returns(RolloutState.PROMOTED, Rollout::state);
    assertThat(blockers()).isEmpty();
  }

  @Test
  void aChangeThatMovesOnHasItAborted() {
    healthy();
    start();
    run(Duration.ofMinutes(1));
    changes.standing = new Standing(ChangeState.OPEN, "beef0000beef", null, "");
    run(Duration.ofSeconds(1));
    assertThat(now()).returns(RolloutState.ABORTED, Rollout::state).returns(0.0, Rollout::weight);
    assertThat(now().why()).contains("C-4 is at beef0000 by now");
    assertThat(changes.evidence).as("nothing speaks against it").isNull();
    assertThat(traffic.weight("C-4")).isZero();
  }

  @Test
  void oneThatBreaksIsTakenBackAtOnceAlsoBeforeItBegins() {
    changes.health = new Health(Condition.BROKEN, "orders@C-4 ended 3 times in a row: exit 1");
    start();
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(now().why()).contains("3 times in a row");
    assertThat(traffic.weight("C-4")).isZero();
  }

  @Test
  void afterAKillItGoesOnAtItsStepOnceItIsThereAgain() {
    healthy();
    start();
    run(Duration.ofMinutes(7));
    assertThat(now()).returns(1, Rollout::step).returns(50.0, Rollout::weight);
    var before = controller.figures("R-1").elapsed();
    restart();
    assertThat(traffic.weight("C-4")).as("it is not there").isZero();
    run(Duration.ofMinutes(3));
    assertThat(now()).returns(1, Rollout::step).returns(RolloutState.STEPPING, Rollout::state);
    assertThat(controller.figures("R-1").elapsed()).isBetween(before - 5, before + 1);
    healthy();
    run(Duration.ofSeconds(1));
    assertThat(traffic.weight("C-4")).isEqualTo(50_000);
  }

  @Test
  void afterAKillAmidItsPromotionItGoesOnWithWhatMainHas() {
    healthy();
    start();
    run(Duration.ofMinutes(11));
    change(ChangeState.MERGED, MERGE, "");
    run(Duration.ofSeconds(2));
    restart();
    changes.runs = 0;
    run(Duration.ofSeconds(5));
    assertThat(changes.done).as("begun anew once").containsOnlyOnce("anew");
    assertThat(changes.runs).as("the canary is begun again").isPositive();
    assertThat(traffic.weight("C-4")).as("before it is well").isZero();
    healthy();
    run(Duration.ofSeconds(1));
    assertThat(traffic.weight("C-4")).as("until the service is there").isEqualTo(Bucket.COUNT);
    changes.base = new Base(true, null, "");
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
  void anAlertThatBeginsMeanwhileTakesItBackButNoneThatFiredBefore() {
    fire(AlertState.FIRING);
    healthy();
    start("orders-answer");
    run(Duration.ofMinutes(1));
    assertThat(now().state()).isEqualTo(RolloutState.STEPPING);
    restart();
    healthy();
    run(Duration.ofMinutes(1));
    assertThat(now().state()).as("after a restart").isEqualTo(RolloutState.STEPPING);
    fire(AlertState.RESOLVED);
    run(Duration.ofSeconds(2));
    fire(AlertState.FIRING);
    run(Duration.ofSeconds(2));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(now().why()).contains("the objective orders-answer spends its error budget");
  }
}
