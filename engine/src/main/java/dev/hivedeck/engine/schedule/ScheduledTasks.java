package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.config.schedule.ScheduledTask;
import dev.hivedeck.engine.dispatch.NewTasks;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.schedule.ScheduleCommand;
import dev.hivedeck.engine.protocol.schedule.ScheduleQuery;
import dev.hivedeck.engine.protocol.schedule.ScheduleViews.Schedule;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.BackgroundTasks;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Adds the tasks of schedules when they are due, each in one transaction with how far the schedule
 * has come: a crash neither loses nor doubles one. What was due while no engine ran is told, and at
 * most one task is added for it. Nor is one added while the one before, or the change that it led
 * to, is not over.
 */
public final class ScheduledTasks {
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** Later than that one was missed. */
  private static final Duration GRACE = Duration.ofMinutes(1);

  /** More are only called many. */
  private static final int MOST = 1_000;

  /** A clock that was put back by more than that was wrong before. */
  private static final Duration BACK = Duration.ofHours(1);

  private static final Set<TaskState> OVER =
      Set.of(TaskState.DONE, TaskState.DEAD, TaskState.CANCELLED);

  private static final Set<ChangeState> SETTLED = Set.of(ChangeState.MERGED, ChangeState.CLOSED);

  private final Store store;
  private final NewTasks tasks;
  private final Supplier<Map<String, ScheduledTask>> schedules;
  private final Clock clock;
  private final Supplier<String> ids;
  private @Nullable Workspace workspace;

  /** The workspace, which events of what was not added in time are about. */
  @FunctionalInterface
  public interface Workspace {
    WorkspaceViews.Workspace view(Sql sql) throws SQLException;
  }

