package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The ledger of gates that failed by chance: on a commit on which they passed as well. */
public final class FlakeLedger {
  /** So long a gate is known for that. */
  private static final Duration KNOWN = Duration.ofDays(14);

  /** Gates failed and passed on the same commit. */
  public static void add(Tx tx, Set<String> gates, String commit) throws SQLException {
    for (String gate : gates) {
      tx.sql()
          .update(
              "INSERT INTO gate_flake(gate, made, at) VALUES (?, ?, ?)", gate, commit, tx.now());
    }
  }

  /** How often gates failed by chance of late, by their names. */
  public static Map<String, Integer> counts(Sql sql, Instant now) throws SQLException {
    var counts = new TreeMap<String, Integer>();
    sql.each(
        "SELECT gate, count(*) AS times FROM gate_flake WHERE at > ? GROUP BY gate",
        row -> counts.put(row.text("gate"), row.integer("times")),
        now.minus(KNOWN));
    return counts;
  }

  /** Forgets those that no longer count. */
  static void tidy(Tx tx) throws SQLException {
    tx.sql().update("DELETE FROM gate_flake WHERE at <= ?", tx.now().minus(KNOWN));
  }

  /** Gates that failed by chance of late. */
  public static Set<String> gates(Sql sql, Instant now) throws SQLException {
    return counts(sql, now).keySet();
  }

  private FlakeLedger() {}
}
