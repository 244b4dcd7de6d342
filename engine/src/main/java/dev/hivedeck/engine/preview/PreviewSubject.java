package dev.hivedeck.engine.preview;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.service.ServiceViews;
import dev.hivedeck.engine.store.Sql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is looked at.
 *
 * @param id of the change or the attempt
 * @param live whether it is looked at where an attempt works
 * @param folder that folder; else null
 * @param head the commit that a checkout is of; else null
 */
record PreviewSubject(
    String id,
    String task,
    String attempt,
    boolean live,
    @Nullable Path folder,
    @Nullable String head) {
  private static final Pattern CHANGE = Pattern.compile("(?:#|[Cc]-)(\\d+)");

  /** Of the service that it is. */
  String name() {
    return ServiceViews.PREVIEW + id;
  }

  /**
   * What is meant by an id.
   *
   * @param id of a change, a task or an attempt
   * @throws HiveException {@code no-worktree}, or that there is no such thing
   */
  static PreviewSubject of(Sql sql, String id) throws SQLException {
    var number = CHANGE.matcher(id);
    if (number.matches()) {
      return change(ChangeLedger.get(sql, "C-" + number.group(1)));
    }
    if (!id.contains(".")) {
      var task = TaskLedger.view(sql, TaskLedger.get(sql, id).id());
      var change = ChangeLedger.ofTask(sql, id);
      if (change.isPresent() && !change.get().state().over()) {
        return change(change.get());
      }
      if (task.attempt() == null) {
        throw new HiveException(
            ErrorCode.NO_WORKTREE,
            id + " has no worktree: nobody began it yet.",
            "It gets one with its first attempt.");
      }
      return attempt(AttemptLedger.get(sql, task.attempt()));
    }
    return attempt(AttemptLedger.get(sql, id));
  }

  private static PreviewSubject change(ChangeLedger.Row change) {
    if (change.state().over()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          change.id() + " is " + change.state().word() + ": its app is looked at no more.",
          "What its attempt left can be: hivedeck preview start " + change.attempt() + ".");
    }
    return new PreviewSubject(
        change.id(), change.task(), change.attempt(), false, null, change.head());
  }

  private static PreviewSubject attempt(AttemptLedger.Row attempt) {
    Path folder = attempt.worktree() == null ? null : Path.of(attempt.worktree());
    if (!attempt.state().over() && folder != null && Files.isDirectory(folder)) {
      return new PreviewSubject(attempt.id(), attempt.task(), attempt.id(), true, folder, null);
    }
    if (attempt.head() == null) {
      throw new HiveException(
          ErrorCode.NO_WORKTREE,
          attempt.id() + " has neither a worktree nor a commit.",
          "Its log says what became of it: hivedeck log " + attempt.id() + ".");
    }
    return new PreviewSubject(
        attempt.id(), attempt.task(), attempt.id(), false, null, attempt.head());
  }

  /**
   * Whether nobody can want to look at it any more: it is over, or has another commit by now, for
   * which this one must not be taken.
   */
  boolean isOver(Sql sql) throws SQLException {
    if (CHANGE.matcher(id).matches()) {
      var change = ChangeLedger.get(sql, id);
      return change.state().over() || !change.head().equals(head);
    }
    return live && AttemptLedger.get(sql, attempt).state().over();
  }
}
