package dev.hivedeck.engine.store;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Durable no-op tasks a second, and how soon an idle system begins a task, beside other durable
 * task runners: by turns, on the same disk, each with {@code synchronous=FULL} or its like.
 *
 * <p>A producer of Hivedeck waits for each step of its task before it begins another. A producer of
 * a peer waits only until its task is submitted, with up to {@link #UNDER_WAY} of all not yet done:
 * so the peers fetch and work in batches, as they are made to.
 */
@Tag("bench")
class TaskRunnersBench {
  private static final int[] PRODUCERS = {1, 8, 64};
  private static final int UNDER_WAY = 500;
  private static final int SAMPLES = 100;
  private static final int ROUNDS = 3;
  private static final int WARM = 20;
  private static final int SECONDS = 30;
  @TempDir Path folder;

  /**
   * One that is measured.
   *
   * @param opener null for Hivedeck itself and for what is not installed
   * @param rounds how often its throughput is measured, of which the median counts
   * @param millis how long each time
   * @param gap milliseconds between submissions to the idle system, or 0 to wait for each task:
   *     where a task waits for seconds, many wait at once, each from a moment of its own
   */
  private record Runner(
      String name,
      TaskRunner.Opener opener,
      int rounds,
      long millis,
      int gap,
      double[][] rates,
      double[] waits) {
    Runner(String name, TaskRunner.Opener opener, int rounds, long millis, int gap) {
      this(
          name,
          opener,
          rounds,
          millis,
          gap,
          new double[PRODUCERS.length][rounds],
          new double[SAMPLES]);
    }

    double rate(int i) {
      return percent(rates[i], 50);
    }
  }

  @Test
  void besideOtherDurableTaskRunners() throws Exception {
    long millis = NoOps.MILLIS / ROUNDS;
    var hive = new Runner("Hivedeck", null, ROUNDS, millis, 0);
    try (var postgres = Postgres.start().orElse(null)) {
      TaskRunner.Opener onPostgres =
          postgres == null
              ? null
              : listener -> DbSchedulerRunner.onPostgres(postgres.source(), listener);
      var peers =
          List.of(
              new Runner(
                  "db-scheduler, SQLite",
                  listener -> DbSchedulerRunner.onSqlite(file(), listener),
                  ROUNDS,
                  millis,
                  0),
              new Runner("db-scheduler, PostgreSQL", onPostgres, ROUNDS, millis, 0),
              // Once, but for longer: it may pause for up to 5 seconds.
              new Runner(
                  "JobRunr, SQLite",
                  listener -> new JobRunrRunner(file(), listener),
                  1,
                  6 * millis,
                  100));
      var installed = peers.stream().filter(p -> p.opener() != null).toList();
      for (int i = 0; i < PRODUCERS.length; i++) {
        for (int round = 0; round < ROUNDS; round++) {
          hive.rates()[i][round] = ledger(PRODUCERS[i], millis);
          for (var peer : installed) {
            if (round < peer.rounds()) {
              peer.rates()[i][round] = rate(peer, PRODUCERS[i]);
            }
          }
        }
      }
      hiveWaits(hive.waits());
      for (var peer : installed) {
        waits(peer);
      }
      print(hive, peers);
    }
  }

  /** The smallest that so many percent of all do not exceed. */
  private static double percent(double[] values, int percent) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(sorted.length * percent + 99) / 100 - 1];
  }

  private double ledger(int producers, long millis) throws Exception {
    try (var store = NoOps.open(folder)) {
      return NoOps.rate(producers, millis, id -> NoOps.ledger(store, id));
    }
  }

  private Path file() throws IOException {
    return Files.createTempDirectory(folder, "peer").resolve("peer.db");
  }

  private static void print(Runner hive, List<Runner> peers) {
    System.out.println("tasks/s by producers (how many times as many Hivedeck does); idle pick-up");
    var head = new StringBuilder("%-25s".formatted(""));
    for (int producers : PRODUCERS) {
      head.append("%16d".formatted(producers));
    }
    System.out.println(head.append("%10s%10s".formatted("p50 ms", "p99")));
    System.out.println(line(hive, hive));
    for (var peer : peers) {
      System.out.println(
          peer.opener() == null ? "%-25s  not installed".formatted(peer.name()) : line(peer, hive));
    }
  }

  private static String line(Runner runner, Runner hive) {
    var line = new StringBuilder("%-25s".formatted(runner.name()));
    for (int i = 0; i < PRODUCERS.length; i++) {
      double rate = runner.rate(i);
      String ratio = runner == hive ? "" : " (%.1f)".formatted(hive.rate(i) / rate);
      line.append("%16s".formatted("%.0f%s".formatted(rate, ratio)));
    }
    return line.append(
            "%10.1f%10.1f".formatted(percent(runner.waits(), 50), percent(runner.waits(), 99)))
        .toString();
  }

  private static double rate(Runner runner, int producers) throws Exception {
    var room = new Semaphore(UNDER_WAY);
    var done = new AtomicLong();
    var failed = new CompletableFuture<Throwable>();
    double rate;
    try (var taskRunner =
        runner
            .opener()
            .open(
                new TaskRunner.Listener(
                    id -> {},
                    id -> {
                      done.incrementAndGet();
                      room.release();
                    },
                    failed::complete))) {
      rate =
          NoOps.rate(
              Thread.ofPlatform(),
              producers,
              runner.millis(),
              done,
              id -> {
                take(room, 1, failed);
                taskRunner.submit(id);
              });
      take(room, UNDER_WAY, failed);
    }
    return rate;
  }

  private static void take(Semaphore room, int permits, CompletableFuture<Throwable> failed)
      throws InterruptedException {
    boolean taken = room.tryAcquire(permits, SECONDS, TimeUnit.SECONDS);
    if (failed.isDone()) {
      throw new AssertionError(failed.join());
    }
    if (!taken) {
      throw new AssertionError("tasks were not done");
    }
  }

  private static void waits(Runner runner) throws Exception {
    var began = new ConcurrentHashMap<String, Long>();
    var done = new Semaphore(0);
    var failed = new CompletableFuture<Throwable>();
    var submitted = new long[SAMPLES];
    try (var taskRunner =
        runner
            .opener()
            .open(
                new TaskRunner.Listener(
                    id -> began.put(id, System.nanoTime()),
                    id -> done.release(),
                    failed::complete))) {
      for (int i = runner.gap() == 0 ? -SAMPLES : 0; i < SAMPLES; i++) {
        if (i >= 0) {
          submitted[i] = System.nanoTime();
        }
        taskRunner.submit("T" + i);
        if (runner.gap() == 0) {
          take(done, 1, failed);
        }
        Thread.sleep(runner.gap() + ThreadLocalRandom.current().nextInt(10, 20));
      }
      take(done, runner.gap() == 0 ? 0 : SAMPLES, failed);
    }
    for (int i = 0; i < SAMPLES; i++) {
      runner.waits()[i] = (began.get("T" + i) - submitted[i]) / 1e6;
    }
  }

  /** From the command that adds a task until it is told that an agent has it. */
  private void hiveWaits(double[] waits) throws InterruptedException {
    var sandbox = new TestRepository(folder.resolve("hive"));
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          worker: { driver: command, run: sh tools/agent.sh }
        gates:
          whole: { builtin: placeholders, at: [attempt] }
        decisions:
          default: { human: none }
        """);
    sandbox.write("tools/agent.sh", "echo done > \"$HIVEDECK_TASK.txt\"\n");
    sandbox.commit("Set up");
    var started = new ConcurrentHashMap<String, Long>();
    var merged = new Semaphore(0);
    try (Engine engine = sandbox.open(1, false)) {
      engine.subscribe(
          engine.stats().seq(), events -> events.forEach(e -> note(e, started, merged)));
      TestRepository.trust(engine);
      engine.execute(new Command.StartHive(1), null);
      for (int i = -WARM; i < SAMPLES; i++) {
        String id = "T-" + (i + WARM + 1);
        long submitted = System.nanoTime();
        engine.execute(
            new Command.AddTask(
                id, "Do it", "Do it.", null, List.of(), List.of(), List.of(), null, null),
            null);
        take(merged, 1, new CompletableFuture<>());
        if (i >= 0) {
          waits[i] = (started.get(id) - submitted) / 1e6;
        }
        Thread.sleep(ThreadLocalRandom.current().nextInt(50, 60)); // it clears up
      }
    }
  }

  private static void note(Event event, ConcurrentHashMap<String, Long> started, Semaphore merged) {
    switch (event.type()) {
      case TaskEvent.STARTED -> started.put(event.id(), System.nanoTime());
      case TaskEvent.MERGED -> merged.release();
      default -> {}
    }
  }
}
