package dev.hivedeck.engine.lesson;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.Sighting;
import dev.hivedeck.engine.protocol.event.LessonEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * The ledger of what fails again and again. The templates are its leaves; the tree above them, by
 * source, length and first word, is an index. It is bounded: at most {@link #MOST} templates of
 * which the one that was seen the longest ago gives way, and the last {@link #REMEMBERED} sightings
 * of each.
 */
public final class LessonLedger {
  /** So many templates; what a person has judged never gives way. */
  static final int MOST = 500;

  /** So many sightings of each can be looked at; all are counted. */
  static final int REMEMBERED = 50;

  /** A node with more first words than this puts further ones together. */
  static final int MOST_HEADS = 40;

  /** Of one attempt. */
  private static final int MOST_FINDINGS = 10;

  private static final int LONGEST = 400;
  private static final String PREFIX = "F-";

  /** The source of what agents record by themselves: no failure, but what to do. */
  private static final String LEARNED = "agent";

  private LessonLedger() {}

  /**
   * An attempt that is over.
   *
   * @param work the kind of work its task is
   */
  public record Ended(String attempt, String task, String agent, String work) {}

  // ── what ended ──────────────────────────────────────────────────────────────────────────────

  /** Notes what an attempt failed of: what its gates found, else the reason it ended for. */
  public static void failed(
      Tx tx, Ended ended, String reason, String detail, List<GateResult> gates)
      throws SQLException {
    var messages = new LinkedHashMap<String, String>(); // message → source
    for (var gate : gates) {
      if (gate.outcome() == Outcome.FAILED) {
        if (gate.findings().isEmpty()) {
          messages.put(gate.summary(), "gate " + gate.gate());
        }
        gate.findings().stream()
            .limit(MOST_FINDINGS)
            .forEach(finding -> messages.put(finding.message(), "gate " + gate.gate()));
      }
    }
    if (messages.isEmpty() && detail != null) {
      messages.put(detail, reason);
    }
    for (var message : messages.entrySet()) {
      if (message.getKey() != null && !message.getKey().isBlank()) {
        seen(tx, ended, message.getValue(), message.getKey());
      }
    }
  }

  /** Notes what an agent has learned, for a person to judge; the same by others is one lesson. */
  public static void learned(Tx tx, Ended by, String text) throws SQLException {
    seen(tx, by, LEARNED, text);
  }

  private record Leaf(long id, MessageTemplate template) {}

  private static void seen(Tx tx, Ended ended, String source, String message) throws SQLException {
    var messageTemplate =
        MessageTemplate.of(message, List.of(ended.agent(), ended.task(), ended.attempt()));
    var known = find(tx.sql(), source, messageTemplate);
    long id;
    if (known.isPresent()) {
      id = known.get().id();
      if (already(tx.sql(), id, ended.attempt())) {
        return;
      }
      // One that was deleted begins anew: who wants never to hear of it mutes it.
      tx.sql()
          .update(
              "UPDATE failure SET template = ?, last_at = ?,"
                  + " seen = CASE state WHEN 'deleted' THEN 1 ELSE seen + 1 END,"
                  + " state = CASE state WHEN 'deleted' THEN 'new' ELSE state END WHERE id = ?",
              known.get().template().with(messageTemplate).toString(),
              tx.now(),
              id);
    } else {
      makeRoom(tx);
      id = tx.sql().number("SELECT coalesce(max(id), 0) + 1 FROM failure");
      tx.sql()
          .update(
              "INSERT INTO failure(id, source, length, head, template, seen, first_at, last_at,"
                  + " state) VALUES (?, ?, ?, ?, ?, 1, ?, ?, 'new')",
              id,
              source,
              messageTemplate.words().size(),
              head(tx.sql(), source, messageTemplate),
              messageTemplate.toString(),
              tx.now(),
              tx.now());
    }
    tx.sql()
        .update(
            "INSERT INTO sighting(failure, attempt, task, agent, work, text, at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
            id,
            ended.attempt(),
            ended.task(),
            ended.agent(),
            ended.work(),
            message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message,
            tx.now());
    tx.sql()
        .update(
            "DELETE FROM sighting WHERE failure = ? AND rowid NOT IN (SELECT rowid FROM sighting"
                + " WHERE failure = ? ORDER BY at DESC, rowid DESC LIMIT ?)",
            id,
            id,
            REMEMBERED);
    var view = view(tx.sql(), id);
    tx.emit(
        LessonEvent.SEEN,
        view.seen() > 1 && view.state() != LessonState.MUTED
            ? "seen %d times: %s".formatted(view.seen(), view.text())
            : null,
        view);
  }

  /** The most similar of those with the same source, length and first word. */
  private static Optional<Leaf> find(Sql sql, String source, MessageTemplate message)
      throws SQLException {
    return sql
        .list(
            "SELECT id, template FROM failure"
                + " WHERE source = ? AND length = ? AND head IN (?, ?)",
            row -> new Leaf(row.number("id"), MessageTemplate.parse(row.text("template"))),
            source,
            message.words().size(),
            message.head(),
            MessageTemplate.ANY)
        .stream()
        .filter(leaf -> leaf.template().similarity(message) >= MessageTemplate.SIMILAR)
        .max(
            Comparator.<Leaf>comparingDouble(leaf -> leaf.template().similarity(message))
                .thenComparing(Comparator.comparingLong(Leaf::id).reversed()));
  }

  private static String head(Sql sql, String source, MessageTemplate messageTemplate)
      throws SQLException {
    long heads =
        sql.number(
            "SELECT count(DISTINCT head) FROM failure WHERE source = ? AND length = ?",
            source,
            messageTemplate.words().size());
    return heads >= MOST_HEADS ? MessageTemplate.ANY : messageTemplate.head();
  }

  private static boolean already(Sql sql, long failure, String attempt) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM sighting WHERE failure = ? AND attempt = ?", failure, attempt)
        > 0;
  }

  private static void makeRoom(Tx tx) throws SQLException {
    if (tx.sql().number("SELECT count(*) FROM failure") < MOST) {
      return;
    }
    // What a person has judged or worded stays, however long ago it was seen.
    var oldest =
        tx.sql()
            .list(
                "SELECT id FROM failure ORDER BY state IN ('accepted', 'muted') OR worded,"
                    + " state <> 'deleted', last_at, id LIMIT 1",
                row -> row.number("id"));
    for (long id : oldest) {
      tx.sql().update("DELETE FROM sighting WHERE failure = ?", id);
      tx.sql().update("DELETE FROM failure WHERE id = ?", id);
      tx.emit(LessonEvent.REMOVED, PREFIX + id, null, null);
    }
  }

  /**
   * An attempt was verified: what earlier attempts at its task failed of since the last time has
   * been remedied by it.
   *
   * @param summary what it did, in words
   */
  public static void verified(Tx tx, String task, String attempt, String summary)
      throws SQLException {
    var failures =
        tx.sql()
            .list(
                "SELECT DISTINCT failure FROM sighting s WHERE task = ? AND remedied IS NULL"
                    + " AND (SELECT source FROM failure WHERE id = s.failure) <> ?",
                row -> row.number("failure"),
                task,
                LEARNED);
    for (long id : failures) {
      tx.sql()
          .update(
              "UPDATE sighting SET remedied = ?"
                  + " WHERE failure = ? AND task = ? AND remedied IS NULL",
              attempt,
              id,
              task);
      // What a person has worded is better than what was seen to help.
      tx.sql()
          .update(
              "UPDATE failure SET remedy = ?, remedied_by = ? WHERE id = ? AND NOT worded",
              summary,
              attempt,
              id);
      tell(tx, LessonEvent.REMEDIED, id);
    }
  }

  // ── what the next attempt is told ───────────────────────────────────────────────────────────

  /**
   * What is worth telling an agent before it begins: what it, or anybody at this kind of work,
   * failed of again and again, and what helped; accepted lessons first.
   *
   * @param work see {@link Ended#work}; empty for none in particular
   */
  public static List<String> worthTelling(Sql sql, String agent, String work, int most)
      throws SQLException {
    return sql.list(
        "SELECT template, seen, remedy FROM failure f WHERE "
            + OFFERED
            + " AND EXISTS (SELECT 1 FROM sighting s WHERE s.failure = f.id"
            + "   AND (s.agent = ? OR s.work <> '' AND s.work = ?))"
            + " ORDER BY state = 'accepted' DESC, seen DESC, last_at DESC, id LIMIT ?",
        row ->
            "%s (%d×)%s"
                .formatted(
                    row.text("template"),
                    row.integer("seen"),
                    row.text("remedy") == null ? "" : ". What helped: " + row.text("remedy")),
        agent,
        work,
        most);
  }

  /** What a person accepted, and what came more than once, unless a person said no. */
  private static final String OFFERED =
      "(remedy IS NOT NULL OR source = '"
          + LEARNED
          + "') AND (state = 'accepted' OR state = 'new' AND seen > 1)";

  // ── what a person says ──────────────────────────────────────────────────────────────────────

  /**
   * @throws HiveException {@code no-lesson}
   */
  public static void judge(Tx tx, String id, LessonState state) throws SQLException {
    long number = number(tx.sql(), id);
    tx.sql().update("UPDATE failure SET state = ? WHERE id = ?", state, number);
    if (state == LessonState.DELETED) {
      tx.emit(LessonEvent.REMOVED, id, null, null);
    } else {
      tell(tx, LessonEvent.JUDGED, number);
    }
  }

  /**
   * Words the remedy.
   *
   * @param remedy blank to take back what a person said; then what helps next counts again
   * @throws HiveException {@code no-lesson}
   */
  public static void word(Tx tx, String id, String remedy) throws SQLException {
    long number = number(tx.sql(), id);
    boolean none = remedy == null || remedy.isBlank();
    tx.sql()
        .update(
            "UPDATE failure SET remedy = ?, worded = ? WHERE id = ?",
            none ? null : remedy.strip(),
            !none,
            number);
    tell(tx, LessonEvent.WORDED, number);
  }

  /** One that was deleted is told of no more, whatever becomes of it, until it is seen again. */
  private static void tell(Tx tx, LessonEvent type, long id) throws SQLException {
    var view = view(tx.sql(), id);
    if (view.state() != LessonState.DELETED) {
      tx.emit(type, null, view);
    }
  }

  private static long number(Sql sql, String id) throws SQLException {
    if (id != null && id.matches(PREFIX + "\\d{1,18}")) {
      long number = Long.parseLong(id.substring(PREFIX.length()));
      if (sql.number("SELECT count(*) FROM failure WHERE id = ?", number) > 0) {
        return number;
      }
    }
    throw new HiveException(
        ErrorCode.NO_LESSON,
        "There is no lesson " + id + ".",
        "hivedeck lessons lists those there are.");
  }

  // ── views ───────────────────────────────────────────────────────────────────────────────────

  private static final String VIEW =
      "SELECT f.*, "
          + OFFERED
          + " AS offered,"
          + " (SELECT group_concat(agent, char(10)) FROM (SELECT DISTINCT agent FROM sighting"
          + "   WHERE failure = f.id ORDER BY agent)) AS agents,"
          + " (SELECT group_concat(task, char(10)) FROM (SELECT task FROM sighting"
          + "   WHERE failure = f.id GROUP BY task ORDER BY max(at) DESC)) AS tasks"
          + " FROM failure f";

  static LessonViews.Lesson view(Sql sql, long id) throws SQLException {
    return sql.one(VIEW + " WHERE f.id = ?", LessonLedger::view, id).orElseThrow();
  }

  /** Those that are not deleted, the latest seen first. */
  public static List<LessonViews.Lesson> views(Sql sql) throws SQLException {
    return sql.list(
        VIEW + " WHERE state <> 'deleted' ORDER BY last_at DESC, id DESC", LessonLedger::view);
  }

  private static LessonViews.Lesson view(Sql.Row row) throws SQLException {
    return new LessonViews.Lesson(
        PREFIX + row.number("id"),
        row.text("source"),
        row.text("template"),
        row.integer("seen"),
        row.instant("first_at"),
        row.instant("last_at"),
        lines(row.text("agents")),
        lines(row.text("tasks")),
        row.word("state", LessonState.class),
        row.text("remedy"),
        row.text("remedied_by"),
        row.flag("worded"),
        row.flag("offered"));
  }

  private static List<String> lines(String joined) {
    return joined == null ? List.of() : Arrays.asList(joined.split("\n"));
  }

  /**
   * Where a failure was seen, the latest first.
   *
   * @throws HiveException {@code no-lesson}
   */
  public static List<Sighting> sightings(Sql sql, String id) throws SQLException {
    return sql.list(
        "SELECT * FROM sighting WHERE failure = ? ORDER BY at DESC, rowid DESC",
        row ->
            new Sighting(
                row.text("attempt"),
                row.text("task"),
                row.text("agent"),
                row.text("work"),
                row.instant("at"),
                row.text("text"),
                row.text("remedied")),
        number(sql, id));
  }
}
