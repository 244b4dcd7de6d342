package dev.hivedeck.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.View;
import java.util.List;
import java.util.Set;

/** Things of the sample, by their ids or in another state, and answers about them. */
public final class Samples {
  private Samples() {}

  /** What is answered where there is nothing to tell: empty logs, diffs and lists. */
  public static JsonNode nothing(Query query) {
    return switch (query) {
      case Query.Log log -> Json.tree(new Query.LogPage(log.attempt(), 0, 0, List.of()));
      case Query.Diff _ -> Json.tree(new Query.FileDiffs("a", "b", List.of(), false));
      default -> Json.tree(List.of());
    };
  }

  /** The thing with that id. */
  public static <V extends View> V one(
      InMemoryEngineApi door, Topic topic, Class<V> type, String id) {
    return door.snapshot(Set.of(topic)).things().get(topic).stream()
        .map(type::cast)
        .filter(thing -> thing.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** Approves the change as it was shown. */
  public static Command approved(InMemoryEngineApi door, String change) {
    String head = one(door, Topic.CHANGE, ChangeViews.Change.class, change).head();
    return new Command.ApproveChange(change, null, head);
  }

  /** The same change, waiting for a review. */
  public static ChangeViews.Change wanted(ChangeViews.Change c) {
    return new ChangeViews.Change(
        c.id(),
        c.number(),
        c.task(),
        c.title(),
        c.agent(),
        c.attempt(),
        ChangeViews.ChangeState.OPEN,
        null,
        c.branch(),
        c.base(),
        c.head(),
        null,
        c.files(),
        c.additions(),
        c.deletions(),
        c.commits(),
        c.gates(),
        c.comments(),
        ChangeViews.ReviewState.WANTED,
        c.openedAt(),
        c.updatedAt(),
        null,
        null,
        c.risks(),
        c.health(),
        c.healthReasons(),
        c.lines(),
        c.verdict(),
        c.stack(),
        c.description(),
        c.agentReviews());
  }
}
