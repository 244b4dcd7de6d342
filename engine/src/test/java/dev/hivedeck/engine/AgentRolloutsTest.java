package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Measure;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.view.AttemptViews.Attempt;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new version of an agent gets some of the tasks of another, and is judged by its attempts. */
class AgentRolloutsTest {
  private static final String CONFIG =
      """
      version: 1
      defaults: { %s }
      agents:
        codex: { run: "echo $HIVEDECK_TASK > $HIVEDECK_TASK.txt", parallel: 4 }
        codex-next: { run: "%s", parallel: 4 }
      decisions: { default: { human: required } }
      rollouts:
        codex:
          subject: { agent: codex, canary: codex-next }
          steps: [%s]
          hold: 1s
      """;

  private static final String WORKS = "echo $HIVEDECK_TASK > $HIVEDECK_TASK.txt";
  private static final String FAILS = "exit 3";

  @TempDir Path folder;
  private TestRepository repository;
  private Engine engine;
  private int tasks;

  private void open(String next, String steps) {
    open(next, steps, "attempts: 1");
  }

  private void open(String next, String steps, String defaults) {
    repository = new TestRepository(folder);
    repository.write(".hivedeck/hive.yaml", CONFIG.formatted(defaults, next, steps));
    repository.commit("Set up");
    engine = repository.open(10, false);
    TestRepository.trust(engine);
    engine.execute(new Command.StartHive(4), null);
  }

  @AfterEach
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  /** With an agent, or for whoever is free. */
  private void add(int more, String agent) {
    for (int i = 0; i < more; i++) {
      engine.execute(
          new Command.AddTask(
              "T-" + ++tasks, "Some work", "Do it", agent, null, null, null, null, null),
          null,
          null);
    }
  }

  private List<Attempt> attempts() {
    return engine.snapshot(Set.of(Topic.ATTEMPT)).things().get(Topic.ATTEMPT).stream()
        .map(Attempt.class::cast)
        .toList();
  }

  private Rollout rollout() {
    return Json.as(engine.query(new RolloutQuery.OneRollout("R-1")), Rollout.class);
  }

  private static void until(BooleanSupplier is) {
    long end = System.nanoTime() + 240_000_000_000L;
    while (!is.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(20_000_000);
    }
    assertThat(is.getAsBoolean()).isTrue();
  }

  private void begin() {
    engine.execute(new RolloutCommand.StartRollout("codex", "codex-next", null), null, null);
    until(() -> rollout().state() == RolloutState.STEPPING);
  }

  private boolean isAllOver() {
    var all = attempts();
    return all.size() == tasks && all.stream().allMatch(a -> a.state().over());
  }

  private void allOver() {
    until(this::isAllOver);
  }

  @Test
  void aCanaryGetsNothingBeforeItsRolloutAndThenTheTasksOfItsBuckets() {
    open(WORKS, "50%, 100%");
    add(3, null);
    add(1, "codex-next");
    allOver();
    assertThat(attempts())
        .allSatisfy(
            a -> assertThat(a.agent()).isEqualTo(a.task().equals("T-4") ? "codex-next" : "codex"));
    begin();
    add(4, null);
    add(4, "codex");
    allOver();
    var split = Split.of("codex", Map.of("codex-next", 50_000));
    assertThat(attempts().stream().filter(a -> Integer.parseInt(a.task().substring(2)) > 4))
        .hasSize(8)
        .allSatisfy(a -> assertThat(a.agent()).isEqualTo(split.version(a.task())));
    until(
        () ->
            Json.as(engine.query(new RolloutQuery.Figures("R-1")), RolloutFigures.class)
                    .metrics()
                    .stream()
                    .mapToLong(m -> m.canary().all() + m.stable().all())
                    .sum()
                == 8);
    assertThat(
            Json.as(engine.query(new RolloutQuery.Figures("R-1")), RolloutFigures.class).advice())
        .as("what it takes is told beside, of the same attempts")
        .singleElement()
        .satisfies(
            a -> {
              assertThat(a.measure()).isEqualTo(Measure.DURATION);
              assertThat(a.canaryCount() + a.stableCount()).isEqualTo(8);
              assertThat(a.canary()).isPositive();
            });
  }

  @Test
  void oneThatWorksIsPromotedAndTakesAllAlsoInTheNextEngine() {
    open(WORKS, "100%");
    begin();
    until(
        () -> {
          if (isAllOver()) {
            add(8, null);
          }
          return rollout().state() == RolloutState.PROMOTED;
        });
    allOver();
    engine.close();
    engine = repository.open(10, false);
    int before = tasks;
    add(4, "codex");
    allOver();
    assertThat(attempts().stream().filter(a -> Integer.parseInt(a.task().substring(2)) > before))
        .hasSize(4)
        .allMatch(a -> a.agent().equals("codex-next"));
  }

  @Test
  void oneThatFailsIsTakenBackAndGetsNoTaskAnyMore() {
    open(FAILS, "90%, 100%");
    begin();
    until(
        () -> {
          if (isAllOver()) {
            add(8, null);
          }
          return rollout().state() == RolloutState.ROLLED_BACK;
        });
    allOver();
    int before = tasks;
    add(4, null);
    allOver();
    assertThat(attempts().stream().filter(a -> Integer.parseInt(a.task().substring(2)) > before))
        .hasSize(4)
        .allMatch(a -> a.agent().equals("codex"));
  }

  @Test
  void whatItFailedAtGoesToTheOtherOnceItIsTakenBack() {
    open(FAILS, "90%, 100%", "attempts: 20, backoff: [10ms]");
    begin();
    add(8, null);
    until(() -> rollout().state() == RolloutState.ROLLED_BACK);
    until(
        () ->
            attempts().stream()
                    .filter(a -> a.state() == AttemptState.SUCCEEDED)
                    .map(Attempt::task)
                    .distinct()
                    .count()
                == 8);
    assertThat(attempts().stream().filter(a -> a.state() == AttemptState.SUCCEEDED))
        .allMatch(a -> a.agent().equals("codex"));
  }

  @Test
  void whatIsWrongInTheFileIsRefusedAtItsLine() {
    repository = new TestRepository(folder);
    repository.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          a: { run: x }
          b: { run: x }
          c: { run: x }
          d: { run: x, capabilities: [java], fallback: [e] }
          e: { run: x, capabilities: [java, sql] }
        rollouts:
          r: { subject: { agent: aa, canary: b }, steps: [5%] }
          s: { subject: { agent: b, canary: c }, steps: [5%], rollback: [p95 > 1s] }
          t: { subject: { agent: a }, steps: [5%] }
          u: { subject: { agent: d, canary: e }, steps: [5%] }
        """);
    repository.commit("Set up");
    assertThatThrownBy(() -> repository.open(10, false))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("aa is no agent (did you mean a?)")
        .hasMessageContaining("b is in a rollout already")
        .hasMessageContaining("takes no agent back")
        .hasMessageContaining("say which agent is to take its place")
        .hasMessageContaining("e has other capabilities than d")
        .hasMessageContaining("d and e fall back to each other");
  }
}
