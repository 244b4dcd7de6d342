package dev.hivedeck.app.cli.change;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.merge.BatchViews.Batch;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.merge.MergeViews;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.MergeViews.Meeting;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** The merge queue. */
@Command(
    name = "queue",
    description = "The merge queue: what is in line, and what keeps it; freezes and unfreezes it.")
public final class QueueCommands implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      JsonNode answer = opened.door().query(new MergeQuery.Queue());
      var queue = Json.MAPPER.convertValue(answer, MergeViews.Queue.class);
      var text = new StringBuilder(how(queue));
      queue.freezes().forEach(f -> text.append("Frozen: ").append(f.reason()).append('\n'));
      if (!queue.policy().isEmpty()) {
        text.append("Held: ").append(queue.policy()).append('\n');
      }
      if (queue.red() != null) {
        text.append(red(queue.red())).append('\n');
      }
      if (queue.line().isEmpty()) {
        text.append("No change is in line.");
      } else {
        var table =
            new TextTable("Place", "Change", "State", "Agent", "Title", "Since", "Waits for");
        queue
            .line()
            .forEach(
                p ->
                    table.row(
                        p.place() == 0 ? "–" : p.place(),
                        p.change(),
                        p.state(),
                        p.agent(),
                        p.title(),
                        p.since(),
                        p.why()));
        text.append(table);
      }
      cli.answer(answer, text.toString());
      return HivedeckCommand.DONE;
    }
  }

  /** How changes come to main, and how many at once. */
  private static String how(MergeViews.Queue queue) {
    var method = queue.method();
    if (method == null) {
      return "";
    }
    return "By %s, %s%s%n"
        .formatted(
            method.word(),
            queue.batch() > 1 ? "in batches of up to " + queue.batch() : "one after another",
            queue.ahead() > 0 ? ", the next judged ahead" : "");
  }

  private static String red(MergeViews.RedMain red) {
    return ("Main itself fails %s since %s, at %s. What mends it goes first; the others are tried"
            + " again at %s, or once something else is on main.")
        .formatted(
            String.join(", ", red.gates()),
            red.since().truncatedTo(ChronoUnit.SECONDS),
            ObjectNames.abbreviated(red.commit()),
            red.again().truncatedTo(ChronoUnit.SECONDS));
  }

  @Command(name = "freeze", description = "Merges nothing more until it is unfrozen.")
  int freeze(
      @Parameters(paramLabel = "REASON", description = "Why; everybody is told.") String reason) {
    return SteerCommands.send(cli, new MergeCommand.Freeze(reason), "Nothing is merged now.");
  }

  @Command(
      name = "unfreeze",
      description = "Merges again, whatever froze the queue: you, or a merge that is unexplained.")
  int unfreeze(
      @Parameters(
              paramLabel = "REASON",
              arity = "0..1",
              description = "Why it may go on; needed where a merge is not explained.")
          String reason) {
    return SteerCommands.send(cli, new MergeCommand.Unfreeze(reason), "The merge queue goes on.");
  }

  @Command(name = "first", description = "Lets a change in line go before all others.")
  int first(
      @Parameters(paramLabel = "CHANGE", description = "Its id, such as C-3.") String change) {
    return SteerCommands.send(
        cli, new MergeCommand.First(change), change + " goes before all others now.");
  }

  @Command(
      name = "merges",
      description = "Merges, and the proof that main is what the gates judged, path by path.")
  int merges(
      @Option(
              names = "--limit",
              defaultValue = "20",
              description = "At most so many; default: ${DEFAULT-VALUE}.")
          int limit) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new MergeQuery.Merges(limit), Merge.class);
      var table =
          new TextTable("At", "Change", "Merge", "Tree", "Judged", "Paths", "Not explained");
      all.forEach(
          m ->
              table.row(
                  m.at(),
                  m.change(),
                  ObjectNames.abbreviated(m.commit()),
                  ObjectNames.abbreviated(m.tree()),
                  m.moved() ? m.same() ? "same tree" : "ANOTHER TREE" : "not put on main",
                  m.paths(),
                  unexplained(m)));
      cli.answer(all, all.isEmpty() ? "Nothing was merged yet." : table.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "batches",
      description = "Changes that were judged and merged at once, and who made them fail.")
  int batches(
      @Option(
              names = "--limit",
              defaultValue = "5",
              description = "At most so many; default: ${DEFAULT-VALUE}.")
          int limit) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new MergeQuery.Batches(limit), Batch.class);
      cli.answer(
          all,
          all.isEmpty()
              ? none(opened.door().query(new MergeQuery.Queue()).path("batch").asInt())
              : all.stream().map(QueueCommands::told).collect(Collectors.joining("\n\n")));
      return HivedeckCommand.DONE;
    }
  }

  /**
   * @param most so many changes at most are one
   */
  private static String none(int most) {
    return most > 1
        ? "No batch yet. One is made once two changes or more wait to be merged, of "
            + most
            + " at most."
        : "No batch yet. changes: { merge: { batch: 4 } } in hive.yaml makes them.";
  }

  /** A batch: a row for each change, a column for each run of the gates. */
  private static String told(Batch batch) {
    var heads = new ArrayList<String>(List.of("Change", "Title"));
    batch.runs().forEach(run -> heads.add(run.number() + " " + run.kind().word()));
    heads.add("Then");
    var table = new TextTable(heads.toArray(String[]::new));
    var runs = new ArrayList<Object>(List.of("", "gates"));
    batch.runs().forEach(run -> runs.add(run.outcome().word()));
    runs.add("");
    table.row(runs.toArray());
    for (var member : batch.members()) {
      var row = new ArrayList<Object>(List.of(member.change(), member.title()));
      batch.runs().forEach(run -> row.add(run.changes().contains(member.change()) ? "in" : "·"));
      row.add(member.fate().word() + (member.why().isEmpty() ? "" : ": " + member.why()));
      table.row(row.toArray());
    }
    String asked = batch.asked().isEmpty() ? "" : "\n" + String.join("\n", batch.asked());
    return "Batch %s %s%s%n%s%s"
        .formatted(
            batch.id(),
            batch.state().word(),
            batch.text().isEmpty() ? "" : ": " + batch.text(),
            table,
            asked);
  }

  private static String unexplained(Merge merge) {
    return merge.unexplained().isEmpty()
        ? "0"
        : merge.unexplained().size()
            + ": "
            + String.join(
                ", ",
                merge.unexplained().stream()
                    .limit(5)
                    .map(u -> u.path() + " (" + u.cause().word() + ")")
                    .toList())
            + (merge.accepted() == null ? "" : "; accepted: " + merge.accepted());
  }

  @Command(
      name = "conflicts",
      description = "Which open changes will conflict, with main or with each other.")
  int conflicts() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new MergeQuery.Forecasts(), Forecast.class);
      var table = new TextTable("Change", "With", "How", "Files");
      boolean any = false;
      for (var forecast : all) {
        for (Encounter encounter : forecast.encounters()) {
          boolean told = encounter.with().compareTo(forecast.id()) < 0; // once for each pair
          if (encounter.with().equals(Forecast.MAIN) || !told) {
            table.row(
                forecast.id(),
                encounter.with(),
                words(encounter.meeting()),
                String.join(", ", encounter.files()));
            any = true;
          }
        }
      }
      cli.answer(
          all,
          any
              ? table.toString()
              : all.isEmpty() ? "No change is open." : "No open changes touch the same files.");
      return HivedeckCommand.DONE;
    }
  }

  private static String words(Meeting meeting) {
    return switch (meeting) {
      case CONFLICT -> "conflicts";
      case OVERLAP -> "same file, merges";
      case STACKED -> "one on the other";
    };
  }
}
