package dev.hivedeck.app.cli.slo;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.protocol.Command.AcknowledgeAlert;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Service level objectives and their alerts. */
public final class SloCommands {
  private SloCommands() {}

  private static List<SloViews.Objective> standings(Path workspace) {
    try (var opened = EngineAccess.read(workspace)) {
      return opened.list(new Query.Objectives(), SloViews.Objective.class);
    }
  }

  /** Lists the objectives. */
  @Command(
      name = "slos",
      description = "How service level objectives stand, what burns first first.")
  public static final class Slos implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Override
    public Integer call() {
      var all = standings(cli.workspace());
      var textTable =
          new TextTable(
              "Objective", "Target", "Now", "Budget left", "Burn", "Runs out in", "State");
      for (var o : all) {
        textTable.row(
            o.name(),
            o.target().isEmpty() ? "" : o.target() + " · " + o.window(),
            o.good() == null ? "unknown" : percent(o.good()),
            o.left() == null ? "unknown" : percent(o.left()),
            o.burns().stream()
                .map(SloViews.Burn::longRate)
                .filter(r -> r != null)
                .max(Double::compare)
                .map(r -> String.format(Locale.ROOT, "%.1f×", r))
                .orElse("–"),
            runsOut(o),
            o.problem().isEmpty() ? state(o) : o.problem());
      }
      cli.answer(
          all,
          all.isEmpty()
              ? "No objectives yet. docs/slo.md says how to write one into .hivedeck/hive.yaml."
              : textTable.toString());
      return HivedeckCommand.DONE;
    }

    private static String state(SloViews.Objective o) {
      return o.state().equals("not-enough-data")
          ? "not enough data: " + o.total() + " of " + o.enough()
          : o.state();
    }

    private static String runsOut(SloViews.Objective o) {
      if (o.forecast() == null) {
        return "–";
      }
      if (o.forecast().at() == null) {
        return "lasts";
      }
      var left = Duration.between(o.at(), o.forecast().at());
      return left.toDays() >= 2 ? left.toDays() + " d" : left.toHours() + " h";
    }

    private static String percent(double share) {
      return String.format(Locale.ROOT, "%.2f%%", 100 * share);
    }
  }

  /** Lists alerts. */
  @Command(
      name = "alerts",
      description = "Alerts, now and before, newest first; those of others too.")
  public static final class Alerts implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Option(names = "--limit", description = "How many.", defaultValue = "50")
    int limit;

    @Command(
        name = "ack",
        description = "Acknowledges an alert that fires: nobody else is told of it.")
    int ack(@Parameters(paramLabel = "ID", description = "Of the alert.") String id) {
      return SteerCommands.send(cli, new AcknowledgeAlert(id), id + " is acknowledged.");
    }

    @Override
    public Integer call() {
      if (limit < 1) {
        throw new HiveException(
            ErrorCode.BAD_NUMBER, "--limit is " + limit + ".", "Write 1 or more.");
      }
      try (var opened = EngineAccess.read(cli.workspace())) {
        var all = opened.list(new Query.Alerts(limit), SloViews.Alert.class);
        var textTable =
            new TextTable(
                "Id", "Began", "Ended", "Severity", "Alert of", "State", "Source", "What");
        for (var a : all) {
          textTable.row(
              a.id(),
              a.began(),
              a.ended(),
              a.labels().getOrDefault("severity", ""),
              a.objective(),
              a.muted() == Muted.NONE
                  ? a.state().word()
                  : a.state().word() + ", " + a.muted().word(),
              a.source(),
              a.texts().getOrDefault("summary", ""));
        }
        cli.answer(all, all.isEmpty() ? "No alert has fired." : textTable.toString());
        return HivedeckCommand.DONE;
      }
    }
  }

  /** Objectives in and out, and whether they can alert. */
  @Command(
      name = "slo",
      description = "Tells the past of objectives, takes them in and out, and checks their alerts.",
      subcommands = {
        PolicyCommand.class,
        ImportCommand.class,
        TestCommand.class,
        SloHistoryCommands.Spent.class,
        SloHistoryCommands.Explain.class,
        SloHistoryCommands.History.class,
        SloHistoryCommands.Replay.class
      })
  public static final class Slo implements PolicyCommand.Parent {
    @ParentCommand HivedeckCommand cli;

    @Override
    public HivedeckCommand cli() {
      return cli;
    }

    /** A format of others. */
    enum Format {
      OPENSLO,
      PROMETHEUS,
      PROMTOOL
    }

    @Command(
        name = "export",
        description = "Writes the objectives as OpenSLO, Prometheus rules or their unit tests.")
    int export(
        @Option(
                names = "--format",
                required = true,
                description = "openslo, prometheus or promtool.")
            Format format,
        @Option(
                names = "--skip",
                description = "Leave out what the format has no words for, and say what it is.")
            boolean skip,
        @Parameters(
                paramLabel = "OBJECTIVE",
                arity = "0..*",
                description = "Only these; all of them unless told.")
            List<String> names) {
      try (var opened = EngineAccess.read(cli.workspace())) {
        var answer =
            opened
                .door()
                .query(
                    new Query.ObjectiveExport(format.name().toLowerCase(Locale.ROOT), names, skip));
        for (var left : Json.as(answer, Query.Exported.class).left()) {
          cli.err().println(Printable.line("Left out: " + left.objective() + ": " + left.why()));
        }
        cli.answer(answer, answer.path("text").asText());
      }
      return HivedeckCommand.DONE;
    }

    @Command(name = "rules", description = "Alerting and recording rules, and how they stand.")
    int rules() {
      try (var opened = EngineAccess.read(cli.workspace())) {
        var all = opened.list(new Query.Rules(), SloViews.Rule.class);
        var textTable = new TextTable("Rule", "Kind", "State", "Evaluated", "");
        all.forEach(
            r ->
                textTable.row(
                    r.name(), r.kind(), r.state(), r.at() == null ? "" : r.at(), r.problem()));
        cli.answer(
            all,
            all.isEmpty()
                ? "No rules are evaluated. docs/slo.md says how to write them."
                : textTable.toString());
        return all.stream().allMatch(r -> r.problem().isEmpty())
            ? HivedeckCommand.DONE
            : HivedeckCommand.FAILED;
      }
    }
  }
}
