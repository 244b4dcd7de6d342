package dev.hivedeck.engine.lesson;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;

/** The ledger of what attempts learned; a person, or a later analysis, decides what it is worth. */
public final class AttemptLessons {
  /** More of one attempt nobody reads. */
  private static final int MOST = 20;

  private AttemptLessons() {}

  /**
   * Keeps a lesson; the same words of the same attempt again are the same lesson.
   *
   * @return its id
   * @throws HiveException {@code too-many}
   */
  public static long record(Tx tx, AttemptLedger.Row attempt, String text) throws SQLException {
    var same =
        tx.sql()
            .one(
                "SELECT id FROM lesson WHERE attempt = ? AND text = ?",
                row -> row.number("id"),
                attempt.id(),
                text);
    if (same.isPresent()) {
      return same.get();
    }
    if (tx.sql().number("SELECT count(*) FROM lesson WHERE attempt = ?", attempt.id()) >= MOST) {
      throw new HiveException(
          ErrorCode.TOO_MANY,
          attempt.id() + " has recorded " + MOST + " lessons, which is all it may.",
          "Say the rest at the end of your work.");
    }
    long id = tx.sql().number("SELECT coalesce(max(id), 0) + 1 FROM lesson");
    tx.sql()
        .update(
            "INSERT INTO lesson(id, at, task, attempt, agent, text, state)"
                + " VALUES (?, ?, ?, ?, ?, ?, 'new')",
            id,
            tx.now(),
            attempt.task(),
            attempt.id(),
            attempt.agent(),
            text);
    tx.emit(
        AttemptEvent.LESSON_RECORDED, attempt.id(), attempt.agent() + " learned: " + text, null);
    return id;
  }

  /** The latest, newest first. */
  public static List<Query.Lesson> latest(Sql sql, int limit) throws SQLException {
    return sql.list(
        "SELECT * FROM lesson ORDER BY id DESC LIMIT ?",
        row ->
            new Query.Lesson(
                row.number("id"),
                row.instant("at"),
                row.text("task"),
                row.text("attempt"),
                row.text("agent"),
                row.text("text"),
                row.text("state")),
        limit);
  }
}
