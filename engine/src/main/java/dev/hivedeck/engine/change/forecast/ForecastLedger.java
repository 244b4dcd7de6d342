package dev.hivedeck.engine.change.forecast;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.merge.MergeEvent;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Forecasts of open changes. One counts as long as its change is at the commit that was tried. */
public final class ForecastLedger {
  private static final String OPEN =
      "SELECT f.* FROM forecast f JOIN change c ON c.number = f.change AND c.head = f.head"
          + " WHERE c.state NOT IN ('merged', 'closed')";

  private ForecastLedger() {}

  /** All there are, by the number of their change. */
  public static List<Forecast> all(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM forecast ORDER BY change", ForecastLedger::view);
  }

  /**
   * The one that counts.
   *
   * @param number of the change
   */
  public static Optional<Forecast> of(Sql sql, long number) throws SQLException {
    return sql.one(OPEN + " AND f.change = ?", ForecastLedger::view, number);
  }

  static void put(Tx tx, Forecast forecast) throws SQLException {
    tx.sql()
        .update(
            "INSERT OR REPLACE INTO forecast(change, head, behind, encounters)"
                + " VALUES (?, ?, ?, ?)",
            Long.parseLong(forecast.id().substring(2)),
            forecast.head(),
            forecast.behind(),
            Json.write(forecast.encounters()));
    tx.emit(MergeEvent.FORECAST, null, forecast);
  }

  static void remove(Tx tx, String id) throws SQLException {
    tx.sql().update("DELETE FROM forecast WHERE change = ?", Long.parseLong(id.substring(2)));
    tx.emit(MergeEvent.FORECAST_REMOVED, id, null, null);
  }

  private static Forecast view(Sql.Row row) throws SQLException {
    return new Forecast(
        "C-" + row.number("change"),
        row.text("head"),
        row.integer("behind"),
        List.of(Json.read(row.text("encounters"), Encounter[].class)));
  }
}
