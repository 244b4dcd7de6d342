package dev.hivedeck.engine.agent;

/**
 * How an agent ended.
 *
 * @param reason kebab-case: {@code exit}, {@code timeout}, {@code quiet}, {@code refused}, {@code
 *     crash}, {@code not-found}, {@code flood}, {@code over-limit}; null when it ended as it should
 * @param detail the same in a sentence, with what to do where that is known; null when it ended as
 *     it should
 */
public record End(boolean ok, String reason, String detail) {
  static End good() {
    return new End(true, null, null);
  }

  static End bad(String reason, String detail) {
    return new End(false, reason, detail);
  }
}
