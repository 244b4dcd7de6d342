package dev.hivedeck.engine;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an attempt costs more than the same by hand: one shell agent, by turns through the engine
 * and by a script that makes a worktree, runs it, commits, merges and clears up.
 */
@Tag("bench")
class OverheadBench {
  private static final int ROUNDS = 30;
  private static final int WARM = 5;

  /** As somebody who knows git would do it: each line a step that the engine takes too. */
  private static final String BY_HAND =
      """
      set -e
      git worktree add -q -b work/$1 "../hand-$1" main
      cd "../hand-$1"
      HIVEDECK_TASK=$1 sh tools/agent.sh
      git add -A
      git commit -q -m "$1"
      date +%s%N > "$2"
      cd - > /dev/null
      git merge -q --no-ff -m "Merge $1" work/$1
      git worktree remove "../hand-$1"
      git branch -q -d work/$1
      """;

  @TempDir Path folder;
  private final ConcurrentHashMap<String, Long> done = new ConcurrentHashMap<>();
  private final Semaphore merged = new Semaphore(0);

  @Test
  void oneAttemptThroughTheEngineAndByHand() throws Exception {
    System.out.println("agent runs   by hand, ms: work, merged   engine: work, merged   ratio");
    for (double seconds : new double[] {0, 1}) {
      measure(seconds);
    }
  }

  private void measure(double seconds) throws Exception {
    var hand = new TestRepository(folder.resolve("hand" + seconds));
    var sandbox = new TestRepository(folder.resolve("hive" + seconds));
    for (var each : List.of(hand, sandbox)) {
      each.write("tools/agent.sh", "sleep " + seconds + "\necho done > \"$HIVEDECK_TASK.txt\"\n");
      each.write(
          ".hivedeck/hive.yaml",
          """
          version: 1
          agents:
            worker: { driver: command, run: sh tools/agent.sh }
          decisions:
            default: { human: none }
          """);
      each.commit("Set up");
    }
    var times = new double[4][ROUNDS];
    try (Engine engine = sandbox.open(1, false)) {
      engine.subscribe(engine.stats().seq(), events -> events.forEach(this::note));
      TestRepository.trust(engine);
      engine.execute(new Command.StartHive(1), null);
      for (int i = -WARM; i < ROUNDS; i++) {
        String id = "T-" + (i + WARM + 1);
        double[] byHand = byHand(hand, id);
        double[] byEngine = byEngine(engine, id);
        for (int k = 0; i >= 0 && k < 2; k++) {
          times[k][i] = byHand[k];
          times[2 + k][i] = byEngine[k];
        }
        Thread.sleep(300); // it clears up
      }
    }
    var median = Arrays.stream(times).mapToDouble(OverheadBench::median).toArray();
    System.out.printf(
        "%8.0f s %16.0f %10.0f %16.0f %10.0f %10.2f %5.2f%n",
        seconds,
        median[0],
        median[1],
        median[2],
        median[3],
        median[2] / median[0],
        median[3] / median[1]);
  }

  private double[] byHand(TestRepository sandbox, String id) throws Exception {
    Path worked = folder.resolve("worked");
    long wall = System.currentTimeMillis();
    long began = System.nanoTime();
    TestRepository.run(sandbox.repository, "sh", "-c", BY_HAND, "hand", id, worked.toString());
    double all = (System.nanoTime() - began) / 1e6;
    double work = Long.parseLong(java.nio.file.Files.readString(worked).strip()) / 1e6 - wall;
    return new double[] {work, all};
  }

  private double[] byEngine(Engine engine, String id) throws InterruptedException {
    long began = System.nanoTime();
    engine.execute(
        new Command.AddTask(
            id, "Do it", "Do it.", null, List.of(), List.of(), List.of(), null, null),
        null);
    if (!merged.tryAcquire(1, 60, TimeUnit.SECONDS)) {
      throw new AssertionError(id + " was not done");
    }
    double all = (System.nanoTime() - began) / 1e6;
    return new double[] {(done.get(id) - began) / 1e6, all};
  }

  private void note(Event event) {
    switch (event.type()) {
      case TaskEvent.DONE -> done.put(event.id(), System.nanoTime());
      case TaskEvent.MERGED -> merged.release();
      default -> {}
    }
  }

  private static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
