package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.alternative.AlternativeCommand;
import dev.hivedeck.engine.protocol.alternative.AlternativeQuery;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternative;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.AlternativesState;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Comparison;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.NextAction;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The same task is done by several agents, and a person chooses one (best of n). */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class AlternativesTest {
  private static final String PLAN =
      "plan: P\ntasks:\n  - { id: T-1, title: Task, agents: [a, b, c], prompt: x }\n"
          + "  - { id: T-2, title: After, agent: a, prompt: x, needs: [T-1] }\n";

  @TempDir Path folder;

  private TestRepository sandbox(String more) {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ndefaults: { attempts: 1, timeout: 30s }\nagents:\n"
            + "  a: { driver: command, run: sh tools/agent.sh a }\n"
            + "  b: { driver: command, run: sh tools/agent.sh b }\n"
            + "  c: { driver: command, run: sh tools/agent.sh c }\n"
            + more);
    sandbox.write(
        "tools/agent.sh",
        "test \"$HIVEDECK_TASK\" = T-2 && { echo after > after.txt; exit 0; }\n"
            + "test -e ../fail-$1 && exit 1\necho $1 > work.txt\n");
    sandbox.write("work.txt", "nobody\n");
    sandbox.commit("Set up");
    return sandbox;
  }

  private static Engine open(TestRepository sandbox) {
    Engine engine = sandbox.open();
    TestRepository.trust(engine);
    engine.execute(new Command.ImportPlan("plan.yaml", PLAN), null);
    engine.execute(new Command.StartHive(3), null);
    return engine;
  }

  private static Comparison compare(Engine engine) {
    return Json.as(engine.query(new AlternativeQuery.Of("T-1")), Comparison.class);
  }

  private static void all(Engine engine) {
    TestRepository.await(
        "all verified",
        engine,
        () -> compare(engine).alternatives().stream().allMatch(Alternative::choosable));
  }

  private static ChangeViews.Change change(Engine engine, String task) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.task().equals(task))
        .findFirst()
        .orElseThrow();
  }

  private static Comparison choose(Engine engine, String id) {
    return Json.as(engine.execute(new AlternativeCommand.Choose(id, null), null), Comparison.class);
  }

  private static TaskState state(Engine engine, String task) {
    return TestRepository.task(engine, task).state();
  }

  @Test
  void oneIsChosenAndOnlyThatComesToMain() {
    var sandbox = sandbox("decisions: { default: { human: none } }\n");
    try (Engine engine = open(sandbox)) {
      all(engine);
      var before = compare(engine);
      assertThat(before.state()).isEqualTo(AlternativesState.CHOOSE);
      assertThat(before.next()).isEqualTo("Choose one of 3");
      assertThat(before.alternatives())
          .extracting(Alternative::agent)
          .as("each by its own agent")
          .containsExactly("a", "b", "c");
      assertThat(before.alternatives())
          .extracting(Alternative::task)
          .containsExactly("T-1", "T-1-b", "T-1-c");
      assertThat(TestRepository.changes(engine))
          .as("none goes to main by itself, though no review is asked for")
          .hasSize(3)
          .allMatch(c -> c.state() == ChangeState.OPEN && c.review() == ReviewState.NONE)
          .allMatch(c -> c.verdict().action() == NextAction.CHOOSE);
      assertThat(state(engine, "T-2")).isEqualTo(TaskState.BLOCKED);
      assertThatThrownBy(
              () -> engine.execute(new Command.MergeChange(change(engine, "T-1").id()), null))
          .hasMessageContaining("one of 3 alternatives, of which none is chosen yet");

      var after = choose(engine, change(engine, "T-1-b").id());
      assertThat(after.state()).isEqualTo(AlternativesState.CHOSEN);
      assertThat(after.chosen()).isEqualTo("T-1-b");
      TestRepository.await(
          "merged", engine, () -> compare(engine).state() == AlternativesState.MERGED);
      assertThat(sandbox.git("show", "main:work.txt")).isEqualTo("b");
      assertThat(change(engine, "T-1").state()).isEqualTo(ChangeState.CLOSED);
      assertThat(change(engine, "T-1").reason()).isEqualTo("T-1-b was chosen");
      assertThat(change(engine, "T-1-c").state()).isEqualTo(ChangeState.CLOSED);
      assertThat(sandbox.git("show", change(engine, "T-1-c").branch() + ":work.txt"))
          .as("the work of the others is kept")
          .isEqualTo("c");
      TestRepository.await(
          "what needs it", engine, () -> TestRepository.task(engine, "T-2").change() != null);
      assertThat(TestRepository.task(engine, "T-1").merged()).isTrue();
      assertThat(state(engine, "T-1")).isEqualTo(TaskState.DONE);
      assertThat(state(engine, "T-1-c")).isEqualTo(TaskState.CANCELLED);
      assertThatThrownBy(() -> choose(engine, "T-1")).hasMessageContaining("is on main already");
      assertThatThrownBy(() -> engine.execute(new AlternativeCommand.Undo("T-1"), null))
          .hasMessageContaining("is on main already");
    }
  }

  @Test
  void aChoiceIsTakenBackAndAnotherIsMade() {
    try (Engine engine = open(sandbox("decisions: { default: { human: required } }\n"))) {
      all(engine);
      choose(engine, "T-1-c");
      assertThat(change(engine, "T-1-c").review()).isEqualTo(ReviewState.WANTED);
      assertThat(change(engine, "T-1").state()).isEqualTo(ChangeState.CLOSED);
      choose(engine, "T-1");
      assertThat(change(engine, "T-1").state()).isEqualTo(ChangeState.OPEN);
      assertThat(change(engine, "T-1").review()).isEqualTo(ReviewState.WANTED);
      assertThat(change(engine, "T-1-c").state()).isEqualTo(ChangeState.CLOSED);
      assertThat(state(engine, "T-1-c")).isEqualTo(TaskState.CANCELLED);

      engine.execute(new AlternativeCommand.Undo("T-1-b"), null);
      var undone = compare(engine);
      assertThat(undone.state()).isEqualTo(AlternativesState.CHOOSE);
      assertThat(undone.chosen()).isNull();
      assertThat(undone.alternatives()).allMatch(Alternative::choosable);
      assertThat(TestRepository.changes(engine))
          .allMatch(c -> c.state() == ChangeState.OPEN && c.review() == ReviewState.NONE);
      assertThatThrownBy(() -> engine.execute(new AlternativeCommand.Undo("T-1"), null))
          .hasMessageContaining("none is chosen");
      choose(engine, "T-1-b");
      engine.execute(new Command.ApproveChange(change(engine, "T-1-b").id(), null), null);
      TestRepository.await(
          "merged", engine, () -> compare(engine).state() == AlternativesState.MERGED);
      assertThat(state(engine, "T-1")).isEqualTo(TaskState.DONE);
    }
  }

  @Test
  void whereTheChosenOneIsClosedAnotherIsToBeChosen() {
    try (Engine engine = open(sandbox("decisions: { default: { human: required } }\n"))) {
      all(engine);
      choose(engine, "T-1-b");
      engine.execute(new Command.CloseChange(change(engine, "T-1-b").id(), null), null);
      var lost = compare(engine);
      assertThat(lost.state()).isEqualTo(AlternativesState.CHOOSE);
      assertThat(lost.next())
          .isEqualTo("T-1-b was chosen and is cancelled: choose another one, or retry it");
      assertThatThrownBy(() -> choose(engine, "T-1-b"))
          .hasMessageContaining("T-1-b was chosen and is cancelled");
      assertThat(choose(engine, "T-1-c").state()).isEqualTo(AlternativesState.CHOSEN);
      assertThatThrownBy(() -> choose(engine, "T-1-b"))
          .as("a person closed it")
          .hasMessageContaining("cannot be chosen: it is closed");
      engine.execute(new Command.CancelTask("T-1"), null);
      assertThat(compare(engine).alternatives()).noneMatch(Alternative::choosable);
      assertThatThrownBy(() -> engine.execute(new AlternativeCommand.Undo("T-1"), null))
          .hasMessageContaining("T-1 is cancelled with all of its alternatives");
    }
  }

  @Test
  void whatAChoiceStoppedIsAsItWasOrIsTriedAnew() {
    try (Engine engine = sandbox("decisions: { default: { human: required } }\n").open()) {
      TestRepository.trust(engine);
      engine.execute(new Command.ImportPlan("plan.yaml", PLAN), null);
      engine.execute(new Command.PauseTask("T-1"), null);
      engine.execute(new Command.StartHive(3), null);
      TestRepository.await(
          "two verified",
          engine,
          () ->
              compare(engine).alternatives().stream().filter(Alternative::choosable).count() == 2);
      assertThatThrownBy(() -> engine.execute(new Command.ChangeTask("T-1", null, ""), null))
          .hasMessageContaining("T-1 is one of several alternatives");
      choose(engine, "T-1-b");
      assertThat(state(engine, "T-1")).isEqualTo(TaskState.DONE);
      engine.execute(new AlternativeCommand.Undo("T-1"), null);
      assertThat(state(engine, "T-1")).as("as the person left it").isEqualTo(TaskState.PAUSED);
      choose(engine, "T-1-b");
      engine.execute(new Command.RetryTask("T-1", null), null);
      TestRepository.await(
          "verified", engine, () -> compare(engine).alternatives().getFirst().choosable());
      engine.execute(new AlternativeCommand.Undo("T-1"), null);
      assertThat(compare(engine).alternatives()).allMatch(Alternative::choosable);
      assertThat(TestRepository.changes(engine)).allMatch(c -> c.state() == ChangeState.OPEN);
    }
  }

  @Test
  void theOneThatIsLeftWaitsForAChoiceAndSaysSo() {
    var sandbox = sandbox("");
    sandbox.write("tools/agent.sh", "test $1 = b || exit 1\necho $1 > work.txt\n");
    sandbox.commit("Two fail");
    try (Engine engine = open(sandbox)) {
      TestRepository.await("ended", engine, () -> compare(engine).working() == 0);
      var left = compare(engine);
      assertThat(left.state()).isEqualTo(AlternativesState.CHOOSE);
      assertThat(left.next()).contains("only one of 3 that passed its gates");
      assertThat(state(engine, "T-1")).isEqualTo(TaskState.DEAD);
      choose(engine, "T-1-b");
      engine.execute(new Command.MergeChange(change(engine, "T-1-b").id()), null);
      TestRepository.await(
          "merged", engine, () -> compare(engine).state() == AlternativesState.MERGED);
      assertThat(state(engine, "T-1")).as("it stands for all").isEqualTo(TaskState.DONE);
      assertThat(state(engine, "T-1-c")).isEqualTo(TaskState.CANCELLED);
      assertThatThrownBy(() -> engine.execute(new Command.RetryTask("T-1-c", null), null))
          .hasMessageContaining("is on main already, by T-1-b");
    }
  }

  @Test
  void aTaskIsGivenToMoreAgentsAndCancelledWithAllOfThem() {
    var sandbox = sandbox("");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      engine.execute(
          new Command.AddTask(null, "Once", null, "a", null, null, null, null, null), null);
      assertThatThrownBy(
              () -> engine.execute(new AlternativeCommand.Add("T-1", List.of("bb")), null))
          .hasMessageContaining("is for agent bb, which is not in .hivedeck/hive.yaml");
      assertThatThrownBy(() -> engine.execute(new AlternativeCommand.Add("T-1", List.of()), null))
          .hasMessageContaining("No agent is named");
      engine.execute(new AlternativeCommand.Add("T-1", List.of("b", "a")), null);
      assertThat(compare(engine).alternatives())
          .as("the same agent may do it twice")
          .extracting(Alternative::agent)
          .containsExactly("a", "b", "a");
      engine.execute(new Command.StartHive(3), null);
      all(engine);
      engine.execute(new Command.CancelTask("T-1"), null);
      assertThat(TestRepository.changes(engine)).allMatch(c -> c.state() == ChangeState.CLOSED);
      for (String task : List.of("T-1", "T-1-b", "T-1-c")) {
        assertThat(state(engine, task)).isEqualTo(TaskState.CANCELLED);
      }
    }
  }

  @Test
  void aPlanIsTakenInAgainAsItIs() {
    try (Engine engine = sandbox("").open()) {
      TestRepository.trust(engine);
      engine.execute(new Command.ImportPlan("plan.yaml", PLAN), null);
      var again = engine.execute(new Command.ImportPlan("plan.yaml", PLAN), null);
      assertThat(again.at("/added")).isEmpty();
      assertThat(again.at("/changed")).isEmpty();
      String yaml = engine.query(new Query.Export()).at("/yaml").asText();
      assertThat(yaml).contains("agents:").doesNotContain("T-1-b");
      var own = engine.execute(new Command.ImportPlan("plan.yaml", yaml), null);
      assertThat(own.at("/added")).isEmpty();
      assertThat(own.at("/changed")).isEmpty();
      var more = PLAN.replace("[a, b, c]", "[a, b, c, c]").replace("title: Task", "title: Other");
      assertThat(engine.execute(new Command.ImportPlan("plan.yaml", more), null).at("/added"))
          .hasSize(1);
      assertThat(compare(engine).alternatives()).hasSize(4);
      assertThat(TestRepository.task(engine, "T-1-d").title()).isEqualTo("Other");
      assertThatThrownBy(
              () ->
                  engine.execute(
                      new Command.ImportPlan(
                          "plan.yaml", PLAN + "  - { id: T-1-b, title: Mine, agent: a }\n"),
                      null))
          .hasMessageContaining("T-1-b is the id of an alternative to T-1");
    }
  }
}
