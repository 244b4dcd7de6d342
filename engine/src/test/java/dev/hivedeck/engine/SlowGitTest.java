package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.hivedeck.engine.protocol.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One git that takes its time keeps nobody waiting but the attempt that it is for. */
class SlowGitTest {
  @TempDir Path folder;
  private Path holds;
  private Path begun;

  /**
   * A repository whose git waits in a filter, as one of git-lfs does for its server, for as long as
   * there is the file {@code holds}.
   *
   * @param way {@code clean} or {@code smudge}
   * @param where the folders in which it waits, as a pattern of the shell
   */
  private TestRepository waiting(String way, String where, String hive, String agent)
      throws Exception {
    holds = Files.createFile(folder.resolve("holds"));
    begun = folder.resolve("begun");
    var sandbox = new TestRepository(folder);
    sandbox.write(".gitattributes", "*.slow filter=slow\n");
    sandbox.write(".hivedeck/hive.yaml", hive);
    sandbox.write("tools/agent.sh", agent);
    sandbox.commit("Set up");
    Path filter = folder.resolve("filter.sh");
    Files.writeString(
        filter,
        "case $PWD in %s) touch '%s'; while [ -e '%s' ]; do sleep 0.05; done;; esac; cat\n"
            .formatted(where, begun, holds));
    sandbox.git("config", "filter.slow." + way, "sh '" + filter + "'");
    return sandbox;
  }

  @Test
  void whatPeopleSteerIsAnsweredWhileAnAttemptIsBusyWithGit() throws Exception {
    var sandbox =
        waiting(
            "clean",
            "*",
            """
            version: 1
            agents:
              slow: { driver: command, run: sh tools/agent.sh }
              other: { driver: command, run: "true" }
            budgets: { attempt: { tokens: 1000 } }
            """,
            """
            echo work > work.slow
            echo '{"hivedeck":"usage","in":950,"out":0,"cost":0}'
            sleep 100
            """);
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(
          engine, "plan: P\ntasks: [{ id: T-1, title: One, agent: slow, prompt: Do it. }]\n", 1);
      TestRepository.await("git is at it", engine, () -> Files.exists(begun));
      assertTimeoutPreemptively(
          Duration.ofSeconds(30),
          () -> {
            engine.execute(new Command.CancelTask("T-1"), null);
            engine.execute(new Command.PauseAgent("other"), null);
            engine.stats();
          });
      assertThat(holds).as("git still holds").exists();
      Files.delete(holds);
      TestRepository.await("it ends", engine, () -> engine.stats().running() == 0);
    } finally {
      Files.deleteIfExists(holds);
    }
  }

  /** One whose own checkout of what agents write is slow. */
  private TestRepository slowCheckout() throws Exception {
    return waiting(
        "smudge",
        "'" + folder.resolve("their repo") + "'",
        """
        version: 1
        agents:
          a: { driver: command, run: sh tools/agent.sh }
        decisions: { default: { human: none } }
        """,
        "echo $HIVEDECK_TASK > $HIVEDECK_TASK.slow\n");
  }

  @Test
  void aSlowCheckoutOfTheUsersKeepsNobodyFromWorkAndFromTheEnd() throws Exception {
    var sandbox = slowCheckout();
    Engine engine = sandbox.open(100, false); // so that it waits for less than a second
    try {
      TestRepository.trust(engine);
      engine.execute(
          new Command.ImportPlan(
              "plan.yaml",
              "plan: P\ntasks: [{ id: T-1, title: One, agent: a, prompt: x },"
                  + " { id: T-2, title: Two, agent: a, needs: [T-1], prompt: x }]\n"),
          null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("git is at it", engine, () -> Files.exists(begun));
      TestRepository.await(
          "the other is merged", engine, () -> TestRepository.task(engine, "T-2").merged());
      assertThat(holds).as("git still holds").exists();
      assertTimeoutPreemptively(Duration.ofSeconds(60), engine::close);
    } finally {
      Files.deleteIfExists(holds);
      engine.close();
    }
    try (Engine next = sandbox.open()) {
      TestRepository.await(
          "it is brought up later",
          next,
          () -> Files.exists(sandbox.repository.resolve("T-2.slow")));
    }
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void aCheckoutThatIsBroughtUpIsLetFinishAtTheEndAndTold() throws Exception {
    var sandbox = slowCheckout();
    Engine engine = sandbox.open();
    try {
      TestRepository.begin(
          engine, "plan: P\ntasks: [{ id: T-1, title: One, agent: a, prompt: x }]\n", 1);
      TestRepository.await("git is at it", engine, () -> Files.exists(begun));
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      var answer = engine.execute(new Command.StopEngine(), null);
      assertThat(answer.path("waitsFor").asText())
          .isEqualTo("the checkout in " + sandbox.repository + " is brought up");
      TestRepository.await("it ends", engine, engine::closing);
      Files.delete(holds);
      engine.awaitClosed();
    } finally {
      Files.deleteIfExists(holds);
      engine.close();
    }
    assertThat(sandbox.repository.resolve("T-1.slow")).exists();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void filesOfACheckoutAreBroughtAlongBeforeMainIsMoved() throws Exception {
    var sandbox = slowCheckout();
    Path main = folder.resolve("main");
    Path filter = folder.resolve("filter.sh");
    Files.writeString(
        filter,
        Files.readString(filter)
            .replace("while", "git rev-parse refs/heads/main > '%s'; while".formatted(main)));
    String before = sandbox.git("rev-parse", "main");
    Engine engine = sandbox.open();
    try {
      TestRepository.begin(
          engine, "plan: P\ntasks: [{ id: T-1, title: One, agent: a, prompt: x }]\n", 1);
      TestRepository.await("git is at it", engine, () -> Files.exists(begun));
      assertThat(sandbox.repository.resolve(".git/index.lock"))
          .as("no git of the user's comes in between")
          .exists();
      Files.delete(holds);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(main).hasContent(before);
    } finally {
      Files.deleteIfExists(holds);
      engine.close();
    }
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.repository.resolve("T-1.slow")).exists();
  }
}
