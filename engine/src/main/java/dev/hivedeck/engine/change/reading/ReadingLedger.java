package dev.hivedeck.engine.change.reading;

import dev.hivedeck.engine.git.diff.ChangedHunk;
import dev.hivedeck.engine.protocol.reading.ReadingEvent;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Pace;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Reading;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingHunk;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tables of hunks, of those that were seen, and of the time that it took. */
public final class ReadingLedger {
  /** The latest reviews, of which the pace is the median. */
  private static final int REVIEWS = 50;

  /** The latest reviews, as many as are asked for. */
  private static final String LEARNED =
      "SELECT rowid FROM reading WHERE verdict_at IS NOT NULL AND seconds > 0 AND lines > 0"
          + " ORDER BY verdict_at DESC, change DESC LIMIT ?";

  private static final String READING =
      "SELECT h.change, count(*) AS hunks, count(s.at) AS seen, sum(h.lines) AS lines,"
          + " sum(CASE WHEN s.at IS NULL THEN h.lines ELSE 0 END) AS unseen"
          + " FROM hunk h LEFT JOIN seen_hunk s ON s.change = h.change AND s.hash = h.hash ";

  private ReadingLedger() {}

  /** How far the changes are read whose hunks are known, by the number of the change. */
  static List<Reading> all(Sql sql) throws SQLException {
    return sql.list(READING + "GROUP BY h.change ORDER BY h.change", ReadingLedger::reading);
  }

  static Optional<Reading> of(Sql sql, long change) throws SQLException {
    return sql.one(
        READING + "WHERE h.change = ? GROUP BY h.change", ReadingLedger::reading, change);
  }

  private static Reading reading(Sql.Row row) throws SQLException {
    return new Reading(
        id(row.number("change")),
        row.integer("hunks"),
        row.integer("seen"),
        row.integer("lines"),
        row.integer("unseen"));
  }

  private static String id(long change) {
    return "C-" + change;
  }

  // ── what there is to read ───────────────────────────────────────────────────────────────────

  /**
   * A change is at another commit: its hunks are others, those that say the same stay seen.
   *
   * @param hunks of its diff
   */
  public static void verified(Tx tx, long change, String head, List<ChangedHunk> hunks)
      throws SQLException {
    tx.sql().update("DELETE FROM hunk WHERE change = ?", change);
    int place = 0;
    for (var hunk : hunks) {
      tx.sql()
          .update(
              "INSERT INTO hunk(change, place, path, hash, lines) VALUES (?, ?, ?, ?, ?)",
              change,
              place++,
              hunk.path(),
              hunk.hash(),
              hunk.lines());
    }
    begin(tx, change, head);
    tell(tx, change);
  }

  /** What is to be read of this state of it is counted when it comes. */
  private static void begin(Tx tx, long change, String head) throws SQLException {
    int unseen = of(tx.sql(), change).map(Reading::unseen).orElse(0);
    tx.sql()
        .update(
            "INSERT OR IGNORE INTO reading(change, head, lines, seconds) VALUES (?, ?, ?, 0)",
            change,
            head,
            unseen);
  }

  private static void tell(Tx tx, long change) throws SQLException {
    var reading = of(tx.sql(), change);
    if (reading.isPresent()) {
      tx.emit(ReadingEvent.CHANGED, null, reading.get());
    } else {
      tx.emit(ReadingEvent.REMOVED, id(change), null, null);
    }
  }

  /** The hunks of a change by path, in the order of its diff. */
  static Map<String, List<ReadingHunk>> hunks(Sql sql, long change) throws SQLException {
    var hunks = new LinkedHashMap<String, List<ReadingHunk>>();
    sql.list(
        "SELECT h.*, s.at FROM hunk h LEFT JOIN seen_hunk s ON s.change = h.change"
            + " AND s.hash = h.hash WHERE h.change = ? ORDER BY h.place",
        row ->
            hunks
                .computeIfAbsent(row.text("path"), _ -> new ArrayList<>())
                .add(new ReadingHunk(row.text("hash"), row.integer("lines"), row.instant("at"))),
        change);
    return hunks;
  }

