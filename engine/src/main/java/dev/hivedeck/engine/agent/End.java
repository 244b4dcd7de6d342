package dev.hivedeck.engine.agent;

import java.time.Instant;

/**
 * How an agent ended.
 *
 * @param reason kebab-case: the word of a {@link Fault}, or {@code timeout}, {@code crash}, {@code
 *     not-found}, {@code flood}, {@code over-limit}; null when it ended as it should
 * @param detail the same in a sentence, with what to do where that is known; null when it ended as
 *     it should
 * @param until when it would go better, where that is known; else null
 */
public record End(boolean ok, String reason, String detail, Instant until) {
  public End(boolean ok, String reason, String detail) {
    this(ok, reason, detail, null);
  }

  /** It did not begin: what was to hold it could not be made. */
  public static End unconfined(String why) {
    return bad(
        "no-sandbox",
        "Its sandbox could not be made, so it did not begin: "
            + why
            + ". hivedeck doctor tells more; without sandbox: the agent has your rights.");
  }

  public static End good() {
    return new End(true, null, null);
  }

  public static End bad(String reason, String detail) {
    return new End(false, reason, detail);
  }

  public static End bad(String reason, String detail, Instant until) {
    return new End(false, reason, detail, until);
  }
}
