package dev.hivedeck.engine.slo;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;

/**
 * Keeps a few requests from waking anybody: an alert needs so many bad events, or so much certainty
 * that the burn is real, else it is only watched.
 *
 * @param events bad ones in the long window that are enough by themselves
 * @param confidence with which the burn must be above its factor otherwise
 */
public record Guard(int events, double confidence) {
  /** One error alone is never a reason to wake anybody, however few requests there were. */
  private static final int LEAST = 2;

  public static final Guard DEFAULT = new Guard(3, 0.95);

  public Guard {
    if (events < LEAST || !(confidence > 0.5 && confidence < 1)) {
      throw new HiveException(
          ErrorCode.GUARD_INVALID,
          "An alert needs at least 2 bad events and a confidence between 0.5 and 1, not "
              + events
              + " and "
              + confidence
              + ".",
          "3 and 0.95 are usual.");
    }
  }

  /** Whether counts are enough to say that they burn faster. */
  public boolean isSure(Counts counts, Target target, double factor) {
    if (counts.bad() >= events) {
      return true;
    }
    if (counts.bad() < LEAST) {
      return false;
    }
    double least = ClopperPearson.lower(counts.bad(), counts.total(), confidence);
    return least > factor * target.budget().doubleValue();
  }
}
