package dev.hivedeck.app.cli.worktree;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.service.ServiceCommands;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.service.PreviewCommand;
import dev.hivedeck.engine.protocol.service.PreviewQuery;
import dev.hivedeck.engine.protocol.service.ServiceViews;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.view.Word;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Apps of worktrees that run for a person to look at. */
@picocli.CommandLine.Command(
    name = "preview",
    description =
        "Run the app of a change, a task or an attempt, as worktree.run says, and look at it; "
            + "without more words, those that run.")
public final class PreviewCommands implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    return list();
  }

  @picocli.CommandLine.Command(name = "list", description = "Those that run, and where.")
  int list() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new PreviewQuery.Previews(), Service.class);
      var table = new TextTable("Preview", "State", "Address", "Folder", "Why");
      all.forEach(
          s ->
              table.row(
                  s.previewed(),
                  Word.kebab(s.state()),
                  Objects.requireNonNullElse(s.address(), ""),
                  s.folder(),
                  s.why()));
      cli.answer(
          all,
          all.isEmpty()
              ? "No preview runs. hivedeck preview start C-4 runs the app of a change."
              : table.toString());
      return HivedeckCommand.DONE;
    }
  }

  @picocli.CommandLine.Command(
      name = "start",
      description = "Run it, at ports of its own, until the change or attempt is over.")
  int start(@Parameters(paramLabel = "WHAT", description = "C-4, T-7 or T-7.1.") String what) {
    return send(new PreviewCommand.StartPreview(id(what)), true);
  }

  @picocli.CommandLine.Command(name = "stop", description = "End it.")
  int stop(@Parameters(paramLabel = "WHAT", description = "C-4, T-7 or T-7.1.") String what) {
    return send(new PreviewCommand.StopPreview(id(what)), false);
  }

  @picocli.CommandLine.Command(name = "logs", description = "What it printed.")
  int logs(
      @Parameters(paramLabel = "WHAT", description = "C-4 or T-7.1, as list has it.") String what,
      @Option(
              names = "--last",
              defaultValue = "200",
              description = "How many lines; default: ${DEFAULT-VALUE}.")
          int last) {
    return ServiceCommands.logs(cli, ServiceViews.PREVIEW + id(what), null, last);
  }

  private static String id(String what) {
    return what.startsWith("#") ? "C-" + what.substring(1) : what;
  }

  /** Only an engine that works can: without one, nothing would end what was begun. */
  private int send(Command command, boolean starts) {
    try (var opened = EngineAccess.open(cli.workspace())) {
      if (!opened.remote()) {
        throw new HiveException(
            ErrorCode.NO_ENGINE,
            "No engine runs for this workspace, and a preview ends with its engine.",
            "Start one with hivedeck serve, or open the desktop.");
      }
      var answer = opened.door().execute(command, null, cli.key());
      var service = Json.as(answer, Service.class);
      String name = Objects.requireNonNullElse(service.previewed(), service.id());
      cli.answer(
          answer,
          starts
              ? String.format(
                  Locale.ROOT,
                  "The app of %s is begun: %s, in %s.%nhivedeck preview says where it answers,"
                      + " hivedeck preview logs %s what it prints.",
                  name,
                  service.run(),
                  service.folder(),
                  name)
              : "The app of " + name + " ends.");
      return HivedeckCommand.DONE;
    }
  }
}
