package dev.hivedeck.engine.time;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long operations take that come one after the other, and how long the present one goes on. */
public final class OperationTimer {
  private final LongSupplier nanos;

  /** When the present one began; null while there is none. */
  private volatile Long began;

  private volatile double lastMillis;

  /**
   * @param nanos a clock that never goes back
   */
  public OperationTimer(LongSupplier nanos) {
    this.nanos = nanos;
  }

  public void begin() {
    began = nanos.getAsLong();
  }

  public void succeeded() {
    lastMillis = (nanos.getAsLong() - began) / 1e6;
    began = null;
  }

  public void failed() {
    began = null;
  }

  /** How long the last one took that succeeded; 0 before. */
  public double lastMillis() {
    return lastMillis;
  }

  /** How long the present one goes on; nothing while there is none. */
  public Duration present() {
    Long since = began;
    return since == null ? Duration.ZERO : Duration.ofNanos(nanos.getAsLong() - since);
  }
}
