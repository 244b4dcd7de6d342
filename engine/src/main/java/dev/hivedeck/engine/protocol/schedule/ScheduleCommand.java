package dev.hivedeck.engine.protocol.schedule;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;

/** What is done with schedules. Answer: {@link ScheduleViews.Schedule}. */
public sealed interface ScheduleCommand extends Command {

  /**
   * Its task is added now, whenever the next one is due.
   *
   * @param id name of the schedule
   */
  @JsonTypeName("schedule.run")
  record RunSchedule(String id) implements ScheduleCommand {}
}
