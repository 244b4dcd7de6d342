package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.list.StackText;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.figure.FigureQuery;
import dev.hivedeck.engine.protocol.figure.FigureViews.ChangeHolders;
import dev.hivedeck.engine.protocol.health.HealthCommand;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands about one change. */
public final class ChangeCommands {
  private ChangeCommands() {}

  /** How it stands with one. */
  @Command(
      name = "show",
      description = "How it stands with a change: what is next, what blocks and what warns.")
  public static final class Show implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(paramLabel = "ID")
    String id;

    @Override
    public Integer call() {
      try (var opened = EngineAccess.read(change.cli().workspace())) {
        String known = id.startsWith("#") ? "C-" + id.substring(1) : id;
        var node = opened.door().query(new Query.Thing(Topic.CHANGE, known));
        var c = Json.as(node, ChangeViews.Change.class);
        var held = opened.door().query(new FigureQuery.Holders(c.id()));
        change
            .cli()
            .answer(
                node,
                text(
                    c,
                    ReadingCommands.left(opened.door(), c.id()),
                    held(Json.as(held, ChangeHolders.class))));
        return HivedeckCommand.DONE;
      }
    }

    /** For how long it has been whose turn. */
    private static String held(ChangeHolders holders) {
      return holders.held().stream()
          .map(h -> "%s %d min".formatted(h.holder().word(), Math.round(h.seconds() / 60)))
          .collect(Collectors.joining(", "));
    }

    private static String text(ChangeViews.Change c, Optional<String> left, String held) {
      var text = new StringBuilder();
      text.append("#%d %s%n".formatted(c.number(), c.title()));
      text.append(
          "%s · %s · %s · %s to read (+%s -%s in %s) · health %d%n"
              .formatted(
                  c.state().word(),
                  c.agent(),
                  c.task(),
                  Plural.of(c.lines(), "line"),
                  Plural.number(c.additions()),
                  Plural.number(c.deletions()),
                  Plural.of(c.files(), "file"),
                  c.health()));
      text.append("Next: ").append(c.verdict().text()).append('\n');
      if (!held.isEmpty()) {
        text.append("Held: ").append(held).append('\n');
      }
      String stack = StackText.words(c);
      if (!stack.isEmpty()) {
        text.append("Stack: ").append(stack).append('\n');
      }
      left.ifPresent(words -> text.append("Read: ").append(words).append('\n'));
      c.verdict().blockers().forEach(o -> obstacle(text, "Blocks", o));
      c.verdict().warnings().forEach(o -> obstacle(text, "Warns ", o));
      c.verdict().cleared().forEach(o -> cleared(text, o));
      String said = CommentCommands.described(c);
      if (!said.isEmpty()) {
        text.append("Described:\n  ").append(said.replace("\n", "\n  ")).append('\n');
      }
      text.append(AdviceCommands.looks(c));
      text.append(CommentCommands.list(c));
      return text.toString().stripTrailing();
    }

    private static void obstacle(StringBuilder text, String how, Obstacle o) {
      text.append("  %s  %s  (%s)%n          %s%n".formatted(how, o.text(), o.code(), o.remedy()));
    }

    private static void cleared(StringBuilder text, Obstacle o) {
      text.append(
          "  Cleared %s  (%s)%n          by %s, because: %s%n"
              .formatted(o.text(), o.code(), o.cleared().by(), o.cleared().reason()));
    }
  }

  /** Lets be what speaks against one. */
  @Command(
      name = "clear",
      description = {
        "Let be what speaks against a change, for a reason that is kept.",
        "It holds as long as the change says the same; hivedeck change show names the codes."
      })
  public static final class Clear implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(index = "0", paramLabel = "ID")
    String id;

    @Parameters(index = "1", paramLabel = "CODE", description = "For example size or conflict:C-4.")
    String code;

    @Option(names = "--because", paramLabel = "TEXT", description = "Why it may be merged.")
    String because;

    @Option(names = "--undo", description = "No longer let it be.")
    boolean undo;

    @Override
    public Integer call() {
      return undo
          ? SteerCommands.send(
              change.cli(),
              new HealthCommand.Unclear(id, code),
              code + " speaks against " + id + " again.")
          : SteerCommands.send(
              change.cli(),
              new HealthCommand.Clear(id, code, because == null ? "" : because),
              code + " no longer speaks against " + id + ".");
    }
  }

  /** Takes a merged one back. */
  @Command(
      name = "revert",
      description = {
        "Open a change that takes a merged one back.",
        "It goes the way of every change: gates, review, queue."
      })
  public static final class Revert implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(paramLabel = "ID")
    String id;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; told in the commit.")
    String reason;

    @Override
    public Integer call() {
      return SteerCommands.send(
          change.cli(),
          new MergeCommand.Revert(id, reason),
          "A change that takes " + id + " back is open; hivedeck changes shows it.");
    }
  }
}
