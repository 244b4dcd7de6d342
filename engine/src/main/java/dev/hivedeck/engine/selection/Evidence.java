package dev.hivedeck.engine.selection;

import java.time.Duration;
import java.time.Instant;

/**
 * How an agent's attempts at a kind of task ended, where an attempt counts the less the longer ago
 * it was: a weight of {@link #KEPT} per attempt that anybody has made at that kind since, and of a
 * half per {@link #HALF_LIFE}. So what agents were is forgotten, and what they are shows.
 *
 * @param verified weight of the attempts that passed all gates
 * @param failed weight of those that did not
 * @param seconds weighted sum of how long they took
 * @param cost weighted sum of what they cost, in dollars
 * @param round how many attempts at the kind there had been, by anybody, as of which this is so
 * @param at when it was so; null before the first
 * @see <a href="https://arxiv.org/abs/1707.09727">Raj, Kalyani: Taming non-stationary bandits, a
 *     Bayesian approach (2017)</a>, discounted Thompson sampling
 */
public record Evidence(
    double verified, double failed, double seconds, double cost, long round, Instant at) {
  /** What an attempt counts for after one more at that kind. */
  static final double KEPT = 0.98;

  static final Duration HALF_LIFE = Duration.ofDays(30);

  static final Evidence NONE = new Evidence(0, 0, 0, 0, 0, null);

  /** Weight of all attempts: how many recent ones this is worth. */
  public double tries() {
    return verified + failed;
  }

  /** How likely the next attempt is verified, by the rule of succession: one half at first. */
  double share() {
    return (verified + 1) / (tries() + 2);
  }

  /** The same when that many attempts have been made at the kind, at that time. */
  Evidence asOf(long round, Instant at) {
    if (this.at == null) {
      return new Evidence(0, 0, 0, 0, round, at);
    }
    double age = Math.max(0, Duration.between(this.at, at).toMillis());
    double weight =
        Math.pow(KEPT, Math.max(0, round - this.round)) * Math.pow(0.5, age / HALF_LIFE.toMillis());
    return new Evidence(
        verified * weight, failed * weight, seconds * weight, cost * weight, round, at);
  }

  /** With one more attempt, which is the {@code round}-th at the kind. */
  Evidence with(boolean passed, Duration took, double dollars, long round, Instant at) {
    var before = asOf(round, at);
    return new Evidence(
        before.verified + (passed ? 1 : 0),
        before.failed + (passed ? 0 : 1),
        before.seconds + took.toMillis() / 1e3,
        before.cost + dollars,
        round,
        at);
  }

  /** As if only that many attempts were known, which took what they take on the whole. */
  Evidence onlyOf(int verified, int failed) {
    double share = (verified + failed) / tries();
    return new Evidence(verified, failed, seconds * share, cost * share, round, at);
  }

  /** Both together; as of the later round. */
  Evidence plus(Evidence other) {
    return new Evidence(
        verified + other.verified,
        failed + other.failed,
        seconds + other.seconds,
        cost + other.cost,
        Math.max(round, other.round),
        at == null || other.at != null && other.at.isAfter(at) ? other.at : at);
  }
}
