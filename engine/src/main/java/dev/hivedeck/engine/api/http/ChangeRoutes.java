package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;

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
