package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What comes to main is proven, what is frozen waits, and what will conflict is known before. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class MergeQueueTest {
  @TempDir Path folder;

  private TestRepository sandbox(String work, String more) {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ndefaults: { attempts: 1, timeout: 30s }\n"
            + "agents: { a: { driver: command, run: sh tools/agent.sh, parallel: 2 } }\n"
            + more);
    sandbox.write("tools/agent.sh", work);
    sandbox.write("work.txt", "1\n2\n3\n4\n5\n6\n");
    sandbox.commit("Set up");
    return sandbox;
  }

  private static Engine work(TestRepository sandbox, int tasks) {
    Engine engine = sandbox.open();
    TestRepository.trust(engine);
    String plan =
        IntStream.rangeClosed(1, tasks)
            .mapToObj(
                i -> "  - { id: T-%d, title: Task %d, agent: a, prompt: x }\n".formatted(i, i))
            .collect(Collectors.joining("", "plan: P\ntasks:\n", ""));
    engine.execute(new Command.ImportPlan("plan.yaml", plan), null);
    return engine;
  }

  private static ChangeViews.Change change(Engine engine, String task) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.task().equals(task))
        .findFirst()
        .orElseThrow();
  }

  private static boolean are(Engine engine, int count, ChangeState state) {
    return TestRepository.changes(engine).stream().filter(c -> c.state() == state).count() == count;
  }

  @Test
  void aFrozenQueueMergesNothingSaysSoAndGoesOnAfterARestart() {
    var sandbox =
        sandbox("echo x > $HIVEDECK_TASK.txt\n", "decisions: { default: { human: none } }\n");
    try (Engine engine = work(sandbox, 2)) {
      assertThatThrownBy(() -> engine.execute(new MergeCommand.Freeze(" "), null))
          .hasMessageContaining("without a reason");
      assertThatThrownBy(() -> engine.execute(new MergeCommand.Unfreeze(null), null))
          .hasMessageContaining("not frozen");
      engine.execute(new MergeCommand.Freeze("release 2.4 is cut"), null);
      engine.execute(new Command.StartHive(2), null);
      TestRepository.await("in line", engine, () -> are(engine, 2, ChangeState.QUEUED));
      var queue = engine.query(new MergeQuery.Queue());
      assertThat(queue.at("/freezes/0/reason").asText()).isEqualTo("release 2.4 is cut");
      assertThat(queue.at("/line").size()).isEqualTo(2);
      String last = queue.at("/line/1/change").asText();
      var first = engine.execute(new MergeCommand.First(last), null);
      assertThat(first.at("/line/0/change").asText()).isEqualTo(last);
      TestRepository.await(
          "told",
          engine,
          () ->
              change(engine, "T-1")
                  .verdict()
                  .text()
                  .contains("you froze the merge queue: release 2.4 is cut"));
      assertThat(engine.query(new Query.Summary()).toString())
          .contains("the merge queue goes on; you froze the merge queue");
    }
    try (Engine engine = sandbox.open()) {
      assertThat(are(engine, 2, ChangeState.QUEUED)).isTrue();
      engine.execute(new MergeCommand.Unfreeze(null), null);
      TestRepository.await("merged", engine, () -> are(engine, 2, ChangeState.MERGED));
      var merges = engine.query(new MergeQuery.Merges(0));
      assertThat(merges.size()).isEqualTo(2);
      for (var merge : merges) {
        assertThat(merge.get("moved").asBoolean()).isTrue();
        assertThat(merge.get("same").asBoolean()).isTrue();
        assertThat(merge.get("paths").asInt()).isEqualTo(1);
        assertThat(merge.get("unexplained").size()).isZero();
        assertThat(merge.get("tree").asText())
            .isEqualTo(sandbox.git("rev-parse", merge.get("commit").asText() + "^{tree}"));
      }
      assertThat(sandbox.git("rev-parse", "main")).isEqualTo(merges.get(0).get("commit").asText());
      String id = merges.get(0).get("change").asText();
      assertThatThrownBy(() -> engine.execute(new MergeCommand.First(id), null))
          .hasMessageContaining("is not in line: it is merged");
    }
  }

  @Test
  void openChangesThatWillConflictSayWithWhomAndWhere() {
    var sandbox =
        sandbox(
            "if [ $HIVEDECK_TASK = T-3 ]; then echo x > other.txt;"
                + " elif [ $HIVEDECK_TASK = T-4 ]; then echo 7 >> work.txt;"
                + " else sed -i \"s/^2$/$HIVEDECK_TASK/\" work.txt; fi\n",
            "");
    try (Engine engine = work(sandbox, 4)) {
      engine.execute(new Command.StartHive(2), null);
      TestRepository.await("open", engine, () -> are(engine, 4, ChangeState.OPEN));
      var first = change(engine, "T-1").id();
      var second = change(engine, "T-2").id();
      TestRepository.await(
          "forecast",
          engine,
          () -> change(engine, "T-1").healthReasons().toString().contains("conflicts with"));
      assertThat(change(engine, "T-1").healthReasons())
          .contains("-8 conflicts with #" + second.substring(2) + " in work.txt");
      assertThat(change(engine, "T-2").healthReasons())
          .contains("-8 conflicts with #" + first.substring(2) + " in work.txt");
      assertThat(change(engine, "T-3").healthReasons().toString()).doesNotContain("conflicts");
      assertThat(change(engine, "T-3").verdict().text()).isEqualTo("Review 1 line");
      // Once one is on main, the other knows that it conflicts with main.
      engine.execute(new Command.ApproveChange(first, null), null);
      TestRepository.await("merged", engine, () -> are(engine, 1, ChangeState.MERGED));
      TestRepository.await(
          "forecast",
          engine,
          () -> change(engine, "T-2").healthReasons().toString().contains("conflicts with main"));
      assertThat(change(engine, "T-2").health()).isEqualTo(40);
    }
  }

  @Test
  void soLargeAChangeIsApprovedOnlyWithAReason() {
    var sandbox =
        sandbox(
            "i=0; while [ $i -lt 30 ]; do echo \"line $i of it\" >> work.txt; i=$((i+1)); done\n",
            "decisions: { default: { human: none } }\nchanges: { size: { warn: 10, max: 20 } }\n");
    try (Engine engine = work(sandbox, 1)) {
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("open", engine, () -> are(engine, 1, ChangeState.OPEN));
      var change = change(engine, "T-1");
      assertThat(change.health()).isEqualTo(40);
      assertThat(change.verdict().action()).isEqualTo(ChangeViews.NextAction.EXPLAIN);
      assertThatThrownBy(() -> engine.execute(new Command.ApproveChange(change.id(), null), null))
          .hasMessageContaining("30 lines to read, at most 20 wanted");
      engine.execute(new Command.ApproveChange(change.id(), "one table"), null);
      TestRepository.await("merged", engine, () -> are(engine, 1, ChangeState.MERGED));
      assertThat(change(engine, "T-1").comments().getFirst().text()).isEqualTo("one table");
    }
  }

  @Test
  void aMergedChangeIsTakenBackByAChangeThatKeepsWhatCameAfterIt() {
    var sandbox =
        sandbox(
            "if [ $HIVEDECK_TASK = T-1 ]; then sed -i 's/^2$/two/' work.txt; echo x > new.txt;"
                + " else echo 7 >> work.txt; fi\n",
            "decisions: { default: { human: none }, revert: { human: required } }\n");
    try (Engine engine = work(sandbox, 1)) {
      assertThatThrownBy(() -> engine.execute(new MergeCommand.Revert("C-1", null), null))
          .hasMessageContaining("no change C-1");
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("merged", engine, () -> are(engine, 1, ChangeState.MERGED));
      engine.execute(
          new Command.ImportPlan(
              "more.yaml", "plan: M\ntasks:\n  - { id: T-2, title: More, agent: a, prompt: x }\n"),
          null);
      TestRepository.await("both", engine, () -> are(engine, 2, ChangeState.MERGED));

      var answer = engine.execute(new MergeCommand.Revert("C-1", "it was too early"), null);
      String revert = answer.get("change").asText();
      var change = change(engine, answer.get("task").asText());
      assertThat(change.id()).isEqualTo(revert);
      assertThat(change.title()).isEqualTo("Revert #1 Task 1");
      assertThat(change.state()).isEqualTo(ChangeState.OPEN);
      assertThatThrownBy(() -> engine.execute(new MergeCommand.Revert(revert, null), null))
          .hasMessageContaining("is not on main");
      engine.execute(new Command.ApproveChange(revert, null), null);
      TestRepository.await("taken back", engine, () -> are(engine, 3, ChangeState.MERGED));
      assertThat(sandbox.git("show", "main:work.txt")).isEqualTo("1\n2\n3\n4\n5\n6\n7");
      assertThat(sandbox.git("ls-tree", "--name-only", "main")).doesNotContain("new.txt");
      assertThat(sandbox.git("log", "-1", "--format=%B", change.head()))
          .contains("it was too early")
          .contains("This reverts commit " + change(engine, "T-1").merge());
    }
  }
}
