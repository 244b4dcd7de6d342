package dev.hivedeck.engine.agent;

import java.time.Instant;

/**
 * How an agent ended.
 *
 * @param reason kebab-case: the word of a {@link AgentFailure}, or {@code timeout}, {@code crash},
 *     {@code not-found}, {@code flood}, {@code over-limit}; null when it ended as it should
 * @param detail the same in a sentence, with what to do where that is known; null when it ended as
 *     it should
 * @param until when it would go better, where that is known; else null
 */
public record RunResult(boolean ok, String reason, String detail, Instant until) {
  public RunResult(boolean ok, String reason, String detail) {
    this(ok, reason, detail, null);
  }

  /** It did not begin: what was to hold it could not be made. */
  public static RunResult unconfined(String why) {
    return bad(
        "no-sandbox",
        "Its sandbox could not be made, so it did not begin: "
            + why
            + ". hivedeck doctor tells more; without sandbox: the agent has your rights.");
  }

  public static RunResult good() {
    return new RunResult(true, null, null);
  }

  public static RunResult bad(String reason, String detail) {
    return new RunResult(false, reason, detail);
  }

  public static RunResult bad(String reason, String detail, Instant until) {
    return new RunResult(false, reason, detail, until);
  }
}
