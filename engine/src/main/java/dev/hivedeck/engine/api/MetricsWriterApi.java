package dev.hivedeck.engine.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What a token opens that may push metrics: it reads nothing and steers nothing. */
record MetricsWriterApi(EngineApi engine, Authenticator.Caller caller) implements EngineApi {
  @Override
  public Results.SamplesTaken push(JsonNode samples) {
    return engine.push(samples);
  }

  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    throw caller.mayOnlyPush();
  }

  @Override
  public JsonNode query(Query query) {
    throw caller.mayOnlyPush();
  }

  @Override
  public Snapshot snapshot(Set<Topic> topics) {
    throw caller.mayOnlyPush();
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    throw caller.mayOnlyPush();
  }

  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    throw caller.mayOnlyPush();
  }

  @Override
  public Stats stats() {
    throw caller.mayOnlyPush();
  }
}
