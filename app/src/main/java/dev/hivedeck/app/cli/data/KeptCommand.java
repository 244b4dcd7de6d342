package dev.hivedeck.app.cli.data;

import dev.hivedeck.app.cli.Cli;
import dev.hivedeck.app.cli.Doors;
import dev.hivedeck.app.cli.Table;
import dev.hivedeck.app.cli.setup.SetupCommands;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.protocol.Command.DropKept;
import dev.hivedeck.engine.protocol.Command.RestoreKept;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Work that was kept before something else took its place. */
@Command(name = "kept", description = "Kept work: show it, bring it back, or let go of it.")
public final class KeptCommand implements Callable<Integer> {
  @ParentCommand Cli cli;

  @Override
  public Integer call() {
    try (var opened = Doors.read(cli.workspace())) {
      var kept = opened.all(Topic.KEPT, Views.Kept.class);
      var table = new Table("Ref", "Commit", "Files", "Size", "At", "Why");
      kept.forEach(
          k ->
              table.row(
                  k.id().replace("refs/hivedeck/kept/", ""),
                  ObjectNames.abbreviated(k.commit()),
                  k.files(),
                  size(k.bytes()),
                  k.at(),
                  k.why()));
      cli.answer(kept, kept.isEmpty() ? "Nothing had to be kept." : table.toString());
      return Cli.DONE;
    }
  }

  private static String size(long bytes) {
    return bytes < 10_000 ? bytes + " B" : bytes / 1_000 + " kB";
  }

  @Command(name = "show", description = "Show what kept work holds.")
  int show(@Parameters(paramLabel = "REF") String ref) {
    try (var opened = Doors.read(cli.workspace())) {
      var node = opened.door().query(new Query.KeptDiff(ref));
      cli.answer(node, SteerCommands.text(node));
      return Cli.DONE;
    }
  }

  @Command(name = "drop", description = "Let go of kept work for good.")
  int drop(
      @Parameters(paramLabel = "REF", arity = "1..*") List<String> refs,
      @Option(names = "--yes", description = "Without asking.") boolean yes) {
    if (!SetupCommands.confirmed(
        cli, yes, "Let go of " + String.join(", ", refs) + "? It cannot be brought back.")) {
      cli.answer(Cli.object("dropped", 0), "Nothing was dropped. With --yes it is.");
      return Cli.DONE;
    }
    return SteerCommands.send(cli, new DropKept(refs), "Dropped.");
  }

  @Command(name = "restore", description = "Put kept work onto a new branch.")
  int restore(
      @Parameters(paramLabel = "REF") String ref,
      @Option(names = "--branch", description = "Its name; default: one made of the task.")
          String branch) {
    try (var opened = Doors.open(cli.workspace())) {
      var result = opened.door().execute(new RestoreKept(ref, branch), null);
      cli.answer(result, "On branch " + result.path("branch").asText() + ".");
      return Cli.DONE;
    }
  }
}
