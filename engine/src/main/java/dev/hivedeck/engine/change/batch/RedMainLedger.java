package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.merge.MergeViews.RedMain;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ledger of main where gates fail on it without any change; one row while that is so. */
public final class RedMainLedger {
  private RedMainLedger() {}

  /** Null where main is not known to fail. */
  public static @Nullable RedMain now(Sql sql) throws SQLException {
    return sql.one("SELECT * FROM red_main", RedMainLedger::view).orElse(null);
  }

  private static RedMain view(Sql.Row row) throws SQLException {
    return new RedMain(
        row.text("tip"),
        row.instant("since"),
        row.instant("again"),
        List.copyOf(Blame.failed(results(row))));
  }

  private static List<GateResult> results(Sql.Row row) throws SQLException {
    return List.of(Json.read(row.text("results"), GateResult[].class));
  }

  /** What gates said of main at this commit; empty where it is to be judged. */
  static Optional<List<GateResult>> known(Sql sql, String tip, Instant now) throws SQLException {
    return sql.one(
        "SELECT results FROM red_main WHERE tip = ? AND again > ?",
        RedMainLedger::results,
        tip,
        now);
  }

  /**
   * Gates fail on main; since when stays as it was.
   *
   * @param again when it is judged again
   */
  static void put(Tx tx, String tip, List<GateResult> results, Instant again) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO red_main(id, tip, since, again, results) VALUES (1, ?, ?, ?, ?)"
                + " ON CONFLICT(id) DO UPDATE SET tip = excluded.tip, again = excluded.again,"
                + " results = excluded.results",
            tip,
            tx.now(),
            again,
            Json.write(results));
  }

  /** Whether it was written down that gates fail on main. */
  static boolean remove(Tx tx) throws SQLException {
    return tx.sql().update("DELETE FROM red_main") > 0;
  }
}