  /**
   * @param schedules those in force; none before a person consented
   */
  public ScheduledTasks(
      Store store,
      NewTasks tasks,
      Supplier<Map<String, ScheduledTask>> schedules,
      Clock clock,
      Supplier<String> ids) {
    this.store = store;
    this.tasks = tasks;
    this.schedules = schedules;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Begins to look.
   *
   * @param workspace is told of where a task was not added in time
   */
  public void start(BackgroundTasks background, Workspace workspace) {
    this.workspace = workspace;
    background.every("schedules", LOOK, LOOK, this::look);
  }

  /** Of an engine that takes commands. */
  public Area area() {
    return asked(store, schedules, clock)
        .commands(
            ScheduleCommand.class,
            command ->
                switch (command) {
                  case ScheduleCommand.RunSchedule c -> Action.answer(tx -> run(tx, c.id()));
                })
        .build();
  }

  /** Of an engine that is only asked. */
  public static Area reading(
      Ledger ledger, Supplier<Map<String, ScheduledTask>> schedules, Clock clock) {
    return asked(ledger, schedules, clock).build();
  }

  private static Area.Builder asked(
      Ledger ledger, Supplier<Map<String, ScheduledTask>> schedules, Clock clock) {
    return Area.named("schedule")
        .queries(
            ScheduleQuery.class,
            query ->
                switch (query) {
                  case ScheduleQuery.Schedules _ ->
                      ledger.read(sql -> views(sql, schedules.get(), clock.instant()));
                });
  }

  private static List<Schedule> views(Sql sql, Map<String, ScheduledTask> schedules, Instant now)
      throws SQLException {
    var views = new ArrayList<Schedule>();
    for (var schedule : schedules.values()) {
      views.add(progress(sql, schedule, now).view(schedule));
    }
    views.sort(
        Comparator.comparing(Schedule::next, Comparator.nullsLast(Comparator.naturalOrder())));
    return views;
  }

  private static ScheduleProgress progress(Sql sql, ScheduledTask schedule, Instant now)
      throws SQLException {
    return ScheduleProgress.of(sql, schedule.name())
        .filter(before -> before.isOf(schedule))
        .orElseGet(() -> ScheduleProgress.begun(schedule, now));
  }

  private Schedule run(Tx tx, String name) throws SQLException {
    var schedule = schedules.get().get(name);
    if (schedule == null) {
      throw new HiveException(
          ErrorCode.NO_SCHEDULE,
          "There is no schedule " + name + " in force.",
          "hivedeck schedules lists them; one that is new counts once you have run hivedeck"
              + " trust.");
    }
    var before = progress(tx.sql(), schedule, clock.instant());
    String task = add(tx, schedule);
    var now =
        new ScheduleProgress(
            before.cron(), before.zone(), before.settled(), clock.instant(), task, 0, null);
    now.keep(tx, name);
    return now.view(schedule);
  }

  /** Adds what is due. What is in the way of one is told, and in no other's. */
  public void look() {
    var all = schedules.get();
    var kept = store.read(ScheduleProgress::all);
    if (!all.keySet().containsAll(kept.keySet())) {
      store.update(ids.get(), tx -> ScheduleProgress.forget(tx, all.keySet()));
    }
    for (var schedule : all.values()) {
      look(schedule, kept.get(schedule.name()));
    }
  }

  /**
   * @param before how far it has come; null for one that is new
   */
  private void look(ScheduledTask schedule, @Nullable ScheduleProgress before) {
    var now = clock.instant();
    if (before == null || !before.isOf(schedule) || before.settled().isAfter(now.plus(BACK))) {
      store.update(
          ids.get(), tx -> ScheduleProgress.begun(schedule, now).keep(tx, schedule.name()));
      return;
    }
    var due = schedule.cron().between(before.settled(), now, schedule.zone(), MOST);
    if (!due.isEmpty()) {
      settle(schedule, due, now);
    }
  }

  private void settle(ScheduledTask schedule, List<Instant> due, Instant now) {
    boolean late = due.getLast().plus(GRACE).isBefore(now) || due.size() == MOST;
    int missed = late ? due.size() : due.size() - 1;
    try {
      store.update(
          ids.get(),
          tx -> {
            var before = progress(tx.sql(), schedule, now);
            String unfinished = unfinished(tx.sql(), before);
            String words = words(missed, late, schedule.catchUp(), unfinished);
            if (unfinished != null || late && !schedule.catchUp()) {
              before.left(now, missed, words).keep(tx, schedule.name());
            } else {
              before.added(now, add(tx, schedule), missed, words).keep(tx, schedule.name());
            }
            // What stands there already is told once, however often the next run is due.
            if (missed > 0 || unfinished == null || !Objects.equals(words, before.note())) {
              tell(tx, schedule, words);
            }
          });
    } catch (HiveException e) {
      if (e.outage()) {
        throw e; // of the disk, say: it is looked at again
      }
      String words = "no task could be added: " + e.getMessage();
      store.update(
          ids.get(),
          tx -> {
            progress(tx.sql(), schedule, now).left(now, missed, words).keep(tx, schedule.name());
            tell(tx, schedule, words);
          });
    }
  }

  /** In the transaction that settles it: what is settled and not told yet would never be told. */
  private void tell(Tx tx, ScheduledTask schedule, @Nullable String words) throws SQLException {
    if (words != null && workspace != null) {
      tx.emit(
          WorkspaceEvent.SCHEDULE_MISSED,
          "Schedule " + schedule.name() + ": " + words,
          workspace.view(tx.sql()));
    }
  }

  /**
   * What of its last task is not over yet, the change that it led to among it; null for nothing.
   */
  private static @Nullable String unfinished(Sql sql, ScheduleProgress before) throws SQLException {
    if (before.task() == null) {
      return null;
    }
    var task = TaskLedger.find(sql, before.task());
    if (task.isEmpty()) {
      return null;
    }
    if (!OVER.contains(task.get().state())) {
      return before.task() + " is not over yet";
    }
    return ChangeLedger.ofTask(sql, before.task())
        .filter(change -> !SETTLED.contains(change.state()))
        .map(change -> "change " + change.id() + " of " + before.task() + " is still open")
        .orElse(null);
  }

  private static @Nullable String words(
      int missed, boolean late, boolean catchUp, @Nullable String unfinished) {
    String count = missed == MOST ? "many runs were" : Plural.of(missed, "run was", "runs were");
    String told = missed == 0 ? "" : count + " missed while no engine ran";
    if (unfinished != null) {
      return (told.isEmpty() ? "" : told + "; ") + "no task was added, as " + unfinished;
    }
    if (told.isEmpty()) {
      return null;
    }
    return told + (late && catchUp ? "; one task was added late" : "");
  }

  private String add(Tx tx, ScheduledTask schedule) throws SQLException {
    return tasks.add(
        tx,
        new Command.AddTask(
            null,
            schedule.title(),
            schedule.prompt() == null ? schedule.title() : schedule.prompt(),
            schedule.agent(),
            schedule.capabilities(),
            null,
            schedule.requirements(),
            schedule.priority(),
            schedule.kind()));
  }
}
