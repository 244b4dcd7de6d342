package dev.hivedeck.engine.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What the token of one attempt opens: it reads how all stands, but of what is printed and told
 * only its own, and steers nothing.
 */
public final class AttemptApi implements EngineApi {
  /** The newest line of a log. */
  private static final String ACTIVITY = "activity";

  private final EngineApi engine;
  private final Authenticator.Caller caller;

  private AttemptApi(EngineApi engine, Authenticator.Caller caller) {
    this.engine = engine;
    this.caller = caller;
  }

  /** The whole API for a person, this one for an attempt, the least for a token with a scope. */
  public static EngineApi of(EngineApi engine, Authenticator.Caller caller) {
    if (caller.isScoped()) {
      return new ScopedApi(engine, caller);
    }
    return caller.isPerson() ? engine : new AttemptApi(engine, caller);
  }

  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    throw caller.mayOnlyRead();
  }

  @Override
  public JsonNode query(Query query) {
    caller.mustBeAllowed(query);
    return quiet(engine.query(query));
  }

  @Override
  public Snapshot snapshot(Set<Topic> topics) {
    var whole = engine.snapshot(topics);
    Map<Topic, List<? extends View>> things = new TreeMap<>();
    whole
        .things()
        .forEach(
            (topic, views) ->
                things.put(
                    topic,
                    topic.personal() ? List.of() : views.stream().map(this::quiet).toList()));
    return new Snapshot(whole.seq(), things);
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    return engine.subscribe(after, events -> consumer.accept(quiet(events)));
  }

  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    throw caller.mayOnlyRead();
  }

  @Override
  public Stats stats() {
    return engine.stats();
  }

  private View quiet(View view) {
    return switch (view) {
      case AgentViews.Agent agent when !isOwn(agent.attempt()) -> agent.quiet();
      case AttemptViews.Attempt attempt when !isOwn(attempt.id()) -> attempt.quiet();
      default -> view;
    };
  }

  /** Those that tell nothing of others stay the very same, as they are encoded once for all. */
  private List<Event> quiet(List<Event> events) {
    var quiet = new ArrayList<Event>(events.size());
    for (var e : events) {
      if (e.topic().personal()) { // that there is one is all that is told
        quiet.add(
            new Event(e.seq(), e.at(), e.correlation(), e.type(), e.topic(), e.id(), null, null));
        continue;
      }
      JsonNode data = quiet(e.data());
      quiet.add(
          data == e.data()
              ? e
              : new Event(
                  e.seq(), e.at(), e.correlation(), e.type(), e.topic(), e.id(), e.text(), data));
    }
    return quiet;
  }

  /** The same node when there is nothing to leave out; it may belong to others, too. */
  private JsonNode quiet(JsonNode node) {
    if (node == null || !tells(node)) {
      return node;
    }
    JsonNode copy = node.deepCopy();
    silence(copy);
    return copy;
  }

  private boolean tells(JsonNode node) {
    if (isOthers(node)) {
      return true;
    }
    for (JsonNode inner : node) {
      if (tells(inner)) {
        return true;
      }
    }
    return false;
  }

  private void silence(JsonNode node) {
    if (isOthers(node)) {
      ((ObjectNode) node).remove(ACTIVITY);
    }
    node.forEach(this::silence);
  }

  /** Whether it is the view of an agent or an attempt with what somebody else said last. */
  private boolean isOthers(JsonNode node) {
    return node instanceof ObjectNode
        && node.hasNonNull(ACTIVITY)
        && !isOwn(node.path("attempt").asText(null))
        && !isOwn(node.path("id").asText(null));
  }

  private boolean isOwn(String attempt) {
    return caller.attempt().equals(attempt);
  }
}
