package dev.hivedeck.engine.change.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.merge.BatchViews.BatchState;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nobody asks for any more is forgotten, and nothing else. */
class BatchRetentionTest {
  @TempDir Path folder;

  @Test
  void theLatestBatchesAndFlakesAreKept() {
    var time = new VirtualTime();
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      store.update(
          "test",
          tx -> {
            for (int i = 0; i < BatchLedger.KEPT + BatchLedger.AT_ONCE + 5; i++) {
              var batch = BatchLedger.begin(tx, List.of());
              if (i != 1) { // one that still runs is kept, however old
                BatchLedger.end(tx, batch, BatchState.MERGED, "");
              }
            }
            FlakeLedger.add(tx, Set.of("old", "both"), "c1");
          });
      time.advance(Duration.ofDays(10));
      store.update("test", tx -> FlakeLedger.add(tx, Set.of("both"), "c2"));
      new BatchRetention(store).tidy();
      assertThat(flakes(store, time)).isEqualTo(Map.of("old", 1, "both", 2));
      time.advance(Duration.ofDays(5));
      new BatchRetention(store).tidy();
      assertThat(flakes(store, time)).isEqualTo(Map.of("both", 1));
      assertThat(count(store, "gate_flake")).isEqualTo(1);
      assertThat(count(store, "merge_batch")).isEqualTo(BatchLedger.KEPT + 1);
      assertThat(store.read(BatchLedger::latest).getFirst().id()).isEqualTo("B-1205");
    }
  }

  private static Map<String, Integer> flakes(Store store, VirtualTime time) {
    return store.read(sql -> FlakeLedger.counts(sql, time.clock().instant()));
  }

  private static long count(Store store, String table) {
    return store.read(sql -> sql.number("SELECT count(*) FROM " + table));
  }
}
