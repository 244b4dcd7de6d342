package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/** A real engine with clients that hear of each commit. */
final class FeedClients implements AutoCloseable {
  private static final int AGENTS = 50;
  private final Engine engine;
  private final AtomicLongArray committed = new AtomicLongArray(1 << 16);
  private final List<TimedClient> ears = new ArrayList<>();
  private volatile long last;
  private int number;

  FeedClients(Path folder, int clients) throws Exception {
    var sandbox = new TestRepository(folder);
    var config = new StringBuilder("version: 1\nagents:\n");
    for (int i = 0; i < AGENTS; i++) {
      config.append("  a%d: { driver: command, run: 'true', owns: ['d%d/**'] }%n".formatted(i, i));
    }
    sandbox.write(".hivedeck/hive.yaml", config.toString());
    engine = sandbox.open(1, true);
    engine.subscribe(
        engine.stats().seq(),
        events -> {
          long now = System.nanoTime();
          events.forEach(e -> committed.set((int) (e.seq() % committed.length()), now));
          last = events.getLast().seq();
        });
    for (int i = 0; i < clients; i++) {
      ears.add(new TimedClient(feed(), token(), committed).listen());
    }
  }

  String feed() {
    return engine.endpoint().feed();
  }

  String token() {
    return engine.endpoint().token();
  }

  /** Commits at that pace; how long after each commit each client heard of it, sorted. */
  long[] waits(int commitsPerSecond, long millis) {
    ears.forEach(TimedClient::begin);
    long due = System.nanoTime();
    for (long i = millis * commitsPerSecond / 1_000; i > 0; i--) {
      due += 1_000_000_000 / commitsPerSecond;
      LockSupport.parkNanos(due - System.nanoTime());
      commit(number++);
    }
    long began = System.nanoTime();
    while (ears.stream().anyMatch(timedClient -> timedClient.heard() < last)) {
      LockSupport.parkNanos(50_000);
      if (System.nanoTime() - began > 20_000_000_000L) {
        throw new AssertionError(
            "never heard of " + last + ": " + ears.stream().map(TimedClient::heard).toList());
      }
    }
    return TimedClient.waits(ears);
  }

  /** Makes a past. */
  void fill(int events) {
    // Together, so that they share their waits for the disk.
    try (var all = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < AGENTS; i++) {
        int agent = i;
        all.submit(
            () -> {
              for (int n = agent; n < events; n += AGENTS) {
                commit(n);
              }
            });
      }
    }
  }

  /** The cheapest command with an event: each agent in turn is paused, the next time resumed. */
  private void commit(int number) {
    String agent = "a" + number % AGENTS;
    engine.execute(
        number / AGENTS % 2 == 0 ? new Command.PauseAgent(agent) : new Command.ResumeAgent(agent),
        null);
  }

  @Override
  public void close() throws IOException {
    ears.forEach(TimedClient::close);
    engine.close();
  }
}
