package dev.hivedeck.engine.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The ledger of tasks: rows in, views out, every change of state through {@link TaskStateMachine}.
 */
public final class TaskLedger {
  private TaskLedger() {}

  /** How long a task waits to draw level with one that is a priority ahead. */
  public static final Duration AGEING = Duration.ofMinutes(10);

  /** The order of claims; as {@link #BY_TURN}, and as the index has it. */
  private static final String TURN = "ready_at + priority * 600000, place";

  /**
   * Who is claimed first: the earliest of the moments at which each became ready, each put back by
   * {@link #AGEING} per priority. It is the order of priorities that rise while a task waits, said
   * without the present: so it can be an index, and nothing starves.
   */
  public static final Comparator<Row> BY_TURN =
      Comparator.<Row>comparingLong(r -> r.readyAt() + r.priority() * AGEING.toMillis())
          .thenComparingInt(Row::place);

  /** Ready tasks of one owner that ask for the same, in their order. */
  private static final String READY =
      " FROM task WHERE state = 'ready' AND assigned IS ? AND capabilities = ? ORDER BY " + TURN;

  /** So many ids are read at once where the first does not fit. */
  private static final int PAGE = 1_000;

  /** What tasks of one owner ask for, each once: the index is skipped through, not read. */
  private static final String ASKED =
      """
      WITH RECURSIVE each(asked) AS (
        SELECT min(capabilities) FROM task WHERE state = 'ready' AND assigned IS ?1
        UNION ALL
        SELECT (SELECT min(capabilities) FROM task
          WHERE state = 'ready' AND assigned IS ?1 AND capabilities > each.asked)
        FROM each WHERE each.asked IS NOT NULL)
      SELECT asked FROM each WHERE asked IS NOT NULL
      """;

  private static final ObjectReader STRINGS = Json.MAPPER.readerForListOf(String.class);
  private static final ObjectReader CONTEXTS = Json.MAPPER.readerForListOf(Context.class);

  private static final String VIEW =
      """
      SELECT t.id, t.title, t.state, t.reason, t.stage, t.priority, t.kind,
        coalesce(t.assigned, t.agent) AS agent, t.capabilities, t.merged, t.not_before,
        t.updated_at, t.place, a.id AS attempt, a.agent AS worker, a.number AS attempts,
        (SELECT group_concat(needed, ' ') FROM need WHERE task = t.id) AS needs,
        (SELECT group_concat(requirement, ' ') FROM link WHERE task = t.id) AS requirements,
        iif(t.state = 'blocked',
          (SELECT group_concat(n.needed || iif(m.state = 'cancelled', ' (cancelled)', ''), ', ')
            FROM need n JOIN task m ON m.id = n.needed
            WHERE n.task = t.id AND m.merged = 0), NULL) AS missing,
        (SELECT number FROM change WHERE task = t.id) AS change,
        (SELECT min(number) FROM decision WHERE task = t.id AND state = 'open'
          AND kind IS NOT 'proposal') AS decision
      FROM task t LEFT JOIN attempt a
        ON a.task = t.id AND a.number = (SELECT max(number) FROM attempt WHERE task = t.id)
      """;

  private static final String VIEW_OF_ONE = VIEW + " WHERE t.id = ?";

  private static final String MOVE =
      "UPDATE task SET state = ?1, reason = ?2, updated_at = ?3, stage = ?4 WHERE id = ?5";

  /** As {@link #MOVE}; apart from it, as to write what is in an index takes time. */
  private static final String MAKE_READY =
      MOVE.replace("stage = ?4", "stage = ?4, ready_at = iif(ready_at = 0, ?3, ready_at)");

  /** In these the choice of another alternative leaves a task. */
  private static final Set<TaskState> ENDED =
      Set.of(TaskState.DONE, TaskState.DEAD, TaskState.CANCELLED);

  /** Whoever takes it from now on is given the text that the plan has by now. */
  private static final String PLANNED =
      "UPDATE task SET title = planned_title, prompt = planned_prompt, planned_title = NULL,"
          + " planned_prompt = NULL WHERE id = ? AND planned_title IS NOT NULL";

