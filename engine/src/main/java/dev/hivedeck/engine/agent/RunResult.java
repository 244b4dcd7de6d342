package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.time.Instant;

/**
 * How an agent ended.
 *
 * @param reason why it failed; null when it ended as it should
 * @param detail the same in a sentence, with what to do where that is known; null when it ended as
 *     it should
 * @param until when it would go better, where that is known; else null
 */
public record RunResult(boolean ok, EndReason reason, String detail, Instant until) {
  public RunResult(boolean ok, EndReason reason, String detail) {
    this(ok, reason, detail, null);
  }

  /** It did not begin: what was to hold it could not be made. */
  public static RunResult unconfined(String why) {
    return bad(
        FailureReason.NO_SANDBOX,
        "Its sandbox could not be made, so it did not begin: "
            + why
            + ". hivedeck doctor tells more; without sandbox: the agent has your rights.");
  }

  public static RunResult good() {
    return new RunResult(true, null, null);
  }

  public static RunResult bad(EndReason reason, String detail) {
    return new RunResult(false, reason, detail);
  }

  public static RunResult bad(EndReason reason, String detail, Instant until) {
    return new RunResult(false, reason, detail, until);
  }
}
