package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hivedeck.engine.change.UnrecordedMerges;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Backups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ledger that does not know what main has: a copy from before, or a new one. */
@Timeout(120)
class FoundMergesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"a copy from before the merges", "a new ledger, and the plan once more"})
  void whatIsOnMainIsNotDoneAgain(String which) throws IOException {
    var sandbox = EngineTest.twentyTasksOnEightAgents(folder);
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(new Command.ImportPlan("plan.yaml", EngineTest.plan(2)), null);
    }
    Path database = database();
    Path copy = Files.copy(database, folder.resolve("copy.db"));
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.StartHive(2), null);
      TestRepository.await("merged", engine, () -> merged(engine) == 2);
      engine.execute(new Command.PauseHive(), null);
    }
    String tip = sandbox.git("rev-parse", "main");
    forget(database);
    boolean restored = which.startsWith("a copy");
    if (restored) {
      Files.copy(copy, database);
    }
    try (Engine engine = sandbox.open()) {
      if (!restored) {
        engine.execute(
            new Command.ImportPlan(
                "plan.yaml", EngineTest.plan(2).replace("Write file 1\n", "Another\n")),
            null);
        assertThat(merged(engine)).as("a task of the same name is another task").isEqualTo(1);
        engine.execute(new Command.ImportPlan("plan.yaml", EngineTest.plan(2)), null);
      }
      assertThat(TestRepository.tasks(engine)).hasSize(2).allMatch(TaskViews.Task::merged);
      assertThat(TestRepository.changes(engine))
          .allSatisfy(
              change -> {
                assertThat(change.state()).isEqualTo(ChangeViews.ChangeState.MERGED);
                assertThat(sandbox.git("branch", "--contains", change.merge())).contains("main");
                assertThat(change.mergedAt().getEpochSecond())
                    .as("when it was, not when it was found")
                    .isEqualTo(
                        Long.parseLong(sandbox.git("show", "-s", "--format=%ct", change.merge())));
              });
      engine.execute(new Command.Reconcile(), null);
      assertThat(sandbox.git("rev-parse", "main")).isEqualTo(tip);
    }
  }

  /** The daily copy is made while work goes on, and what it shows ends on main soon after. */
  @ParameterizedTest
  @ValueSource(strings = {"at work", "asks", "in review", "sent back"})
  void norIsWhatWasUnderWayWhenTheCopyWasMade(String when) throws IOException {
    Path go = folder.resolve("go");
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents: { a: { driver: command, run: sh tools/agent.sh } }
        decisions: { default: { human: required } }
        """);
    sandbox.write(
        "tools/agent.sh",
        """
        echo $HIVEDECK_ATTEMPT > made.txt
        case '%s' in asks) echo '{"hivedeck":"ask","question":"Which?","options":["a","b"]}';; esac
        until [ -e '%s' ]; do sleep 0.02; done
        """
            .formatted(when, go));
    sandbox.commit("An agent that waits");
    Path copy = folder.resolve("copy.db");
    if (!List.of("at work", "asks").contains(when)) {
      Files.createFile(go);
    }
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(
          new Command.ImportPlan(
              "plan.yaml", "plan: P\ntasks: [{ id: T-1, title: Make it, prompt: Make it. }]\n"),
          null);
      engine.execute(new Command.StartHive(1), null);
      switch (when) {
        case "at work" -> is(engine, TaskState.RUNNING);
        case "asks" -> is(engine, TaskState.WAITING);
        case "in review" -> is(engine, TaskState.DONE);
        default -> {
          is(engine, TaskState.DONE);
          Files.delete(go);
          var change = TestRepository.changes(engine).getFirst();
          engine.execute(new Command.ReturnChange(change.id(), "More.", List.of()), null);
          is(engine, TaskState.RUNNING);
        }
      }
      new Backups(database(), Clock.systemUTC()).copy(copy);
      if (when.equals("asks")) {
        var asked = TestRepository.decisions(engine).getFirst();
        engine.execute(new Command.Decide(asked.id(), "a", null), null);
      }
      if (Files.notExists(go)) {
        Files.createFile(go);
      }
      is(engine, TaskState.DONE);
      engine.execute(new Command.MergeChange(TestRepository.changes(engine).getFirst().id()), null);
      TestRepository.await("merged", engine, () -> merged(engine) == 1);
    }
    String tip = sandbox.git("rev-parse", "main");
    Path database = database();
    forget(database);
    Files.copy(copy, database);
    Files.delete(go);
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.Reconcile(), null);
      if (drifts(engine).contains("main-moved")) { // an agent was at work when the copy was made
        engine.execute(new Command.Repair("main-moved", "keep"), null);
        engine.execute(new Command.Reconcile(), null);
      }
      TestRepository.await("known", engine, () -> merged(engine) == 1);
      assertThat(sandbox.git("rev-parse", "main")).isEqualTo(tip);
      var change = TestRepository.changes(engine).getFirst();
      assertThat(change.state()).isEqualTo(ChangeViews.ChangeState.MERGED);
      assertThat(change.merge()).isEqualTo(tip);
      assertThat(engine.query(new Query.Attempts("T-1")).findValuesAsText("state"))
          .as("nobody is at it")
          .doesNotContain("preparing", "working", "checking");
      assertThat(TestRepository.decisions(engine))
          .noneMatch(d -> d.state() == DecisionViews.DecisionState.OPEN);
    }
  }

  private static void is(Engine engine, TaskState state) {
    TestRepository.await(
        state.word(), engine, () -> TestRepository.task(engine, "T-1").state() == state);
  }

  private static List<String> drifts(Engine engine) {
    return engine.snapshot(Set.of(Topic.DRIFT)).things().get(Topic.DRIFT).stream()
        .map(DriftViews.Drift.class::cast)
        .map(DriftViews.Drift::id)
        .toList();
  }

  @Test
  void aRevertThatWasRevertedTakesNothingBack() {
    var sandbox = new TestRepository(folder);
    sandbox.git("switch", "-q", "-c", "work");
    sandbox.write("made.txt", "made\n");
    sandbox.commit("Work");
    sandbox.git("switch", "-q", "main");
    String message = "Merge #1 T-1: Make it\n\nHivedeck-Task: T-1\nHivedeck-Attempt: T-1.1";
    sandbox.git("merge", "-q", "--no-ff", "-m", message, "work");
    var repository = Repository.open(sandbox.repository, "main");
    assertThat(RecordedMerges.of(repository, null)).hasSize(1);
    sandbox.git("-c", "revert.reference=true", "revert", "--no-edit", "-m", "1", "HEAD");
    assertThat(RecordedMerges.of(repository, null)).isEmpty();
    sandbox.git("revert", "--no-edit", "HEAD");
    assertThat(RecordedMerges.of(repository, null)).hasSize(1);
    sandbox.git("revert", "--no-edit", "HEAD");
    assertThat(RecordedMerges.of(repository, null)).isEmpty();
  }

  /** An engine starts all the same: what could not be read, or was in doubt, is asked again. */
  @Test
  void theyAreToldOnceMainCanBeReadAndIsRight() {
    var sandbox = new TestRepository(folder);
    sandbox.git("switch", "-q", "-c", "work");
    sandbox.git("commit", "-q", "--allow-empty", "-m", "Work");
    sandbox.git("switch", "-q", "main");
    sandbox.git(
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "Merge #1 T-1: Make it\n\nHivedeck-Task: T-1\nHivedeck-Attempt: T-1.1",
        "work");
    var doubted = new AtomicBoolean(true);
    var found =
        new UnrecordedMerges(Repository.open(sandbox.repository, "main"), doubted::get, null);
    assertThat(found.look()).isEmpty();
    doubted.set(false);
    sandbox.git("branch", "-m", "main", "away");
    assertThat(found.look()).isEmpty();
    sandbox.git("branch", "-m", "away", "main");
    assertThat(found.look()).extracting("task", "title").containsExactly(tuple("T-1", "Make it"));
    assertThat(found.look()).as("told once").isEmpty();
    assertThat(found.all()).as("for new tasks").hasSize(1);
  }

  private Path database() {
    try (var files = Files.walk(folder.resolve("home"), 3)) {
      return files.filter(f -> f.getFileName().toString().equals("hive.db")).findFirst().get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void forget(Path database) throws IOException {
    for (String end : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(database.resolveSibling(database.getFileName() + end));
    }
    Folders.delete(database.resolveSibling("backups"));
  }

  private static long merged(Engine engine) {
    return TestRepository.tasks(engine).stream().filter(TaskViews.Task::merged).count();
  }
}
