package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.config.schedule.ScheduledTask;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.schedule.ScheduleViews.Schedule;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.store.WorkspaceMeta;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a schedule has come.
 *
 * @param cron when it was, as it was written
 * @param zone and by whose clock: with others, what was due before is nothing to catch up with
 * @param settled up to when everything that was due is dealt with
 * @param last when its last task was added, or null
 * @param task id of that, or null
 * @param missed how many had passed unseen when it was last looked at what was due
 * @param note what became of what was due last, or null
 */
record ScheduleProgress(
    String cron,
    String zone,
    Instant settled,
    @Nullable Instant last,
    @Nullable String task,
    int missed,
    @Nullable String note) {
  private static final String KEY = "schedule.";

  /** Of a schedule that is new, or another than it was. */
  static ScheduleProgress begun(ScheduledTask schedule, Instant now) {
    return new ScheduleProgress(
        schedule.cron().toString(), schedule.zone().getId(), now, null, null, 0, null);
  }

  static Optional<ScheduleProgress> of(Sql sql, String name) throws SQLException {
    return WorkspaceMeta.get(sql, KEY + name).map(text -> Json.read(text, ScheduleProgress.class));
  }

  void keep(Tx tx, String name) throws SQLException {
    WorkspaceMeta.put(tx, KEY + name, Json.write(this));
  }

  /** Those that are kept, by the names of their schedules. */
  static Map<String, ScheduleProgress> all(Sql sql) throws SQLException {
    var all = new HashMap<String, ScheduleProgress>();
    WorkspaceMeta.below(sql, KEY)
        .forEach((name, text) -> all.put(name, Json.read(text, ScheduleProgress.class)));
    return all;
  }

  /** Forgets those that are no more. */
  static void forget(Tx tx, Set<String> names) throws SQLException {
    for (String name : WorkspaceMeta.below(tx.sql(), KEY).keySet()) {
      if (!names.contains(name)) {
        WorkspaceMeta.remove(tx, KEY + name);
      }
    }
  }

  boolean isOf(ScheduledTask schedule) {
    return cron.equals(schedule.cron().toString()) && zone.equals(schedule.zone().getId());
  }

  ScheduleProgress added(Instant now, String task, int missed, @Nullable String note) {
    return new ScheduleProgress(cron, zone, now, now, task, missed, note);
  }

  ScheduleProgress left(Instant now, int missed, @Nullable String note) {
    return new ScheduleProgress(cron, zone, now, last, task, missed, note);
  }

  Schedule view(ScheduledTask schedule) {
    return new Schedule(
        schedule.name(),
        cron,
        zone,
        schedule.title(),
        schedule.cron().next(settled, schedule.zone()).orElse(null),
        last,
        task,
        missed,
        note);
  }
}
