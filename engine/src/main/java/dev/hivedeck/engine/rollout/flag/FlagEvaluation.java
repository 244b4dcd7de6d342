package dev.hivedeck.engine.rollout.flag;

import dev.hivedeck.engine.protocol.flag.FlagViews.FlagAnswer;

/** What an evaluation comes to. */
public sealed interface FlagEvaluation {

  /** Why there is no value, as OpenFeature has it. */
  enum Code {
    FLAG_NOT_FOUND,
    TARGETING_KEY_MISSING
  }

  /** A value. */
  record Served(FlagAnswer answer) implements FlagEvaluation {}

  /**
   * None: whoever asks takes their own default.
   *
   * @param details what is wrong, and what to do
   */
  record Failed(Code code, String details) implements FlagEvaluation {}
}
