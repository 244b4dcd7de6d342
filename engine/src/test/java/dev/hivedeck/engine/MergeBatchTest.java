package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.merge.BatchViews.Batch;
import dev.hivedeck.engine.protocol.merge.BatchViews.BatchState;
import dev.hivedeck.engine.protocol.merge.BatchViews.Fate;
import dev.hivedeck.engine.protocol.merge.BatchViews.Member;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunKind;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunOutcome;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Several changes are judged and merged at once, and nobody is blamed for another. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class MergeBatchTest {
  @TempDir Path folder;
  private TestRepository sandbox;

  /** Tasks whose changes all stand in line before the queue may begin. */
  private Engine inLine(int tasks, String agent, String gate) {
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ndefaults: { attempts: 2, backoff: [], timeout: 30s }\n"
            + "agents: { a: { driver: command, run: sh tools/agent.sh, parallel: 4 } }\n"
            + "decisions: { default: { human: none } }\n"
            + "changes: { merge: { method: squash, batch: 4 } }\n"
            + (gate.isEmpty() ? "" : "gates: { whole: { run: " + gate + ", at: [merge] } }\n"));
    sandbox.write("tools/agent.sh", agent);
    sandbox.write("work.txt", "1\n2\n3\n");
    sandbox.commit("Set up");
    Engine engine = sandbox.open();
    TestRepository.trust(engine);
    engine.execute(new MergeCommand.Freeze("until all are in line"), null);
    String plan =
        IntStream.rangeClosed(1, tasks)
            .mapToObj(
                i -> "  - { id: T-%d, title: Task %d, agent: a, prompt: x }\n".formatted(i, i))
            .collect(Collectors.joining("", "plan: P\ntasks:\n", ""));
    engine.execute(new Command.ImportPlan("plan.yaml", plan), null);
    engine.execute(new Command.StartHive(4), null);
    TestRepository.await("in line", engine, () -> count(engine, ChangeState.QUEUED) == tasks);
    return engine;
  }

  private static void go(Engine engine) {
    engine.execute(new MergeCommand.Unfreeze(null), null);
  }

  private static long count(Engine engine, ChangeState state) {
    return TestRepository.changes(engine).stream().filter(c -> c.state() == state).count();
  }

  private static ChangeViews.Change change(Engine engine, String task) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.task().equals(task))
        .findFirst()
        .orElseThrow();
  }

  /** Once it has ended. */
  private static Batch first(Engine engine) {
    TestRepository.await("ended", engine, () -> batches(engine).getFirst().endedAt() != null);
    return batches(engine).getFirst();
  }

  /** The oldest first. */
  private static List<Batch> batches(Engine engine) {
    return List.of(Json.read(engine.query(new MergeQuery.Batches(0)).toString(), Batch[].class))
        .reversed();
  }

  private static Fate fate(Engine engine, Batch batch, String task) {
    String id = change(engine, task).id();
    return batch.members().stream()
        .filter(m -> m.change().equals(id))
        .map(Member::fate)
        .findFirst()
        .orElseThrow();
  }

  private List<String> merges() {
    return sandbox
        .git("log", "--format=%(trailers:key=Hivedeck-Task,valueonly,separator=)", "main")
        .lines()
        .filter(l -> !l.isBlank())
        .toList();
  }

  @Test
  void theCulpritIsSentBackWithWhatFailedAndTheOthersMerge() throws Exception {
    String agent =
        "cat \"$HIVEDECK_PROMPT_FILE\" > \""
            + folder
            + "/$HIVEDECK_ATTEMPT\"\n"
            + "if [ $HIVEDECK_ATTEMPT = T-3.1 ]; then echo x > bad.txt;"
            + " else rm -f bad.txt; echo x > $HIVEDECK_TASK.txt; fi\n";
    try (Engine engine =
        inLine(4, agent, "'test ! -e bad.txt || { echo bad.txt:1: is here; exit 1; }'")) {
      go(engine);
      TestRepository.await(
          "all, once the culprit made it anew",
          engine,
          () -> count(engine, ChangeState.MERGED) == 4);
      var batch = first(engine);
      assertThat(batch.state()).isEqualTo(BatchState.FAILED);
      assertThat(batch.runs().get(0).kind()).isEqualTo(RunKind.WHOLE);
      assertThat(batch.runs().get(0).changes()).hasSize(4);
      assertThat(batch.runs().get(0).failed()).containsExactly("whole");
      assertThat(batch.runs().get(1).kind()).isEqualTo(RunKind.BASE);
      assertThat(batch.runs().get(1).outcome()).isEqualTo(RunOutcome.PASSED);
      assertThat(batch.asked())
          .containsExactly(
              "main passed at the same base",
              "whole failed twice on the same commit, and is not known to fail by chance");
      assertThat(fate(engine, batch, "T-3")).isEqualTo(Fate.CULPRIT);
      assertThat(batch.members().stream().filter(m -> m.fate() == Fate.CULPRIT)).hasSize(1);
      assertThat(batch.text())
          .startsWith("#" + change(engine, "T-3").number() + " is the culprit, found in ");
      assertThat(merges()).containsExactlyInAnyOrder("T-1", "T-2", "T-3", "T-4");
      assertThat(sandbox.git("ls-tree", "--name-only", "main")).doesNotContain("bad.txt");
      assertThat(sandbox.git("status", "--porcelain")).isEmpty();
      for (var merge : engine.query(new MergeQuery.Merges(0))) {
        assertThat(merge.get("same").asBoolean()).isTrue();
        assertThat(merge.get("unexplained").size()).isZero();
      }
      assertThat(Files.readString(folder.resolve("T-3.2")))
          .contains("Merged onto main, your work failed whole: exit 1")
          .contains("bad.txt:1 is here")
          .contains("Without your work main passes")
          .contains("What you add to it: git diff ");
    }
  }

  @Test
  void aGateThatFailsByChanceEvictsNobodyAndIsKnownForIt() throws Exception {
    String once =
        "'if [ -e \""
            + folder
            + "/failed\" ]; then exit 0; fi; touch \""
            + folder
            + "/failed\"; exit 1'";
    try (Engine engine = inLine(4, "echo x > $HIVEDECK_TASK.txt\n", once)) {
      go(engine);
      TestRepository.await("all", engine, () -> count(engine, ChangeState.MERGED) == 4);
      var batch = first(engine);
      assertThat(batch.state()).isEqualTo(BatchState.MERGED);
      assertThat(batch.members()).allMatch(m -> m.fate() == Fate.MERGED);
      assertThat(batch.runs()).extracting(r -> r.kind().word()).contains("whole", "base", "again");
      assertThat(batch.asked()).contains("whole failed by chance: it passed when it was run again");
      assertThat(TestRepository.tasks(engine)).allMatch(t -> t.attempts() == 1);
    }
  }

  @Test
  void whereMainFailsNobodyIsBlamedAndWhatMendsItGoesFirst() throws Exception {
    String agent =
        "if [ $HIVEDECK_TASK = T-3 ]; then rm work.txt; else echo x > $HIVEDECK_TASK.txt; fi\n";
    try (Engine engine = inLine(3, agent, "'test ! -e work.txt'")) {
      go(engine);
      TestRepository.await("all", engine, () -> count(engine, ChangeState.MERGED) == 3);
      var batch = first(engine);
      if (fate(engine, batch, "T-3") != batch.members().getFirst().fate()) {
        assertThat(batch.state()).isEqualTo(BatchState.FAILED); // T-3 stood in the middle
      }
      assertThat(TestRepository.tasks(engine)).allMatch(t -> t.attempts() == 1);
    }
  }

  @Test
  void aMainThatStaysBrokenKeepsAllInLineAndSaysSo() throws Exception {
    try (Engine engine = inLine(3, "echo x > $HIVEDECK_TASK.txt\n", "'test ! -e work.txt'")) {
      go(engine);
      TestRepository.await(
          "all wait",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .allMatch(
                      c ->
                          c.state() == ChangeState.QUEUED
                              && c.verdict()
                                  .text()
                                  .contains("main itself fails gate whole; what")));
      assertThat(first(engine).state()).isEqualTo(BatchState.MAIN_FAILS);
      assertThat(first(engine).text())
          .isEqualTo("main itself fails gate whole: nobody is to blame");
      assertThat(merges()).isEmpty();
    }
  }

  @Test
  void aMainThatFailsIsJudgedOnceAndTheQueueSaysSo() throws Exception {
    String gate = "'git rev-parse HEAD >> \"" + folder + "/judged\"; test ! -e work.txt || exit 1'";
    String agent =
        "if [ $HIVEDECK_TASK = T-4 ]; then rm work.txt; else echo x > $HIVEDECK_TASK.txt; fi\n";
    try (Engine engine = inLine(3, agent, gate)) {
      String tip = sandbox.git("rev-parse", "main");
      go(engine);
      TestRepository.await(
          "all wait",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .allMatch(
                      c -> c.verdict().text().contains("main itself fails gate whole; what")));
      assertThat(Files.readAllLines(folder.resolve("judged")).stream().filter(tip::equals))
          .as("main is judged once, whoever asks")
          .hasSize(1);
      var red = engine.query(new MergeQuery.Queue()).get("red");
      assertThat(red.get("commit").asText()).isEqualTo(tip);
      assertThat(red.at("/gates/0").asText()).isEqualTo("whole");
      assertThat(Instant.parse(red.get("again").asText()))
          .isAfter(Instant.parse(red.get("since").asText()));
      engine.execute(
          new Command.ImportPlan(
              "more.yaml",
              "plan: Q\ntasks:\n  - { id: T-4, title: Mend it, agent: a, prompt: x }\n"),
          null);
      TestRepository.await("all", engine, () -> count(engine, ChangeState.MERGED) == 4);
      assertThat(engine.query(new MergeQuery.Queue()).has("red")).isFalse();
    }
  }

  @Test
  void aMainThatIsMendedByHandIsNotSaidToFailAndWhatWaitedGoesOn() throws Exception {
    try (Engine engine = inLine(2, "echo x > $HIVEDECK_TASK.txt\n", "'test ! -e work.txt'")) {
      go(engine);
      TestRepository.await(
          "all wait",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .allMatch(
                      c -> c.verdict().text().contains("main itself fails gate whole; what")));
      engine.execute(new MergeCommand.Freeze("nothing else may mend it"), null);
      sandbox.git("rm", "-q", "work.txt");
      sandbox.commit("Mend it by hand");
      TestRepository.await(
          "not red", engine, () -> !engine.query(new MergeQuery.Queue()).has("red"));
      assertThat(engine.query(new Query.Events(0, 5_000)).findValuesAsText("text"))
          .contains("main moved: its gates are asked anew")
          .doesNotContain("main passes its gates again");
      go(engine);
      TestRepository.await("all", engine, () -> count(engine, ChangeState.MERGED) == 2);
    }
  }

  @Test
  void whatCannotBeMergedLeavesTheBatchBeforeTheGatesAndDoesNotLoopForEver() throws Exception {
    String agent =
        "case $HIVEDECK_TASK in T-2) echo mine > work.txt;; *) echo x > $HIVEDECK_TASK.txt;;"
            + " esac\n";
    try (Engine engine = inLine(3, agent, "'true'")) {
      for (int round = 1; round <= 4; round++) {
        sandbox.write("work.txt", "yours " + round + "\n");
        sandbox.commit("By hand");
        go(engine);
        int rounds = round;
        TestRepository.await(
            "conflict",
            engine,
            () ->
                engine.query(new Query.Events(0, 5_000)).findValuesAsText("type").stream()
                        .filter("change.conflicted"::equals)
                        .count()
                    >= rounds);
        if (round < 4) {
          engine.execute(new MergeCommand.Freeze("until it is back"), null);
          TestRepository.await(
              "back in line", engine, () -> change(engine, "T-2").state() == ChangeState.QUEUED);
        }
      }
      var batch = first(engine);
      assertThat(batch.state()).isEqualTo(BatchState.MERGED);
      assertThat(fate(engine, batch, "T-1")).isEqualTo(Fate.MERGED);
      assertThat(fate(engine, batch, "T-2")).isEqualTo(Fate.LEFT);
      assertThat(fate(engine, batch, "T-3")).isEqualTo(Fate.MERGED);
      assertThat(batch.runs().getFirst().changes()).hasSize(2);
      var stuck = change(engine, "T-2");
      assertThat(stuck.state()).isEqualTo(ChangeState.CONFLICTED);
      assertThat(stuck.verdict().holder()).isEqualTo(Holder.YOU);
      assertThat(stuck.reason()).contains("for the 4th time");
    }
  }

  @Test
  void whereNoGateJudgesABatchItSaysThatNothingWasChecked() throws Exception {
    try (Engine engine = inLine(2, "echo x > $HIVEDECK_TASK.txt\n", "")) {
      go(engine);
      TestRepository.await("all", engine, () -> count(engine, ChangeState.MERGED) == 2);
      assertThat(first(engine).runs())
          .singleElement()
          .satisfies(run -> assertThat(run.outcome()).isEqualTo(RunOutcome.UNCHECKED));
    }
  }

  /** What was judged when the engine ended says nothing: the batch begins anew. */
  @Test
  void aBatchThatIsCutOffBeginsAnewAndLosesNothing() throws IOException {
    Path go = folder.resolve("go");
    String gate = "'until [ -e \"" + go + "\" ]; do sleep 0.05; done'";
    try (Engine engine = inLine(3, "echo x > $HIVEDECK_TASK.txt\n", gate)) {
      go(engine);
      TestRepository.await(
          "judged", engine, () -> batches(engine).stream().anyMatch(b -> !b.runs().isEmpty()));
      assertThat(count(engine, ChangeState.MERGING)).isEqualTo(3);
    }
    Files.createFile(go);
    try (Engine engine = sandbox.open()) {
      TestRepository.await("all", engine, () -> count(engine, ChangeState.MERGED) == 3);
      TestRepository.await("told", engine, () -> batches(engine).getLast().endedAt() != null);
      assertThat(batches(engine)).extracting(b -> b.state().word()).contains("stopped");
      assertThat(batches(engine)).allMatch(b -> b.state() != BatchState.FAILED);
      assertThat(merges()).containsExactlyInAnyOrder("T-1", "T-2", "T-3");
      assertThat(TestRepository.tasks(engine)).allMatch(t -> t.attempts() == 1);
    }
  }
}
