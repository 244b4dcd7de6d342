package dev.hivedeck.engine.figure;

import dev.hivedeck.engine.figure.MergedChange.Revert;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the ledgers what figures count, row by row, within one snapshot: however many there
 * are, only the reverts are kept.
 */
final class FigureReader {
  /** The kind of a task that takes a change back, and how its title names that. */
  private static final String REVERT = "revert";

  private static final Pattern REVERTED = Pattern.compile("^Revert #(\\d{1,9}) ");

  static final String MERGED =
      """
      SELECT c.number, t.title, t.kind, c.opened_at, c.merged_at, c.review,
        coalesce(json_extract(c.facts, '$.diff.lines'), c.additions + c.deletions) AS lines,
        coalesce(json_extract(c.facts, '$.size.warn'), 500) AS wanted,
        json_array_length(c.gates) AS judged,
        coalesce(json_array_length(c.facts, '$.diff.deletedTests'), 0)
          + coalesce(json_extract(c.facts, '$.diff.lostTests'), 0) AS lost,
        coalesce(sum(a.state IN ('succeeded', 'failed', 'lost')), 0) AS tries,
        min(a.started_at) AS begun, coalesce(sum(a.cost), 0) + (SELECT coalesce(sum(r.cost), 0)
          FROM agent_review r WHERE r.change = c.number) AS cost,
        count(a.id) AS attempts, coalesce(sum(a.unpriced > 0), 0) + (SELECT count(*)
          FROM agent_review r WHERE r.change = c.number AND r.unpriced > 0) AS unpriced
      FROM change c JOIN task t ON t.id = c.task LEFT JOIN attempt a ON a.task = c.task
      WHERE %s GROUP BY c.number
      """;

  private final Sql sql;
  private final Instant from;
  private final Instant until;

  /**
   * @param from not of interest itself
   */
  FigureReader(Sql sql, Instant from, Instant until) {
    this.sql = sql;
    this.from = from;
    this.until = until;
  }

  /** Takes what is read. */
  interface Taker<T> {
    void take(T thing);
  }

  /** Changes that were merged or reverted, in no order that counts. */
  void merged(Taker<MergedChange> taker) throws SQLException {
    var reverts = new HashMap<Long, Revert>();
    sql.each(
        "SELECT c.number, c.merged_at, t.title FROM change c JOIN task t ON t.id = c.task"
            + " WHERE t.kind = '"
            + REVERT
            + "' AND c.merged_at > ? AND c.merged_at <= ? ORDER BY c.merged_at, c.number",
        row -> {
          long target = reverted(row.text("title"));
          if (target > 0) {
            reverts.putIfAbsent(target, new Revert(row.number("number"), row.instant("merged_at")));
          }
        },
        from,
        until);
    String reverted =
        reverts.isEmpty()
            ? ""
            : " OR c.merged_at IS NOT NULL AND c.number IN ("
                + reverts.keySet().stream().map(String::valueOf).collect(Collectors.joining(","))
                + ")";
    sql.each(
        MERGED.formatted("c.merged_at > ? AND c.merged_at <= ?" + reverted),
        row -> {
          var change = change(row);
          taker.take(change.with(reverts.get(change.number())));
        },
        from,
        until);
  }

  /** The same, of what is known already and what came since. */
  void merged(MergedHistory history, Taker<MergedChange> taker) throws SQLException {
    if (history.tooMany(sql)) {
      merged(taker);
      return;
    }
    var all = history.all(sql);
    var reverts = new HashMap<Long, Revert>();
    all.stream()
        .filter(c -> c.reverts() && within(c.merged()) && reverted(c.title()) > 0)
        .sorted(Comparator.comparing(MergedChange::merged).thenComparing(MergedChange::number))
        .forEach(c -> reverts.putIfAbsent(reverted(c.title()), new Revert(c.number(), c.merged())));
    for (var change : all) {
      var revert = reverts.get(change.number());
      if (revert != null || within(change.merged())) {
        taker.take(change.with(revert));
      }
    }
  }

