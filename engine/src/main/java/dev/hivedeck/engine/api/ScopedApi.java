package dev.hivedeck.engine.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.security.TokenScope;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What a token with a scope opens: it reads nothing and steers nothing, and may push metrics. */
record ScopedApi(EngineApi engine, Authenticator.Caller caller) implements EngineApi {
  @Override
  public Results.SamplesTaken push(JsonNode samples) {
    if (!caller.may(TokenScope.METRICS_WRITE)) {
      throw caller.outOfScope();
    }
    return engine.push(samples);
  }

  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    throw caller.outOfScope();
  }

  @Override
  public JsonNode query(Query query) {
    throw caller.outOfScope();
  }

  @Override
  public Snapshot snapshot(Set<Topic> topics) {
    throw caller.outOfScope();
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    throw caller.outOfScope();
  }

  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    throw caller.outOfScope();
  }

  @Override
  public Stats stats() {
    throw caller.outOfScope();
  }
}
