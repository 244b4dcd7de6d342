package dev.hivedeck.engine.time;

import java.time.Duration;

/** How a demo runs faster than life: what people wait for is divided. */
public final class TimeScale {
  private TimeScale() {}

  /**
   * @param speed 1 is real, 10 takes a tenth of the time
   */
  public static Duration shorten(Duration real, double speed) {
    return Duration.ofNanos((long) (real.toNanos() / speed));
  }
}
