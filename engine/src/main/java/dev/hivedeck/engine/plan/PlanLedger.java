package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.alternative.AlternativeEvent;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.store.WorkspaceMeta;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes plans into the ledger and gives them out again; idempotent by id. */
public final class PlanLedger {
  /** Above this, clients are told to take a new snapshot instead of one event per thing. */
  private static final int TELL_EACH = 1_000;

  private static final String REQUIREMENTS = "SELECT * FROM requirement";

  private static final String TASKS =
      "SELECT t.*, coalesce(planned_title, title) AS planned, coalesce(planned_prompt, prompt) AS"
          + " asked, (SELECT group_concat(needed, ' ') FROM need WHERE task = t.id) AS needs,"
          + " (SELECT group_concat(requirement, ' ') FROM link WHERE task = t.id) AS links,"
          + " (SELECT group_concat(agent, char(10)) FROM (SELECT coalesce(o.agent, o.assigned, '')"
          + " AS agent FROM alternative a JOIN task o ON o.id = a.task WHERE a.original = t.id"
          + " ORDER BY a.place)) AS several FROM"
          + " task t";

  private PlanLedger() {}

  /**
   * What an import did, as ids of requirements and tasks.
   *
   * @param earlier those of the tasks that are done by a text that the plan has no more
   * @param leftOut what of the text is in no requirement and no task, each with its place
   */
  public record Imported(
      List<String> added,
      List<String> changed,
      List<String> kept,
      List<String> earlier,
      List<String> leftOut) {}

  /**
   * Adds what is new and updates what differs. A task that is done or being worked on keeps the
   * text that its agent was given; what the plan says instead it takes on when it becomes ready
   * again. Nothing is ever removed.
   *
   * @param limit how many unfinished tasks there may be then
   * @throws HiveException {@code queue-full}
   */
  public static Imported take(Tx tx, PlanDocument plan, int limit) throws SQLException {
    var sql = tx.sql();
    var added = new ArrayList<String>();
    var changed = new ArrayList<String>();
    var kept = new ArrayList<String>();
    WorkspaceMeta.put(tx, "plan", plan.title());
    int place = (int) sql.number("SELECT coalesce(max(place), 0) FROM requirement");
    for (var r : plan.requirements()) {
      String acceptance = Json.write(r.acceptance());
      var known = sql.one(REQUIREMENTS + " WHERE id = ?", PlanLedger::requirement, r.id());
      if (known.isEmpty()) {
        sql.update(
            "INSERT INTO requirement(id, place, title, priority, acceptance) VALUES (?, ?, ?, ?,"
                + " ?)",
            r.id(),
            ++place,
            r.title(),
            r.priority(),
            acceptance);
        added.add(r.id());
      } else if (!known.get().equals(r)) {
        sql.update(
            "UPDATE requirement SET title = ?, priority = ?, acceptance = ? WHERE id = ?",
            r.title(),
            r.priority(),
            acceptance,
            r.id());
        changed.add(r.id());
      } else {
        kept.add(r.id());
      }
    }
    var unsettled = new ArrayList<String>();
    var several = new ArrayList<String>();
    var progressed = tasks(tx, plan.tasks(), added, changed, kept, unsettled, several);
    if (!added.isEmpty()) {
      room(sql, limit);
    }
    for (String id : unsettled) {
      settle(tx, id);
    }
    var earlier = earlier(sql, plan.tasks());
    tellAll(tx, plan, added, changed, earlier, progressed);
    for (String id : several) {
      AlternativeLedger.tell(
          tx, id, AlternativeEvent.ADDED, "%s is done by several agents".formatted(id));
    }
    return new Imported(added, changed, kept, earlier, plan.leftOut());
  }

  private static List<String> earlier(Sql sql, List<TaskSpec> specs) throws SQLException {
    var all =
        Set.copyOf(
            sql.list(
                "SELECT id FROM task WHERE state = 'done' AND planned_title IS NOT NULL",
                row -> row.text("id")));
    return specs.stream().map(TaskSpec::id).filter(all::contains).toList();
  }

  private static void room(Sql sql, int limit) throws SQLException {
    long all = sql.number("SELECT coalesce(sum(tasks), 0) FROM tally");
    long unfinished = all - TaskLedger.count(sql, TaskState.DONE, TaskState.CANCELLED);
    if (unfinished > limit) {
      throw new HiveException(
          ErrorCode.QUEUE_FULL,
          "With these there would be %,d unfinished tasks; the queue takes %,d."
              .formatted(unfinished, limit),
          "Import less at a time, cancel what is not needed, or raise queue.limit in"
              + " .hivedeck/hive.yaml. Nothing was added.");
    }
  }

