package dev.hivedeck.engine.forge.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.forge.CheckRollup;
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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ledger of pull requests and of what was said on both sides. */
final class ForgeLedger {
  private static final String PULLS = "SELECT * FROM pull_request";

  private ForgeLedger() {}

  /**
   * What is written down of one.
   *
   * @param change its number
   * @param body digest of what Hivedeck wrote there last; null where a person's body stays
   */
  record Row(
      long change,
      int number,
      String head,
      @Nullable String pushed,
      @Nullable String body,
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
                row.text("pushed"),
                row.text("body"),
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

  static List<PullRequest> pulls(Sql sql) throws SQLException {
    return sql.list(PULLS + " ORDER BY change", ForgeLedger::view);
  }

  static Optional<PullRequest> pull(Sql sql, long change) throws SQLException {
    return sql.one(PULLS + " WHERE change = ?", ForgeLedger::view, change);
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
   */
  static void opened(
      Tx tx, long change, RemotePull remote, String pushed, @Nullable String body, String text)
      throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO pull_request(change, number, node, url, state, head, pushed, body,"
                + " mergeable, review, checks, runs, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
                + " 'unknown', 'none', 'none', '[]', ?) ON CONFLICT(change) DO UPDATE SET number ="
                + " excluded.number, node = excluded.node, url = excluded.url, state ="
                + " excluded.state, head = excluded.head, pushed = excluded.pushed, body ="
                + " excluded.body, done = 0, changed_at = excluded.changed_at",
            change,
            remote.number(),
            remote.node(),
            remote.url(),
            remote.state(),
            remote.head(),
            pushed,
            body,
            tx.now());
    tell(tx, change, text);
  }

  /** Its commit was pushed; what was checked was another. */
  static void pushed(Tx tx, long change, String head) throws SQLException {
    tx.sql().update("UPDATE pull_request SET pushed = ? WHERE change = ?", head, change);
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
    if (!pull(tx.sql(), change).orElseThrow().equals(before)) {
      tx.sql().update("UPDATE pull_request SET changed_at = ? WHERE change = ?", tx.now(), change);
      tell(tx, change, null);
    }
  }

  /** Of another repository nothing is kept: its numbers mean other things here. */
  static void forget(Tx tx) throws SQLException {
    for (var pull : pulls(tx.sql())) {
      tx.sql().update("DELETE FROM pull_request WHERE change = ?", changeNumber(pull.id()));
      tx.emit(ForgeEvent.REMOVED, pull.id(), null, null);
    }
    tx.sql().update("DELETE FROM forge_comment");
    tx.sql().update("DELETE FROM forge_issue");
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

  /** What was said here and not there yet. */
  record Unsaid(long id, String author, @Nullable String file, int line, String text) {}

  static List<Unsaid> unsaid(Sql sql, long change) throws SQLException {
    return sql.list(
        "SELECT * FROM comment WHERE change = ? AND id NOT IN (SELECT local FROM forge_comment"
            + " WHERE local IS NOT NULL) ORDER BY id",
        row ->
            new Unsaid(
                row.number("id"),
                row.text("author"),
                row.text("file"),
                row.integer("line"),
                row.text("text")),
        change);
  }

  static boolean knows(Sql sql, String remote) throws SQLException {
    return sql.number("SELECT count(*) FROM forge_comment WHERE remote = ?", remote) > 0;
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
