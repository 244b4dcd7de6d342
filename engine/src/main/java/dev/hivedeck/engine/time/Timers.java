package dev.hivedeck.engine.time;

import java.time.Clock;
import java.time.Duration;

/** A clock that can also wake its owner. Tests hand in one that they turn by hand. */
public interface Timers extends AutoCloseable {

  /** The clock these timers follow. */
  Clock clock();

  /**
   * Runs {@code action} on a virtual thread once {@code delay} has passed on {@link #clock()}.
   *
   * @return a handle whose {@code cancel} prevents a run that has not begun
   */
  Timer after(Duration delay, Runnable action);

  /** Blocks the calling thread until {@code delay} has passed on {@link #clock()}. */
  void sleep(Duration delay) throws InterruptedException;

  @Override
  void close();

  /** A pending wake-up. */
  @FunctionalInterface
  interface Timer {
    void cancel();
  }
}
