package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hivedeck.engine.change.FoundMerges;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.worktree.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
      hive.execute(new Command.Work(2), null);
      Sandbox.await("merged", hive, () -> merged(hive) == 2);
      hive.execute(new Command.Rest(), null);
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

  private Path database() throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(f -> f.getFileName().toString().equals("hive.db")).findFirst().get();
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
