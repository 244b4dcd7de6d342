package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.process.SandboxLauncher;
import dev.hivedeck.engine.store.Backups;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A storm over a real engine, a real disk and real agents: {@code mvn -Pbench verify
 * -Dtest=CrashStormBench -Dhivedeck.kills=1000}. Each life of the engine ends by a kill, at random
 * or at a named point; before that, something else may befall it. After each kill and after each
 * round of tasks nothing may be lost, doubled, damaged or left behind. A failing run names its
 * seed: {@code -Dhivedeck.seed}.
 */
@Tag("bench")
class CrashStormBench {
  private static final int KILLS = Integer.getInteger("hivedeck.kills", 20);
  private static final int TASKS = Integer.getInteger("hivedeck.tasks", 60);
  private static final int WAITING = Integer.getInteger("hivedeck.waiting", 10_000);

  /** Exit code of who was killed. */
  private static final int KILLED = 128 + 9;

  private final long seed = Long.getLong("hivedeck.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<Double> ready = new ArrayList<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<String, String> skipped = new TreeMap<>();
  private int kills;
  @TempDir Path folder;

  @Test
  void nothingIsLostOrDoubledWhateverHappens() throws Exception {
    System.out.println("seed " + seed);
    long merged = 0;
    int rounds = 0;
    while (kills < KILLS) {
      boolean sandboxed = rounds % 4 >= 2 && SandboxLauncher.here().works();
      var site = CrashSite.open(folder.resolve("round-" + ++rounds), rounds % 2 == 0, sandboxed);
      if (sandboxed) {
        counts.merge("rounds in the sandbox", 1, Integer::sum);
      }
      for (boolean first = true; !live(site, first); first = false) {
        soundSoFar(site);
        betweenLives(site);
      }
      restful(site);
      merged += atTheEnd(site);
      System.out.printf("round %d: %d kills, %d tasks merged, %s%n", rounds, kills, merged, counts);
      site.close();
    }
    Collections.sort(ready);
    System.out.printf(
        "seed %d: %d kills in %d rounds, %d tasks merged exactly once, none lost, none doubled%n",
        seed, kills, rounds, merged);
    System.out.println("what happened: " + counts);
    System.out.println("what this machine did not allow: " + skipped);
    System.out.printf(
        "start to working again, %d tasks in the ledger: median %.0f ms, p99 %.0f ms (JVM included)%n",
        TASKS + WAITING, ready.get(ready.size() / 2), ready.get((int) (ready.size() * 0.99)));
  }

  /**
   * One life of the engine.
   *
   * @return whether it came to its end with all done
   */
  private boolean live(CrashSite site, boolean first) throws Exception {
    boolean kill = kills < KILLS;
    var point = kill && random.nextInt(3) == 0 ? CrashFault.Point.any(random) : null;
    var builder = site.engine(TASKS, WAITING);
    if (point != null) {
      point.arm(builder, site);
    }
    long began = System.nanoTime();
    var process = builder.start();
    var start = process.info().startInstant().orElse(Instant.MIN);
    try (BufferedReader out = process.inputReader()) {
      if (out.readLine() == null) {
        return ended(site, process, point);
      }
      long took = (System.nanoTime() - began) / 1_000_000;
      if (!first && point == null) {
        ready.add((double) took);
      }
      assertThat(site.agents())
          .as("seed %d: processes of an earlier life", seed)
          .noneMatch(p -> p.start() != null && p.start().isBefore(start));
      if (!kill) {
        return ran(site, process, out, point);
      }
      if (befall(site, process, out)) {
        return false;
      }
      // On a slow machine it gets the more time to do something that the kill can hit.
      long most = Math.max(1_000, took);
      String line = follow(out, point == null ? 50 + random.nextLong(most) : 4 * most);
      if (line == null) {
        return ended(site, process, point);
      }
    }
    process.destroyForcibly().waitFor();
    counted("at random");
    return false;
  }

  private boolean ran(CrashSite site, Process process, BufferedReader out, CrashFault.Point point)
      throws Exception {
    while (out.readLine() != null) {
      // works
    }
    return ended(site, process, point);
  }

  /** Reads what it says for a while; null when it ended. */
  private static String follow(BufferedReader out, long millis) throws IOException {
    long until = System.nanoTime() + millis * 1_000_000;
    String line = "";
    while (line != null && System.nanoTime() < until) {
      line = out.readLine();
    }
    return line;
  }

  private boolean ended(CrashSite site, Process process, CrashFault.Point point) throws Exception {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("seed %d: it ends", seed).isTrue();
    if (process.exitValue() == KILLED && point != null) {
      counted(point.toString());
      return false;
    }
    assertThat(process.exitValue())
        .as("seed %d, %s: %s", seed, point, tail(site.errors()))
        .isZero();
    return true;
  }

  private void counted(String where) {
    kills++;
    System.out.printf("kill %d, %s%n", kills, where);
    counts.merge("killed " + where, 1, Integer::sum);
  }

  private static String tail(Path file) throws IOException {
    var lines = Files.readAllLines(file);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
  }

  /**
   * Something else than a kill, for a while; or the kill comes on top of it.
   *
   * @return whether it was killed
   */
  private boolean befall(CrashSite site, Process engine, BufferedReader out) throws Exception {
    if (random.nextInt(3) == 0) {
      return false;
    }
    var fault = CrashFault.values()[random.nextInt(CrashFault.values().length)];
    String why = fault.impossible(site);
    if (why != null) {
      if (fault != CrashFault.FULL_DISK || site.mounted()) {
        skipped.put(fault.name(), why);
      }
      return false;
    }
    System.out.println("now " + fault);
    counts.merge(fault.name(), 1, Integer::sum);
    follow(out, random.nextInt(300));
    var undo = fault.inflict(site, engine, random);
    if (fault == CrashFault.FROZEN) {
      Thread.sleep(random.nextInt(500));
    } else {
      follow(out, random.nextInt(1_500));
    }
    boolean kill = fault != CrashFault.FROZEN && random.nextInt(3) == 0 && engine.isAlive();
    if (kill) {
      engine.destroyForcibly().waitFor();
      counted("in the middle of " + fault);
    }
    undo.run();
    return kill;
  }

  /** One more life: what was in the way of the last one until its end is not any more. */
  private void restful(CrashSite site) throws Exception {
    var process = site.engine(TASKS, WAITING).start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(ran(site, process, out, null)).isTrue();
    }
  }

