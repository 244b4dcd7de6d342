package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An error budget that is spent: fewer agents work and only fixes are merged, until it is lifted.
 */
class PolicyTest {
  @TempDir Path folder;

  private static Command.AddTask task(String id, String agent, String kind) {
    return new Command.AddTask(id, id, null, agent, null, null, null, null, kind);
  }

  private static ChangeState change(Engine engine, String task) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.task().equals(task))
        .findFirst()
        .map(c -> c.state())
        .orElse(null);
  }

  @Test
  void onlyFixesMergeAndFewerAgentsWorkAlsoAfterARestart() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          quick: { run: "echo $HIVEDECK_TASK > $HIVEDECK_TASK.txt" }
          slow: { run: sleep 600, parallel: 4 }
        decisions: { default: { human: none } }
        policies:
          strict:
            - { left: 20%, do: fewer-agents, agents: 50% }
            - { left: 0%, do: only-fixes, kinds: [fix] }
        objectives:
          calm:
            indicator:
              bad: hivedeck_events_total{type="task.added"}
              total: hivedeck_events_total{type="task.added"}
            target: 99%
            policy: strict
        """);
    sandbox.commit("Set up");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      engine.execute(task("T-1", "quick", "feature"), null);
      engine.execute(task("T-2", "quick", "fix"), null);
      engine.execute(task("T-3", "slow", "feature"), null);
      engine.execute(task("T-4", "slow", "feature"), null);
      TestRepository.await(
          "both are in force", engine, () -> engine.query(new Query.PolicyActs()).size() == 2);
      engine.execute(new Command.StartHive(2), null);
      TestRepository.await(
          "the fix is merged", engine, () -> change(engine, "T-2") == ChangeState.MERGED);
      TestRepository.await(
          "the feature waits and says why",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(
                      c ->
                          c.task().equals("T-1")
                              && c.state() == ChangeState.QUEUED
                              && c.reason() != null
                              && c.reason().contains("calm has no error budget left")));
      TestRepository.await(
          "one of two works",
          engine,
          () -> TestRepository.task(engine, "T-3").state() == TaskState.RUNNING);
      assertThat(Json.write(engine.query(new Query.Why("T-4"))))
          .contains("policy", "50% of the agents may work");
      TestRepository.await(
          "both are told as what holds the hive",
          engine,
          () ->
              engine.stats().held().stream().anyMatch(w -> w.contains("only fixes are merged"))
                  && engine.stats().held().stream()
                      .anyMatch(w -> w.contains("50% of the agents may work")));
    }
    try (Engine engine = sandbox.open()) {
      assertThat(engine.query(new Query.PolicyActs())).as("at once").hasSize(2);
      assertThat(change(engine, "T-1")).isEqualTo(ChangeState.QUEUED);
      engine.execute(new Command.LiftPolicy("calm", 3_600, "the launch cannot wait"), null);
      TestRepository.await(
          "the feature is merged", engine, () -> change(engine, "T-1") == ChangeState.MERGED);
      engine.execute(new Command.ResumePolicy("calm"), null);
      sandbox.write(".hivedeck/hive.yaml", "version: 1\n");
      sandbox.commit("No objectives");
      TestRepository.await("consent is asked", engine, () -> engine.consent().why() != null);
      TestRepository.trust(engine);
      TestRepository.await(
          "it is undone", engine, () -> engine.query(new Query.PolicyActs()).isEmpty());
      assertThat(List.copyOf(TestRepository.changes(engine))).hasSize(2);
    }
  }
}
