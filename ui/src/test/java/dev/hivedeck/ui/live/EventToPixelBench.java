package dev.hivedeck.ui.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.feed.EngineAddress;
import dev.hivedeck.ui.feed.FeedClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javafx.application.Platform;
import javafx.collections.ListChangeListener;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How long from an event's write to its place in the live model, over the real feed, with the whole
 * desktop on it, and how long a person's click would have had to wait for the FX thread meanwhile.
 * Run with {@code -Dgroups=bench -Dsurefire.excludedGroups=}.
 */
@Tag("bench")
class EventToPixelBench {
  private static final int SECONDS = 10;
  private static final int WARM_UP = 4;
  private static final int RATE = 1_000;
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {60, 100_000})
  void aThousandEventsEachSecond(int tasks) throws Exception {
    var door = new InMemoryEngineApi(Clock.systemUTC());
    Sample.fill(door);
    for (int i = 61; i <= tasks; i++) {
      door.seed(
          Topic.TASK,
          new TaskViews.Task(
              "B-" + i,
              "Task " + i,
              i % 3 == 0 ? TaskViews.TaskState.DONE : TaskViews.TaskState.BLOCKED,
              null,
              0,
              5,
              null,
              null,
              List.of(),
              null,
              List.of(),
              List.of(),
              0,
              null,
              null,
              null,
              false,
              null,
              Sample.NOW,
              i));
    }
    Authenticator anyone = _ -> Optional.of(Authenticator.Caller.person());
    try (var server = FeedServer.start(door, anyone, 0, "bench", new SystemTimers())) {
      var address = URI.create(server.address());
      var client =
          FeedClient.connect(() -> new EngineAddress(address, "t"), "bench", Clock.systemUTC());
      var desktop = FxThread.desktop(client, folder.resolve("desktop.json"));
      var live = desktop.frame().desk().live();
      var delays = new long[RATE * SECONDS];
      var seen = new int[1];
      var measuring = new AtomicBoolean();
      FxThread.run(
          () ->
              live.kept()
                  .all()
                  .addListener(
                      (ListChangeListener<AttemptViews.Kept>)
                          change -> {
                            var now = Instant.now();
                            while (change.next()) {
                              for (var k : change.getAddedSubList()) {
                                if (measuring.get() && seen[0] < delays.length) {
                                  delays[seen[0]++] = Duration.between(k.at(), now).toNanos();
                                }
                              }
                            }
                          }));
      var waits = new long[20_000];
      var waited = new int[1];
      var running = new AtomicBoolean(true);
      var probe =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (running.get()) {
                      var asked = System.nanoTime();
                      Platform.runLater(
                          () -> {
                            if (measuring.get() && waited[0] < waits.length) {
                              waits[waited[0]++] = System.nanoTime() - asked;
                            }
                          });
                      LockSupport.parkNanos(3_000_000);
                    }
                  });
      var task =
          (TaskViews.Task)
              door.snapshot(java.util.Set.of(Topic.TASK)).things().get(Topic.TASK).getFirst();
      var start = System.nanoTime();
      for (int i = 0; i < RATE * (SECONDS + WARM_UP); i++) {
        if (i == RATE * WARM_UP) {
          measuring.set(true);
        }
        // Half are of things that are measured, half are the bustle of tasks around them.
        if (i % 2 == 0) {
          door.tell(
              "kept.added",
              Topic.KEPT,
              null,
              new AttemptViews.Kept("k" + i % 400, "c", "T-1", null, "bench", i, 1, Instant.now()));
        } else {
          door.tell("task.progressed", Topic.TASK, i % 10 == 1 ? "T-101 goes on" : null, task);
        }
        while (System.nanoTime() - start < (i + 1) * 1_000_000_000L / RATE) {
          LockSupport.parkNanos(100_000);
        }
      }
      Thread.sleep(300);
      running.set(false);
      probe.join();
      System.out.println(tasks + " tasks");
      report("event to model", delays, seen[0]);
      report("wait for the FX thread", waits, waited[0]);
      FxThread.run(desktop.stage()::close);
      assertThat(seen[0]).isPositive();
    }
  }

  private static void report(String what, long[] nanos, int count) {
    var sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    System.out.printf(
        "%s: n=%d p50=%.1f ms p99=%.1f ms max=%.1f ms%n",
        what,
        count,
        sorted[count / 2] / 1e6,
        sorted[count * 99 / 100] / 1e6,
        sorted[count - 1] / 1e6);
  }
}
