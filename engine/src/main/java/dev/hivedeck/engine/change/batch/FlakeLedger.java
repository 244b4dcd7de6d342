package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** The ledger of gates that failed by chance: on a commit on which they passed as well. */
public final class FlakeLedger {
  /** So long a gate is known for that. */
  private static final Duration KNOWN = Duration.ofDays(14);

  /** A gate failed and passed on the same commit. */
  public static void add(Tx tx, String gate, String commit) throws SQLException {
    tx.sql()
        .update("INSERT INTO gate_flake(gate, made, at) VALUES (?, ?, ?)", gate, commit, tx.now());
  }

  /** How often a gate failed by chance of late. */
  public static long count(Sql sql, String gate, Instant now) throws SQLException {
    return sql.number(
        "SELECT count(*) FROM gate_flake WHERE gate = ? AND at > ?", gate, now.minus(KNOWN));
  }

  /** Gates that failed by chance of late. */
  public static Set<String> gates(Sql sql, Instant now) throws SQLException {
    return Set.copyOf(
        sql.list(
            "SELECT DISTINCT gate FROM gate_flake WHERE at > ?",
            row -> row.text("gate"),
            now.minus(KNOWN)));
  }

  private FlakeLedger() {}
}
