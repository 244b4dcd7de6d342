package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.process.ProcessTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine is killed in the middle of its work, without a warning, again and again. */
class CrashTest {
  private static final int TASKS = TestSize.times(8);
  private static final int KILLS = TestSize.times(2);

  @TempDir Path folder;

  private Process engine(TestRepository sandbox) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            CrashEngine.class.getName(),
            sandbox.repository.toString(),
            sandbox.home.toString(),
            Integer.toString(TASKS))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void everyTaskIsOnMainExactlyOnceHoweverOftenTheEngineIsKilled() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var sandbox = EngineTest.twentyTasksOnEightAgents(folder);
    sandbox.write(
        "tools/agent.sh", EngineTest.AGENT.replace("sleep 0.05", "sleep 0.2; setsid sleep 60 &"));
    sandbox.commit("Agents that leave something running");
    for (int kill = 1; kill <= KILLS; kill++) {
      Process process = engine(sandbox);
      try (BufferedReader out = process.inputReader()) {
        int wanted = kill * TASKS / (KILLS + 1);
        String line = out.readLine();
        while (line != null && Integer.parseInt(line) < wanted) {
          line = out.readLine();
        }
        // Anywhere in what it does next: preparing, working, in its gates, merging.
        Thread.sleep(random.nextInt(400));
      }
      process.destroyForcibly().waitFor();
    }
    Process last = engine(sandbox);
    try (BufferedReader out = last.inputReader()) {
      assertThat(out.lines().reduce((a, b) -> b))
          .as("seed %d", seed)
          .contains(Integer.toString(TASKS));
    }
    assertThat(last.waitFor(60, TimeUnit.SECONDS)).as("seed %d", seed).isTrue();

    var merges =
        sandbox
            .git(
                "log",
                "--merges",
                "--format=%(trailers:key=Hivedeck-Task,valueonly,separator=)",
                "main")
            .lines()
            .filter(l -> !l.isBlank())
            .toList();
    assertThat(merges).as("seed %d", seed).hasSize(TASKS).doesNotHaveDuplicates();
    for (int i = 1; i <= TASKS; i++) {
      assertThat(sandbox.git("show", "main:out/T-" + i + ".txt")).isEqualTo("work of T-" + i);
    }
    assertThat(sandbox.git("status", "--porcelain")).as("seed %d", seed).isEmpty();
    assertThat(sandbox.repository.resolve("out/T-" + TASKS + ".txt")).as("seed %d", seed).exists();
    assertThat(sandbox.git("worktree", "list").lines()).as("seed %d", seed).hasSize(1);
    sandbox.git("fsck", "--strict");
    assertThat(ProcessTree.carrying())
        .as("seed %d", seed)
        .noneMatch(p -> p.folder() != null && p.folder().startsWith(folder));
  }
}
