package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.protocol.failure.EndReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What follows a failed attempt. Where the failure says something about the task, it is tried
 * again, then by others. Where it says something about the agent's account or provider, trying
 * again soon would only fail again, and is no try that counts.
 */
sealed interface RetryPolicy {

  /** The same agent tries again after a delay. */
  record Again(Duration delay) implements RetryPolicy {}

  /** Another agent takes over, at once. */
  record FallBack(String agent) implements RetryPolicy {}

  /** It waits until things are better; this was no try. */
  record Park(Instant until) implements RetryPolicy {}

  /** Only a person can put it right. */
  record Ask(String remedy) implements RetryPolicy {}

  /** Every way is exhausted. */
  record GiveUp() implements RetryPolicy {}

  /** How long to wait for a quota of which nobody says when it is lifted, at first and at most. */
  Duration QUOTA = Duration.ofMinutes(15);

  Duration QUOTA_MOST = Duration.ofHours(4);

  /** How long to wait for who is overloaded, at first. */
  Duration OVERLOAD = Duration.ofSeconds(30);

  /** So often an overload is waited for; then it counts like any failure. */
  int OVERLOADS = 5;

  /**
   * A failed attempt, and what is left to do.
   *
   * @param reason why it failed
   * @param until when it would go better, or null
   * @param seen how often this agent ended so at this task, this time included
   * @param turns how often it has tried by now, from 1
   * @param attempts how often it may
   * @param backoff delays after the first, second, … failure; the last one repeats
   * @param fallback agents that could take over, in order
   * @param elsewhere those of them that another provider stands behind
   */
  record Case(
      EndReason reason,
      Instant until,
      int seen,
      int turns,
      int attempts,
      List<Duration> backoff,
      List<String> fallback,
      List<String> elsewhere) {}

  /** What follows, as of now. */
  static RetryPolicy after(Case c, Instant now) {
    var reason = c.reason();
    return switch (reason.retry()) {
      case USUAL -> usual(c);
      case ANOTHER_PROVIDER -> fallBack(c.elsewhere()).orElseGet(() -> new Ask(reason.remedy()));
      case ANOTHER_AGENT -> fallBack(c.fallback()).orElseGet(() -> new Ask(reason.remedy()));
      case PERSON -> new Ask(reason.remedy());
      case BUDGET -> c.until() != null ? new Park(c.until()) : new Ask(reason.remedy());
      case QUOTA ->
          fallBack(c.elsewhere())
              .orElseGet(
                  () ->
                      new Park(
                          c.until() != null
                              ? c.until()
                              : now.plus(doubled(QUOTA, c.seen(), QUOTA_MOST))));
      case OVERLOAD ->
          c.seen() > OVERLOADS
              ? usual(c)
              : new Park(
                  c.until() != null ? c.until() : now.plus(doubled(OVERLOAD, c.seen(), QUOTA)));
    };
  }

  private static RetryPolicy usual(Case c) {
    if (c.turns() < c.attempts()) {
      return new Again(
          c.backoff().isEmpty()
              ? Duration.ZERO
              : c.backoff().get(Math.min(c.turns(), c.backoff().size()) - 1));
    }
    return fallBack(c.fallback()).orElseGet(GiveUp::new);
  }

  private static Optional<RetryPolicy> fallBack(List<String> agents) {
    return agents.stream().findFirst().map(FallBack::new);
  }

  private static Duration doubled(Duration first, int times, Duration most) {
    var wait = first.multipliedBy(1L << Math.clamp(times - 1, 0, 20));
    return wait.compareTo(most) < 0 ? wait : most;
  }
}