  private void betweenLives(CrashSite site) throws Exception {
    var trees = site.worktrees();
    if (random.nextInt(4) == 0 && !trees.isEmpty()) {
      CrashFault.delete(trees.get(random.nextInt(trees.size())));
      counts.merge("worktree gone between lives", 1, Integer::sum);
    }
    if (random.nextInt(4) == 0) {
      site.prune();
      counts.merge("pruned between lives", 1, Integer::sum);
    }
    site.removeLocks();
  }

  /** What holds after every kill. */
  private void soundSoFar(CrashSite site) throws Exception {
    assertThat(merges(site)).as("seed %d", seed).doesNotHaveDuplicates();
    // A prune that deletes at once can take what just gets its ref: the next life lets go of that.
    String strict = "git fsck --strict 2>&1 | grep -v 'refs/hivedeck/held/.*invalid sha1 pointer'";
    assertThat(TestRepository.run(site.sandbox().repository, "sh", "-c", strict + "; true"))
        .as("seed %d", seed)
        .doesNotContain("error", "missing", "broken", "fatal");
    // A copy: the next engine is to find the database as the kill left it.
    Path database = site.data().resolve("hive.db");
    Path copy = Files.createTempDirectory(folder, "check").resolve("hive.db");
    for (String end : List.of("", "-wal")) {
      Path part = database.resolveSibling(database.getFileName() + end);
      if (Files.exists(part)) {
        Files.copy(part, copy.resolveSibling("hive.db" + end), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    assertThat(Backups.check(copy)).as("seed %d", seed).isEmpty();
    CrashFault.delete(copy.getParent());
  }

  private static List<String> merges(CrashSite site) {
    return site.sandbox()
        .git(
            "log",
            "--merges",
            "--format=%(trailers:key=Hivedeck-Task,valueonly,separator=)",
            "main")
        .lines()
        .filter(l -> !l.isBlank())
        .toList();
  }

  private long atTheEnd(CrashSite site) throws Exception {
    var sandbox = site.sandbox();
    var merges = merges(site);
    assertThat(merges).as("seed %d", seed).hasSize(TASKS).doesNotHaveDuplicates();
    for (int i = 1; i <= TASKS; i++) {
      assertThat(sandbox.git("show", "main:out/T-" + i + ".txt"))
          .as("seed %d", seed)
          .isEqualTo("work of T-" + i);
    }
    assertThat(sandbox.git("status", "--porcelain")).as("seed %d", seed).isEmpty();
    assertThat(sandbox.repository.resolve("out/T-1.txt")).as("seed %d", seed).exists();
    assertThat(sandbox.git("worktree", "list").lines()).as("seed %d", seed).hasSize(1);
    assertThat(site.worktrees()).as("seed %d", seed).isEmpty();
    sandbox.git("fsck", "--strict");
    assertThat(Backups.check(site.data().resolve("hive.db"))).as("seed %d", seed).isEmpty();
    assertThat(site.agents()).as("seed %d", seed).isEmpty();
    return merges.size();
  }
}
