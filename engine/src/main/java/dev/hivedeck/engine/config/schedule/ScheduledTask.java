package dev.hivedeck.engine.config.schedule;

import dev.hivedeck.engine.time.CronExpression;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task that is added to the plan again and again.
 *
 * @param name of the schedule
 * @param cron when
 * @param zone whose clock that is by
 * @param catchUp whether one is added late for those that were missed
 * @param title of each task
 * @param prompt null for none
 * @param agent null for any that can
 * @param capabilities what its agent has to know
 * @param requirements ids of what it is for
 * @param priority 1 (first) to 9; null for the usual one
 * @param kind null for the usual one
 */
public record ScheduledTask(
    String name,
    CronExpression cron,
    ZoneId zone,
    boolean catchUp,
    String title,
    @Nullable String prompt,
    @Nullable String agent,
    List<String> capabilities,
    List<String> requirements,
    @Nullable Integer priority,
    @Nullable String kind) {
  public ScheduledTask {
    capabilities = List.copyOf(capabilities);
    requirements = List.copyOf(requirements);
  }
}
