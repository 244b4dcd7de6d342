package dev.hivedeck.engine.api.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Waits, for a while, until a decision is made. */
final class DecisionWaiter {
  /** Clients commonly give up on a request after a minute; whoever wants more asks again. */
  static final Duration LONGEST = Duration.ofSeconds(50);

  private static final Duration TICK = Duration.ofSeconds(5);

  private final EngineApi engine;
  private final Timers timers;

  DecisionWaiter(EngineApi engine, Timers timers) {
    this.engine = engine;
    this.timers = timers;
  }

  /**
   * How a decision of an attempt's task stands, as soon as it is made, and at the latest then.
   * Holds the calling thread, which must be a virtual one.
   *
   * @throws HiveException {@code no-decision}, {@code not-yours}
   */
  ObjectNode await(String attempt, String id, Duration atMost, AgentTools.Progress progress) {
    String task = engine.query(new Query.Thing(Topic.ATTEMPT, attempt)).get("task").asText();
    var over = new CompletableFuture<Void>();
    long now = engine.snapshot(Set.of()).seq();
    try (var _ =
        engine.subscribe(
            now,
            events -> {
              if (events.stream().anyMatch(e -> ends(e, id, attempt))) {
                over.complete(null);
              }
            })) {
      var decision = decision(id);
      if (!decision.task().equals(task)) {
        throw new HiveException(
            ErrorCode.NOT_YOURS,
            id + " is not about " + task + ".",
            "Ask for one of your own decisions.");
      }
      if (decision.state() != DecisionState.OPEN || !waited(over, id, atMost, progress)) {
        return told(decision);
      }
      return told(decision(id));
    }
  }

  private static boolean ends(Event event, String decision, String attempt) {
    return event.id().equals(decision)
        || event.id().equals(attempt) && AttemptEvent.ends(event.type());
  }

  private DecisionViews.Decision decision(String id) {
    return Json.as(engine.query(new Query.Thing(Topic.DECISION, id)), DecisionViews.Decision.class);
  }

  /** Whether something happened. */
  private boolean waited(
      CompletableFuture<Void> over, String id, Duration atMost, AgentTools.Progress progress) {
    Instant begun = timers.clock().instant();
    Instant end = begun.plus(atMost);
    while (!over.isDone()) {
      Instant now = timers.clock().instant();
      if (!now.isBefore(end)) {
        return false;
      }
      var left = Duration.between(now, end);
      var tick = new CompletableFuture<Void>();
      var timer = timers.after(left.compareTo(TICK) < 0 ? left : TICK, () -> tick.complete(null));
      CompletableFuture.anyOf(over, tick).join();
      timer.cancel();
      if (!over.isDone()) {
        progress.tell(
            Duration.between(begun, timers.clock().instant()), atMost, id + " waits for a person");
      }
    }
    return true;
  }

  private static ObjectNode told(DecisionViews.Decision d) {
    var told = Json.object().put("id", d.id()).put("state", d.state().word());
    told.put("question", d.question());
    if (d.state() == DecisionState.OPEN) {
      return told.put(
          "next",
          "Nobody has answered yet. Call decision_get with this id to wait on, go on with what"
              + " does not depend on it, or end: your next attempt is told the answer.");
    }
    return told.put("answer", d.answer()).put("comment", d.comment()).put("by", d.by());
  }
}
