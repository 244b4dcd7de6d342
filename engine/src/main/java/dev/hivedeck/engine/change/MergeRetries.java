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
   * @param until when it is tried again; others go first
   */
  private record Trouble(int tries, Instant until) {}

  /**
   * Counts one more failure.
   *
   * @return how often it has failed by now; with {@link #TRIES} it is forgotten, for it is not
   *     tried again
   */
  int failed(String change, Instant until) {
    int tries = 1 + Optional.ofNullable(troubles.get(change)).map(Trouble::tries).orElse(0);
    if (tries < TRIES) {
      troubles.put(change, new Trouble(tries, until));
    } else {
      troubles.remove(change);
    }
    return tries;
  }

  /** It was merged. */
  void forget(String change) {
    troubles.remove(change);
  }

  /**
   * @param pause the longest that one rests; a longer one means that the clock was set back
   */
  boolean rests(String change, Instant now, Duration pause) {
    var trouble = troubles.get(change);
    return trouble != null
        && now.isBefore(trouble.until())
        && !now.isBefore(trouble.until().minus(pause));
  }
}
