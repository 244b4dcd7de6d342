package dev.hivedeck.engine.metric.store;

import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * How many series are kept, by who gave them, and for how many more there is room. A label that has
 * no end fills the room of its source only; some is the engine's alone. Not for sharing between
 * threads.
 */
public final class SeriesRoom {
  /** Who gives the engine's own series. */
  public static final String OWN = "";

  /** Room that nobody but the engine takes. */
  public static final int RESERVED = 2_000;

  /** Series that one source may have. */
  public static final int MOST_OF_SOURCE = 10_000;

  private final Map<String, Integer> sizes = new HashMap<>();
  private int all;

  /** Counts once what is kept. */
  public static SeriesRoom count(Sql sql) throws SQLException {
    var room = new SeriesRoom();
    sql.list(
        "SELECT source, count(*) AS size FROM metric_series GROUP BY source",
        row -> {
          int size = (int) row.number("size");
          room.sizes.put(row.text("source"), size);
          room.all += size;
          return size;
        });
    return room;
  }

  /** Takes room for one more; false when there is none. */
  public boolean take(String source) {
    int own = sizes.getOrDefault(OWN, 0);
    int size = sizes.getOrDefault(source, 0);
    boolean free =
        all < MetricStore.MOST_SERIES
            && (source.equals(OWN)
                || size < MOST_OF_SOURCE && all - own < MetricStore.MOST_SERIES - RESERVED);
    if (free) {
      sizes.put(source, size + 1);
      all++;
    }
    return free;
  }
}
