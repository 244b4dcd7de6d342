package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.area.CommandRouter;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.protocol.Topic;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** An engine whose commands are somebody's. */
record EngineForSender(Engine engine, CommandRouter commands, Sender sender) implements EngineApi {
  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    return commands.execute(command, correlation, key, sender);
  }

  @Override
  public EngineApi sentBy(Sender other) {
    return engine.sentBy(other);
  }

  @Override
  public JsonNode query(Query query) {
    return engine.query(query);
  }

  @Override
  public Results.SamplesTaken push(JsonNode samples) {
    return engine.push(samples);
  }

  @Override
  public Snapshot snapshot(Set<Topic> topics) {
    return engine.snapshot(topics);
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    return engine.subscribe(after, consumer);
  }

  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    return engine.follow(consumer);
  }

  @Override
  public Stats stats() {
    return engine.stats();
  }
}
