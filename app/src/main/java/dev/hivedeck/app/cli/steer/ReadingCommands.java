package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.reading.ReadingCommand;
import dev.hivedeck.engine.protocol.reading.ReadingQuery;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Pace;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingFile;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingOrder;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Readings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** How far a change is read. */
public final class ReadingCommands {
  private ReadingCommands() {}

  private static String known(String id) {
    return id.startsWith("#") ? "C-" + id.substring(1) : id;
  }

  /** What is left to read of a change, and how long that takes; empty where nothing is known. */
  static Optional<String> left(EngineApi engine, String change) {
    var readings = Json.as(engine.query(new ReadingQuery.OfAll()), Readings.class);
    return readings.changes().stream()
        .filter(r -> r.id().equals(change))
        .findFirst()
        .map(
            r ->
                "%d of %s seen, %s left, %s"
                    .formatted(
                        r.seen(),
                        Plural.of(r.hunks(), "hunk"),
                        Plural.of(r.unseen(), "line"),
                        minutes(readings.pace(), r.unseen())));
  }

  static String minutes(Pace pace, long lines) {
    var minutes = pace.minutes(lines);
    return minutes.isPresent()
        ? "about " + minutes.getAsInt() + " min by your own pace"
        : "your pace is not known yet";
  }

  /** The files in the order in which to read them. */
  @Command(
      name = "reading",
      description = {
        "The files of a change in the order in which to read them, and what you have seen of them.",
        "What decides over others comes first, then code, tests, documentation, generated files."
      })
  public static final class Order implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(paramLabel = "ID")
    String id;

    @Option(names = "--hunks", description = "With each hunk.")
    boolean hunks;

    @Override
    public Integer call() {
      try (var opened = EngineAccess.read(change.cli().workspace())) {
        var node = opened.door().query(new ReadingQuery.OfChange(known(id)));
        var order = Json.as(node, ReadingOrder.class);
        if (order.files().isEmpty()) {
          change.cli().answer(node, "No line of " + order.change() + " is to be read.");
          return HivedeckCommand.DONE;
        }
        var table = new TextTable("File", "Kind", "Lines", "Seen", "Hunk");
        order.files().forEach(file -> rows(table, file));
        change
            .cli()
            .answer(
                node,
                table + "\n" + left(opened.door(), order.change()).map(s -> s + ".").orElse(""));
        return HivedeckCommand.DONE;
      }
    }

    private void rows(TextTable table, ReadingFile file) {
      table.row(
          file.path(),
          file.kind().word(),
          file.lines(),
          file.seen() + " of " + file.hunks().size(),
          "");
      if (hunks) {
        file.hunks()
            .forEach(
                h ->
                    table.row(
                        "", "", h.lines(), h.seenAt() == null ? "new" : h.seenAt(), h.hash()));
      }
    }
  }

  /** Marks hunks as seen. */
  @Command(
      name = "seen",
      description = {
        "Mark hunks of a change as seen; all of them where none is named.",
        "A hunk stays seen over pushes as long as it says the same."
      })
  public static final class Seen implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(paramLabel = "ID")
    String id;

    @Option(names = "--file", paramLabel = "PATH", description = "All hunks of this file.")
    List<String> files;

    @Option(
        names = "--hunk",
        paramLabel = "HASH",
        description = "This one; change reading --hunks lists them.")
    List<String> hunks;

    @Option(names = "--undo", description = "Take the marks back.")
    boolean undo;

    @Override
    public Integer call() {
      String known = known(id);
      return SteerCommands.send(
          change.cli(),
          undo
              ? new ReadingCommand.MarkUnseen(known, hunks, files)
              : new ReadingCommand.MarkSeen(known, hunks, files),
          undo ? "Taken back." : "Marked as seen.");
    }
  }
}
