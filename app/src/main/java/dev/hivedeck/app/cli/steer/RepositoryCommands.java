package dev.hivedeck.app.cli.steer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.protocol.Command.Reconcile;
import dev.hivedeck.engine.protocol.Command.UpdateCheckout;
import dev.hivedeck.engine.protocol.Plural;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands about the user's own repository: their checkouts of main, and what is out of step. */
public final class RepositoryCommands {
  private RepositoryCommands() {}

  @Command(
      name = "update",
      description = {
        "Bring your checkouts of main up to it, with your edits.",
        "Where main and you changed a file, both are merged; where that conflicts, all edits",
        "there are stashed.",
        "Ends with 1 when one was left because something is in the way."
      })
  public static final class Update implements Callable<Integer> {
    /** More files are not named. */
    private static final int NAMED = 3;

    @ParentCommand HivedeckCommand cli;

    @Override
    public Integer call() {
      try (var opened = EngineAccess.open(cli.workspace())) {
        var result = opened.door().execute(new UpdateCheckout(), null, cli.key());
        var lines = new ArrayList<String>();
        for (var path : result.path("updated")) {
          lines.add(path.asText() + " is up to date now.");
        }
        for (var stashed : result.path("stashed")) {
          lines.add(
              (stashed.path("staged").asBoolean()
                      ? "%s: what you had staged conflicts with main in %s. It is stashed; your edits"
                          + " are merged, but not staged"
                      : "%s: your edits conflict with main in %s. All of them are stashed: git stash"
                          + " pop")
                  .formatted(stashed.path("path").asText(), names(stashed.path("files"))));
        }
        for (var left : result.path("left")) {
          int merges = left.path("merges").asInt();
          lines.add(
              "%s %s: %s"
                  .formatted(
                      left.path("path").asText(),
                      merges == 0
                          ? "holds work that did not come to main"
                          : "is left " + merges + " behind",
                      left.path("why").asText()));
        }
        if (!result.path("left").isEmpty()) {
          lines.add(
              "Move aside what is in the way, or end what is under way there, then again: hivedeck"
                  + " update. A file that git takes for unchanged: git update-index"
                  + " --no-assume-unchanged.");
        }
        cli.answer(result, lines.isEmpty() ? "Nothing is behind." : String.join("\n", lines));
        return result.path("left").isEmpty() ? HivedeckCommand.DONE : HivedeckCommand.FAILED;
      }
    }

    private static String names(JsonNode files) {
      var names = new ArrayList<String>();
      files.forEach(file -> names.add(file.asText()));
      return Plural.some(names, NAMED);
    }
  }

  @Command(
      name = "repair",
      description = "Settle something that doctor found, by the name that it gives it.")
  public static final class Repair implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Parameters(index = "0", paramLabel = "ID")
    String id;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "REMEDY",
        description = "One of those that doctor names; default: the repair.")
    String remedy;

    @Option(
        names = "--digest",
        description = "Of what you looked at (doctor --json); refused when it has changed since.")
    String digest;

    @Override
    public Integer call() {
      try (var opened = EngineAccess.open(cli.workspace())) {
        opened.door().execute(new Reconcile(), null);
        var command = new dev.hivedeck.engine.protocol.Command.Repair(id, remedy, digest);
        cli.answer(opened.door().execute(command, null, cli.key()), "Done.");
        return HivedeckCommand.DONE;
      }
    }
  }
}
