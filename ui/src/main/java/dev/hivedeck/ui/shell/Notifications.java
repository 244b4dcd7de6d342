package dev.hivedeck.ui.shell;

import dev.hivedeck.engine.protocol.HiveException;

/** Short news at the edge of the window. Call on the FX thread. */
public interface Notifications {
  void say(String text);

  /** Says what was done and offers to undo it for some seconds. */
  void done(String text, Runnable undo);

  /** Says what went wrong, why, and what to do next, with its code. */
  void failed(HiveException.Fault fault);

  /** Says that something in the window itself failed, and offers a report to copy. */
  void broken(HiveException.Fault fault, String report);
}
