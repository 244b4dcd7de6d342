package dev.hivedeck.engine.metric.store;

import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * How many series are kept, by who gave them, and whether one more may be. A label that has no end
 * uses up the quota of its source only; some series are the engine's alone. Not for sharing between
 * threads.
 */
public final class SeriesQuota {
  /** Who gives the engine's own series. */
  public static final String OWN = "";

  /** Series that nobody but the engine may have. */
  public static final int RESERVED = 2_000;

  /** Series that one source may have. */
  public static final int MOST_OF_SOURCE = 10_000;

  private final Map<String, Integer> sizes = new HashMap<>();
  private int all;

  /** Counts once what is kept. */
  public static SeriesQuota count(Sql sql) throws SQLException {
    var quota = new SeriesQuota();
    sql.list(
        "SELECT source, count(*) AS size FROM metric_series GROUP BY source",
        row -> {
          int size = (int) row.number("size");
          quota.sizes.put(row.text("source"), size);
          quota.all += size;
          return size;
        });
    return quota;
  }

  /** Counts one more; false when the quota is used up. */
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
