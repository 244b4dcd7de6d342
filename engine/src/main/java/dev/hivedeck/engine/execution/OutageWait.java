package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Waits for outages to pass: what a finished agent has done is not lost because git, a disk or a
 * service does not serve for a while.
 */
final class OutageWait {
  /** How often to try again what the work of a finished agent waits for. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  /** For how long that is done where nobody but this attempt runs into it, into a lock say. */
  private static final Duration ALONE = Duration.ofSeconds(30);

  private final AttemptExecutor attemptExecutor;
  private final Timers timers;
  private final BooleanSupplier stopped;
  private final Consumer<String> tell;
  private volatile String waitsFor;

  /**
   * @param stopped whether the attempt was stopped from outside
   * @param tell takes a line to the log of the attempt
   */
  OutageWait(
      AttemptExecutor attemptExecutor,
      Timers timers,
      BooleanSupplier stopped,
      Consumer<String> tell) {
    this.attemptExecutor = attemptExecutor;
    this.timers = timers;
    this.stopped = stopped;
    this.tell = tell;
  }

  /** What is waited for now, in words. */
  Optional<String> reason() {
    return Optional.ofNullable(waitsFor);
  }

  /** What the work of a finished agent waits for. */
  interface Effect<T> {
    T make() throws InterruptedException;
  }

  /** What fails for all attempts now; empty when that serves, whatever this one ran into. */
  Optional<HiveException> outage() {
    try {
      attemptExecutor.probe();
      return Optional.empty();
    } catch (HiveException e) {
      return Optional.of(e);
    }
  }

  /**
   * Does what the work of a finished agent waits for: as long as an outage lasts, but only for a
   * while where nobody else runs into it. What it waits for is told at once.
   */
  <T> T insist(Effect<T> effect) throws InterruptedException {
    Instant limit = timers.clock().instant().plus(ALONE);
    try {
      while (true) {
        try {
          return effect.make();
        } catch (HiveException e) {
          if (stopped.getAsBoolean()) {
            throw e; // a git that was interrupted says nothing of the repository
          }
          Instant now = timers.clock().instant();
          var outage = outage();
          if (outage.isEmpty() && (!e.outage() || now.isAfter(limit))) {
            throw e;
          }
          waitFor(outage.orElse(e));
          timers.sleep(AGAIN);
        }
      }
    } finally {
      waitsFor = null;
    }
  }

  private void waitFor(HiveException e) {
    String words = e.getMessage() + " " + e.hint();
    if (!words.equals(waitsFor)) {
      waitsFor = words;
      tell.accept("its work waits: " + words);
    }
  }
}
