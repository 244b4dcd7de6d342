package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.config.Retention;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

/** A year of use: tasks come, are worked on, merged, and tell of it; every few hours is tidied. */
final class YearOfUse {
  private static final String PROMPT = "Write what is asked for, as the others are. ".repeat(35);
  private static final String GATES =
      "[{\"gate\":\"unit\",\"checkpoint\":\"attempt\",\"outcome\":\"passed\",\"summary\":\"240"
          + " tests passed\",\"millis\":5120,\"findings\":[]}]";

  /** What it is called with, and how large it became at the most. */
  record Course(int eventsPerDay, int tasksPerDay, int roundsPerDay, long mostEvents) {}

  record Size(long most, long last, long events, long tasks) {}

  private YearOfUse() {}

  static Size live(Path file, Course course, Retention retention) throws SQLException {
    try (var time = new VirtualTime();
        var store = Store.open(file, time.clock())) {
      var logs = new ActivityLogs(file.resolveSibling("attempts"), time);
      var house = new Housekeeping(store, logs, time.clock(), () -> retention, course.mostEvents());
      long most = 0;
      int tasks = 0;
      for (int round = 1; round <= 365 * course.roundsPerDay(); round++) {
        time.advance(Duration.ofDays(1).dividedBy(course.roundsPerDay()));
        int until = 1 + (int) ((long) round * course.tasksPerDay() / course.roundsPerDay());
        int events = course.eventsPerDay() / course.roundsPerDay();
        int from = tasks;
        store.write(
            "year",
            tx -> {
              for (int n = from; n < until; n++) {
                task(tx, n);
              }
              tell(tx, "T-" + (until - 1), events);
              return null;
            });
        tasks = until;
        house.tidy();
        most = Math.max(most, store.bytes());
      }
      return new Size(most, store.bytes(), store.seq() - store.oldest() + 1, tasks);
    }
  }

  private static void task(Tx tx, int n) throws SQLException {
    String id = "T-" + n;
    var sql = tx.sql();
    sql.update(
        "INSERT INTO task(id, place, title, prompt, priority, agent, capabilities, produces, state,"
            + " merged, updated_at) VALUES (?, ?, 'Write another file', ?, 5, 'worker-1',"
            + " '[\"java\"]', '[]', 'done', 1, ?)",
        id,
        n,
        PROMPT,
        tx.now());
    for (int number = 1; number <= 1 + n % 2; number++) {
      sql.update(
          "INSERT INTO attempt(id, task, agent, number, turn, state, detail, started_at, ended_at,"
              + " token, correlation, branch, worktree, start, head, activity, gates)"
              + " VALUES (?, ?, 'worker-1', ?, 1, 'succeeded', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          id + "." + number,
          id,
          number,
          "What it said in the end, as long as such words are.",
          tx.now(),
          tx.now(),
          "0123456789abcdef0123456789abcdef",
          "01234567-89ab-cdef-0123-456789abcdef",
          "hive/" + id + "-write-another-file",
          "/home/somebody/.local/share/hivedeck/shop-1234abcd/worktrees/" + id,
          "0123456789abcdef0123456789abcdef01234567",
          "0123456789abcdef0123456789abcdef01234567",
          "Editing src/main/java/Another.java",
          GATES);
    }
    sql.update(
        "INSERT INTO change(task, attempt, agent, state, branch, base, head, merge, files,"
            + " additions, deletions, commits, gates, review, opened_at, updated_at)"
            + " VALUES (?, ?, 'worker-1', 'merged', ?, ?, ?, ?, 3, 120, 14, 2, ?, 'none', ?, ?)",
        id,
        id + ".1",
        "hive/" + id + "-write-another-file",
        "0123456789abcdef0123456789abcdef01234567",
        "0123456789abcdef0123456789abcdef01234567",
        "0123456789abcdef0123456789abcdef01234567",
        GATES,
        tx.now(),
        tx.now());
  }

  /** As the engine does while an agent works: mostly of its attempt, now and then of the task. */
  private static void tell(Tx tx, String id, int events) throws SQLException {
    var attempt = AttemptLedger.view(tx.sql(), id + ".1");
    var task = TaskLedger.view(tx.sql(), id);
    for (int i = 0; i < events; i++) {
      if (i % 4 == 3) {
        tx.emit(TaskEvent.PROGRESSED, id + " goes on", task);
      } else {
        tx.emit(AttemptEvent.PROGRESSED, null, attempt);
      }
    }
  }
}
