package dev.hivedeck.engine.forge.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.change.MergeLine;
import dev.hivedeck.engine.forge.CheckRollup;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.RemoteNote;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.forge.ForgeEvent;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckRun;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Mergeable;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullRequest;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ReviewVerdict;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of pull requests and of what was said on both sides. Long because a change forgets its
 * pull request and what was said of it as one.
 */
final class ForgeLedger {
  private static final String PULLS = "SELECT * FROM pull_request";
  private static final String GOES =
      "SELECT count(*) FROM pull_request WHERE change = ? AND state = 'open'"
          + " AND (problem IS NULL OR undressed <> '[]')";

  private ForgeLedger() {}

  /**
   * What is written down of one.
   *
   * @param change its number
   * @param body digest of what Hivedeck wrote there last; null where a person's body stays
   * @param undressed labels and reviewers that it has not got yet, in the words of {@link
   *     PullPublisher}
   */
  record Row(
      long change,
      int number,
      String head,
      @Nullable String body,
      List<String> undressed,
      int rounds,
      @Nullable String returnedHead,
      @Nullable Instant returnedAt,
      boolean done) {}

  static Optional<Row> row(Sql sql, long change) throws SQLException {
    return sql.one(
        PULLS + " WHERE change = ?",
        row ->
            new Row(
                row.number("change"),
                row.integer("number"),
                row.text("head"),
                row.text("body"),
                words(row.text("undressed")),
                row.integer("rounds"),
                row.text("returned_head"),
                row.instant("returned_at"),
                row.flag("done")),
        change);
  }

  /** Changes whose pull request is not at its end. */
  static List<Long> going(Sql sql) throws SQLException {
    return sql.list(
        "SELECT change FROM pull_request WHERE done = 0 ORDER BY change",
        row -> row.number("change"));
  }

  /**
   * Changes whose pull request was closed with them, and that are open again: another one is to be
   * opened.
   */
  static List<Long> reopened(Sql sql) throws SQLException {
    return sql.list(
        "SELECT p.change FROM pull_request p JOIN change c ON c.number = p.change WHERE p.done = 1"
            + " AND p.state = 'closed' AND c.state IN ('open', 'queued') AND NOT EXISTS (SELECT 1"
            + " FROM alternative a WHERE a.task = c.task AND a.chosen_at IS NULL)",
        row -> row.number("change"));
  }

  /** Its pull request is over, and another one may be opened. */
  static void over(Tx tx, long change) throws SQLException {
    tx.sql().update("DELETE FROM pull_request WHERE change = ?", change);
    tx.emit(ForgeEvent.REMOVED, "C-" + change, null, null);
  }

  static List<PullRequest> pulls(Sql sql) throws SQLException {
    return sql.list(PULLS + " ORDER BY change", ForgeLedger::view);
  }

  static Optional<PullRequest> pull(Sql sql, long change) throws SQLException {
    return sql.one(PULLS + " WHERE change = ?", ForgeLedger::view, change);
  }

  /** Whether each of these is one of Hivedeck's pull requests. */
  static boolean isOurs(Sql sql, List<Integer> numbers) throws SQLException {
    for (int number : numbers) {
      if (sql.number("SELECT count(*) FROM pull_request WHERE number = ?", number) == 0) {
        return false;
      }
    }
    return true;
  }

  private static PullRequest view(Sql.Row row) throws SQLException {
    return new PullRequest(
        "C-" + row.number("change"),
        row.integer("number"),
        row.text("url"),
        row.word("state", PullState.class),
        row.text("head"),
        row.word("mergeable", Mergeable.class),
        row.word("review", ReviewVerdict.class),
        row.word("checks", CheckState.class),
        runs(row.text("runs")),
        row.integer("rounds"),
        row.text("problem"),
        row.text("remedy"),
        row.instant("changed_at"));
  }

