package dev.hivedeck.app.cli.list;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.LogLine;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What an attempt said and did. */
@Command(name = "log", description = "What an attempt said and did, the latest last.")
public final class LogCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final String MARGIN = " ".repeat(17);
  private static final int OUTPUT = 20;

  @ParentCommand HivedeckCommand cli;

  @Parameters(paramLabel = "ATTEMPT", description = "For example T-7.1; of T-7 the latest.")
  String attempt;

  @Option(names = "--last", defaultValue = "500", description = "How many lines.")
  int last;

  @Option(names = "--raw", description = "What agent and driver said to each other, word for word.")
  boolean raw;

  @Option(names = "--brief", description = "One line each.")
  boolean brief;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var node = opened.door().query(new Query.Log(latest(opened.door()), -last, last, raw));
      var page = Json.as(node, Query.LogPage.class);
      cli.answer(node, page.lines().isEmpty() ? "Nothing is in its log." : text(page.lines()));
      return HivedeckCommand.DONE;
    }
  }

  /** The attempt that is meant: whoever names a task means what was done at it last. */
  private String latest(EngineApi engine) {
    if (EngineAccess.all(engine, Topic.TASK, TaskViews.Task.class).stream()
        .noneMatch(task -> task.id().equals(attempt))) {
      return attempt;
    }
    var attempts = engine.query(new Query.Attempts(attempt));
    if (attempts.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_ATTEMPT,
          "Nobody has begun with " + attempt + " yet.",
          "hivedeck task why " + attempt + " says what it waits for.");
    }
    return attempts.get(attempts.size() - 1).get("id").asText();
  }

  private String text(List<LogLine> lines) {
    var text = new ArrayList<String>();
    for (var line : once(lines)) {
      text.add(
          Printable.line(
              "%s  %-5s  %s".formatted(TIME.format(line.at()), line.kind(), line.text())));
      if (!brief && line.act() != null) {
        more(line.act()).forEach(more -> text.add(MARGIN + more));
      }
    }
    return String.join("\n", text);
  }

  /** What was told twice stands where it began, as it ended. */
  static List<LogLine> once(List<LogLine> lines) {
    var once = new ArrayList<LogLine>();
    var begun = new HashMap<String, Integer>();
    for (var line : lines) {
      String twin = line.act() == null ? null : line.act().twin();
      Integer at = twin == null ? null : begun.putIfAbsent(twin, once.size());
      if (at == null) {
        once.add(line);
      } else {
        var first = once.get(at);
        once.set(at, new LogLine(first.index(), first.at(), line.kind(), line.text(), line.act()));
      }
    }
    return once;
  }

  /** What does not fit into its line. */
  static List<String> more(Act act) {
    return switch (act) {
      case Act.Say(String words) -> rest(words);
      case Act.Think(String words) -> rest(words);
      case Act.Plan(List<Act.Todo> todos) ->
          todos.stream()
              .map(
                  todo ->
                      switch (todo.state()) {
                            case DONE -> "[x] ";
                            case DOING -> "[>] ";
                            case OPEN -> "[ ] ";
                          }
                          + todo.text())
              .toList();
      case Act.Edit edit -> end(edit.diff().lines().toList(), "");
      case Act.Run run -> both(rest(run.command()), end(run.output().lines().toList(), "| "));
      case Act.Tool tool -> end(tool.output().lines().toList(), "| ");
      case Act.Ask ask -> rest(ask.question());
      case Act.Read read -> rest(read.what());
      case Act.Spend _, Act.Raw _ -> List.of();
    };
  }

  private static List<String> rest(String words) {
    return words.strip().lines().skip(1).toList();
  }

  private static List<String> both(List<String> first, List<String> then) {
    var all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }

  /** The last lines, which tell how it went. */
  private static List<String> end(List<String> lines, String mark) {
    var shown = new ArrayList<String>();
    int left = lines.size() - OUTPUT;
    if (left > 1) {
      shown.add(mark + "… " + left + " more lines, see --json");
    }
    lines.subList(left > 1 ? left : 0, lines.size()).forEach(line -> shown.add(mark + line));
    return shown;
  }
}
