package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.config.HiveConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How large the database becomes in a year, with the retention that holds by itself. */
@Tag("bench")
class YearBench {
  private static final int EVENTS = Integer.getInteger("hivedeck.events", 20_000);
  private static final int TASKS = Integer.getInteger("hivedeck.tasks", 50);
  @TempDir Path folder;

  @Test
  void aYear() throws Exception {
    var size =
        Year.live(
            folder.resolve("hive.db"),
            new Year.Course(EVENTS, TASKS, 24, Housekeeping.MOST_EVENTS),
            HiveConfig.parse("hive.yaml", "").retention());
    System.out.printf(
        "%,d events and %,d tasks a day: at most %,d MB with its log, %,d MB in the end,"
            + " with %,d events and %,d tasks%n",
        EVENTS, TASKS, size.most() >> 20, size.last() >> 20, size.events(), size.tasks());
  }
}