  // ── what was seen ───────────────────────────────────────────────────────────────────────────

  /** Marks these as seen; those that are marked keep their time. */
  static void see(Tx tx, long change, Iterable<String> hashes) throws SQLException {
    for (String hash : hashes) {
      tx.sql()
          .update(
              "INSERT OR IGNORE INTO seen_hunk(change, hash, at) VALUES (?, ?, ?)",
              change,
              hash,
              tx.now());
    }
    tell(tx, change);
  }

  static void forget(Tx tx, long change, Iterable<String> hashes) throws SQLException {
    for (String hash : hashes) {
      tx.sql().update("DELETE FROM seen_hunk WHERE change = ? AND hash = ?", change, hash);
    }
    tell(tx, change);
  }

  /**
   * Forgets what was read of changes that are over; the reviews that the pace is learned from stay.
   *
   * @param before since when they are
   * @param most so many changes at once
   * @return how many they were
   */
  static int tidy(Tx tx, Instant before, int most) throws SQLException {
    var over =
        tx.sql()
            .list(
                "SELECT number FROM change c WHERE state IN ('merged', 'closed')"
                    + " AND updated_at < ? AND (EXISTS (SELECT 1 FROM hunk WHERE change = c.number)"
                    + " OR EXISTS (SELECT 1 FROM seen_hunk WHERE change = c.number)"
                    + " OR EXISTS (SELECT 1 FROM reading WHERE change = c.number AND rowid NOT IN ("
                    + LEARNED
                    + "))) LIMIT ?",
                row -> row.number("number"),
                before,
                REVIEWS,
                most);
    for (long change : over) {
      tx.sql().update("DELETE FROM hunk WHERE change = ?", change);
      tx.sql().update("DELETE FROM seen_hunk WHERE change = ?", change);
      tx.sql()
          .update(
              "DELETE FROM reading WHERE change = ? AND rowid NOT IN (" + LEARNED + ")",
              change,
              REVIEWS);
      tx.emit(ReadingEvent.REMOVED, id(change), null, null);
    }
    return over.size();
  }

  // ── how long it takes ───────────────────────────────────────────────────────────────────────

  /** A person has said what they think of this state of a change: its reading is over. */
  public static void verdict(Tx tx, long change, String head) throws SQLException {
    var before = pace(tx.sql());
    tx.sql()
        .update(
            "UPDATE reading SET verdict_at = ? WHERE change = ? AND head = ?"
                + " AND verdict_at IS NULL",
            tx.now(),
            change,
            head);
    tellPace(tx, before);
  }

  /** Whether this state of a change is known to be read. */
  static boolean knows(Sql sql, long change, String head) throws SQLException {
    return sql.number("SELECT count(*) FROM reading WHERE change = ? AND head = ?", change, head)
        > 0;
  }

  /** A person has looked at this state of a change for a while. */
  static void read(Tx tx, long change, String head, int seconds) throws SQLException {
    var before = pace(tx.sql());
    begin(tx, change, head);
    tx.sql()
        .update(
            "UPDATE reading SET seconds = seconds + ? WHERE change = ? AND head = ?",
            seconds,
            change,
            head);
    tellPace(tx, before);
  }

  private static void tellPace(Tx tx, Pace before) throws SQLException {
    var now = pace(tx.sql());
    if (!now.equals(before)) {
      tx.emit(ReadingEvent.PACE, null, now);
    }
  }

  /** The median over reviews: one that was left open over lunch says nothing of the others. */
  static Pace pace(Sql sql) throws SQLException {
    var each =
        sql
            .list(
                "SELECT seconds, lines FROM reading WHERE rowid IN (" + LEARNED + ")",
                row -> row.real("seconds") / row.real("lines"),
                REVIEWS)
            .stream()
            .sorted()
            .toList();
    int n = each.size();
    return new Pace(
        Pace.ID, n, n < Pace.LEAST ? null : (each.get((n - 1) / 2) + each.get(n / 2)) / 2);
  }
}
