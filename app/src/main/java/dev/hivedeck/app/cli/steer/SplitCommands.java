package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.merge.StackCommand;
import dev.hivedeck.engine.protocol.merge.StackQuery;
import dev.hivedeck.engine.protocol.merge.StackViews.Parts;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitBy;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitPreview;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes a stack of a change that is too large, and takes that back. */
public final class SplitCommands {
  private SplitCommands() {}

  /** Into parts. */
  @Command(
      name = "split",
      description = {
        "Make a stack of smaller changes of one.",
        "Its top has exactly the files of the change, which is closed."
      })
  public static final class SplitChange implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(paramLabel = "ID")
    String id;

    @Option(
        names = "--by",
        paramLabel = "WAY",
        description = "directory or commit; default directory.")
    SplitBy by = SplitBy.DIRECTORY;

    @Option(names = "--preview", description = "Only show the parts.")
    boolean preview;

    @Override
    public Integer call() {
      return preview ? show(by) : split(by);
    }

    private int show(SplitBy way) {
      try (var opened = EngineAccess.open(change.cli().workspace())) {
        var node = opened.door().query(new StackQuery.Preview(id, way));
        var table = new TextTable("Part", "Files", "Lines", "What");
        int number = 1;
        for (var part : Json.as(node, SplitPreview.class).parts()) {
          table.row(
              number++,
              part.files(),
              "+%s -%s".formatted(Plural.number(part.additions()), Plural.number(part.deletions())),
              part.title());
        }
        change.cli().answer(node, table.toString());
        return HivedeckCommand.DONE;
      }
    }

    private int split(SplitBy way) {
      try (var opened = EngineAccess.open(change.cli().workspace())) {
        var node = opened.door().execute(new StackCommand.Split(id, way), null, change.cli().key());
        var parts = Json.as(node, Parts.class);
        change
            .cli()
            .answer(
                node,
                "%s is split into %s.%nhivedeck change join %s takes that back."
                    .formatted(parts.change(), String.join(", ", parts.parts()), parts.change()));
        return HivedeckCommand.DONE;
      }
    }
  }

  /** One again. */
  @Command(
      name = "join",
      description = "Take a split back, as long as nothing of it was merged or worked on.")
  public static final class Join implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(paramLabel = "ID")
    String id;

    @Override
    public Integer call() {
      return SteerCommands.send(
          change.cli(), new StackCommand.Join(id), id + " is one change again.");
    }
  }
}
