package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import dev.hivedeck.engine.protocol.merge.StackCommand;
import dev.hivedeck.engine.protocol.merge.StackQuery;
import dev.hivedeck.engine.protocol.merge.StackViews.Parts;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitBy;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitPreview;
import dev.hivedeck.engine.protocol.reading.ReadingCommand;
import dev.hivedeck.engine.protocol.reading.ReadingQuery;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A change that is too large becomes a stack, which is reviewed, kept together and merged. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class StacksTest {
  /** Three commits on neighbouring lines; a part that comes back has one of them otherwise. */
  private static final String AGENT =
      """
      if [ "$HIVEDECK_TASK" = T-1 ]; then
        for line in 2 3 4; do
          sed -i "s/^$line$/changed $line/" work.txt
          git commit -qam "Change line $line"
        done
      else
        sed -i 's/^changed 2$/changed otherwise/' work.txt
      fi
      """;

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

  /** With the change of one task open. */
  private static Engine open(TestRepository sandbox) {
    Engine engine = sandbox.open();
    TestRepository.trust(engine);
    engine.execute(
        new Command.ImportPlan(
            "plan.yaml",
            "plan: P\ntasks:\n  - { id: T-1, title: Task, agent: a, prompt: x }\n"
                + "  - { id: T-2, title: After, agent: a, prompt: x, needs: [T-1] }\n"),
        null);
    engine.execute(new Command.StartHive(2), null);
    TestRepository.await("open", engine, () -> !TestRepository.changes(engine).isEmpty());
    return engine;
  }

  private static ChangeViews.Change change(Engine engine, String id) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> split(Engine engine, SplitBy by) {
    return Json.as(engine.execute(new StackCommand.Split("C-1", by), null), Parts.class).parts();
  }

  private static void approve(Engine engine, String... ids) {
    for (String id : ids) {
      engine.execute(new Command.ApproveChange(id, null), null);
    }
  }

  private static void is(Engine engine, String id, ChangeState state) {
    TestRepository.await(
        id + " " + state.word(), engine, () -> change(engine, id).state() == state);
  }

  @ParameterizedTest
  @CsvSource({"merge, 1", "squash, 1", "rebase, 4", "merge, 4", "squash, 4"})
  void aStackComesToMainAsOneMemberAfterTheOtherWhateverTheMethod(String method, int batch) {
    var sandbox =
        sandbox(AGENT, "changes: { merge: { method: %s, batch: %d } }\n".formatted(method, batch));
    try (Engine engine = open(sandbox)) {
      String tree = sandbox.git("rev-parse", change(engine, "C-1").head() + "^{tree}");
      var parts = split(engine, SplitBy.COMMIT);
      assertThat(parts).containsExactly("C-2", "C-3", "C-4");
      assertThat(split(engine, SplitBy.DIRECTORY)).as("it is split once").isEqualTo(parts);
      assertThat(change(engine, "C-1").state()).isEqualTo(ChangeState.CLOSED);
      assertThat(change(engine, "C-1").reason()).isEqualTo("split into #2, #3, #4");
      assertThat(change(engine, "C-1").stack().parts()).isEqualTo(parts);
      assertThat(change(engine, "C-3").stack().below()).isEqualTo("C-2");
      assertThat(change(engine, "C-3").stack().members()).isEqualTo(parts);
      assertThat(change(engine, "C-3").lines()).isEqualTo(2);
      assertThat(change(engine, "C-3").base()).isEqualTo(change(engine, "C-2").head());
      assertThat(sandbox.git("rev-parse", change(engine, "C-4").head() + "^{tree}"))
          .isEqualTo(tree);
      // Approved by itself it waits for what is below it.
      engine.execute(new Command.ApproveChange("C-3", null), null);
      TestRepository.await(
          "waits",
          engine,
          () -> change(engine, "C-3").verdict().text().contains("waits for #2 below it"));
      assertThat(engine.query(new MergeQuery.Queue()).at("/line/0/why").asText())
          .isEqualTo("waits for #2 below it");
      approve(engine, "C-2");
      engine.execute(new Command.MergeChange("C-4"), null);
      for (String part : parts) {
        is(engine, part, ChangeState.MERGED);
      }
      TestRepository.await("done", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(sandbox.git("rev-parse", change(engine, "C-4").merge() + "^{tree}"))
          .isEqualTo(tree);
      assertThat(
              List.of(Json.read(engine.query(new MergeQuery.Merges(0)).toString(), Merge[].class)))
          .filteredOn(m -> parts.contains(m.change()))
          .hasSize(3)
          .allMatch(Merge::proven);
      assertThat(TestRepository.task(engine, "T-2").state()).isNotEqualTo(TaskState.BLOCKED);
    }
  }

  @ParameterizedTest
  @CsvSource({"merge, 1", "squash, 4"})
  void whereItIsWantedATaskIsWorkedOnOnTopOfTheChangeThatItNeeds(String method, int batch) {
    var sandbox =
        sandbox(
            "if [ $HIVEDECK_TASK = T-1 ]; then sed -i 's/^2$/two/' work.txt;"
                + " else sed -i 's/^3$/three/' work.txt; fi\n",
            "changes: { stack: true, merge: { method: %s, batch: %d } }\n"
                .formatted(method, batch));
    try (Engine engine = open(sandbox)) {
      TestRepository.await("both", engine, () -> TestRepository.changes(engine).size() == 2);
      var top = change(engine, "C-2");
      assertThat(top.base()).isEqualTo(change(engine, "C-1").head());
      assertThat(top.stack().below()).isEqualTo("C-1");
      assertThat(top.lines()).as("what it adds").isEqualTo(2);
      approve(engine, "C-1");
      engine.execute(new Command.MergeChange("C-2"), null);
      is(engine, "C-2", ChangeState.MERGED);
      is(engine, "C-1", ChangeState.MERGED);
      assertThat(sandbox.git("show", "main:work.txt")).isEqualTo("1\ntwo\nthree\n4\n5\n6");
    }
  }

  @Test
  void workOnTopOfAnotherThatComesToNothingIsNoChange() {
    var sandbox =
        sandbox(
            """
            if [ $HIVEDECK_TASK = T-1 ]; then
              sed -i 's/^2$/two/' work.txt
            else
              echo more >> work.txt
              git commit -qam "Try something"
              git revert --no-edit HEAD
            fi
            """,
            "changes: { stack: true }\n");
    try (Engine engine = open(sandbox)) {
      TestRepository.await(
          "failed", engine, () -> TestRepository.task(engine, "T-2").state() == TaskState.DEAD);
      assertThat(TestRepository.task(engine, "T-2").reason()).contains("changed nothing");
      assertThat(TestRepository.changes(engine)).hasSize(1);
    }
  }

  @Test
  void whoMergesAChangeDoesNotApproveThoseBelowIt() {
    var sandbox =
        sandbox(
            "mkdir -p src lib docs; echo a > src/a.txt; echo b > lib/b.txt; echo c > docs/c.md\n",
            "decisions: { default: { human: required } }\n");
    try (Engine engine = open(sandbox)) {
      split(engine, SplitBy.DIRECTORY);
      assertThatThrownBy(() -> engine.execute(new Command.MergeChange("C-4"), null))
          .hasMessageContaining("#4 stands on #2, #3, which want an approval.")
          .isInstanceOfSatisfying(
              HiveException.class,
              e -> {
                assertThat(e.is(ErrorCode.NOT_NOW)).isTrue();
                assertThat(e.hint())
                    .contains("hivedeck change approve C-2, hivedeck change approve C-3");
              });
      approve(engine, "C-3");
      assertThatThrownBy(() -> engine.execute(new Command.MergeChange("C-4"), null))
          .hasMessageContaining("#4 stands on #2, which wants an approval.");
      assertThat(List.of("C-2", "C-4"))
          .as("nothing half done")
          .allMatch(id -> change(engine, id).state() == ChangeState.OPEN)
          .allMatch(id -> change(engine, id).review() == ReviewState.WANTED);
      approve(engine, "C-2");
      engine.execute(new Command.MergeChange("C-4"), null);
      is(engine, "C-4", ChangeState.MERGED);
    }
  }

  @Test
  void aPrefixOfAStackIsMergedAndTheRestStandsOnMainThen() {
    var sandbox = sandbox(AGENT, "changes: { merge: { method: squash } }\n");
    try (Engine engine = open(sandbox)) {
      split(engine, SplitBy.COMMIT);
      assertThat(TestRepository.task(engine, "T-2").state()).isEqualTo(TaskState.BLOCKED);
      approve(engine, "C-2");
      engine.execute(new Command.MergeChange("C-3"), null);
      is(engine, "C-3", ChangeState.MERGED);
      is(engine, "C-2", ChangeState.MERGED);
      TestRepository.await(
          "stands on main",
          engine,
          () -> change(engine, "C-4").base().equals(change(engine, "C-3").merge()));
      var last = change(engine, "C-4");
      assertThat(last.state()).isEqualTo(ChangeState.OPEN);
      assertThat(last.stack().below()).isNull();
      assertThat(last.lines()).isEqualTo(2);
      assertThat(sandbox.git("show", last.head() + ":work.txt"))
          .isEqualTo("1\nchanged 2\nchanged 3\nchanged 4\n5\n6");
    }
  }

  @Test
  void whenOneBelowIsReworkedThoseAboveFollowAndWhatWasSeenStaysSeen() {
    var sandbox =
        sandbox(
            """
            if [ "$HIVEDECK_TASK" = T-1 ]; then
              for file in a b c; do
                echo "$file" > $file.txt; git add -A; git commit -qm "Add $file"
              done
            else
              echo more >> a.txt
            fi
            """,
            "");
    try (Engine engine = open(sandbox)) {
      split(engine, SplitBy.COMMIT);
      engine.execute(new ReadingCommand.MarkSeen("C-4", null, null), null);
      String before = change(engine, "C-4").head();
      engine.execute(new Command.ReturnChange("C-2", "more of it", List.of()), null);
      TestRepository.await(
          "follows",
          engine,
          () ->
              change(engine, "C-2").state() == ChangeState.OPEN
                  && !change(engine, "C-4").head().equals(before)
                  && change(engine, "C-4").base().equals(change(engine, "C-3").head())
                  && change(engine, "C-3").base().equals(change(engine, "C-2").head()));
      assertThat(change(engine, "C-2").lines()).as("compared with main").isEqualTo(2);
      assertThat(change(engine, "C-4").lines()).isEqualTo(1);
      assertThat(sandbox.git("show", change(engine, "C-4").head() + ":a.txt")).isEqualTo("a\nmore");
      assertThat(
              engine.query(new ReadingQuery.OfChange("C-4")).at("/files/0/hunks/0/seenAt").asText())
          .isNotEmpty();
    }
  }

  @Test
  void whatConflictsWithAReworkedOneBelowGoesBackToItsAgentOnTopOfIt() {
    var sandbox = sandbox(AGENT, "");
    try (Engine engine = open(sandbox)) {
      split(engine, SplitBy.COMMIT);
      engine.execute(new Command.ReturnChange("C-2", "otherwise", List.of()), null);
      TestRepository.await(
          "told",
          engine,
          () ->
              engine
                  .query(new Query.Events(0, 1000))
                  .toString()
                  .contains("#3 conflicts with #2 in work.txt"));
    }
  }

  @Test
  void whenOneBelowIsClosedThoseAboveStandOnWhatIsLeftAndAreLookedAtAgain() {
    var sandbox =
        sandbox(
            "mkdir -p src lib docs; echo a > src/a.txt; echo b > lib/b.txt; echo c > docs/c.md\n",
            "decisions: { default: { human: required } }\n");
    try (Engine engine = open(sandbox)) {
      var preview = Json.as(engine.query(new StackQuery.Preview("C-1", null)), SplitPreview.class);
      assertThat(preview.parts()).extracting("title").containsExactly("lib/", "src/", "docs/");
      assertThat(preview.parts()).allMatch(p -> p.files() == 1 && p.additions() == 1);
      assertThatThrownBy(() -> split(engine, SplitBy.COMMIT)).hasMessageContaining("one commit");
      assertThat(split(engine, SplitBy.DIRECTORY)).hasSize(3);
      assertThat(change(engine, "C-2").title()).isEqualTo("Task: lib/");
      engine.execute(new Command.ApproveChange("C-4", null), null);
      engine.execute(new Command.CloseChange("C-3", null), null);
      TestRepository.await(
          "moved", engine, () -> "C-2".equals(change(engine, "C-4").stack().below()));
      TestRepository.await(
          "asks", engine, () -> change(engine, "C-4").review() == ReviewState.WANTED);
      assertThat(change(engine, "C-4").state()).isEqualTo(ChangeState.OPEN);
      assertThat(change(engine, "C-4").stack().members()).containsExactly("C-2", "C-4");
      assertThat(sandbox.git("ls-tree", "-r", "--name-only", change(engine, "C-4").head()))
          .contains("docs/c.md", "lib/b.txt")
          .doesNotContain("src/a.txt");
      // With a part closed the task that it was of will not be done.
      approve(engine, "C-2");
      engine.execute(new Command.MergeChange("C-4"), null);
      is(engine, "C-4", ChangeState.MERGED);
      TestRepository.await(
          "cancelled",
          engine,
          () -> TestRepository.task(engine, "T-1").state() == TaskState.CANCELLED);
    }
  }

  @Test
  void aSplitIsTakenBackAsLongAsNothingOfItWasMerged() {
    var sandbox = sandbox(AGENT, "");
    try (Engine engine = open(sandbox)) {
      assertThatThrownBy(() -> engine.execute(new StackCommand.Join("C-1"), null))
          .hasMessageContaining("was not split");
      assertThatThrownBy(() -> split(engine, SplitBy.DIRECTORY))
          .hasMessageContaining("one directory");
      String head = change(engine, "C-1").head();
      split(engine, SplitBy.COMMIT);
      engine.execute(new StackCommand.Join("C-1"), null);
      assertThat(change(engine, "C-1").state()).isEqualTo(ChangeState.OPEN);
      assertThat(change(engine, "C-1").head()).isEqualTo(head);
      assertThat(change(engine, "C-1").stack()).isNull();
      assertThat(change(engine, "C-2").state()).isEqualTo(ChangeState.CLOSED);
      assertThat(split(engine, SplitBy.COMMIT)).containsExactly("C-5", "C-6", "C-7");
      engine.execute(new Command.MergeChange("C-5"), null);
      is(engine, "C-5", ChangeState.MERGED);
      assertThatThrownBy(() -> engine.execute(new StackCommand.Join("C-1"), null))
          .hasMessageContaining("#5 is merged");
      assertThatThrownBy(() -> engine.execute(new StackCommand.Split("C-9", null), null))
          .hasMessageContaining("no change C-9");
    }
  }
}
