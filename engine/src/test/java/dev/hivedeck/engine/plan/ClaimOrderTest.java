package dev.hivedeck.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is claimed first. */
class ClaimOrderTest {
  private static final long AGEING = TaskLedger.AGEING.toMillis();
  @TempDir Path folder;

  private static void ready(Store store, String id, int priority, int place, long at) {
    store.write(
        "test",
        tx ->
            tx.sql()
                .update(
                    "INSERT INTO task(id, place, title, prompt, priority, agent, assigned,"
                        + " capabilities, produces, state, updated_at, ready_at)"
                        + " VALUES (?, ?, 't', 'p', ?, 'a', 'a', '[]', '[]', 'ready', ?, ?)",
                    id,
                    place,
                    priority,
                    at,
                    at));
  }

  private static String claim(Store store) {
    return store.write(
        "test",
        tx -> {
          String id = TaskLedger.next(tx.sql(), "a", any -> true).orElseThrow().id();
          tx.sql().update("UPDATE task SET state = 'done' WHERE id = ?", id);
          return id;
        });
  }

  @Test
  void nothingStarvesHoweverManyUrgentTasksCome() {
    try (var store = Store.open(folder.resolve("hive.db"), Clock.systemUTC())) {
      ready(store, "patient", 9, 1, 1_000_000);
      long now = 1_000_000;
      var claimed = new ArrayList<String>();
      // An urgent one each minute, and one claim a minute: it would never be the patient's turn.
      for (int minute = 1; !claimed.contains("patient"); minute++) {
        now += 60_000;
        ready(store, "urgent-" + minute, 1, 1 + minute, now);
        claimed.add(claim(store));
        assertThat(minute).as("minutes waited").isLessThanOrEqualTo(81);
      }
      assertThat(claimed)
          .as("but it is behind those that are urgent and as old")
          .hasSizeGreaterThan(60);
    }
  }

  @Test
  void theIndexTheComparatorAndRisingPrioritiesAgree() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    try (var store = Store.open(folder.resolve("hive.db"), Clock.systemUTC())) {
      record One(String id, int priority, int place, long at) {}
      var all = new ArrayList<One>();
      for (int i = 0; i < 200; i++) {
        var one = new One("T-" + i, 1 + random.nextInt(9), i, 1 + random.nextLong(20 * AGEING));
        all.add(one);
        ready(store, one.id(), one.priority(), one.place(), one.at());
      }
      // As it is explained: at any later moment, a priority that rises by one each ten minutes.
      double now = 40.0 * AGEING;
      var explained =
          all.stream()
              .sorted(
                  Comparator.<One>comparingDouble(o -> o.priority() - (now - o.at()) / AGEING)
                      .thenComparingInt(One::place))
              .map(One::id)
              .toList();
      var claimed = new ArrayList<String>();
      for (int i = 0; i < all.size(); i++) {
        claimed.add(claim(store));
      }
      assertThat(claimed).as("seed %d", seed).isEqualTo(explained);
      assertThat(
              store.<List<String>>read(
                  sql ->
                      sql.list(
                          "EXPLAIN QUERY PLAN SELECT * FROM task WHERE state = 'ready' AND assigned"
                              + " IS 'a' AND capabilities = '[]' ORDER BY ready_at + priority *"
                              + " 600000, place LIMIT 1",
                          row -> row.text("detail"))))
          .as("found by the index, not by sorting")
          .noneMatch(d -> d.contains("TEMP B-TREE"))
          .anyMatch(d -> d.contains("task_by_turn"));
    }
  }

  @Test
  void anAgentFindsWhatItCanDoBehindAnyNumberOfTasksThatItCannot() {
    try (var store = Store.open(folder.resolve("hive.db"), Clock.systemUTC())) {
      store.write(
          "test",
          tx -> {
            for (int i = 0; i < 20_000; i++) {
              open(tx, "X-" + i, i % 2 == 0 ? "[\"painting\"]" : "[\"painting\",\"java\"]", i);
            }
            open(tx, "J-2", "[\"java\"]", 30_002);
            open(tx, "J-1", "[\"java\"]", 30_001);
            open(tx, "A-1", "[]", 30_003);
            return null;
          });
      assertThat(found(store, "java", "sql")).isEqualTo("J-1");
      assertThat(found(store)).isEqualTo("A-1");
      assertThat(found(store, "painting")).isEqualTo("X-0");
      store.write("test", tx -> tx.sql().update("DELETE FROM task WHERE id = 'A-1'"));
      assertThat(found(store, "sql")).isNull();
      var plan =
          store.<List<String>>read(
              sql ->
                  sql.list(
                      "EXPLAIN QUERY PLAN SELECT * FROM task WHERE state = 'ready' AND assigned IS"
                          + " NULL AND capabilities = '[]'"
                          + " ORDER BY ready_at + priority * 600000, place LIMIT 1",
                      row -> row.text("detail")));
      assertThat(plan)
          .noneMatch(d -> d.contains("TEMP B-TREE"))
          .anyMatch(d -> d.contains("task_by_turn"));
    }
  }

  private static void open(Tx tx, String id, String capabilities, int place) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces, state,"
                + " updated_at, ready_at) VALUES (?, ?, 't', 'p', 5, ?, '[]', 'ready', 1, 1)",
            id,
            place,
            capabilities);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1_001, 1_002, 2_500})
  void theFirstThatFitsIsFoundHoweverManyBeforeItDoNot(int place) {
    try (var store = Store.open(folder.resolve("hive.db"), Clock.systemUTC())) {
      store.update(
          "test",
          tx -> {
            for (int i = 1; i <= 2_500; i++) {
              open(tx, "T-" + i, "[]", i);
            }
          });
      String wanted = "T-" + place;
      assertThat(fitting(store, wanted::equals)).isEqualTo(wanted);
      assertThat(fitting(store, id -> false)).isNull();
    }
  }

  private static String fitting(Store store, Predicate<String> fits) {
    return store.read(
        sql -> TaskLedger.next(sql, null, any -> true, fits).map(TaskLedger.Row::id).orElse(null));
  }

  private static String found(Store store, String... capabilities) {
    return store.read(
        sql ->
            TaskLedger.next(sql, null, List.of(capabilities)::containsAll)
                .map(TaskLedger.Row::id)
                .orElse(null));
  }
}
