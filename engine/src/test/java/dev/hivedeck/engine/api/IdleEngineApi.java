package dev.hivedeck.engine.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.BudgetViews;
import dev.hivedeck.engine.time.Timers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** An API behind which nothing happens. */
public class IdleEngineApi implements EngineApi {

  /** A feed before this door that any token opens but {@code wrong}. */
  public FeedServer feed(Timers timers) {
    return FeedServer.start(
        this,
        token ->
            "wrong".equals(token) ? Optional.empty() : Optional.of(Authenticator.Caller.person()),
        0,
        "test",
        timers);
  }

  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public JsonNode query(Query query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Snapshot snapshot(Set<Topic> topics) {
    return new Snapshot(0, Map.of());
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    return () -> {};
  }

  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    return () -> {};
  }

  @Override
  public Stats stats() {
    return new Stats(
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        List.of(new BudgetViews.BudgetUse("day", null, null, null, 0, 0, 0)),
        0,
        List.of(),
        "",
        "",
        null);
  }
}