  /**
   * @param unsettled receives tasks that may wait for others, or wait no more
   * @param several receives those that more agents do than before
   * @return the requirements whose progress may be another by it
   */
  private static Set<String> tasks(
      Tx tx,
      List<TaskSpec> specs,
      List<String> added,
      List<String> changed,
      List<String> kept,
      List<String> unsettled,
      List<String> several)
      throws SQLException {
    var sql = tx.sql();
    var progressed = new HashSet<String>();
    int place = (int) sql.number("SELECT coalesce(max(place), 0) FROM task");
    var ids = new HashSet<>(specs.stream().map(TaskSpec::id).toList());
    for (var spec : specs) {
      var known = sql.one(TASKS + " WHERE t.id = ?", PlanLedger::task, spec.id());
      var t = known.isPresent() ? PlannedAlternatives.of(sql, spec, known.get()) : spec;
      if (known.isPresent() && plain(known.get()).equals(plain(t))) {
        kept.add(t.id());
        continue;
      }
      (known.isEmpty() ? added : changed).add(t.id());
      progressed.addAll(t.requirements());
      var others = PlannedAlternatives.others(sql, t);
      var own = t.agents().isEmpty() ? t.agent() : t.agents().getFirst();
      if (PlannedTasks.put(sql, t, t.id(), own, known.isEmpty() ? ++place : 0, tx.now())) {
        unsettled.add(t.id());
      }
      if (known.isPresent()) {
        progressed.addAll(
            sql.list(
                "SELECT requirement FROM link WHERE task = ?",
                row -> row.text("requirement"),
                t.id()));
      }
      PlannedTasks.links(sql, t);
      for (int i = 0; i < Math.max(others.size(), t.agents().size() - 1); i++) {
        boolean fresh = i >= others.size();
        String id = fresh ? AlternativeLedger.freeId(sql, t.id(), ids) : others.get(i);
        (fresh ? added : changed).add(id);
        String agent =
            i + 1 < t.agents().size()
                ? t.agents().get(i + 1)
                : TaskLedger.get(sql, id).agent(); // more do it than the plan names
        if (PlannedTasks.put(sql, t, id, agent, fresh ? ++place : 0, tx.now()) || fresh) {
          unsettled.add(id);
        }
        if (fresh) {
          AlternativeLedger.add(tx, t.id(), id);
        }
      }
      if (others.size() < t.agents().size() - 1) {
        several.add(t.id());
      }
    }
    return progressed;
  }

  /** As it is compared: what it needs and fulfils is in no order, and counts once. */
  private static TaskSpec plain(TaskSpec t) {
    return new TaskSpec(
        t.id(),
        t.title(),
        t.requirements().stream().distinct().sorted().toList(),
        t.agent(),
        t.capabilities(),
        t.needs().stream().distinct().sorted().toList(),
        t.priority(),
        t.kind(),
        t.prompt(),
        t.produces(),
        t.agents());
  }

  private static RequirementSpec requirement(Sql.Row row) throws SQLException {
    return new RequirementSpec(
        row.text("id"),
        row.text("title"),
        row.text("priority"),
        TaskLedger.strings(row.text("acceptance")));
  }

  private static TaskSpec task(Sql.Row row) throws SQLException {
    String several = row.text("several");
    return new TaskSpec(
            row.text("id"),
            row.text("planned"),
            TaskLedger.words(row.text("links")),
            row.text("agent"),
            TaskLedger.strings(row.text("capabilities")),
            TaskLedger.words(row.text("needs")),
            row.integer("priority"),
            row.text("kind"),
            row.text("asked"),
            TaskLedger.strings(row.text("produces")))
        .by(several == null ? List.of() : List.of(several.split("\n", -1)));
  }

  /** A task that waits for nothing becomes ready; one that is ready and now waits is blocked. */
  private static void settle(Tx tx, String id) throws SQLException {
    if (TaskLedger.blocked(tx.sql(), id)) {
      tx.sql().update("UPDATE task SET state = 'blocked' WHERE id = ? AND state = 'ready'", id);
    } else {
      tx.sql()
          .update(
              "UPDATE task SET state = 'ready', ready_at = iif(ready_at = 0, ?, ready_at)"
                  + " WHERE id = ? AND state = 'blocked'",
              tx.now(),
              id);
    }
  }

