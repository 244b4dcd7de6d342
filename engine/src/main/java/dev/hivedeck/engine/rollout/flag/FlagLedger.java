package dev.hivedeck.engine.rollout.flag;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.flag.FlagEvent;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagSetting;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The ledger of flags: what people did with them. */
final class FlagLedger {
  private FlagLedger() {}

  /**
   * What is written down of one.
   *
   * @param view as it was told last
   */
  record Row(FlagSetting view, Kept kept) {}

  /**
   * What nobody is told.
   *
   * @param digest of what {@code hive.yaml} said when a person gave weights
   * @param base of the split; empty without one
   * @param parts who had which buckets then; empty where nobody gave weights
   * @param sets how often weights were given
   */
  record Kept(String digest, String base, List<Split.Part> parts, long sets) {
    static final Kept NONE = new Kept("", "", List.of(), 0);

    Kept {
      parts = parts == null ? List.of() : List.copyOf(parts);
    }
  }

  static List<Row> all(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM flag ORDER BY key", FlagLedger::row);
  }

  static List<FlagSetting> views(Sql sql) throws SQLException {
    return all(sql).stream().map(Row::view).toList();
  }

  static Optional<Row> find(Sql sql, String key) throws SQLException {
    return sql.one("SELECT * FROM flag WHERE key = ?", FlagLedger::row, key);
  }

  /** Who had which variant of each flag last. */
  static Map<String, Split> splits(Sql sql) throws SQLException {
    var splits = new TreeMap<String, Split>();
    sql.list(
        "SELECT * FROM flag_split",
        row -> {
          var parts = List.of(Json.read(row.text("parts"), Split.Part[].class));
          return splits.put(row.text("key"), Split.restored(row.text("base"), parts));
        });
    return splits;
  }

  /** Writes down who has which variant. */
  static void keep(Sql sql, String key, Split split) throws SQLException {
    sql.update(
        "INSERT INTO flag_split(key, base, parts) VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET"
            + " base = excluded.base, parts = excluded.parts",
        key,
        split.base(),
        Json.write(split.parts()));
  }

  private static Row row(Sql.Row row) throws SQLException {
    return new Row(
        Json.read(row.text("told"), FlagSetting.class), Json.read(row.text("kept"), Kept.class));
  }

  /** Writes down what a person did, and tells of it. */
  static void tell(Tx tx, FlagEvent type, String text, Row row) throws SQLException {
    var view = row.view();
    tx.sql()
        .update(
            "INSERT INTO flag(key, told, kept) VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET"
                + " told = excluded.told, kept = excluded.kept",
            view.id(),
            Json.write(view),
            Json.write(row.kept()));
    tx.emit(type, view.id() + " " + text, view);
  }
}
