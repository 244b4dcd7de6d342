package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.Hold;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** "Why isn't it running?" has an answer for every task that waits. */
class WhyTest {
  @TempDir Path folder;

  private static List<Hold> why(Engine engine, String task) {
    var holds = new ArrayList<Hold>();
    engine.query(new Query.Why(task)).forEach(h -> holds.add(Json.as(h, Hold.class)));
    return holds;
  }

  @Test
  void eachThingThatHoldsATaskIsNamed() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          a: { driver: command, run: sleep 600, capabilities: [java] }
          b: { driver: command, run: sleep 600, capabilities: [java, sql] }
        decisions: { default: { human: none } }
        """);
    sandbox.commit("Agents");
    try (Engine engine = sandbox.open()) {
      engine.execute(
          new Command.ImportPlan(
              "plan.yaml",
              """
              plan: Waiting
              tasks:
                - { id: T-1, title: First, agent: a }
                - { id: T-2, title: Second, agent: a }
                - { id: T-3, title: Third, needs: [T-1, T-2] }
                - { id: T-5, title: Fifth, capabilities: [sql] }
              """),
          null);
      assertThat(why(engine, "T-1"))
          .extracting(Hold::code)
          .containsExactly("untrusted", "hive-paused");
      assertThat(why(engine, "T-3")).containsExactly(new Hold("needs", "T-1, T-2"));
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(new Command.PauseAgent("b"), null);
      assertThat(why(engine, "T-5"))
          .containsExactly(new Hold("hive-paused", ""), new Hold("agent-paused", "b"));
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await(
          "one works",
          engine,
          () -> TestRepository.task(engine, "T-1").state() == TaskViews.TaskState.RUNNING);
      assertThat(why(engine, "T-1")).as("it runs").isEmpty();
      assertThat(why(engine, "T-2"))
          .contains(new Hold("agent-busy", "a: T-1"), new Hold("limit", "1 of 1"));
      engine.execute(new Command.PauseTask("T-2"), null);
      assertThat(why(engine, "T-2")).containsExactly(new Hold("paused", ""));
    }
  }

  @Test
  void aTaskIsMovedForwardAndGivenToAnother() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          a: { driver: command, run: sleep 600 }
          b: { driver: command, run: sleep 600 }
        """);
    sandbox.commit("Agents");
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(
          new Command.ImportPlan(
              "plan.yaml",
              "plan: Two\ntasks:\n  - { id: T-1, title: One, agent: a }\n"
                  + "  - { id: T-2, title: Two, agent: a }\n"),
          null);
      engine.execute(new Command.ChangeTask("T-2", 1, "b"), null);
      var changed = TestRepository.task(engine, "T-2");
      assertThat(changed.priority()).isEqualTo(1);
      assertThat(changed.agent()).isEqualTo("b");
      refused(engine, new Command.ChangeTask("T-1", 10, null), "bad-priority");
      refused(engine, new Command.ChangeTask("T-1", null, "nobody"), "no-agent");
      engine.execute(new Command.ChangeTask("T-1", null, ""), null);
      assertThat(TestRepository.task(engine, "T-1").agent()).isNull();
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await(
          "the more urgent one by whom it is for now",
          engine,
          () -> "b".equals(TestRepository.task(engine, "T-2").worker()));
      refused(engine, new Command.ChangeTask("T-2", null, "a"), "not-now");
    }
  }

  private static void refused(Engine engine, Command command, String code) {
    assertThatThrownBy(() -> engine.execute(command, null))
        .isInstanceOfSatisfying(HiveException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void anEngineEndsWhenItIsTold() throws Exception {
    var sandbox = new TestRepository(folder);
    Engine engine = sandbox.open(10, true);
    engine.execute(new Command.StopEngine(), null);
    engine.awaitClosed();
    try (Engine next = sandbox.open()) {
      assertThat(TestRepository.tasks(next)).as("the workspace is free for another").isEmpty();
    }
  }
}
