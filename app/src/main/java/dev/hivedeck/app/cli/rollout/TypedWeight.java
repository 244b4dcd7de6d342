package dev.hivedeck.app.cli.rollout;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;

/** A share that a person types. */
public final class TypedWeight {
  private TypedWeight() {}

  /**
   * In percent.
   *
   * @throws HiveException {@code bad-request}
   */
  public static double parse(String text) {
    try {
      return Double.parseDouble(text.strip().replaceFirst("\\s*%$", ""));
    } catch (NumberFormatException e) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "\"" + text + "\" is no share of traffic.",
          "Write a number from 0 to 100, such as 12.5.",
          e);
    }
  }
}
