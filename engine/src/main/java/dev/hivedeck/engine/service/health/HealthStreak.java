package dev.hivedeck.engine.service.health;

/**
 * How many checks in a row said the same.
 *
 * @param good good ones in a row, up to now
 * @param bad bad ones in a row, up to now; one of the two is 0
 */
public record HealthStreak(int good, int bad) {
  /** Before any. */
  public static final HealthStreak NONE = new HealthStreak(0, 0);

  /** With one more. */
  public HealthStreak with(boolean fine) {
    return fine ? new HealthStreak(good + 1, 0) : new HealthStreak(0, bad + 1);
  }
}
