package dev.hivedeck.engine.config;

import java.time.Duration;

/**
 * A row of the decision matrix.
 *
 * @param within how long a person has; null for as long as it takes
 * @param fallback what holds when nobody answers, for example {@code proceed}
 */
public record DecisionRule(String kind, Human human, Duration within, String fallback) {
  /** Whether a person decides. */
  public enum Human {
    REQUIRED,
    ADVISORY,
    NONE
  }
}
