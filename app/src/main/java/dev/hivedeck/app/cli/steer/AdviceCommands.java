package dev.hivedeck.app.cli.steer;

import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.comment.CommentCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReview;
import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReviewState;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What an agent says of a change before a person looks at it. */
final class AdviceCommands {
  private AdviceCommands() {}

  /** Sends one back with it. */
  @Command(
      name = "return-advice",
      description = {
        "Send a change back to its agent with what the agent advised that looked at it first.",
        "hivedeck change show names comments and marks those that are advisory."
      })
  static final class Return implements Callable<Integer> {
    @ParentCommand SteerCommands.Change change;

    @Parameters(index = "0", paramLabel = "ID")
    String id;

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "NUMBER",
        description = "Advisory comments to send; all that are open where none is named.")
    List<Long> comments;

    @Option(names = "--comment", paramLabel = "TEXT", description = "What to say besides.")
    String text;

    @Override
    public Integer call() {
      return SteerCommands.send(
          change.cli(),
          new CommentCommand.ReturnAdvice(id, comments, text),
          id + " goes back to its agent.");
    }
  }

  /** The latest look of an agent at a change; empty where none has looked. */
  static String looks(ChangeViews.Change c) {
    if (c.agentReviews().isEmpty()) {
      return "";
    }
    var review = c.agentReviews().getLast();
    var text = new StringBuilder("Looked at by %s (advisory): ".formatted(review.agent()));
    text.append(how(c, review));
    if (review.state() != AgentReviewState.RUNNING) {
      text.append(", ").append(cost(c));
    }
    text.append('\n');
    if (review.summary() != null) {
      text.append("  ").append(review.summary().replace("\n", "\n  ")).append('\n');
    }
    if (review.detail() != null) {
      text.append("  ").append(review.detail().replace("\n", "\n  ")).append('\n');
    }
    return text.toString();
  }

  private static String how(ChangeViews.Change c, AgentReview review) {
    String older = review.head().equals(c.head()) ? "" : " at an earlier commit";
    return switch (review.state()) {
          case RUNNING -> "it is at it";
          case WAITING -> "it waits";
          case DONE -> Plural.of(review.comments(), "comment");
          case FAILED -> "it could not, " + Plural.of(review.comments(), "comment") + " before";
          case OVERTAKEN -> "nobody waited for it";
        }
        + older;
  }

  /** Of all looks together. */
  private static String cost(ChangeViews.Change c) {
    double known = 0;
    for (var review : c.agentReviews()) {
      var cost = review.cost();
      if (cost == null) {
        return "cost not known";
      }
      known += cost;
    }
    return String.format(Locale.ROOT, "$%.2f", known);
  }
}
