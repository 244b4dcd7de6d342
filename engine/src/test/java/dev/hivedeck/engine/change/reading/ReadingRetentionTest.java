package dev.hivedeck.engine.change.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was read of changes that are over is forgotten, but not how fast one reads. */
class ReadingRetentionTest {
  @TempDir Path folder;

  @Test
  void theReviewsThatThePaceIsLearnedFromAreKept() {
    var time = new VirtualTime();
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      store.update(
          "test",
          tx -> {
            for (int i = 1; i <= 120; i++) {
              tx.sql()
                  .update(
                      "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces,"
                          + " state, merged, updated_at)"
                          + " VALUES (?, ?, 't', '', 2, '[]', '[]', 'done', 1, 0)",
                      "T-" + i,
                      i);
              tx.sql()
                  .update(
                      "INSERT INTO change(number, task, attempt, agent, state, branch, base, head,"
                          + " files, additions, deletions, commits, gates, review, opened_at,"
                          + " updated_at, facts) VALUES (?, ?, 'a', 'maker', ?, 'b', 'c', 'd', 1,"
                          + " 10, 0, 1, '[]', 'approved', 0, ?, '{}')",
                      i,
                      "T-" + i,
                      i <= 10 ? "open" : "merged",
                      tx.now());
              // The first attempt was never judged: nothing is learned from it.
              ReadingLedger.read(tx, i, "first", 60);
              ReadingLedger.read(tx, i, "second", 30);
              tx.sql().update("UPDATE reading SET lines = 10 WHERE change = ?", i);
              ReadingLedger.verdict(tx, i, "second");
            }
          });
      var pace = store.read(ReadingLedger::pace);
      time.advance(Duration.ofDays(2));
      new ReadingRetention(store, time.clock()).tidy();
      assertThat(store.read(ReadingLedger::pace)).isEqualTo(pace);
      assertThat(pace.reviews()).isEqualTo(50);
      long kept = store.read(sql -> sql.number("SELECT count(*) FROM reading"));
      assertThat(kept).as("two of each that is open, and what is learned from").isEqualTo(20 + 50);
    }
  }
}
