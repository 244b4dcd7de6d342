package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.comment.CommentCommand;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.health.HealthCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What is said about changes. */
final class CommentCommands {
  /** So much of a comment is shown beside others. */
  private static final int SHOWN = 100;

  private CommentCommands() {}

  /** Says a part of the description of one. */
  @Command(
      name = "describe",
      description = {
        "Say a part of the description of a change; without a section: what is said.",
        "It goes to its pull request. What changes.description of hive.yaml names is missed."
      })
  static final class Describe implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(index = "0", paramLabel = "ID")
    String id;

    @Option(
        names = "--section",
        paramLabel = "SECTION",
        description = "what, why, risk, rollback, metrics or tests.")
    DescriptionSection section;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "TEXT",
        description = "What it says; an empty one takes it away.")
    String text;

    @Override
    public Integer call() {
      if (section == null && text == null) {
        try (var opened = EngineAccess.read(change.cli().workspace())) {
          String known = id.startsWith("#") ? "C-" + id.substring(1) : id;
          var node = opened.door().query(new Query.Thing(Topic.CHANGE, known));
          var c = Json.as(node, ChangeViews.Change.class);
          String said = described(c);
          change.cli().answer(node, said.isEmpty() ? "Nobody has described " + c.id() + "." : said);
          return HivedeckCommand.DONE;
        }
      }
      if (section == null || text == null) {
        throw new HiveException(
            ErrorCode.BAD_USAGE,
            "A section and its text belong together.",
            "hivedeck change describe %s --section risk \"It may be slow.\"".formatted(id));
      }
      return SteerCommands.send(
          change.cli(),
          new HealthCommand.Describe(id, section, text),
          "%s of %s is %s.".formatted(section.word(), id, text.isBlank() ? "missing" : "said"));
    }
  }

  /** What is said of one, section by section; empty for nothing. */
  static String described(ChangeViews.Change c) {
    return c.description().stream()
        .map(d -> "%s (%s): %s%n".formatted(d.section().word(), d.by(), d.text()))
        .collect(Collectors.joining())
        .stripTrailing();
  }

  /** Says something about one. */
  @Command(
      name = "comment",
      description = {
        "Say something about a change, and leave it where it is.",
        "hivedeck change return sends it back with what is said; change show names comments."
      })
  static final class Say implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(index = "0", paramLabel = "ID")
    String id;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "TEXT",
        description = "About the whole change, or in answer.")
    String text;

    @Option(
        names = "--line",
        paramLabel = "FILE:LINES:TEXT",
        description = "About a line (7), or lines (7-9).")
    String line;

    @Option(names = "--reply", paramLabel = "NUMBER", description = "The comment that it answers.")
    Long reply;

    @Option(
        names = "--resolve",
        paramLabel = "NUMBER",
        description = "What this comment asked for is done.")
    Long resolve;

    @Option(names = "--unresolve", paramLabel = "NUMBER", description = "It is not done after all.")
    Long unresolve;

    @Override
    public Integer call() {
      if (resolve != null || unresolve != null) {
        if (text != null || line != null || reply != null || resolve != null && unresolve != null) {
          throw new HiveException(
              ErrorCode.BAD_USAGE,
              "To resolve a comment and to say something are two acts.",
              "Say it first, with --reply; then --resolve.");
        }
        return resolve != null
            ? SteerCommands.send(
                change.cli(),
                new CommentCommand.Resolve(id, resolve),
                "Comment " + resolve + " on " + id + " is resolved.")
            : SteerCommands.send(
                change.cli(),
                new CommentCommand.Unresolve(id, unresolve),
                "Comment " + unresolve + " on " + id + " is open again.");
      }
      if (line != null && (text != null || reply != null)) {
        throw new HiveException(
            ErrorCode.BAD_USAGE,
            "--line holds what is said about the lines.",
            "Leave the text and --reply out, or --line.");
      }
      if (line != null) {
        var said = LineCommentReader.comment(line);
        return say(
            new CommentCommand.Say(
                id, said.text(), said.file(), said.line(), said.startLine(), null));
      }
      return say(new CommentCommand.Say(id, text == null ? "" : text, null, 0, null, reply));
    }

    private int say(CommentCommand.Say said) {
      return SteerCommands.send(change.cli(), said, "Said on " + id + ".");
    }
  }

  /** The comments on a change, one below the other; nothing where there are none. */
  static String list(ChangeViews.Change c) {
    if (c.comments().isEmpty()) {
      return "";
    }
    var text = new StringBuilder("Comments: " + c.comments().size());
    long open = c.comments().stream().filter(Comment::unresolved).count();
    long advice = c.comments().stream().filter(Comment::advises).count();
    text.append(open == 0 ? "" : ", " + open + " unresolved")
        .append(advice == 0 ? "" : ", " + advice + " advisory")
        .append('\n');
    for (var said : c.comments()) {
      text.append(
          "  %d%s  %s%s%s%s: %s%n"
              .formatted(
                  said.id(),
                  said.replyTo() == null ? "" : " to " + said.replyTo(),
                  said.author(),
                  said.file() == null ? "" : " " + place(said),
                  (said.advisory() ? " (advisory)" : "") + (said.outdated() ? " (outdated)" : ""),
                  said.resolvedBy() == null ? "" : " (resolved by " + said.resolvedBy() + ")",
                  first(said.text())));
    }
    return text.toString();
  }

  private static String place(Comment said) {
    return said.line() == 0
        ? said.file()
        : said.file() + ":" + (said.first() < said.line() ? said.first() + "-" : "") + said.line();
  }

  private static String first(String text) {
    String whole = text.strip();
    String line = whole.lines().findFirst().orElse("");
    String shown = TextFormat.shorten(line, SHOWN);
    return shown.equals(line) && line.length() < whole.length() ? line + "…" : shown;
  }
}
