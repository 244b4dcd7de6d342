package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;

/** Whoever gives a finished task back to its agent, or ends the work on one. */
public interface ReworkHandler {

  /**
   * @param context what came back and why
   * @param start commit to go on from, or null to begin at main
   * @param counts whether it counts as one of the agent's tries, with their delay and fallback
   */
  void rework(Tx tx, String task, TaskLedger.Context context, String start, boolean counts)
      throws SQLException;

  /** Ends the task's running attempt, if there is one; its work is kept. */
  void stop(Tx tx, String task, String why) throws SQLException;
}
