package dev.hivedeck.engine.protocol.schedule;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;

/** Questions about schedules. */
public sealed interface ScheduleQuery extends Query {

  /** Those in force, the next due first. Answer: a list of {@link ScheduleViews.Schedule}. */
  @JsonTypeName("schedules")
  record Schedules() implements ScheduleQuery {}
}