  private static List<String> words(String json) {
    try {
      return Json.MAPPER.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<CheckRun> runs(String json) {
    try {
      return Json.MAPPER.readValue(json, new TypeReference<List<CheckRun>>() {});
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * It was opened, or taken over.
   *
   * @param body digest of what was written; null where it has another
   * @param undressed labels and reviewers that it is to get
   */
  static void opened(
      Tx tx,
      long change,
      RemotePull remote,
      @Nullable String body,
      List<String> undressed,
      String text)
      throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO pull_request(change, number, node, url, state, head, body, undressed,"
                + " mergeable, review, checks, runs, changed_at, origin) VALUES (?, ?, ?, ?, ?, ?,"
                + " ?, ?, 'unknown', 'none', 'none', '[]', ?,"
                + " (SELECT api || ' ' || repository FROM forge_link)) ON CONFLICT(change) DO"
                + " UPDATE SET number = excluded.number, node = excluded.node, url = excluded.url,"
                + " state = excluded.state, head = excluded.head, body = excluded.body, undressed"
                + " = excluded.undressed, done = 0, changed_at = excluded.changed_at, origin ="
                + " excluded.origin",
            change,
            remote.number(),
            remote.node(),
            remote.url(),
            remote.state(),
            remote.head(),
            body,
            Json.write(undressed),
            tx.now());
    tell(tx, change, text);
  }

  /** A commit is about to be pushed to its branch; whatever becomes of that, it is Hivedeck's. */
  static void pushing(Tx tx, long change, String head) throws SQLException {
    tx.sql().update("INSERT INTO forge_push VALUES (?, ?) ON CONFLICT DO NOTHING", change, head);
  }

  /** Changes that are named, by themselves or by their pull requests. */
  static Set<Long> changes(Sql sql, LookRequests.Named named) throws SQLException {
    var changes = new HashSet<>(named.changes());
    for (int number : named.numbers()) {
      changes.addAll(
          sql.list(
              "SELECT change FROM pull_request WHERE number = ?",
              row -> row.number("change"),
              number));
    }
    return changes;
  }

  /** What Hivedeck pushed to its branch, or was about to. */
  static Set<String> pushed(Sql sql, long change) throws SQLException {
    return Set.copyOf(
        sql.list("SELECT head FROM forge_push WHERE change = ?", row -> row.text("head"), change));
  }

  /**
   * Whether it is the first in line that GitHub may merge. Those whose pull request waits for a
   * person, or for main to be pulled, keep no others back.
   */
  static boolean turn(Sql sql, long change) throws SQLException {
    for (var row : MergeLine.allowed(sql).passing()) {
      if (row.number() == change) {
        return true;
      }
      if (sql.number(GOES, row.number()) > 0) {
        return false;
      }
    }
    return false;
  }

  static void undressed(Tx tx, long change, List<String> left) throws SQLException {
    tx.sql()
        .update("UPDATE pull_request SET undressed = ? WHERE change = ?", Json.write(left), change);
  }

  static void body(Tx tx, long change, @Nullable String digest) throws SQLException {
    tx.sql().update("UPDATE pull_request SET body = ? WHERE change = ?", digest, change);
  }

  /** It went back to its agent. */
  static void returned(Tx tx, long change, String head) throws SQLException {
    tx.sql()
        .update(
            "UPDATE pull_request SET rounds = rounds + 1, returned_head = ?, returned_at = ?"
                + " WHERE change = ?",
            head,
            tx.now(),
            change);
    tell(tx, change, null);
  }

  /**
   * As it is now; told where that is otherwise than before.
   *
   * @param problem what a person has to look at; null for nothing
   */
  static void seen(
      Tx tx,
      long change,
      RemotePull remote,
      boolean done,
      @Nullable String problem,
      @Nullable String remedy)
      throws SQLException {
    var before = pull(tx.sql(), change).orElseThrow();
    var rollup = CheckRollup.of(remote.checks());
    tx.sql()
        .update(
            "UPDATE pull_request SET url = ?, state = ?, head = ?, mergeable = ?, review = ?,"
                + " checks = ?, runs = ?, problem = ?, remedy = ?, done = ? WHERE change = ?",
            remote.url(),
            remote.state(),
            remote.head(),
            remote.mergeable(),
            remote.verdict(),
            rollup.state(),
            Json.write(rollup.runs()),
            problem,
            remedy,
            done,
            change);
    if (!Objects.equals(problem, before.problem())) {
      ChangeLedger.pull(tx, "C-" + change);
    }
    if (!pull(tx.sql(), change).orElseThrow().equals(before)) {
      tx.sql().update("UPDATE pull_request SET changed_at = ? WHERE change = ?", tx.now(), change);
      tell(tx, change, null);
    }
  }

  /**
   * What GitHub refused of one; its other columns stay.
   *
   * @return whether there is such a pull request
   */
  static boolean refused(Tx tx, long change, ForgeException e, boolean done) throws SQLException {
    var before = pull(tx.sql(), change);
    if (before.isEmpty()) {
      return false;
    }
    tx.sql()
        .update(
            "UPDATE pull_request SET problem = ?, remedy = ?, done = ? WHERE change = ?",
            e.getMessage(),
            e.fault().hint(),
            done,
            change);
    if (!pull(tx.sql(), change).equals(before)) {
      tx.sql().update("UPDATE pull_request SET changed_at = ? WHERE change = ?", tx.now(), change);
      tell(tx, change, null);
    }
    return true;
  }

  /** What is of other repositories is not kept: its numbers mean other things in this one. */
  static void forgetOthers(Tx tx, String origin) throws SQLException {
    var foreign =
        tx.sql()
            .list(
                "SELECT change FROM pull_request WHERE origin <> ?",
                row -> row.number("change"),
                origin);
    for (long change : foreign) {
      tx.sql().update("DELETE FROM pull_request WHERE change = ?", change);
      tx.sql().update("DELETE FROM forge_comment WHERE change = ?", change);
      tx.sql().update("DELETE FROM forge_push WHERE change = ?", change);
      tx.emit(ForgeEvent.REMOVED, "C-" + change, null, null);
    }
  }

  private static void tell(Tx tx, long change, @Nullable String text) throws SQLException {
    tx.emit(ForgeEvent.PULL_REQUEST, text, pull(tx.sql(), change).orElseThrow());
  }

  static long changeNumber(String id) {
    try {
      return Long.parseLong(id.replaceFirst("^C-", ""));
    } catch (NumberFormatException e) {
      return 0; // which no change has
    }
  }

  // ── comments ────────────────────────────────────────────────────────────────────────────────

  /**
   * What was said here and not there yet.
   *
   * @param head the commit that its lines are of; null where they are gone from the latest
   * @param parent the comment here that it answers; null for none
   * @param answers the same as it is there; null where it is not there yet
   */
  record Unsaid(
      long id,
      String author,
      @Nullable String file,
      int line,
      String text,
      @Nullable String head,
      @Nullable Long parent,
      @Nullable String answers) {

    /** Whether its lines are of that commit. */
    boolean isOf(String commit) {
      return line > 0 && commit.equals(head);
    }
  }

  static List<Unsaid> unsaid(Sql sql, long change) throws SQLException {
    return sql.list(
        "SELECT c.*, (SELECT f.remote FROM forge_comment f WHERE f.local = c.parent) AS"
            + " answers FROM comment c WHERE change = ? AND id NOT IN (SELECT local FROM"
            + " forge_comment WHERE local IS NOT NULL) AND advisory = 0 AND NOT EXISTS (SELECT 1"
            + " FROM comment p WHERE p.id = c.parent AND p.advisory = 1) ORDER BY id",
        row ->
            new Unsaid(
                row.number("id"),
                row.text("author"),
                row.text("file"),
                row.integer("line"),
                row.text("text"),
                row.flag("outdated") ? null : row.text("head"),
                row.isNull("parent") ? null : (Long) row.number("parent"),
                row.text("answers")),
        change);
  }

  /**
   * A note that both sides have.
   *
   * @param local the comment that it is here; 0 for none
   * @param resolved whether it was settled there at the last look
   * @param parent the comment that it answers here; 0 for none
   * @param outside whether it counts as said by somebody who may not write to the repository
   * @param settled whether it is settled here
   */
  record Known(long local, boolean resolved, long parent, boolean outside, boolean settled) {
    /** Whether only here something was done about it since both sides agreed. */
    boolean differs(RemoteNote note) {
      return local > 0
          && settles(note)
          && note.resolved() == resolved
          && settled != note.resolved();
    }

    /** Whether it is here as it is there by now. */
    boolean isAs(RemoteNote note, @Nullable Long first) {
      return local == 0
          || (!settles(note) || resolved == note.resolved())
              && outside == isOutside(note)
              && !joins(first);
    }

    private boolean joins(@Nullable Long first) {
      return first != null && parent == 0 && first != local;
    }
  }

  /** The others of a thread are settled with the one that began it. */
  private static boolean settles(RemoteNote note) {
    return note.file() != null && note.answers() == null;
  }

  private static boolean isOutside(RemoteNote note) {
    return !note.own() && !note.trusted();
  }

  static Optional<Known> known(Sql sql, String remote) throws SQLException {
    return sql.one(
        "SELECT coalesce(c.id, 0) AS local, f.resolved, coalesce(c.parent, 0) AS parent,"
            + " coalesce(c.outside, 0) AS outside, c.resolved_by FROM forge_comment f"
            + " LEFT JOIN comment c ON c.id = f.local WHERE f.remote = ?",
        row ->
            new Known(
                row.number("local"),
                row.flag("resolved"),
                row.number("parent"),
                row.flag("outside"),
                !row.isNull("resolved_by")),
        remote);
  }

  /** The comment that answers to a note answer here; null where there is none. */
  static @Nullable Long thread(Sql sql, @Nullable String remote) throws SQLException {
    return remote == null
        ? null
        : sql.one(
                "SELECT coalesce(c.parent, c.id) AS first FROM forge_comment f"
                    + " JOIN comment c ON c.id = f.local WHERE f.remote = ?",
                row -> row.number("first"),
                remote)
            .orElse(null);
  }

  /** Brings it to how it is there by now: what was done last, here or there, counts. */
  static void follow(Tx tx, RemoteNote note) throws SQLException {
    var sql = tx.sql();
    var known = known(sql, note.id()).orElseThrow();
    long local = known.local();
    if (settles(note) && note.resolved() != known.resolved()) {
      sql.update(
          "UPDATE forge_comment SET resolved = ? WHERE remote = ?", note.resolved(), note.id());
      sql.update(
          "UPDATE comment SET resolved_by = CASE WHEN ? THEN coalesce(resolved_by, ?) END"
              + " WHERE id = ?",
          note.resolved(),
          ChangeReview.GITHUB,
          local);
    }
    var first = thread(sql, note.answers());
    if (known.joins(first)) {
      sql.update("UPDATE comment SET parent = ? WHERE id = ? OR parent = ?", first, local, local);
    }
    sql.update("UPDATE comment SET outside = ? WHERE id = ?", isOutside(note), local);
  }

  /** A thread is settled there, or open again, as it is here. */
  static void settled(Tx tx, String remote, boolean done) throws SQLException {
    tx.sql().update("UPDATE forge_comment SET resolved = ? WHERE remote = ?", done, remote);
  }

  /** Both sides have it. */
  static void said(Tx tx, long change, String remote, @Nullable Long local) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO forge_comment(remote, change, local) VALUES (?, ?, ?)"
                + " ON CONFLICT DO NOTHING",
            remote,
            change,
            local);
  }
}
