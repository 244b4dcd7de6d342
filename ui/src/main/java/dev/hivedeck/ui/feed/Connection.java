package dev.hivedeck.ui.feed;

import dev.hivedeck.engine.protocol.HiveException;
import java.time.Instant;

/**
 * How a client stands with its engine.
 *
 * @param since when this state began
 * @param fault what went wrong; null while all is well
 */
public record Connection(State state, Instant since, HiveException.Fault fault) {
  public enum State {
    /** Connected, the first snapshot is on its way. */
    LOADING,
    LIVE,
    /** Cut off; what is shown is the last known. Tries again by itself. */
    RECONNECTING,
    /** Refused; trying again by itself would not help. */
    FAILED
  }

  public boolean live() {
    return state == State.LIVE;
  }
}
