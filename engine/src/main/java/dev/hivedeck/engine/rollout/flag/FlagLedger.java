package dev.hivedeck.engine.rollout.flag;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.flag.FlagEvent;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagSetting;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

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
