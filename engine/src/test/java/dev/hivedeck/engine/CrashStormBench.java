package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.store.Backups;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A storm of kills over a real engine, a real disk and real agents: {@code mvn -Pbench verify
 * -Dtest=CrashStormBench -Dhivedeck.kills=1000}. Between two lives of the engine a worktree may
 * vanish; while it lives, its agents or itself may freeze. After each round of tasks nothing may be
 * lost, doubled or left behind. A failing run names its seed: {@code -Dhivedeck.seed}.
 */
@Tag("bench")
class CrashStormBench {
  private static final int KILLS = Integer.getInteger("hivedeck.kills", 20);
  private static final int TASKS = Integer.getInteger("hivedeck.tasks", 60);
  private static final int WAITING = Integer.getInteger("hivedeck.waiting", 10_000);
  @TempDir Path folder;

  @Test
  void nothingIsLostOrDoubledInAStormOfKills() throws Exception {
    long seed = Long.getLong("hivedeck.seed", System.nanoTime());
    var random = new Random(seed);
    var ready = new ArrayList<Double>();
    int kills = 0;
    int rounds = 0;
    long merged = 0;
    while (kills < KILLS) {
      var round = folder.resolve("round-" + ++rounds);
      var sandbox = HiveTest.twentyTasksOnEightAgents(round);
      sandbox.write(
          "tools/agent.sh", HiveTest.AGENT.replace("sleep 0.05", "sleep 0.3; setsid sleep 60 &"));
      sandbox.commit("Agents that leave something running");
      var before = sandbox.checkout();
      boolean done = false;
      boolean first = true;
      while (!done) {
        long began = System.nanoTime();
        var process = engine(sandbox);
        try (BufferedReader out = process.inputReader()) {
          var line = out.readLine();
          assertThat(line).as("seed %d: the engine starts again", seed).isNotNull();
          if (!first) {
            ready.add((System.nanoTime() - began) / 1e6);
          }
          first = false;
          if (kills < KILLS) {
            long until = System.nanoTime() + (random.nextInt(1_800) + 50) * 1_000_000L;
            if (random.nextInt(5) == 0) {
              signal("-STOP", process.pid());
              Thread.sleep(random.nextInt(500));
              signal("-CONT", process.pid());
            }
            while (line != null && System.nanoTime() < until) {
              line = out.readLine();
            }
            if (process.isAlive() && line != null) {
              process.destroyForcibly().waitFor();
              kills++;
              if (random.nextInt(4) == 0) {
                vandalise(sandbox, random);
              }
              continue;
            }
          }
          while (line != null) {
            line = out.readLine();
          }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("seed %d", seed).isTrue();
        done = true;
      }
      merged += verify(sandbox, before, seed);
    }
    Collections.sort(ready);
    System.out.printf(
        "seed %d: %d kills in %d rounds, %d tasks merged exactly once, none lost, none doubled%n",
        seed, kills, rounds, merged);
    System.out.printf(
        "start to working again, %d tasks in the ledger: median %.0f ms, p99 %.0f ms (JVM included)%n",
        TASKS + WAITING, ready.get(ready.size() / 2), ready.get((int) (ready.size() * 0.99)));
  }

  private long verify(Sandbox sandbox, Object before, long seed) throws Exception {
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
      assertThat(sandbox.git("show", "main:out/T-" + i + ".txt"))
          .as("seed %d", seed)
          .isEqualTo("work of T-" + i);
    }
    assertThat(sandbox.checkout()).as("seed %d", seed).isEqualTo(before);
    assertThat(sandbox.git("worktree", "list").lines()).as("seed %d", seed).hasSize(1);
    sandbox.git("fsck", "--strict");
    try (Stream<Path> files = Files.walk(sandbox.home)) {
      var database = files.filter(f -> f.endsWith("hive.db")).findFirst().orElseThrow();
      assertThat(Backups.check(database)).as("seed %d", seed).isEmpty();
    }
    assertThat(ProcessTree.carrying())
        .as("seed %d", seed)
        .noneMatch(p -> p.folder() != null && p.folder().startsWith(folder));
    return merges.size();
  }

  /** Removes the folder of a worktree behind the engine's back. */
  private static void vandalise(Sandbox sandbox, Random random) throws IOException {
    List<Path> trees;
    try (Stream<Path> all = Files.walk(sandbox.home, 4)) {
      trees =
          all.filter(p -> p.getParent() != null && p.getParent().endsWith("worktrees"))
              .sorted()
              .toList();
    }
    if (trees.isEmpty()) {
      return;
    }
    try (Stream<Path> all = Files.walk(trees.get(random.nextInt(trees.size())))) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      // An agent that outlived its engine still writes there; that is a fault too.
    }
  }

  private static void signal(String which, long pid) throws Exception {
    new ProcessBuilder("kill", which, Long.toString(pid)).start().waitFor();
  }

  private static Process engine(Sandbox sandbox) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CrashEngine.class.getName(),
            sandbox.repository.toString(),
            sandbox.home.toString(),
            Integer.toString(TASKS),
            Integer.toString(WAITING))
        .redirectError(
            ProcessBuilder.Redirect.appendTo(sandbox.home.getParent().resolve("err").toFile()))
        .start();
  }
}
