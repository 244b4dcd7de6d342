package dev.hivedeck.app.cli.steer;

import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.comment.CommentCommand;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What is said about changes. */
final class CommentCommands {
  /** So much of a comment is shown beside others. */
  private static final int SHOWN = 100;

  private CommentCommands() {}

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
    text.append(open == 0 ? "" : ", " + open + " unresolved").append('\n');
    for (var said : c.comments()) {
      text.append(
          "  %d%s  %s%s%s: %s%n"
              .formatted(
                  said.id(),
                  said.replyTo() == null ? "" : " to " + said.replyTo(),
                  said.author(),
                  said.file() == null ? "" : " " + place(said),
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
