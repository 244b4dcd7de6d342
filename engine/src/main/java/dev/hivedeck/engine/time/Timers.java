package dev.hivedeck.engine.time;

import java.time.Clock;
import java.time.Duration;

/** A clock that can also wake its owner, and threads that live by it. Tests hand in their own. */
public interface Timers extends AutoCloseable {

  /** The clock these timers follow. */
  Clock clock();

  /**
   * Runs {@code action} on a virtual thread once {@code delay} has passed on {@link #clock()}.
   *
   * @return a handle whose {@code cancel} prevents a run that has not begun
   */
  Timer after(Duration delay, Runnable action);

  /**
   * Begins a virtual thread. Threads are given like time is: a simulation hands in its own, and
   * decides who goes on next.
   */
  Thread start(String name, Runnable body);

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
