package dev.hivedeck.app;

import dev.hivedeck.engine.protocol.Command.RestoreKept;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Work that was kept before something else took its place. */
@Command(name = "kept", description = "Kept work; \"kept restore REF\" brings it back.")
final class KeptCommand implements Callable<Integer> {
  @ParentCommand Cli cli;

  @Override
  public Integer call() {
    try (var opened = Doors.read(cli.workspace())) {
      var kept = opened.all(Topic.KEPT, Views.Kept.class);
      var table = new Table("Ref", "Commit", "Files", "At", "Why");
      kept.forEach(
          k ->
              table.row(
                  k.id().replace("refs/hivedeck/kept/", ""),
                  k.commit().substring(0, 8),
                  k.files(),
                  k.at(),
                  k.why()));
      cli.answer(kept, kept.isEmpty() ? "Nothing had to be kept." : table.toString());
      return Cli.DONE;
    }
  }

  @Command(name = "restore", description = "Put kept work onto a new branch.")
  int restore(
      @Parameters(paramLabel = "REF") String ref, @Option(names = "--branch") String branch) {
    try (var opened = Doors.open(cli.workspace())) {
      var result = opened.door().execute(new RestoreKept(ref, branch), null);
      cli.answer(result, "On branch " + result.path("branch").asText() + ".");
      return Cli.DONE;
    }
  }
}
