package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hivedeck.engine.change.FoundMerges;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.repository.Merges;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.TaskState;
import dev.hivedeck.engine.store.Backups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
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
    var sandbox = HiveTest.twentyTasksOnEightAgents(folder);
    try (Hive hive = sandbox.open()) {
      hive.execute(new Command.Trust(hive.consent().digest()), null);
      hive.execute(new Command.ImportPlan("plan.yaml", HiveTest.plan(2)), null);
    }
    Path database = database();
    Path copy = Files.copy(database, folder.resolve("copy.db"));
    try (Hive hive = sandbox.open()) {
      hive.execute(new Command.StartHive(2), null);
      Sandbox.await("merged", hive, () -> merged(hive) == 2);
      hive.execute(new Command.PauseHive(), null);
    }
    String tip = sandbox.git("rev-parse", "main");
    forget(database);
    boolean restored = which.startsWith("a copy");
    if (restored) {
      Files.copy(copy, database);
    }
    try (Hive hive = sandbox.open()) {
      if (!restored) {
        hive.execute(
            new Command.ImportPlan(
                "plan.yaml", HiveTest.plan(2).replace("Write file 1\n", "Another\n")),
            null);
        assertThat(merged(hive)).as("a task of the same name is another task").isEqualTo(1);
        hive.execute(new Command.ImportPlan("plan.yaml", HiveTest.plan(2)), null);
      }
      assertThat(Sandbox.tasks(hive)).hasSize(2).allMatch(Views.Task::merged);
      assertThat(Sandbox.changes(hive))
          .allSatisfy(
              change -> {
                assertThat(change.state()).isEqualTo(Views.ChangeState.MERGED);
                assertThat(sandbox.git("branch", "--contains", change.merge())).contains("main");
              });
      hive.execute(new Command.Reconcile(), null);
      assertThat(sandbox.git("rev-parse", "main")).isEqualTo(tip);
    }
  }

  /** The daily copy is made while work goes on, and what it shows ends on main soon after. */
  @ParameterizedTest
  @ValueSource(strings = {"at work", "asks", "in review", "sent back"})
  void norIsWhatWasUnderWayWhenTheCopyWasMade(String when) throws IOException {
    Path go = folder.resolve("go");
    var sandbox = new Sandbox(folder);
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
    try (Hive hive = sandbox.open()) {
      hive.execute(new Command.Trust(hive.consent().digest()), null);
      hive.execute(
          new Command.ImportPlan(
              "plan.yaml", "plan: P\ntasks: [{ id: T-1, title: Make it, prompt: Make it. }]\n"),
          null);
      hive.execute(new Command.StartHive(1), null);
      switch (when) {
        case "at work" -> is(hive, TaskState.RUNNING);
        case "asks" -> is(hive, TaskState.WAITING);
        case "in review" -> is(hive, TaskState.DONE);
        default -> {
          is(hive, TaskState.DONE);
          Files.delete(go);
          var change = Sandbox.changes(hive).getFirst();
          hive.execute(new Command.ReturnChange(change.id(), "More.", List.of()), null);
          is(hive, TaskState.RUNNING);
        }
      }
      new Backups(database(), Clock.systemUTC()).copy(copy);
      if (when.equals("asks")) {
        var asked = Sandbox.decisions(hive).getFirst();
        hive.execute(new Command.Decide(asked.id(), "a", null), null);
      }
      if (Files.notExists(go)) {
        Files.createFile(go);
      }
      is(hive, TaskState.DONE);
      hive.execute(new Command.MergeChange(Sandbox.changes(hive).getFirst().id()), null);
      Sandbox.await("merged", hive, () -> merged(hive) == 1);
    }
    String tip = sandbox.git("rev-parse", "main");
    Path database = database();
    forget(database);
    Files.copy(copy, database);
    Files.delete(go);
    try (Hive hive = sandbox.open()) {
      hive.execute(new Command.Reconcile(), null);
      if (drifts(hive).contains("main-moved")) { // an agent was at work when the copy was made
        hive.execute(new Command.Repair("main-moved", "keep"), null);
        hive.execute(new Command.Reconcile(), null);
      }
      Sandbox.await("known", hive, () -> merged(hive) == 1);
      assertThat(sandbox.git("rev-parse", "main")).isEqualTo(tip);
      var change = Sandbox.changes(hive).getFirst();
      assertThat(change.state()).isEqualTo(Views.ChangeState.MERGED);
      assertThat(change.merge()).isEqualTo(tip);
      assertThat(hive.query(new Query.Attempts("T-1")).findValuesAsText("state"))
          .as("nobody is at it")
          .doesNotContain("preparing", "working", "checking");
      assertThat(Sandbox.decisions(hive)).noneMatch(d -> d.state() == Views.DecisionState.OPEN);
    }
  }

  private static void is(Hive hive, TaskState state) {
    Sandbox.await(state.word(), hive, () -> Sandbox.task(hive, "T-1").state() == state);
  }

  private static List<String> drifts(Hive hive) {
    return hive.snapshot(EnumSet.of(Topic.DRIFT)).things().get(Topic.DRIFT).stream()
        .map(Views.Drift.class::cast)
        .map(Views.Drift::id)
        .toList();
  }

  @Test
  void aRevertThatWasRevertedTakesNothingBack() {
    var sandbox = new Sandbox(folder);
    sandbox.git("switch", "-q", "-c", "work");
    sandbox.write("made.txt", "made\n");
    sandbox.commit("Work");
    sandbox.git("switch", "-q", "main");
    String message = "Merge #1 T-1: Make it\n\nHivedeck-Task: T-1\nHivedeck-Attempt: T-1.1";
    sandbox.git("merge", "-q", "--no-ff", "-m", message, "work");
    var repository = Repository.open(sandbox.repository, "main");
    assertThat(Merges.of(repository, null)).hasSize(1);
    sandbox.git("-c", "revert.reference=true", "revert", "--no-edit", "-m", "1", "HEAD");
    assertThat(Merges.of(repository, null)).isEmpty();
    sandbox.git("revert", "--no-edit", "HEAD");
    assertThat(Merges.of(repository, null)).hasSize(1);
    sandbox.git("revert", "--no-edit", "HEAD");
    assertThat(Merges.of(repository, null)).isEmpty();
  }

  /** An engine starts all the same: what could not be read, or was in doubt, is asked again. */
  @Test
  void theyAreToldOnceMainCanBeReadAndIsRight() {
    var sandbox = new Sandbox(folder);
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
    var found = new FoundMerges(Repository.open(sandbox.repository, "main"), doubted::get, null);
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

  private static long merged(Hive hive) {
    return Sandbox.tasks(hive).stream().filter(Views.Task::merged).count();
  }
}
