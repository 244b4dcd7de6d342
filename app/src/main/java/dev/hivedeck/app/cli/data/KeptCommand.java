package dev.hivedeck.app.cli.data;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.setup.SetupCommands;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.protocol.Command.DropKept;
import dev.hivedeck.engine.protocol.Command.RestoreKept;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Work that was kept before something else took its place. */
@Command(name = "kept", description = "Kept work: show it, bring it back, or let go of it.")
public final class KeptCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var kept = opened.all(Topic.KEPT, AttemptViews.Kept.class);
      var textTable = new TextTable("Ref", "Commit", "Files", "Size", "At", "Why");
      kept.forEach(
          k ->
              textTable.row(
                  k.id().replace("refs/hivedeck/kept/", ""),
                  ObjectNames.abbreviated(k.commit()),
                  k.files(),
                  size(k.bytes()),
                  k.at(),
                  k.why()));
      cli.answer(kept, kept.isEmpty() ? "Nothing had to be kept." : textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  private static String size(long bytes) {
    return bytes < 10_000 ? bytes + " B" : bytes / 1_000 + " kB";
  }

  @Command(name = "show", description = "Show what kept work holds.")
  int show(@Parameters(paramLabel = "REF") String ref) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var node = opened.door().query(new Query.KeptDiff(ref));
      cli.answer(node, SteerCommands.text(node));
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "drop", description = "Let go of kept work for good.")
  int drop(
      @Parameters(paramLabel = "REF", arity = "1..*") List<String> refs,
      @Option(names = "--yes", description = "Without asking.") boolean yes) {
    if (!SetupCommands.confirmed(
        cli, yes, "Let go of " + String.join(", ", refs) + "? It cannot be brought back.")) {
      cli.answer(HivedeckCommand.object("dropped", 0), "Nothing was dropped. With --yes it is.");
      return HivedeckCommand.DONE;
    }
    return SteerCommands.send(cli, new DropKept(refs), "Dropped.");
  }

  @Command(name = "restore", description = "Put kept work onto a new branch.")
  int restore(
      @Parameters(paramLabel = "REF") String ref,
      @Option(names = "--branch", description = "Its name; default: one made of the task.")
          String branch) {
    try (var opened = EngineAccess.open(cli.workspace())) {
      var result = opened.door().execute(new RestoreKept(ref, branch), null);
      cli.answer(result, "On branch " + result.path("branch").asText() + ".");
      return HivedeckCommand.DONE;
    }
  }
}
