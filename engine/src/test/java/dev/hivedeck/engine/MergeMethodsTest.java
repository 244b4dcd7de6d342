package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes come to main as the workspace wants it, and are found there whatever happens. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class MergeMethodsTest {
  private static final String AGENT =
      "echo x > $HIVEDECK_TASK.txt\ngit add -A\ngit commit -q -m 'Begin it'\n"
          + "echo y >> $HIVEDECK_TASK.txt\n";

  @TempDir Path folder;

  private static boolean merged(Engine engine, int count) {
    var all = TestRepository.changes(engine);
    return all.stream().filter(c -> c.state() == ChangeState.MERGED).count() == count;
  }

  private static ChangeViews.Change change(Engine engine, String task) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.task().equals(task))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"squash", "rebase"})
  void aChangeIsMergedProvenFoundAfterAKillAndTakenBack(String method) throws Exception {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ndefaults: { attempts: 1, timeout: 30s }\nchanges: { merge: { method: "
            + method
            + " } }\nagents: { a: { driver: command, run: sh tools/agent.sh } }\n"
            + "decisions: { default: { human: none } }\n");
    sandbox.write("tools/agent.sh", AGENT);
    sandbox.commit("Set up");
    String before = sandbox.git("rev-parse", "main");
    String tip;
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      engine.execute(
          new Command.ImportPlan(
              "plan.yaml",
              "plan: P\ntasks:\n  - { id: T-1, title: Task 1, agent: a, prompt: x }\n"
                  + "  - { id: T-2, title: Task 2, agent: a, prompt: x }\n"),
          null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("merged", engine, () -> merged(engine, 2));
      tip = sandbox.git("rev-parse", "main");
      int commits = method.equals("squash") ? 2 : 4;
      assertThat(sandbox.git("rev-list", "--count", before + ".." + tip))
          .isEqualTo(Integer.toString(commits));
      assertThat(sandbox.git("rev-list", "--merges", before + ".." + tip)).isEmpty();
      assertThat(sandbox.git("status", "--porcelain")).isEmpty();
      TestRepository.await(
          "its branches go", engine, () -> sandbox.git("branch", "--list", "hive/*").isEmpty());
      for (var merge : engine.query(new MergeQuery.Merges(0))) {
        assertThat(merge.get("same").asBoolean()).isTrue();
        assertThat(merge.get("unexplained").size()).isZero();
        assertThat(merge.get("paths").asInt()).isEqualTo(1);
      }
      var diff = engine.query(new Query.Diff(change(engine, "T-2").id(), null, null, 0));
      assertThat(diff.get("files").size()).isEqualTo(1);
      assertThat(diff.get("files").get(0).toString()).contains("T-2.txt");
      engine.execute(new Command.PauseHive(), null);
    }
    // Killed between the move of main and the line in the ledger that tells of it.
    try (var files = Files.walk(folder.resolve("home"), 3);
        var sql =
            DriverManager.getConnection(
                "jdbc:sqlite:" + files.filter(f -> f.endsWith("hive.db")).findFirst().get());
        var statement = sql.createStatement()) {
      statement.execute("UPDATE change SET state = 'merging', merge = NULL WHERE task = 'T-2'");
      statement.execute("UPDATE task SET merged = 0 WHERE id = 'T-2'");
      statement.execute("DELETE FROM merge WHERE id = 2");
    }
    try (Engine engine = sandbox.open()) {
      TestRepository.await("found", engine, () -> merged(engine, 2));
      assertThat(change(engine, "T-2").merge()).isEqualTo(tip);
      assertThat(engine.query(new MergeQuery.Merges(0)).size()).isEqualTo(2);
      assertThat(sandbox.git("rev-parse", "main")).isEqualTo(tip);

      engine.execute(new MergeCommand.Revert(change(engine, "T-1").id(), "too early"), null);
      TestRepository.await("taken back", engine, () -> merged(engine, 3));
      assertThat(sandbox.git("diff", "--name-status", before, "main")).isEqualTo("A\tT-2.txt");
    }
  }
}