  /**
   * A task as the scheduler needs it.
   *
   * @param produces paths of the files it is to leave
   * @param assigned the agent it is with now: the plan's, or a fallback; null when any may take it
   * @param turns attempts that the assigned agent has made since it got the task
   * @param context what the next attempt is to know about those before
   * @param start commit that the next attempt goes on from; null for the tip of main
   * @param readyAt when it first became ready, in milliseconds of the epoch; 0 before
   * @param continues whether {@code start} is a checkpoint of work that was cut off
   * @param timeout how long an attempt may take; null for what its agent may
   */
  public record Row(
      String id,
      String title,
      String prompt,
      int priority,
      int place,
      String kind,
      String agent,
      List<String> capabilities,
      List<String> produces,
      TaskState state,
      String reason,
      String assigned,
      int turns,
      List<Context> context,
      String start,
      boolean merged,
      Instant notBefore,
      long readyAt,
      boolean continues,
      Duration timeout) {

    /** See {@link TaskLedger#work}. */
    public String work() {
      return TaskLedger.work(kind, capabilities);
    }
  }

  /**
   * What kind of work a task is, by which agents are compared: its kind, else what it asks for,
   * else empty.
   */
  public static String work(String kind, List<String> capabilities) {
    return kind != null && !kind.isBlank()
        ? kind
        : capabilities.stream().sorted().collect(Collectors.joining(" + "));
  }

  /** As {@link #work(String, List)}, of columns. */
  public static String work(String kind, String capabilities) {
    return work(kind, strings(capabilities));
  }

  /**
   * @param kind {@code failure}, {@code gate}, {@code review}, {@code conflict}, {@code answer} or
   *     {@code said}
   */
  public record Context(String kind, String text) {}

  private static Row row(Sql.Row row) throws SQLException {
    return new Row(
        row.text("id"),
        row.text("title"),
        row.text("prompt"),
        row.integer("priority"),
        row.integer("place"),
        row.text("kind"),
        row.text("agent"),
        strings(row.text("capabilities")),
        strings(row.text("produces")),
        row.word("state", TaskState.class),
        row.text("reason"),
        row.text("assigned"),
        row.integer("turns"),
        parse(row.text("context"), CONTEXTS),
        row.text("start"),
        row.flag("merged"),
        row.instant("not_before"),
        row.number("ready_at"),
        row.flag("continues"),
        row.number("timeout") == 0 ? null : Duration.ofMillis(row.number("timeout")));
  }

  /**
   * @throws HiveException {@code no-task}
   */
  public static Row get(Sql sql, String id) throws SQLException {
    return find(sql, id).orElseThrow(() -> unknown(id));
  }

  private static HiveException unknown(String id) {
    return new HiveException(
        ErrorCode.NO_TASK, "There is no task " + id + ".", "hivedeck tasks lists those there are.");
  }

  public static Optional<Row> find(Sql sql, String id) throws SQLException {
    return sql.one("SELECT * FROM task WHERE id = ?", TaskLedger::row, id);
  }

  /**
   * The first ready task of an owner among those whose capabilities are acceptable, however many
   * before it are not. The index has them by what they ask for: one look per distinct list of
   * capabilities, of which there are few, whatever the number of tasks.
   *
   * @param assigned the agent it is assigned to; null for tasks that any agent may take
   */
  public static Optional<Row> next(Sql sql, String assigned, Predicate<List<String>> acceptable)
      throws SQLException {
    return next(sql, assigned, acceptable, _ -> true);
  }

  /**
   * The same, of those that fit, however many before it do not.
   *
   * @param fits by the id
   */
  public static Optional<Row> next(
      Sql sql, String assigned, Predicate<List<String>> acceptable, Predicate<String> fits)
      throws SQLException {
    Row first = null;
    for (String asked : sql.list(ASKED, row -> row.text("asked"), assigned)) {
      if (acceptable.test(strings(asked))) {
        var next = next(sql, assigned, asked, fits);
        if (next.isPresent() && (first == null || BY_TURN.compare(next.get(), first) < 0)) {
          first = next.get();
        }
      }
    }
    return Optional.ofNullable(first);
  }

