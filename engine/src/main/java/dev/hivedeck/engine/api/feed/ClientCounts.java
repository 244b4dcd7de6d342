package dev.hivedeck.engine.api.feed;

import java.util.concurrent.atomic.AtomicInteger;

/** How many clients there are, how many of them are desktops, and how many were turned away. */
final class ClientCounts {
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger desktops = new AtomicInteger();
  private final AtomicInteger showing = new AtomicInteger();
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

  /**
   * A desktop has joined, or is gone.
   *
   * @param by 1 or -1
   * @param shows whether its system shows notifications
   */
  void desktop(int by, boolean shows) {
    desktops.addAndGet(by);
    showing.addAndGet(shows ? by : 0);
  }

  FeedServer.Desktops desktops() {
    return new FeedServer.Desktops(desktops.get(), showing.get());
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
