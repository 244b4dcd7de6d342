package dev.hivedeck.engine.store;

import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Single values of the workspace, by name. */
public final class WorkspaceMeta {
  private WorkspaceMeta() {}

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

  public static void remove(Tx tx, String key) throws SQLException {
    tx.sql().update("DELETE FROM meta WHERE key = ?", key);
  }

  /** All values whose names begin so and go on, by the rest of their names. */
  public static Map<String, String> below(Sql sql, String prefix) throws SQLException {
    var all = new TreeMap<String, String>();
    sql.list(
        "SELECT key, value FROM meta WHERE key > ? AND substr(key, 1, ?) = ?",
        row -> all.put(row.text("key").substring(prefix.length()), row.text("value")),
        prefix,
        prefix.length(),
        prefix);
    return all;
  }
}
