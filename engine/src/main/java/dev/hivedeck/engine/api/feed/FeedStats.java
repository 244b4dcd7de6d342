package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;

/** The figures of the engine, taken for all clients at once. */
final class FeedStats {
  private static final Duration FRESH = Duration.ofMillis(100);

  private final EngineApi engine;
  private final Timers timers;
  private EngineApi.Stats figures;
  private long figuredAt;

  FeedStats(EngineApi engine, Timers timers) {
    this.engine = engine;
    this.timers = timers;
  }

  /** A moment old at most: taking them reads the store, and whoever knocks may ask for them. */
  synchronized EngineApi.Stats get() {
    long now = timers.clock().millis();
    if (figures == null || now - figuredAt >= FRESH.toMillis()) {
      figures = engine.stats();
      figuredAt = now;
    }
    return figures;
  }
}
