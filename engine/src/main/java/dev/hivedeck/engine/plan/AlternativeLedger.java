package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.alternative.AlternativeEvent;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternatives;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks are alternatives (best of n), and which of them was chosen. Each is a task of its own
 * with its own attempts and its own change; the first of them is the one that was asked for. What
 * needs that one waits for whichever is chosen.
 */
public final class AlternativeLedger {
  /** More than these nobody compares. */
  static final int MOST = 8;

  private AlternativeLedger() {}

  /** The task that was asked for, of one of its alternatives; empty where it is none. */
  public static Optional<String> original(Sql sql, String task) throws SQLException {
    return sql.one(
        "SELECT original FROM alternative WHERE task = ?", row -> row.text("original"), task);
  }

  /**
   * The alternatives of a task, the one that was asked for first; empty where there is no other.
   */
  public static List<String> tasks(Sql sql, String original) throws SQLException {
    return sql.list(
        "SELECT task FROM alternative WHERE original = ? ORDER BY place",
        row -> row.text("task"),
        original);
  }

  /** All tasks that have alternatives. */
  public static List<String> originals(Sql sql) throws SQLException {
    return sql.list(
        "SELECT task FROM alternative WHERE place = 0 ORDER BY task", row -> row.text("task"));
  }

  /** The one that was chosen. */
  public static Optional<String> chosen(Sql sql, String original) throws SQLException {
    return sql.one(
        "SELECT task FROM alternative WHERE original = ? AND chosen_at IS NOT NULL",
        row -> row.text("task"),
        original);
  }

  /** Whether it may not come to main: it is one of several, and not the one that was chosen. */
  public static boolean waits(Sql sql, String task) throws SQLException {
    return sql.number("SELECT count(*) FROM alternative WHERE task = ? AND chosen_at IS NULL", task)
        > 0;
  }

  /**
   * @throws HiveException {@code not-now} where it {@link #waits}
   */
  public static void checkChosen(Sql sql, String task) throws SQLException {
    var original = original(sql, task);
    if (original.isEmpty() || !waits(sql, task)) {
      return;
    }
    var chosen = chosen(sql, original.get());
    throw new HiveException(
        ErrorCode.NOT_NOW,
        chosen.isEmpty()
            ? "%s is one of %d alternatives, of which none is chosen yet."
                .formatted(task, tasks(sql, original.get()).size())
            : "%s is an alternative to %s, which was chosen.".formatted(task, chosen.get()),
        "Compare them with hivedeck alternatives show %s, then hivedeck alternatives choose one."
            .formatted(original.get()));
  }

  /**
   * @throws HiveException {@code merged} where the chosen one is on main already
   */
  public static void checkNotMerged(Sql sql, String task) throws SQLException {
    var original = original(sql, task);
    if (original.isPresent() && TaskLedger.get(sql, original.get()).merged()) {
      throw new HiveException(
          ErrorCode.MERGED,
          "%s is on main already, by %s."
              .formatted(original.get(), chosen(sql, original.get()).orElse(original.get())),
          "Revert that change, or add a task of your own.");
    }
  }

