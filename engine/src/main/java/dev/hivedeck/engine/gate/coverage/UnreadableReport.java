package dev.hivedeck.engine.gate.coverage;

import java.io.Serial;

/**
 * A report that is not there, or says nothing that can be understood; the message is for people.
 */
public final class UnreadableReport extends Exception {
  @Serial private static final long serialVersionUID = 1;

  UnreadableReport(String message) {
    super(message);
  }
}
