package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.time.Timers;
import java.time.Duration;

/**
 * The thread of an attempt, which can be stopped from outside at any moment until it is about to go
 * by itself.
 */
final class AttemptThread {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For what it had git do to end. */
  private static final Duration ENDING = Duration.ofSeconds(6);

  /** Held for a moment only, by whoever starts, stops or leaves; never while anything is done. */
  private final Object exit = new Object();

  private Thread thread;
  private volatile boolean stopped;
  private boolean leaving;

  /** Starts it; at once interrupted where it was stopped before. */
  void start(Timers timers, String name, Runnable work) {
    synchronized (exit) {
      thread = timers.start(name, work);
      if (stopped) {
        thread.interrupt();
      }
    }
  }

  /** Whether it was stopped from outside. */
  boolean stopped() {
    return stopped;
  }

  /**
   * Interrupts it. One that is about to go by itself is left to it. Waits for nothing, whatever the
   * attempt is at.
   */
  void stop() {
    synchronized (exit) {
      if (!leaving) {
        stopped = true;
        if (thread != null) {
          thread.interrupt();
        }
      }
    }
  }

  /**
   * @return whether it ended in time
   */
  boolean await() {
    try {
      if (thread.join(PATIENCE)) {
        return true;
      }
      thread.interrupt(); // what it still reads; the next start takes it up
      return thread.join(ENDING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** From now on it goes by itself, and nobody interrupts it; called by itself. */
  void leaving() {
    synchronized (exit) {
      leaving = true;
      Thread.interrupted(); // it is heeded by now
    }
  }
}
