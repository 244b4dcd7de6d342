package dev.hivedeck.engine.store;

import java.sql.SQLException;
import java.util.Optional;

/** Single values of the workspace, by name. */
public final class Meta {
  private Meta() {}

  public static Optional<String> get(Sql sql, String key) throws SQLException {
    return sql.one("SELECT value FROM meta WHERE key = ?", row -> row.text("value"), key);
  }

  public static void put(Tx tx, String key, String value) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO meta(key, value) VALUES (?, ?)"
                + " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
            key,
            value);
  }
}
