package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.config.Retention;
import dev.hivedeck.engine.store.EventRetention;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of the past, so that a workspace does not grow without end: old events, and the logs of
 * attempts at tasks that are finished. The ledger itself, tasks, attempts, changes and decisions,
 * is kept for good. What cannot go now goes the next time.
 */
public final class Housekeeping {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  /** However long they are to be kept, these many events are, and those of the last day. */
  static final long MOST_EVENTS = 500_000;

  private static final Duration LAST_DAY = Duration.ofDays(1);

  private final Store store;
  private final ActivityLogs logs;
  private final Clock clock;
  private final Supplier<Retention> retention;
  private final long mostEvents;

  public Housekeeping(Store store, ActivityLogs logs, Clock clock, Supplier<Retention> retention) {
    this(store, logs, clock, retention, MOST_EVENTS);
  }

  Housekeeping(
      Store store, ActivityLogs logs, Clock clock, Supplier<Retention> retention, long mostEvents) {
    this.store = store;
    this.logs = logs;
    this.clock = clock;
    this.retention = retention;
    this.mostEvents = mostEvents;
  }

  /** One round; beside the work, and none of it waits for more than a moment. */
  public void tidy() {
    var keep = retention.get();
    Instant now = clock.instant();
    Instant active = store.read(Housekeeping::activeSince);
    Instant lastDay = now.minus(LAST_DAY);
    Instant needed = active != null && active.isBefore(lastDay) ? active : lastDay;
    var eventRetention = new EventRetention(store);
    long events =
        eventRetention.drop(
            new EventRetention.Limits(now.minus(keep.events()), mostEvents, needed));
    long pages = eventRetention.giveBack();
    int removed = removeLogs(now.minus(keep.logs()));
    if (events + pages + removed > 0) {
      LOG.info("let go of {} events, {} pages, the logs of {} attempts", events, pages, removed);
    }
  }

  /** When the attempt that runs the longest began; null when none runs. */
  private static Instant activeSince(Sql sql) throws SQLException {
    return AttemptLedger.active(sql).stream()
        .map(AttemptLedger.Row::startedAt)
        .min(Instant::compareTo)
        .orElse(null);
  }

  private int removeLogs(Instant before) {
    int removed = 0;
    for (String attempt : logs.kept()) {
      if (store.read(sql -> finished(sql, attempt, before)) && logs.remove(attempt)) {
        removed++;
      }
    }
    return removed;
  }

  /** A dead letter, and one whose change may still come back, is not finished. */
  private static boolean finished(Sql sql, String attempt, Instant before) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM attempt a JOIN task t ON t.id = a.task"
                + " WHERE a.id = ? AND a.ended_at < ? AND t.updated_at < ?"
                + " AND (t.state = 'cancelled' OR t.state = 'done' AND t.merged = 1)",
            attempt,
            before,
            before)
        > 0;
  }
}
