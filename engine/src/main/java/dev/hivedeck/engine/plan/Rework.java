package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;

/** Whoever gives a finished task back to its agent. */
@FunctionalInterface
public interface Rework {

  /**
   * @param context what came back and why
   * @param start commit to go on from, or null to begin at main
   * @param counts whether it counts as one of the agent's tries, with their delay and fallback
   */
  void rework(Tx tx, String task, Tasks.Context context, String start, boolean counts)
      throws SQLException;
}
