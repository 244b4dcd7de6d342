package dev.hivedeck.engine.time;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How long operations take that come one after the other, and how long the present one goes on. */
public final class OperationTimer {
  private final LongSupplier nanos;

  /** When the present one began; null while there is none. */
  private volatile @Nullable Long began;

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
    lastMillis = present().toNanos() / 1e6;
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
