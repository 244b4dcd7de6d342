package dev.hivedeck.app.cli.slo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.ReplayViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** The past of one objective: what spent its budget, since when, and what would have alerted. */
final class SloHistoryCommands {
  private static final int ROWS = 30;

  private SloHistoryCommands() {}

  /** The time that is asked about. */
  static final class Range {
    @Option(
        names = "--since",
        description = "A time, or how long ago, as in 7d; the objective's window unless told.")
    String since;

    @Option(names = "--until", description = "A time, or how long ago; now unless told.")
    String until;
  }

  private static JsonNode ask(SloCommands.Slo slo, Query query) {
    try (var opened = EngineAccess.read(slo.cli.workspace())) {
      return opened.door().query(query);
    }
  }

  private static String percent(Double share) {
    return share == null ? "unknown" : String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }

  private static String whole(double share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share);
  }

  private static String times(Double rate) {
    return rate == null ? "–" : String.format(Locale.ROOT, "%.1f×", rate);
  }

  /** What spent a budget. */
  @Command(name = "spent", description = "What spent an objective's budget, by a label.")
  static final class Spent implements Callable<Integer> {
    @ParentCommand SloCommands.Slo slo;

    @Parameters(paramLabel = "OBJECTIVE", description = "Its name in hive.yaml.")
    String objective;

    @Option(
        names = "--by",
        description = "A label; endpoint, error and version stand for their usual names.")
    String by;

    @Mixin Range range;

    @Override
    public Integer call() {
      var answer = ask(slo, new Query.ObjectiveSpent(objective, by, range.since, range.until));
      var spent = Json.as(answer, SloViews.Spent.class);
      var table = new TextTable("Share", "Bad", "Of", spent.by().isEmpty() ? "All" : spent.by());
      for (var part : spent.parts()) {
        table.row(
            whole(part.share()),
            part.bad(),
            part.total() == 0 ? "" : part.total(),
            part.value().isEmpty() ? "without it" : part.value());
      }
      if (spent.others() > 0) {
        table.row(
            whole((double) spent.otherBad() / spent.bad()),
            spent.otherBad(),
            "",
            spent.others() + " others");
      }
      slo.cli.answer(
          answer,
          spent.bad() == 0
              ? "No event of " + objective + " was bad in this time."
              : table + (spent.labels().size() > 1 ? "\nAlso by: " + others(spent) : ""));
      return HivedeckCommand.DONE;
    }

    private static String others(SloViews.Spent spent) {
      return String.join(", ", spent.labels().stream().filter(l -> !l.equals(spent.by())).toList());
    }
  }

  /** When it began, and what came before. */
  @Command(
      name = "explain",
      description = "When an objective's share of bad events rose, and what was merged before.")
  static final class Explain implements Callable<Integer> {
    @ParentCommand SloCommands.Slo slo;

    @Parameters(paramLabel = "OBJECTIVE", description = "Its name in hive.yaml.")
    String objective;

    @Mixin Range range;

    @Override
    public Integer call() {
      var answer = ask(slo, new Query.ObjectiveExplanation(objective, range.since, range.until));
      var explained = Json.as(answer, SloViews.Explanation.class);
      var text = new StringBuilder(explained.summary());
      if (!explained.label().isEmpty()) {
        text.append('\n')
            .append(whole(explained.valueShare()))
            .append(" of what has been bad since has ")
            .append(explained.label())
            .append("=\"")
            .append(explained.value())
            .append("\".");
      }
      if (!explained.suspects().isEmpty()) {
        var table = new TextTable("Change", "Merged", "By chance", "Agent", "Title");
        explained
            .suspects()
            .forEach(
                s -> table.row(s.change(), s.merged(), percent(s.chance()), s.agent(), s.title()));
        text.append("\n\n").append(table);
        text.append("\nhivedeck change diff ").append(explained.suspects().getFirst().change());
        text.append(" shows the nearest.");
      }
      slo.cli.answer(answer, text.toString());
      return HivedeckCommand.DONE;
    }
  }

  /** How it stood. */
  @Command(name = "history", description = "How an objective's budget and burn went.")
  static final class History implements Callable<Integer> {
    @ParentCommand SloCommands.Slo slo;

    @Parameters(paramLabel = "OBJECTIVE", description = "Its name in hive.yaml.")
    String objective;

    @Mixin Range range;

    @Option(
        names = "--step",
        description = "From line to line, as in 1h; one that suits unless told.")
    String step;

    @Override
    public Integer call() {
      var answer = ask(slo, new Query.ObjectiveHistory(objective, range.since, range.until, step));
      var history = Json.as(answer, SloViews.History.class);
      var table = new TextTable("Until", "Bad", "Of", "Budget left", "Burn", "Highest burn");
      int each = step == null ? Math.ceilDiv(history.points().size(), ROWS) : 1;
      for (int i = history.points().size() - 1; i >= 0; i -= each) {
        var first = Math.max(0, i - each + 1);
        var part = history.points().subList(first, i + 1);
        var last = part.getLast();
        table.row(
            last.at(),
            part.stream().mapToLong(SloViews.HistoryPoint::bad).sum(),
            part.stream().mapToLong(SloViews.HistoryPoint::total).sum(),
            percent(last.left()),
            times(last.burn()),
            times(
                part.stream()
                    .map(SloViews.HistoryPoint::mostBurn)
                    .filter(b -> b != null)
                    .max(Double::compare)
                    .orElse(null)));
      }
      var text = new StringBuilder(table.toString());
      history
          .marks()
          .forEach(
              m ->
                  text.append('\n')
                      .append(m.at())
                      .append(' ')
                      .append(m.label())
                      .append(' ')
                      .append(m.text()));
      slo.cli.answer(
          answer,
          history.known() == null
              ? "Nothing of what " + objective + " counts was seen in this time."
              : text.toString());
      return HivedeckCommand.DONE;
    }
  }

  /** What would have alerted. */
  @Command(
      name = "replay",
      description = "What an objective would have alerted about, with another target or window.")
  static final class Replay implements Callable<Integer> {
    @ParentCommand SloCommands.Slo slo;

    @Parameters(paramLabel = "OBJECTIVE", description = "Its name in hive.yaml.")
    String objective;

    @Option(names = "--target", description = "As in 99.5%%; a number is a percentage.")
    String target;

    @Option(names = "--window", description = "As in 7d.")
    String window;

    @Mixin Range range;

    @Override
    public Integer call() {
      var changes = Json.object();
      if (target != null) {
        changes.put("target", target.matches("\\d+(\\.\\d+)?") ? target + "%" : target);
      }
      if (window != null) {
        changes.put("window", window);
      }
      var answer =
          ask(slo, new Query.ObjectiveReplay(objective, changes, range.since, range.until));
      var replay = Json.as(answer, ReplayViews.Replay.class);
      var then = replay.then();
      var text = new StringBuilder();
      if (replay.known() == null) {
        text.append("Nothing of what it counts was seen: nothing would have alerted.");
      } else {
        text.append(
            "With %s in %s, from %s until %s: %s, %s; %s of the budget would be left."
                .formatted(
                    then.target(),
                    then.window(),
                    replay.from(),
                    replay.until(),
                    number(then.pages(), "page"),
                    number(then.tickets(), "ticket"),
                    percent(then.left())));
        if (replay.now() != null && !changes.isEmpty()) {
          text.append(
              "\nAs it is, %s in %s: %s, %s; %s is left."
                  .formatted(
                      replay.now().target(),
                      replay.now().window(),
                      number(replay.now().pages(), "page"),
                      number(replay.now().tickets(), "ticket"),
                      percent(replay.now().left())));
        }
        if (replay.known().isAfter(replay.from())) {
          text.append("\nEvents are known only since ").append(replay.known()).append('.');
        }
        if (!then.episodes().isEmpty()) {
          var table = new TextTable("Severity", "Began", "Ended", "Window", "Burn", "Above");
          for (var episode : then.episodes()) {
            table.row(
                episode.severity(),
                episode.began(),
                episode.ended() == null ? "still" : episode.ended(),
                Duration.ofSeconds(episode.window()).toHours() + " h",
                times(episode.rate()),
                times(episode.factor()));
          }
          text.append("\n\n").append(table);
        }
      }
      slo.cli.answer(answer, text.toString());
      return HivedeckCommand.DONE;
    }

    private static String number(int count, String what) {
      return count == 0 ? "no " + what : count + " " + what + (count == 1 ? "" : "s");
    }
  }
}
