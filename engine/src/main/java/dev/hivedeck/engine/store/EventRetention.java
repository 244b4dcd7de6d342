package dev.hivedeck.engine.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * How much of the past a database holds. Events go from the oldest on, so that what stays has no
 * gap, and a bite at a time, so that no write waits for more than a moment. Their pages are given
 * back the same way: to write the whole file anew would stop the writer and need its room twice.
 */
public final class EventRetention {
  /** Events that one write drops. */
  private static final int BITE = 1_000;

  /** Pages that one write gives back. */
  private static final int PAGES = 200;

  private final Store store;

  public EventRetention(Store store) {
    this.store = store;
  }

  /**
   * Which events go.
   *
   * @param before what is older goes
   * @param most how many are kept otherwise
   * @param needed from here on none goes, however many there are
   */
  public record Limits(Instant before, long most, Instant needed) {

    /**
     * Looks at the oldest in order; the last of all stays, for the next one is counted from it.
     *
     * @return how many of them go
     */
    int over(List<Old> oldest, long last) {
      int n = 0;
      for (Old event : oldest) {
        boolean goes = event.at().isBefore(before) || event.seq() <= last - most;
        if (!goes || !event.at().isBefore(needed) || event.seq() >= last) {
          return n;
        }
        n++;
      }
      return n;
    }
  }

  record Old(long seq, Instant at) {}

  /** Drops what is over the limits, and returns how many events that were. */
  public long drop(Limits limits) {
    long dropped = 0;
    int over;
    do {
      var oldest = store.read(EventRetention::oldest);
      over = limits.over(oldest, store.seq());
      if (over > 0) {
        long upTo = oldest.get(over - 1).seq();
        store.write("history", tx -> tx.sql().update("DELETE FROM event WHERE seq <= ?", upTo));
      }
      dropped += over;
    } while (over == BITE);
    return dropped;
  }

  private static List<Old> oldest(Sql sql) throws SQLException {
    return sql.list(
        "SELECT seq, at FROM event ORDER BY seq LIMIT " + BITE,
        row -> new Old(row.number("seq"), row.instant("at")));
  }

  /** Gives back free pages, but for an eighth that what comes will fill; returns how many. */
  public long giveBack() {
    long given = 0;
    long pages;
    do {
      pages = store.read(sql -> Math.min(PAGES, spare(sql)));
      long bite = pages;
      if (bite > 0) {
        store.update(
            "history",
            tx -> {
              for (long i = 0; i < bite; i++) {
                tx.sql().run("PRAGMA incremental_vacuum(1)"); // The driver takes one step only.
              }
            });
      }
      given += bite;
    } while (pages == PAGES);
    return given;
  }

  private static long spare(Sql sql) throws SQLException {
    if (sql.number("PRAGMA auto_vacuum") == 0) {
      return 0;
    }
    return spare(sql.number("PRAGMA page_count"), sql.number("PRAGMA freelist_count"));
  }

  static long spare(long pages, long free) {
    return Math.max(0, free - Math.max(PAGES, pages / 8));
  }
}
