package dev.hivedeck.engine.change;

import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.merge.MergeEvent;
import dev.hivedeck.engine.protocol.merge.MergeViews.FreezeKind;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import dev.hivedeck.engine.protocol.merge.MergeViews.Unexplained;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The ledger of merges: each with the proof that main became what the gates judged, path by path.
 * One whose proof fails freezes the queue.
 */
public final class MergeLedger {
  /** As many as are told; the ledger keeps all. */
  static final int SHOWN = 500;

  /** So many paths are named where a merge is not explained. */
  private static final int NAMED = 3;

  private static final String VIEW =
      "SELECT m.*, t.title FROM merge m JOIN change c ON c.number = m.change"
          + " JOIN task t ON t.id = c.task";

  private MergeLedger() {}

  /** The newest first. */
  public static List<Merge> latest(Sql sql) throws SQLException {
    return sql.list(VIEW + " ORDER BY m.id DESC LIMIT ?", MergeLedger::view, SHOWN);
  }

  /** Main as it was before a merge; empty where that is not written down. */
  public static Optional<String> base(Sql sql, long change, String merge) throws SQLException {
    return sql.one(
        "SELECT base FROM merge WHERE change = ? AND made = ? AND moved ORDER BY id DESC LIMIT 1",
        row -> row.text("base"),
        change,
        merge);
  }

  /**
   * A change that came to main.
   *
   * @param number as people say it
   */
  public record Merged(String id, int number, String title, String agent, Instant at) {}

  /** What was merged after a time and until another, the oldest first. */
  public static List<Merged> between(Sql sql, Instant after, Instant until) throws SQLException {
    return sql.list(
        "SELECT c.number, c.agent, c.merged_at, t.title FROM change c JOIN task t ON t.id = c.task"
            + " WHERE c.merged_at > ? AND c.merged_at <= ? ORDER BY c.merged_at, c.number",
        row ->
            new Merged(
                "C-" + row.number("number"),
                (int) row.number("number"),
                row.text("title"),
                row.text("agent"),
                row.instant("merged_at")),
        after,
        until);
  }

  /**
   * Main was moved to a merge.
   *
   * @param same whether main has the tree that the gates judged
   */
  static void moved(Tx tx, ChangeLedger.Row change, MergeRecord merge, boolean same)
      throws SQLException {
    var view = add(tx, change, merge, same, true);
    if (!view.proven() && !isAccepted(tx.sql(), change)) {
      freeze(tx, view, change, "is on main, and its change does not explain it: ");
    }
  }

  /** A merge was made that its change does not explain; main was left as it was. */
  static void refused(Tx tx, ChangeLedger.Row change, MergeRecord merge) throws SQLException {
    var view = add(tx, change, merge, false, false);
    freeze(tx, view, change, "was not put on main, as its change does not explain it: ");
  }

  private static Merge add(
      Tx tx, ChangeLedger.Row change, MergeRecord merge, boolean same, boolean moved)
      throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO merge(change, at, base, head, made, tree, same, moved, paths,"
                + " unexplained) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            change.number(),
            tx.now(),
            merge.base(),
            change.head(),
            merge.commit(),
            merge.proof().tree(),
            same,
            moved,
            merge.proof().paths(),
            Json.write(merge.proof().unexplained()));
    var view =
        tx.sql().one(VIEW + " WHERE m.id = last_insert_rowid()", MergeLedger::view).orElseThrow();
    tx.emit(MergeEvent.MADE, null, view);
    return view;
  }

  private static void freeze(Tx tx, Merge merge, ChangeLedger.Row change, String what)
      throws SQLException {
    var paths = merge.unexplained().stream().map(Unexplained::path).toList();
    String why =
        "merge %s of #%d %s%s"
            .formatted(
                ObjectNames.abbreviated(merge.commit()),
                change.number(),
                what,
                paths.isEmpty() ? "main has another tree" : Plural.some(paths, NAMED));
    QueueFreezes.begin(tx, FreezeKind.UNPROVEN, why);
  }

  /** Whether a person lets it be that this work's merge is not explained. */
  static boolean isAccepted(Sql sql, ChangeLedger.Row change) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM merge WHERE change = ? AND head = ? AND accepted IS NOT NULL",
            change.number(),
            change.head())
        > 0;
  }

  /** A person has looked at all that is not explained. */
  static void accept(Tx tx, String reason) throws SQLException {
    var open =
        tx.sql()
            .list(
                VIEW
                    + " WHERE m.accepted IS NULL"
                    + " AND (m.unexplained <> '[]' OR m.moved AND NOT m.same)",
                MergeLedger::view);
    for (var merge : open) {
      tx.sql().update("UPDATE merge SET accepted = ? WHERE id = ?", reason, number(merge));
      tx.emit(
          MergeEvent.ACCEPTED,
          null,
          tx.sql().one(VIEW + " WHERE m.id = ?", MergeLedger::view, number(merge)).orElseThrow());
    }
  }

  private static long number(Merge merge) {
    return Long.parseLong(merge.id().substring(1));
  }

  private static Merge view(Sql.Row row) throws SQLException {
    return new Merge(
        "M" + row.number("id"),
        "C-" + row.number("change"),
        row.text("title"),
        row.instant("at"),
        row.text("base"),
        row.text("made"),
        row.text("tree"),
        row.number("same") != 0,
        row.number("moved") != 0,
        row.integer("paths"),
        List.of(Json.read(row.text("unexplained"), Unexplained[].class)),
        row.text("accepted"));
  }
}
