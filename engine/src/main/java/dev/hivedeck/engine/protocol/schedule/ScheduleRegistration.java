package dev.hivedeck.engine.protocol.schedule;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.schedule.ScheduleViews.Schedule;
import java.util.List;
import java.util.Map;

/** Adds schedules to the protocol. */
public final class ScheduleRegistration implements Registration {
  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of("schedules", ScheduleQuery.Schedules.class);
  }

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of("schedule.run", ScheduleCommand.RunSchedule.class);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/schedules",
            "listSchedules",
            "Tasks that come again and again, and when the next is due",
            "schedules",
            Schedule.class,
            true,
            Map.of()),
        new Route(
            "/v1/schedules/{id}/run",
            "runSchedule",
            "Adds the task of a schedule now",
            "schedule.run",
            Schedule.class,
            false,
            Map.of()));
  }
}