  private boolean within(Instant at) {
    return at.isAfter(from) && !at.isAfter(until);
  }

  /** Which change a title says that it takes back; 0 for none. */
  private static long reverted(String title) {
    var named = REVERTED.matcher(title);
    return named.find() ? Long.parseLong(named.group(1)) : 0;
  }

  /** One that was merged, without what reverted it. */
  static MergedChange change(Sql.Row row) throws SQLException {
    var opened = row.instant("opened_at");
    boolean reverting = REVERT.equals(row.text("kind"));
    return new MergedChange(
        row.number("number"),
        row.text("title"),
        row.isNull("begun") ? opened : row.instant("begun"),
        opened,
        row.instant("merged_at"),
        row.number("lines"),
        row.number("wanted"),
        row.number("judged"),
        row.number("lost"),
        "approved".equals(row.text("review")),
        row.number("tries"),
        row.number("unpriced") > 0 || row.number("attempts") == 0 && !reverting
            ? null
            : (Double) row.real("cost"),
        reverting,
        null);
  }

  /** A change that waited for a review, until that was given. */
  record ReviewWait(long number, String title, Instant began, Instant ended) {}

  void reviews(Taker<ReviewWait> taker) throws SQLException {
    sql.each(
        "SELECT h.change, t.title, h.began_at, h.ended_at FROM change_holder h"
            + " JOIN change c ON c.number = h.change JOIN task t ON t.id = c.task"
            + " WHERE h.holder = 'you' AND h.review = 'wanted' AND h.ended_at > ?"
            + " AND h.ended_at <= ? AND EXISTS (SELECT 1 FROM change_holder n"
            + " WHERE n.change = h.change AND n.began_at = h.ended_at AND n.id > h.id"
            + " AND n.review IN ('approved', 'returned'))",
        row ->
            taker.take(
                new ReviewWait(
                    row.number("change"),
                    row.text("title"),
                    row.instant("began_at"),
                    row.instant("ended_at"))),
        from,
        until);
  }

  /** A command of a person. */
  record Sent(String command, @Nullable String about, Duration took, Instant at) {}

  /**
   * Commands of people that were carried out, the oldest first; that they read what they were told,
   * or a change, is none.
   */
  void commands(Taker<Sent> taker) throws SQLException {
    var last = new Instant[1];
    sql.each(
        "SELECT at, command, about FROM audit WHERE who = 'you' AND error IS NULL"
            + " AND command NOT LIKE 'notice.%' AND command <> 'change.read'"
            + " AND at > ? AND at <= ?"
            + " ORDER BY at, id",
        row -> {
          var at = row.instant("at");
          var before = last[0];
          last[0] = at;
          if (!at.isAfter(from)) {
            return; // only the sitting began with it
          }
          var gap = before == null ? null : Duration.between(before, at);
          taker.take(
              new Sent(
                  row.text("command"),
                  row.text("about"),
                  gap != null && gap.compareTo(FigureSums.SITTING) <= 0 ? gap : FigureSums.ALONE,
                  at));
        },
        from.minus(FigureSums.SITTING),
        until);
  }

  /** Since when commands are known: the audit keeps so many and no more. */
  Instant audited() throws SQLException {
    return sql.one(
            "SELECT at FROM audit WHERE id = (SELECT min(id) FROM audit) AND id > 1",
            row -> row.instant("at"))
        .orElse(Instant.EPOCH);
  }

  /** When agents were at work. */
  record Work(Instant began, @Nullable Instant ended) {}

  /** In the order of the beginnings. */
  void work(Taker<Work> taker) throws SQLException {
    sql.each(
        "SELECT started_at, ended_at FROM attempt WHERE started_at <= ?"
            + " AND (ended_at IS NULL OR ended_at > ?) ORDER BY started_at",
        row -> taker.take(new Work(row.instant("started_at"), row.instant("ended_at"))),
        until,
        from);
  }
}
