package dev.hivedeck.engine.api.feed;

import java.util.concurrent.atomic.AtomicInteger;

/** How many clients there are, and how many were turned away of late. */
final class ClientCounts {
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger turnedAway = new AtomicInteger();

  /**
   * Counts one more client.
   *
   * @return false when there are too many already
   */
  boolean join() {
    if (clients.incrementAndGet() > FeedLimits.MOST_CLIENTS) {
      clients.decrementAndGet();
      return false;
    }
    return true;
  }

  /** One of those that joined is gone. */
  void leave() {
    clients.decrementAndGet();
  }

  /** A line was cut. */
  void turnAway() {
    turnedAway.incrementAndGet();
  }

  /** How many lines were cut since it was last asked. */
  int takeTurnedAway() {
    return turnedAway.getAndSet(0);
  }
}
