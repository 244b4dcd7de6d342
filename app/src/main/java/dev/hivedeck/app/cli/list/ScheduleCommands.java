package dev.hivedeck.app.cli.list;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.schedule.ScheduleCommand;
import dev.hivedeck.engine.protocol.schedule.ScheduleQuery;
import dev.hivedeck.engine.protocol.schedule.ScheduleViews.Schedule;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Tasks that come again and again. */
@Command(
    name = "schedules",
    description = "Tasks that come again and again, and when the next of each is due.")
public final class ScheduleCommands implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE uuuu-MM-dd HH:mm", Locale.ENGLISH);

  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    return list();
  }

  @Command(name = "list", description = "The schedules in force.")
  int list() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new ScheduleQuery.Schedules(), Schedule.class);
      var table = new TextTable("Schedule", "Next", "Zone", "Cron", "Last", "Task", "Note");
      all.forEach(
          s ->
              table.row(
                  s.name(),
                  time(s.next(), s),
                  s.zone(),
                  s.cron(),
                  time(s.last(), s),
                  Objects.requireNonNullElse(s.task(), ""),
                  Objects.requireNonNullElse(s.note(), "")));
      cli.answer(
          all,
          all.isEmpty()
              ? "No schedule is in force. schedules: in .hivedeck/hive.yaml has them."
              : table.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "run", description = "Add its task now, whenever the next one is due.")
  int run(@Parameters(paramLabel = "NAME", description = "The schedule.") String name) {
    try (var opened = EngineAccess.open(cli.workspace())) {
      var answer = opened.door().execute(new ScheduleCommand.RunSchedule(name), null, cli.key());
      cli.answer(answer, "Added " + Json.as(answer, Schedule.class).task() + ".");
      return HivedeckCommand.DONE;
    }
  }

  /** By the clock of the schedule. */
  private static String time(@Nullable Instant moment, Schedule of) {
    return moment == null ? "" : TIME.format(moment.atZone(ZoneId.of(of.zone())));
  }
}
