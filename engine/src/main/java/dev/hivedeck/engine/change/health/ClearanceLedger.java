package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.protocol.view.ChangeViews.Cleared;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;

/** The ledger of what people let be; what no longer holds stays in it until it is said anew. */
public final class ClearanceLedger {
  private ClearanceLedger() {}

  /**
   * @param number of the change
   */
  public static List<Clearance> of(Sql sql, long number) throws SQLException {
    return sql.list(
        "SELECT * FROM clearance WHERE change = ? ORDER BY code",
        row ->
            new Clearance(
                row.text("code"),
                row.text("head"),
                row.text("said"),
                new Cleared(row.text("author"), row.text("reason"), row.instant("at"))),
        number);
  }

  static void put(Tx tx, long number, Clearance clearance) throws SQLException {
    tx.sql()
        .update(
            "INSERT OR REPLACE INTO clearance(change, code, head, said, author, reason, at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
            number,
            clearance.code(),
            clearance.head(),
            clearance.said(),
            clearance.cleared().by(),
            clearance.cleared().reason(),
            clearance.cleared().at());
  }

  static void remove(Tx tx, long number, String code) throws SQLException {
    tx.sql().update("DELETE FROM clearance WHERE change = ? AND code = ?", number, code);
  }
}