  /** Most often the first one fits: only where it does not the ids of more are read. */
  private static Optional<Row> next(Sql sql, String assigned, String asked, Predicate<String> fits)
      throws SQLException {
    var first = sql.one("SELECT *" + READY + " LIMIT 1", TaskLedger::row, assigned, asked);
    if (first.isEmpty() || fits.test(first.get().id())) {
      return first;
    }
    for (int from = 1; ; from += PAGE) {
      var ids =
          sql.list(
              "SELECT id" + READY + " LIMIT ? OFFSET ?",
              row -> row.text("id"),
              assigned,
              asked,
              PAGE,
              from);
      var fitting = ids.stream().filter(fits).findFirst();
      if (fitting.isPresent()) {
        return find(sql, fitting.get());
      }
      if (ids.size() < PAGE) {
        return Optional.empty();
      }
    }
  }

  /** Tasks that may still go on, or come back. */
  public static List<String> unfinished(Sql sql) throws SQLException {
    return sql.list(
        "SELECT id FROM task WHERE state <> 'cancelled' AND NOT (state = 'done' AND merged = 1)",
        row -> row.text("id"));
  }

  /** How many tasks are in a state; counted as they change, not by looking at them all. */
  public static int count(Sql sql, TaskState... states) throws SQLException {
    int count = 0;
    for (TaskState state : states) {
      count += (int) sql.number("SELECT tasks FROM tally WHERE state = ?", state);
    }
    return count;
  }

  /**
   * A kind of ready tasks.
   *
   * @param assigned who is to do them; null for any agent that can
   */
  public record Kind(String assigned, List<String> capabilities) {}

  /** The kinds of tasks that are ready. */
  public static List<Kind> readyKinds(Sql sql) throws SQLException {
    return sql.list(
        "SELECT DISTINCT assigned, capabilities FROM task WHERE state = 'ready'",
        row -> new Kind(row.text("assigned"), strings(row.text("capabilities"))));
  }

  public static TaskViews.Task view(Sql sql, String id) throws SQLException {
    return sql.one(VIEW_OF_ONE, TaskLedger::view, id).orElseThrow();
  }

  public static List<TaskViews.Task> views(Sql sql) throws SQLException {
    return sql.list(VIEW + " ORDER BY t.place", TaskLedger::view);
  }

  private static TaskViews.Task view(Sql.Row row) throws SQLException {
    String missing = row.text("missing");
    long change = row.number("change");
    long decision = row.number("decision");
    return new TaskViews.Task(
        row.text("id"),
        row.text("title"),
        row.word("state", TaskState.class),
        missing == null ? row.text("reason") : "needs " + missing,
        row.integer("stage"),
        row.integer("priority"),
        row.text("kind"),
        row.text("agent"),
        strings(row.text("capabilities")),
        row.text("worker"),
        words(row.text("needs")),
        words(row.text("requirements")),
        row.integer("attempts"),
        row.text("attempt"),
        change == 0 ? null : "C-" + change,
        decision == 0 ? null : "D-" + decision,
        row.flag("merged"),
        row.instant("not_before"),
        row.instant("updated_at"),
        row.integer("place"));
  }

  /**
   * Takes a step and tells of it.
   *
   * @param type what the step means to who follows
   * @throws HiveException {@code not-now} when the task's state does not allow it
   */
  public static void step(
      Tx tx, String id, TaskStateMachine.Step step, String reason, TaskEvent type, String text)
      throws SQLException {
    var before = tx.sql().one(VIEW_OF_ONE, TaskLedger::view, id).orElseThrow(() -> unknown(id));
    var next = TaskStateMachine.TABLE.next(before.state(), step);
    int stage = next == TaskState.DONE ? 100 : next.active() ? before.stage() : 0;
    tx.sql().update(next == TaskState.READY ? MAKE_READY : MOVE, next, reason, tx.now(), stage, id);
    boolean other = next == TaskState.READY && tx.sql().update(PLANNED, id) > 0;
    if (ENDED.contains(before.state())) {
      AlternativeLedger.acted(tx, id);
    }
    if (before.state() == TaskState.DELAYED) {
      tx.sql().update("UPDATE task SET not_before = NULL WHERE id = ?", id);
    }
    // What a blocked task waits for, or a plan has made of it, is nothing that the step knows.
    var after =
        next == TaskState.BLOCKED || other
            ? view(tx.sql(), id)
            : before.moved(next, reason, stage, tx.now());
    tell(tx, after, type, text);
  }

