package dev.hivedeck.app.cli.change;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.alternative.AlternativeCommand;
import dev.hivedeck.engine.protocol.alternative.AlternativeQuery;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternative;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Comparison;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Result;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** The same task done by several agents, and the choice of one. */
@Command(
    name = "alternatives",
    description =
        "Tasks that several agents do (best of n): compares what came of them, and chooses one.")
public final class AlternativeCommands implements Callable<Integer> {
  private static final String UNKNOWN = "not known";

  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new AlternativeQuery.All(), Comparison.class);
      var table = new TextTable("Task", "State", "Agents", "Cost", "Next", "Title");
      all.forEach(
          c ->
              table.row(
                  c.id(),
                  c.state().word(),
                  c.alternatives().stream()
                      .map(a -> a.agent() == null ? "any" : a.agent())
                      .collect(Collectors.joining(", ")),
                  cost(c.cost()),
                  c.next(),
                  c.title()));
      cli.answer(
          all,
          all.isEmpty()
              ? "No task is done by several agents. hivedeck task add TITLE --agent a --agent b"
                  + " adds one."
              : table.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "show", description = "The alternatives of a task, side by side.")
  int show(
      @Parameters(paramLabel = "ID", description = "Of the task, or of one of its changes.")
          String id) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      return tell(opened.door().query(new AlternativeQuery.Of(id)));
    }
  }

  @Command(
      name = "add",
      description =
          "Gives a task to more agents. Each does it by itself and costs as much as one; none is"
              + " merged before you chose.")
  int add(
      @Parameters(paramLabel = "TASK") String task,
      @Option(
              names = "--agent",
              split = ",",
              required = true,
              paramLabel = "NAME",
              description = "One more alternative by this agent; may be given several times.")
          List<String> agents) {
    return send(new AlternativeCommand.Add(task, agents));
  }

  @Command(
      name = "choose",
      description = "Takes one on its way to main and closes the others, whose work is kept.")
  int choose(
      @Parameters(paramLabel = "ID", description = "Of the change, or of its task.") String id,
      @Option(
              names = "--match-head-commit",
              paramLabel = "COMMIT",
              description = "Only if the change is at this commit.")
          String head) {
    return send(new AlternativeCommand.Choose(id, head));
  }

  @Command(
      name = "undo",
      description = "Takes a choice back, as long as nothing is merged: what it closed is open.")
  int undo(@Parameters(paramLabel = "TASK") String task) {
    return send(new AlternativeCommand.Undo(task));
  }

  private int send(AlternativeCommand command) {
    try (var opened = EngineAccess.open(cli.workspace())) {
      return tell(opened.door().execute(command, null, cli.key()));
    }
  }

  private int tell(JsonNode answer) {
    var all = Json.as(answer, Comparison.class);
    cli.answer(answer, text(all));
    return HivedeckCommand.DONE;
  }

  private static String text(Comparison all) {
    var table =
        new TextTable(
            "Task",
            "Agent",
            "Change",
            "State",
            "Gates",
            "Findings",
            "Health",
            "Files",
            "Lines",
            "Tries",
            "Time",
            "Cost");
    for (var one : all.alternatives()) {
      var result = one.result();
      table.row(
          one.task(),
          one.agent() == null ? "any" : one.agent(),
          result == null ? "–" : result.change(),
          state(one),
          result == null ? "–" : gates(result.gates()),
          result == null ? "–" : result.findings(),
          result == null ? "–" : result.health(),
          result == null ? "–" : result.files(),
          result == null ? "–" : "+%d -%d".formatted(result.additions(), result.deletions()),
          one.attempts(),
          time(one.seconds()),
          one.attempts() == 0 ? "–" : cost(one.cost()));
    }
    return "%s %s%n%s. Cost of all: %s.%n%n%s%s"
        .formatted(all.id(), all.title(), all.next(), cost(all.cost()), table, how(all));
  }

  private static String how(Comparison all) {
    return all.alternatives().stream()
        .filter(Alternative::choosable)
        .map(Alternative::result)
        .filter(r -> r != null)
        .findFirst()
        .map(AlternativeCommands::how)
        .orElse("");
  }

  private static String how(Result first) {
    return "%n%nhivedeck change diff %1$s shows one; hivedeck alternatives choose %1$s takes it."
        .formatted(first.change());
  }

  private static String state(Alternative one) {
    if (one.chosen()) {
      return "chosen, " + (one.result() == null ? one.state() : one.result().state()).word();
    }
    return one.choosable() ? "to choose" : one.state().word();
  }

  private static String gates(List<GateResult> gates) {
    long passed = gates.stream().filter(g -> g.outcome() == Outcome.PASSED).count();
    return gates.isEmpty() ? "none" : passed + " of " + gates.size();
  }

  private static String time(long seconds) {
    var took = Duration.ofSeconds(seconds);
    return seconds < 60
        ? seconds + " s"
        : "%d min %d s".formatted(took.toMinutes(), took.toSecondsPart());
  }

  private static String cost(@Nullable Double dollars) {
    return dollars == null ? UNKNOWN : String.format(Locale.ROOT, "$%.2f", dollars);
  }
}
