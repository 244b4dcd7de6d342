package dev.hivedeck.engine.service.supervise;

import java.time.Duration;

/**
 * When an instance that ended by itself is begun again: after a second, and after twice as long
 * each time that it ends again, up to half a minute. One that ran well for a minute begins to count
 * anew; one that does not run for so long five times in a row is given up.
 */
final class RestartRule {
  /** In a row; then it is no use. */
  static final int MOST = 5;

  /** Who was well for so long has settled. */
  static final Duration SETTLED = Duration.ofMinutes(1);

  /** Who was unwell for so long does not come to itself any more. */
  static final Duration HANGS = Duration.ofMinutes(1);

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private RestartRule() {}

  /**
   * How long to wait.
   *
   * @param crashes how many there were in a row, from 1
   */
  static Duration pause(int crashes) {
    var pause = FIRST.multipliedBy(1L << Math.min(crashes - 1, 10));
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }

  /** Whether it is given up. */
  static boolean over(int crashes) {
    return crashes >= MOST;
  }
}
