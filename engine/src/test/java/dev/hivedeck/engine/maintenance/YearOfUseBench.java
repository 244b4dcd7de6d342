package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How large the database becomes in a year, with the retention that holds by itself. */
@Tag("bench")
class YearOfUseBench {
  private static final int EVENTS = Integer.getInteger("hivedeck.events", 20_000);
  private static final int TASKS = Integer.getInteger("hivedeck.tasks", 50);
  @TempDir Path folder;

  @Test
  void aYear() throws Exception {
    var size =
        YearOfUse.live(
            folder.resolve("hive.db"),
            new YearOfUse.Course(EVENTS, TASKS, 24, Housekeeping.MOST_EVENTS),
            HiveConfig.parse("hive.yaml", "").retention());
    System.out.printf(
        "%,d events and %,d tasks a day: at most %,d MB with its log, %,d MB in the end,"
            + " with %,d events and %,d tasks%n",
        EVENTS, TASKS, size.most() >> 20, size.last() >> 20, size.events(), size.tasks());
  }

  /** What a write waits, alone and while nearly all that a database may hold is let go of. */
  @Test
  void whatOthersWait() throws Exception {
    try (var time = new VirtualTime();
        var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      String text = "x".repeat(500);
      for (int i = 0; i < 400; i++) {
        write(store, 1_000, text);
      }
      time.advance(Duration.ofDays(40));
      print("alone", waits(store, () -> Thread.sleep(2_000)));
      var house =
          new Housekeeping(
              store,
              new ActivityLogs(folder.resolve("attempts"), time),
              time.clock(),
              HiveConfig.parse("hive.yaml", "")::retention);
      print("beside 400,000 events that go", waits(store, house::tidy));
    }
  }

  private interface Meanwhile {
    void run() throws InterruptedException;
  }

  private static List<Long> waits(Store store, Meanwhile meanwhile) throws InterruptedException {
    var waits = new ArrayList<Long>();
    var beside =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    meanwhile.run();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    while (beside.isAlive()) {
      long began = System.nanoTime();
      write(store, 1, "one");
      waits.add(System.nanoTime() - began);
    }
    beside.join();
    waits.sort(null);
    return waits;
  }

  private static void write(Store store, int events, String text) {
    store.write(
        "bench",
        tx -> {
          for (int i = 0; i < events; i++) {
            tx.emit(new EventType.Unknown("bench.told", Topic.WORKSPACE), "workspace", text, null);
          }
          return null;
        });
  }

  private static void print(String what, List<Long> waits) {
    System.out.printf(
        "a write %s: p50 %.1f ms, p99 %.1f ms, longest %.1f ms of %d%n",
        what,
        waits.get(waits.size() / 2) / 1e6,
        waits.get(waits.size() * 99 / 100) / 1e6,
        waits.getLast() / 1e6,
        waits.size());
  }
}
