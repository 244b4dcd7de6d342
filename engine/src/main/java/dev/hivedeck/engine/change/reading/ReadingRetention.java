package dev.hivedeck.engine.change.reading;

import dev.hivedeck.engine.store.Store;
import java.time.Clock;
import java.time.Duration;

/** Forgets what was read of changes that are over. */
public final class ReadingRetention {
  /** One that comes back soon, as main was set back, is not read anew. */
  private static final Duration KEPT = Duration.ofDays(1);

  /** So many at once, that no other write waits for long. */
  private static final int MOST = 200;

  private final Store store;
  private final Clock clock;

  public ReadingRetention(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  public void tidy() {
    int gone = MOST;
    while (gone == MOST) {
      gone = store.write("tidy", tx -> ReadingLedger.tidy(tx, clock.instant().minus(KEPT), MOST));
    }
  }
}
