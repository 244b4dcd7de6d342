package dev.hivedeck.app.cli.worktree;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AttemptViews.Attempt;
import dev.hivedeck.engine.protocol.view.AttemptViews.Kept;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.TaskViews.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A folder that is opened.
 *
 * @param name what it is the folder of
 */
record OpenPlace(String name, Path folder) {
  private static final Pattern CHANGE = Pattern.compile("(?i)(?:#|C-)(\\d+)");
  private static final Pattern TASK = Pattern.compile("[^.]+");

  /**
   * The folder of a task's latest attempt, of the attempt that a change came from, or of an
   * attempt.
   *
   * @throws HiveException where there is none: {@code no-worktree} says what became of its work
   */
  static OpenPlace of(EngineAccess.Opened opened, String what) {
    var change = CHANGE.matcher(what);
    if (change.matches()) {
      var one = one(opened, Topic.CHANGE, "C-" + change.group(1), Change.class);
      return of(opened, one(opened, Topic.ATTEMPT, one.attempt(), Attempt.class), one);
    }
    if (TASK.matcher(what).matches()) {
      var task = one(opened, Topic.TASK, what, Task.class);
      if (task.attempt() == null) {
        throw new HiveException(
            ErrorCode.NO_WORKTREE,
            what + " has no worktree: nobody began it yet.",
            "It gets one with its first attempt; hivedeck tasks says what it waits for.");
      }
      var made =
          task.change() == null ? null : one(opened, Topic.CHANGE, task.change(), Change.class);
      return of(opened, one(opened, Topic.ATTEMPT, task.attempt(), Attempt.class), made);
    }
    return of(opened, one(opened, Topic.ATTEMPT, what, Attempt.class), null);
  }

  private static <T> T one(EngineAccess.Opened opened, Topic topic, String id, Class<T> type) {
    return Json.as(opened.door().query(new Query.Thing(topic, id)), type);
  }

  /**
   * @param change that came from it; null for none
   */
  private static OpenPlace of(EngineAccess.Opened opened, Attempt attempt, Change change) {
    var worktree = attempt.worktree();
    if (worktree != null && !worktree.isBlank() && Files.isDirectory(Path.of(worktree))) {
      return new OpenPlace(attempt.id(), Path.of(worktree));
    }
    throw new HiveException(
        ErrorCode.NO_WORKTREE,
        attempt.id() + " has no worktree any more" + left(opened, attempt, change),
        back(opened, attempt));
  }

  private static String left(EngineAccess.Opened opened, Attempt attempt, Change change) {
    if (change != null && change.merge() != null) {
      return "; its work is on main, as " + ObjectNames.abbreviated(change.merge()) + ".";
    }
    var ref = ref(opened, attempt);
    return ref == null ? ", and nothing of it was kept." : "; its work is kept as " + ref + ".";
  }

  private static String back(EngineAccess.Opened opened, Attempt attempt) {
    var ref = ref(opened, attempt);
    if (ref == null) {
      return "Its log is there: hivedeck log " + attempt.id() + ".";
    }
    return "Bring it back: git worktree add --detach ../" + attempt.id() + " " + ref;
  }

  /** What holds its work: its branch while that is still at it, a kept ref, or its commit. */
  private static String ref(EngineAccess.Opened opened, Attempt attempt) {
    var git = new Git(Path.of(EngineAccess.workspace(opened.door()).path()));
    if (attempt.branch() != null) {
      var tip = git.run("rev-parse", "--verify", "--quiet", "refs/heads/" + attempt.branch());
      if (tip.ok() && (attempt.commit() == null || tip.value().equals(attempt.commit()))) {
        return attempt.branch();
      }
    }
    var kept =
        opened.all(Topic.KEPT, Kept.class).stream()
            .filter(k -> attempt.id().equals(k.attempt()))
            .reduce((_, last) -> last);
    if (kept.isPresent()) {
      return kept.get().id();
    }
    return attempt.commit() != null
            && git.run("cat-file", "-e", attempt.commit() + "^{commit}").ok()
        ? attempt.commit()
        : null;
  }
}