  private static void tellAll(
      Tx tx,
      PlanDocument plan,
      List<String> added,
      List<String> changed,
      List<String> earlier,
      Set<String> progressed)
      throws SQLException {
    boolean byHand = plan.lines().isEmpty() && plan.tasks().size() == 1 && changed.isEmpty();
    if (byHand && !added.isEmpty()) {
      for (String id : added) {
        var task = TaskLedger.view(tx.sql(), id);
        tx.emit(TaskEvent.ADDED, "%s added: %s".formatted(task.id(), task.title()), task);
      }
      progressed(tx, progressed);
      return;
    }
    int touched = added.size() + changed.size();
    String text =
        "plan \"%s\": %d added, %d changed%s"
            .formatted(
                plan.title(),
                added.size(),
                changed.size(),
                earlier.isEmpty() ? "" : ", %d done by an earlier text".formatted(earlier.size()));
    if (touched > TELL_EACH) {
      tx.emit(PlanEvent.RELOADED, "plan", text, null);
      return;
    }
    tx.emit(PlanEvent.IMPORTED, "plan", text, null);
    Set<String> requirements = new HashSet<>();
    plan.requirements().forEach(r -> requirements.add(r.id()));
    for (var ids : List.of(added, changed)) {
      for (String id : ids) {
        if (requirements.contains(id)) {
          tx.emit(PlanEvent.REQUIREMENT_IMPORTED, null, RequirementLedger.view(tx.sql(), id));
        } else {
          tx.emit(TaskEvent.IMPORTED, null, TaskLedger.view(tx.sql(), id));
        }
      }
    }
    var others = new ArrayList<String>();
    progressed.stream()
        .filter(id -> !added.contains(id) && !changed.contains(id))
        .forEach(others::add);
    progressed(tx, others);
  }

  /** A task that is new, or elsewhere, changes the progress of requirements that were there. */
  private static void progressed(Tx tx, Collection<String> requirements) throws SQLException {
    for (String id : requirements) {
      tx.emit(PlanEvent.REQUIREMENT_PROGRESSED, null, RequirementLedger.view(tx.sql(), id));
    }
  }

  /** The plan as it stands. */
  public static PlanDocument give(Sql sql) throws SQLException {
    String title =
        sql.one("SELECT value FROM meta WHERE key = 'plan'", row -> row.text("value"))
            .orElseThrow(
                () ->
                    new HiveException(
                        ErrorCode.NO_PLAN,
                        "No plan was imported yet.",
                        "hivedeck plan import FILE takes one in."));
    var requirements = sql.list(REQUIREMENTS + " ORDER BY place", PlanLedger::requirement);
    var tasks =
        sql.list(
            TASKS
                + " WHERE NOT EXISTS (SELECT 1 FROM alternative WHERE task = t.id AND place > 0)"
                + " ORDER BY place",
            PlanLedger::task);
    return new PlanDocument(title, requirements, tasks);
  }

  /** What the tasks that are there need, by id; for checks of a plan that joins them. */
  public static Map<String, List<String>> needs(Sql sql) throws SQLException {
    var needs = new HashMap<String, List<String>>();
    sql.list("SELECT id FROM task", row -> needs.put(row.text("id"), new ArrayList<>()));
    sql.list(
        "SELECT task, needed FROM need",
        row -> needs.get(row.text("task")).add(row.text("needed")));
    return needs;
  }

  /**
   * As {@link #needs}, as far as a new task is concerned: nothing needs it yet, so it closes no
   * circle. All, where it needs what is not there, so that what was meant can be said.
   */
  public static Map<String, List<String>> around(Sql sql, TaskSpec task) throws SQLException {
    var around = new HashMap<String, List<String>>();
    for (String needed : task.needs()) {
      if (TaskLedger.find(sql, needed).isEmpty()) {
        return needs(sql);
      }
      around.put(needed, List.of());
    }
    return around;
  }

  /** A task as the plan has it. */
  public static TaskSpec spec(Sql sql, String id) throws SQLException {
    return sql.one(TASKS + " WHERE t.id = ?", PlanLedger::task, id).orElseThrow();
  }

  public static Set<String> requirementIds(Sql sql) throws SQLException {
    return new HashSet<>(sql.list("SELECT id FROM requirement", row -> row.text("id")));
  }
}
