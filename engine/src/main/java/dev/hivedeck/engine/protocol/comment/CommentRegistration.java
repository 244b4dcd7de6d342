package dev.hivedeck.engine.protocol.comment;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import java.util.List;
import java.util.Map;

/** Adds comments on changes to the protocol. */
public final class CommentRegistration implements Registration {
  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "change.comment",
        CommentCommand.Say.class,
        "change.resolve",
        CommentCommand.Resolve.class,
        "change.unresolve",
        CommentCommand.Unresolve.class,
        "change.return-advice",
        CommentCommand.ReturnAdvice.class);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        route(
            "comment",
            "commentChange",
            "Says something about a change, its lines, or in answer to a comment"),
        route("resolve", "resolveComment", "Says that what a comment asked for is done"),
        route("unresolve", "unresolveComment", "Takes that back"),
        route(
            "return-advice",
            "returnAdvice",
            "Sends a change back with what the agent that looked at it first advised"));
  }

  private static Route route(String verb, String operation, String summary) {
    return new Route(
        "/v1/changes/{id}/" + verb,
        operation,
        summary,
        "change." + verb,
        ChangeViews.Change.class,
        false,
        Map.of());
  }
}
