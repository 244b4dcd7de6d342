package dev.hivedeck.engine.change;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which changes failed to merge for a reason of their own, how often, and until when others go
 * first. Used by the thread of the merge queue alone.
 */
final class MergeRetries {
  /** So often a merge is tried that fails for a reason of its own; then a person must look. */
  static final int TRIES = 5;

  private final Map<String, Trouble> troubles = new HashMap<>();

  /**
   * @param tries how often it failed
   * @param since when it failed
   * @param until when it is tried again; others go first
   * @param main whether it is main that fails
   */
  private record Trouble(int tries, Instant since, Instant until, boolean main) {}

  /**
   * Counts one more failure.
   *
   * @param pause for so long it rests
   * @return how often it has failed by now; with {@link #TRIES} it is forgotten, for it is not
   *     tried again
   */
  int failed(String change, Instant now, Duration pause) {
    int tries = 1 + tries(change);
    if (tries < TRIES) {
      troubles.put(change, new Trouble(tries, now, now.plus(pause), false));
    } else {
      troubles.remove(change);
    }
    return tries;
  }

  /**
   * It rests as main itself fails, for so long or until something {@linkplain #moved comes} there.
   */
  void waits(String change, Instant now, Duration pause) {
    troubles.put(change, new Trouble(tries(change), now, now.plus(pause), true));
  }

  private int tries(String change) {
    return Optional.ofNullable(troubles.get(change)).map(Trouble::tries).orElse(0);
  }

  /** Something came to main. */
  void moved() {
    troubles.values().removeIf(Trouble::main);
  }

  /** It was merged. */
  void forget(String change) {
    troubles.remove(change);
  }

  /** Not if the clock was set back meanwhile. */
  boolean rests(String change, Instant now) {
    var trouble = troubles.get(change);
    return trouble != null && now.isBefore(trouble.until()) && !now.isBefore(trouble.since());
  }
}
