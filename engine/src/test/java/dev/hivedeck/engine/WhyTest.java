package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.Hold;
import dev.hivedeck.engine.protocol.Views;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** "Why isn't it running?" has an answer for every task that waits. */
class WhyTest {
  @TempDir Path folder;

  private static List<Hold> why(Hive hive, String task) {
    var holds = new ArrayList<Hold>();
    hive.query(new Query.Why(task)).forEach(h -> holds.add(Json.as(h, Hold.class)));
    return holds;
  }

  @Test
  void eachThingThatHoldsATaskIsNamed() {
    var sandbox = new Sandbox(folder);
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
    try (Hive hive = sandbox.open()) {
      hive.execute(
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
      assertThat(why(hive, "T-1"))
          .extracting(Hold::code)
          .containsExactly("untrusted", "hive-paused");
      assertThat(why(hive, "T-3")).containsExactly(new Hold("needs", "T-1, T-2"));
      hive.execute(new Command.Trust(hive.consent().digest()), null);
      hive.execute(new Command.PauseAgent("b"), null);
      assertThat(why(hive, "T-5"))
          .containsExactly(new Hold("hive-paused", ""), new Hold("agent-paused", "b"));
      hive.execute(new Command.StartHive(1), null);
      Sandbox.await(
          "one works", hive, () -> Sandbox.task(hive, "T-1").state() == Views.TaskState.RUNNING);
      assertThat(why(hive, "T-1")).as("it runs").isEmpty();
      assertThat(why(hive, "T-2"))
          .contains(new Hold("agent-busy", "a: T-1"), new Hold("limit", "1 of 1"));
      hive.execute(new Command.PauseTask("T-2"), null);
      assertThat(why(hive, "T-2")).containsExactly(new Hold("paused", ""));
    }
  }

  @Test
  void aTaskIsMovedForwardAndGivenToAnother() {
    var sandbox = new Sandbox(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          a: { driver: command, run: sleep 600 }
          b: { driver: command, run: sleep 600 }
        """);
    sandbox.commit("Agents");
    try (Hive hive = sandbox.open()) {
      hive.execute(new Command.Trust(hive.consent().digest()), null);
      hive.execute(
          new Command.ImportPlan(
              "plan.yaml",
              "plan: Two\ntasks:\n  - { id: T-1, title: One, agent: a }\n"
                  + "  - { id: T-2, title: Two, agent: a }\n"),
          null);
      hive.execute(new Command.ChangeTask("T-2", 1, "b"), null);
      var changed = Sandbox.task(hive, "T-2");
      assertThat(changed.priority()).isEqualTo(1);
      assertThat(changed.agent()).isEqualTo("b");
      refused(hive, new Command.ChangeTask("T-1", 10, null), "bad-priority");
      refused(hive, new Command.ChangeTask("T-1", null, "nobody"), "no-agent");
      hive.execute(new Command.ChangeTask("T-1", null, ""), null);
      assertThat(Sandbox.task(hive, "T-1").agent()).isNull();
      hive.execute(new Command.StartHive(1), null);
      Sandbox.await(
          "the more urgent one by whom it is for now",
          hive,
          () -> "b".equals(Sandbox.task(hive, "T-2").worker()));
      refused(hive, new Command.ChangeTask("T-2", null, "a"), "not-now");
    }
  }

  private static void refused(Hive hive, Command command, String code) {
    assertThatThrownBy(() -> hive.execute(command, null))
        .isInstanceOfSatisfying(HiveException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void anEngineEndsWhenItIsTold() throws Exception {
    var sandbox = new Sandbox(folder);
    Hive hive = sandbox.open(10, true);
    hive.execute(new Command.StopEngine(), null);
    hive.awaitClosed();
    try (Hive next = sandbox.open()) {
      assertThat(Sandbox.tasks(next)).as("the workspace is free for another").isEmpty();
    }
  }
}