  /** Tells of a task as it is now, and of its requirements, whose progress it is. */
  public static void tell(Tx tx, String id, TaskEvent type, String text) throws SQLException {
    tell(tx, view(tx.sql(), id), type, text);
  }

  private static void tell(Tx tx, TaskViews.Task task, TaskEvent type, String text)
      throws SQLException {
    tx.emit(type, text, task);
    for (String requirement : task.requirements()) {
      tx.emit(
          PlanEvent.REQUIREMENT_PROGRESSED, null, RequirementLedger.view(tx.sql(), requirement));
    }
  }

  /** Notes that its attempt is so far; the caller tells of it. */
  public static void reached(Tx tx, String id, int stage) throws SQLException {
    tx.sql().update("UPDATE task SET stage = max(stage, ?) WHERE id = ?", stage, id);
  }

  /** What a person asks for by hand stands before what the plan has by now. */
  public static void keepPrompt(Tx tx, String id) throws SQLException {
    tx.sql()
        .update(
            "UPDATE task SET planned_prompt = prompt WHERE id = ? AND planned_title IS NOT NULL",
            id);
  }

  /** Adds to what the next attempt is told. */
  public static void addContext(Tx tx, String id, Context more) throws SQLException {
    var context = new ArrayList<>(get(tx.sql(), id).context());
    context.add(more);
    tx.sql().update("UPDATE task SET context = ? WHERE id = ?", Json.write(context), id);
  }

  /** Moves tasks whose needs are all on main from blocked to ready, of those that need this one. */
  public static void unblockAfter(Tx tx, String merged) throws SQLException {
    var free =
        tx.sql()
            .list(
                """
                SELECT t.id FROM need d JOIN task t ON t.id = d.task
                WHERE d.needed = ? AND t.state = 'blocked' AND NOT EXISTS (
                  SELECT 1 FROM need n JOIN task m ON m.id = n.needed
                  WHERE n.task = t.id AND m.merged = 0)
                """,
                row -> row.text("id"),
                merged);
    for (String id : free) {
      step(
          tx,
          id,
          TaskStateMachine.Step.UNBLOCK,
          null,
          TaskEvent.READY,
          id + " is ready: all it needs is on main");
    }
  }

  /** The tasks that need this one. */
  public static List<String> needing(Sql sql, String id) throws SQLException {
    return sql.list("SELECT task FROM need WHERE needed = ?", row -> row.text("task"), id);
  }

  /** Whether something that the task needs is not on main. */
  public static boolean blocked(Sql sql, String id) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM need n JOIN task m ON m.id = n.needed"
                + " WHERE n.task = ? AND m.merged = 0 AND NOT EXISTS (SELECT 1 FROM task t"
                + " JOIN change c ON c.number = t.stands_on WHERE t.id = n.task"
                + " AND (c.task = m.id OR c.task IN (SELECT a.task FROM alternative a"
                + " WHERE a.original = m.id AND a.chosen_at IS NOT NULL)) AND c.state <> 'closed')",
            id)
        > 0;
  }

  /** Blocks a ready task again when something it needs is not on main. */
  public static void settle(Tx tx, String id) throws SQLException {
    if (get(tx.sql(), id).state() == TaskState.READY && blocked(tx.sql(), id)) {
      step(
          tx,
          id,
          TaskStateMachine.Step.BLOCK,
          null,
          TaskEvent.BLOCKED,
          id + " waits for what it needs");
    }
  }

  static List<String> words(String joined) {
    return joined == null ? List.of() : Arrays.asList(joined.split(" "));
  }

  static List<String> strings(String json) {
    return parse(json, STRINGS);
  }

  private static <T> List<T> parse(String json, ObjectReader reader) {
    try {
      return json.equals("[]") ? List.of() : reader.readValue(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
