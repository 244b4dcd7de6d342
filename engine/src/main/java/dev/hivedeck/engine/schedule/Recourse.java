package dev.hivedeck.engine.schedule;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What follows a failed attempt. */
sealed interface Recourse {

  /** The same agent tries again after a delay. */
  record Again(Duration delay) implements Recourse {}

  /** Another agent takes over, at once. */
  record FallBack(String agent) implements Recourse {}

  /** Every way is exhausted. */
  record GiveUp() implements Recourse {}

  /**
   * @param turns how often the agent has tried by now, from 1
   * @param attempts how often it may
   * @param backoff delays after the first, second, … failure; the last one repeats
   * @param fallback agents to try after this one, in order
   * @param tried agents that have had the task
   */
  static Recourse after(
      int turns, int attempts, List<Duration> backoff, List<String> fallback, Set<String> tried) {
    if (turns < attempts) {
      return new Again(
          backoff.isEmpty() ? Duration.ZERO : backoff.get(Math.min(turns, backoff.size()) - 1));
    }
    return fallback.stream()
        .filter(agent -> !tried.contains(agent))
        .findFirst()
        .<Recourse>map(FallBack::new)
        .orElseGet(GiveUp::new);
  }
}
