package dev.hivedeck.engine.change.stack;

import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.StackedTasks;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.StackPlace;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns that say which change stands on which. A change that is merged or closed is no member
 * of a stack any more.
 */
public final class StackLedger {
  private static final String OVER = "('merged', 'closed')";

  private StackLedger() {}

  /**
   * A change that another stands on.
   *
   * @param merge the commit that brought it to main; null before
   * @param parent what it stands on itself; 0 for main
   */
  public record Below(
      long number, ChangeState state, String head, @Nullable String merge, long parent) {
    public String id() {
      return id(number);
    }

    public boolean over() {
      return state.over();
    }

    private static String id(long number) {
      return "C-" + number;
    }
  }

  /** What a change stands on by the ledger, whatever became of that; empty for main. */
  public static Optional<Below> below(Sql sql, long number) throws SQLException {
    return sql.one(
        "SELECT p.number, p.state, p.head, p.merge, coalesce(p.parent, 0) AS parent FROM change c"
            + " JOIN change p ON p.number = c.parent WHERE c.number = ?",
        row ->
            new Below(
                row.number("number"),
                row.word("state", ChangeState.class),
                row.text("head"),
                row.text("merge"),
                row.number("parent")),
        number);
  }

  /** Those below it that are neither merged nor closed, the lowest first. */
  public static List<Below> allBelow(Sql sql, long number) throws SQLException {
    var all = new ArrayList<Below>();
    var next = below(sql, number);
    while (next.isPresent() && !next.get().over()) {
      all.addFirst(next.get());
      next = below(sql, next.get().number());
    }
    return all;
  }

  /** Those that were made on top of it and are not over. */
  public static List<Long> above(Sql sql, long number) throws SQLException {
    return sql.list(
        "SELECT number FROM change WHERE parent = ? AND state NOT IN " + OVER + " ORDER BY number",
        row -> row.number("number"),
        number);
  }

  /** All that are open of the stack that a change is in, each after the one below it. */
  public static List<Long> members(Sql sql, long number) throws SQLException {
    var below = allBelow(sql, number);
    long lowest = below.isEmpty() ? number : below.getFirst().number();
    var members = new LinkedHashSet<Long>();
    collect(sql, lowest, members);
    return List.copyOf(members);
  }

  private static void collect(Sql sql, long number, Set<Long> members) throws SQLException {
    if (members.add(number)) {
      for (long above : above(sql, number)) {
        collect(sql, above, members);
      }
    }
  }

  /** Where a change stands; null where it is alone, and no part of another. */
  public static @Nullable StackPlace place(Sql sql, long number) throws SQLException {
    var below = below(sql, number).filter(p -> !p.over());
    var members = members(sql, number);
    var parts = parts(sql, number);
    long whole = sql.number("SELECT coalesce(split_of, 0) FROM change WHERE number = ?", number);
    if (members.size() < 2 && parts.isEmpty() && whole == 0) {
      return null;
    }
    return new StackPlace(
        below.map(Below::id).orElse(null),
        members.size() < 2 ? List.of() : members.stream().map(Below::id).toList(),
        whole == 0 ? null : Below.id(whole),
        parts.stream().map(Below::id).toList());
  }

  /** The changes that one was split into, each after the one below it. */
  public static List<Long> parts(Sql sql, long number) throws SQLException {
    return sql.list(
        "SELECT number FROM change WHERE split_of = ? ORDER BY number",
        row -> row.number("number"),
        number);
  }

  /**
   * Puts a change on another.
   *
   * @param parent null for main
   */
  public static void put(Tx tx, long number, @Nullable Long parent) throws SQLException {
    tx.sql()
        .update(
            "UPDATE change SET parent = ?, stacked_on = coalesce(?, stacked_on) WHERE number = ?",
            parent,
            parent,
            number);
  }

  /**
   * Makes a change a part of another.
   *
   * @param whole null where it is none any more
   */
  public static void isPart(Tx tx, long number, @Nullable Long whole) throws SQLException {
    tx.sql().update("UPDATE change SET split_of = ? WHERE number = ?", whole, number);
  }

  /**
   * Whether it may be merged now: what it stands on is on main, or is just being merged below it.
   */
  public static boolean mayMerge(Sql sql, long number) throws SQLException {
    var below = below(sql, number);
    return below.isEmpty()
        || below.get().state() == ChangeState.MERGED
        || below.get().state() == ChangeState.MERGING;
  }

  /** The commits that work at a task may stand on, the present one of the change below first. */
  public static List<String> stands(Sql sql, String task) throws SQLException {
    return sql
        .list(
            "SELECT p.head, coalesce(c.base, t.stands_at) AS base FROM task t LEFT JOIN change c ON"
                + " c.task = t.id JOIN change p ON p.number = coalesce(c.parent, t.stands_on) WHERE"
                + " t.id = ?",
            row -> {
              var commits = new ArrayList<String>();
              commits.add(row.text("head"));
              if (row.text("base") != null) {
                commits.add(row.text("base"));
              }
              return List.copyOf(commits);
            },
            task)
        .stream()
        .flatMap(List::stream)
        .distinct()
        .toList();
  }

  /** What a task is worked on on top of; 0 for main. */
  public static long standsOn(Sql sql, String task) throws SQLException {
    return sql.number("SELECT coalesce(stands_on, 0) FROM task WHERE id = ?", task);
  }

  /**
   * A change is over. Is it the last part of another one, that one's task is over too: what needs
   * it may begin, or is told that it will not come.
   */
  public static void over(Tx tx, long number) throws SQLException {
    if (tx.sql().number("SELECT count(*) FROM change WHERE number = ? AND state IN " + OVER, number)
        > 0) {
      StackedTasks.over(tx, number);
    }
    long whole =
        tx.sql().number("SELECT coalesce(split_of, 0) FROM change WHERE number = ?", number);
    if (whole == 0) {
      return;
    }
    long open =
        tx.sql()
            .number(
                "SELECT count(*) FROM change WHERE split_of = ? AND state NOT IN " + OVER, whole);
    String task =
        tx.sql()
            .one("SELECT task FROM change WHERE number = ?", row -> row.text("task"), whole)
            .orElseThrow();
    if (open > 0 || TaskLedger.get(tx.sql(), task).merged()) {
      return;
    }
    long closed =
        tx.sql()
            .number("SELECT count(*) FROM change WHERE split_of = ? AND state = 'closed'", whole);
    if (closed == 0) {
      AlternativeLedger.landed(tx, task);
    } else if (TaskLedger.get(tx.sql(), task).state() != TaskState.CANCELLED) {
      TaskLedger.step(
          tx,
          task,
          TaskStateMachine.Step.CANCEL,
          "not all of its parts were merged",
          TaskEvent.CANCELLED,
          task + " is cancelled: not all of its parts were merged");
    }
  }
}