  /** Notes that a task is an alternative to another one; its first makes that one as well. */
  static void add(Tx tx, String original, String task) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO alternative(task, original, place) VALUES (?1, ?1, 0)"
                + " ON CONFLICT DO NOTHING",
            original);
    tx.sql()
        .update(
            "INSERT INTO alternative(task, original, place) SELECT ?1, ?2, max(place) + 1 FROM"
                + " alternative WHERE original = ?2",
            task,
            original);
    // Nobody is to review what is not chosen yet, and nothing proceeds by itself.
    tx.sql()
        .update(
            "UPDATE change SET review = 'none', due_at = NULL WHERE task = ? AND state = 'open'",
            original);
  }

  /** A free id for one more alternative: {@code T-3-b}, {@code T-3-c} and so on. */
  static String freeId(Sql sql, String original, Set<String> taken) throws SQLException {
    for (int n = 1; ; n++) {
      String id = original + "-" + (n < 26 ? Character.toString('a' + n) : Integer.toString(n));
      if (!taken.contains(id) && TaskLedger.find(sql, id).isEmpty()) {
        return id;
      }
    }
  }

  /**
   * Whether a task may be given to more agents: nothing of it was chosen, is on its way to main or
   * is over.
   */
  static boolean open(Sql sql, String original) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM task t WHERE t.id = ?1 AND t.merged = 0 AND t.state <>"
                + " 'cancelled' AND NOT EXISTS (SELECT 1 FROM alternative a WHERE a.original = ?1"
                + " AND a.chosen_at IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM change c WHERE"
                + " c.task = ?1 AND c.state NOT IN ('draft', 'open', 'conflicted'))",
            original)
        > 0;
  }

  /**
   * @throws HiveException {@code not-now}, {@code bad-usage} where nobody is named
   */
  public static void checkOpen(Sql sql, TaskLedger.Row task, List<String> more)
      throws SQLException {
    if (more.isEmpty()) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "No agent is named that is to do " + task.id() + " as well.",
          "Name one or more with --agent; hivedeck agents lists those there are.");
    }
    if (!open(sql, task.id())) {
      var chosen = chosen(sql, task.id());
      throw new HiveException(
          ErrorCode.NOT_NOW,
          task.merged() || chosen.isEmpty()
              ? task.id() + " is over, or its change is on its way to main."
              : "Of the alternatives of %s one is chosen: %s.".formatted(task.id(), chosen.get()),
          task.merged() || chosen.isEmpty()
              ? "Add a task of your own."
              : "Take the choice back first: hivedeck alternatives undo " + task.id() + ".");
    }
  }

  /** Notes the choice, in place of an earlier one. */
  public static void choose(Tx tx, String original, String task) throws SQLException {
    tx.sql().update("UPDATE alternative SET chosen_at = NULL WHERE original = ?", original);
    tx.sql()
        .update("UPDATE alternative SET chosen_at = ?, aside = 0 WHERE task = ?", tx.now(), task);
  }

  /** Notes that nothing is chosen any more. */
  public static void unchoose(Tx tx, String original) throws SQLException {
    tx.sql()
        .update("UPDATE alternative SET chosen_at = NULL, aside = 0 WHERE original = ?", original);
  }

  /**
   * What the choice of another one ended, and taking it back brings back.
   *
   * @param closed whether its change was open
   * @param stopped whether it was at work, or waited to be
   * @param paused whether a person had paused it
   */
  public record Aside(String task, boolean closed, boolean stopped, boolean paused) {
    static final int CLOSED = 1;
    private static final int STOPPED = 2;
    private static final int PAUSED = 4;

    private static Aside of(Sql.Row row) throws SQLException {
      int what = row.integer("aside");
      return new Aside(
          row.text("task"), (what & CLOSED) > 0, (what & STOPPED) > 0, (what & PAUSED) > 0);
    }

    private int what() {
      return (closed ? CLOSED : 0) + (stopped ? STOPPED : 0) + (paused ? PAUSED : 0);
    }
  }

  /** Notes what the choice of another one ended, beside what an earlier choice did. */
  public static void aside(Tx tx, Aside aside) throws SQLException {
    tx.sql()
        .update(
            "UPDATE alternative SET aside = aside | ? WHERE task = ?", aside.what(), aside.task());
  }

  /** What the choice ended, and nobody has done anything about since. */
  public static List<Aside> aside(Sql sql, String original) throws SQLException {
    return sql.list(
        "SELECT task, aside FROM alternative WHERE original = ? AND aside > 0 ORDER BY place",
        Aside::of,
        original);
  }

  /** Whether a task is as the choice of another one left it. */
  public static boolean isAside(Sql sql, String task) throws SQLException {
    return sql.number("SELECT count(*) FROM alternative WHERE task = ? AND aside > 0", task) > 0;
  }

  /**
   * Somebody retried it, took it over or cancelled it: what the choice of another one had ended is
   * theirs by now, and is not brought back by taking that choice back.
   */
  public static void acted(Tx tx, String task) throws SQLException {
    if (tx.sql().update("UPDATE alternative SET aside = 0 WHERE task = ? AND aside > 0", task)
        > 0) {
      tell(tx, original(tx.sql(), task).orElseThrow(), AlternativeEvent.PROGRESSED, null);
    }
  }

  /**
   * What a choice ended stays so, for all that are alternatives to a task.
   *
   * @return whether there was any
   */
  public static boolean drop(Tx tx, String original) throws SQLException {
    boolean any =
        tx.sql()
                .update(
                    "UPDATE alternative SET aside = 0 WHERE original = ? AND aside > 0", original)
            > 0;
    if (any) {
      tell(tx, original, AlternativeEvent.PROGRESSED, null);
    }
    return any;
  }

  /**
   * The work of a task is on main: what needs it, or the task that it is an alternative to, goes
   * on.
   */
  public static void landed(Tx tx, String task) throws SQLException {
    merged(tx, task);
    var original = original(tx.sql(), task);
    if (original.isEmpty()) {
      return;
    }
    if (chosen(tx.sql(), original.get()).filter(task::equals).isEmpty()) { // by whose hand ever
      choose(tx, original.get(), task);
      tell(tx, original.get(), AlternativeEvent.CHOSEN, task + " is on main, so it is chosen");
    }
    for (String other : tasks(tx.sql(), original.get())) {
      if (!other.equals(task)) {
        over(tx, other, other.equals(original.get()), task);
      }
    }
  }

  /** The task that was asked for is done by the chosen one; the others are needed no more. */
  private static void over(Tx tx, String other, boolean original, String chosen)
      throws SQLException {
    var state = TaskLedger.get(tx.sql(), other).state();
    String why = chosen + " was chosen";
    if (original) {
      if (state != TaskState.DONE) {
        var step =
            state == TaskState.CANCELLED
                ? TaskStateMachine.Step.REOPEN
                : TaskStateMachine.Step.FIND;
        TaskLedger.step(tx, other, step, why, TaskEvent.FOUND, other + " is done: " + why);
      }
      merged(tx, other);
    } else if (state != TaskState.CANCELLED) {
      TaskLedger.step(
          tx,
          other,
          TaskStateMachine.Step.CANCEL,
          why,
          TaskEvent.CANCELLED,
          other + " is cancelled: " + why);
    }
  }

  private static void merged(Tx tx, String task) throws SQLException {
    tx.sql()
        .update(
            "UPDATE task SET merged = 1, reason = NULL, updated_at = ? WHERE id = ?",
            tx.now(),
            task);
    TaskLedger.tell(tx, task, TaskEvent.MERGED, null);
    TaskLedger.unblockAfter(tx, task);
  }

  /** The work of a task is on main no more: what needs it waits again. */
  public static void takenOff(Tx tx, String task, String why) throws SQLException {
    var of = new ArrayList<String>(List.of(task));
    original(tx.sql(), task).filter(o -> !o.equals(task)).ifPresent(of::add);
    for (String id : of) {
      tx.sql()
          .update(
              "UPDATE task SET merged = 0, reason = ?, updated_at = ? WHERE id = ?",
              why,
              tx.now(),
              id);
      TaskLedger.tell(tx, id, TaskEvent.TAKEN_OFF, null);
      for (String needing : TaskLedger.needing(tx.sql(), id)) {
        TaskLedger.settle(tx, needing);
      }
    }
  }

  public static void tell(Tx tx, String original, AlternativeEvent type, @Nullable String text)
      throws SQLException {
    tx.emit(type, text, view(tx.sql(), original));
  }

  public static Alternatives view(Sql sql, String original) throws SQLException {
    var chosen =
        sql.one(
            "SELECT task, chosen_at FROM alternative WHERE original = ? AND chosen_at IS NOT NULL",
            row ->
                new Alternatives(
                    original, List.of(), row.text("task"), row.instant("chosen_at"), List.of()),
            original);
    return new Alternatives(
        original,
        tasks(sql, original),
        chosen.map(Alternatives::chosen).orElse(null),
        chosen.map(Alternatives::chosenAt).orElse(null),
        aside(sql, original).stream()
            .filter(a -> a.closed() && !a.stopped())
            .map(Aside::task)
            .toList());
  }

  public static List<Alternatives> views(Sql sql) throws SQLException {
    var all = new ArrayList<Alternatives>();
    for (String original : originals(sql)) {
      all.add(view(sql, original));
    }
    return all;
  }
}
