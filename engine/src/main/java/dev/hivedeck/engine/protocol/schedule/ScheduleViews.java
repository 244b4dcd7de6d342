package dev.hivedeck.engine.protocol.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tasks that come again and again, as clients see them. */
public final class ScheduleViews {
  private ScheduleViews() {}

  /**
   * A schedule of {@code hive.yaml} that is in force.
   *
   * @param name of the schedule
   * @param cron when, as it is written
   * @param zone whose clock that is by
   * @param title of each of its tasks
   * @param next when the next one is due
   * @param last when the last one was added, or null
   * @param task id of that, or null
   * @param missed how many had passed without an engine when it was last looked at what was due
   * @param note what became of what was due last, where no task was added for it or it was late;
   *     else null
   */
  public record Schedule(
      String name,
      String cron,
      String zone,
      String title,
      @Nullable Instant next,
      @Nullable Instant last,
      @Nullable String task,
      int missed,
      @Nullable String note) {}
}
