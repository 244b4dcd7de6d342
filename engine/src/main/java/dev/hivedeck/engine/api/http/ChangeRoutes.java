package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import java.util.List;

/** What is done with changes. */
final class ChangeRoutes extends RouteGroup {

  @Override
  void register() {
    diff(
        "/v1/changes/{id}/diff",
        "getChangeDiff",
        "What a change changes",
        (engine, call) ->
            engine.query(
                new Query.Diff(
                    call.id(), null, text(call, "file"), (int) number(call, "from", 0))));
    get(
        "/v1/changes/{id}/file",
        "getChangeFile",
        "A file of a change, whole, in Base64; none where it has more than 8 MB",
        List.of(
            new Parameter("path", "string", List.of(), "Its path."),
            new Parameter("before", "boolean", List.of(), "As it was before the change.")),
        new Answer(Query.FileContent.class, false),
        (engine, call) ->
            engine.query(
                new Query.FileAt(
                    call.id(),
                    call.parameter("path").orElse(""),
                    call.parameter("before").map(Boolean::parseBoolean).orElse(false))));
    change("approve", "Approve a change; with head, refused when it has moved (change-moved)");
    change("return", "Send a change back to its agent");
    change("merge", "Put a change into the merge queue; head as when approving");
    change("close", "Close a change without merging; its branch stays");
  }

  private void change(String verb, String summary) {
    steer(
        "/v1/changes/{id}/" + verb,
        verb + "Change",
        summary,
        "change." + verb,
        "id",
        ChangeViews.Change.class,
        Topic.CHANGE);
  }
}
