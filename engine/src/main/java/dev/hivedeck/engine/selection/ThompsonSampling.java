package dev.hivedeck.engine.selection;

import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which of several free agents gets a task that any of them may take: by Thompson sampling, each is
 * taken as often as it is likely to be the best. For each a share of attempts verified is drawn
 * from what is known of it, Beta(α, β), and the one of the highest value
 *
 * <pre>
 * value(share) = share / (1 + ¼ · effort),   effort = ½ · (time / peers' time + cost / peers' cost)
 * </pre>
 *
 * is chosen: what a try is expected to bring per what it takes, where 1 stands for what every try
 * takes, whoever makes it (gates, a place in the queue, a person's patience), and an agent that
 * takes as long and costs as much as its peers adds a quarter. The parameters are
 *
 * <pre>α = verified + 2·m,   β = failed + 2·(1 − m)</pre>
 *
 * with the agent's own attempts at this kind, old ones counting less ({@link Evidence}). What is
 * not known yet begins, as two attempts would, from {@code m}: its share at other kinds, which
 * itself begins with its peers' share at this one, which begins with one half.
 *
 * @see <a href="https://doi.org/10.1093/biomet/25.3-4.285">Thompson: On the likelihood that one
 *     unknown probability exceeds another (1933)</a>
 * @see "Xia, Li, Qin, Yu, Liu: Thompson sampling for budgeted multi-armed bandits, IJCAI 2015:
 *     reward per cost"
 */
final class ThompsonSampling {
  /** How many attempts what is only presumed counts for. */
  private static final double PRESUMED = 2;

  /** What the time and cost of a usual try are, where the rest of a try is 1. */
  private static final double EFFORT = 0.25;

  private ThompsonSampling() {}

  /** How an agent's boundary stands to the paths of a task; the first is the best. */
  enum Boundary {
    /** It owns all of them. */
    OWNS,
    /** It has no boundary, or the task names no paths. */
    FREE,
    /** It owns none or not all of them. */
    OUTSIDE
  }

  /**
   * An agent that could take the task.
   *
   * @param here its attempts at this kind of task
   * @param elsewhere its attempts at all others
   */
  record Candidate(String agent, Boundary boundary, Evidence here, Evidence elsewhere) {}

  /**
   * What is expected of an agent.
   *
   * @param share of attempts that are verified, 0 to 1
   * @param seconds that one takes
   * @param cost of one, in dollars
   * @param value of a try, the higher the better
   */
  record Expected(String agent, double share, double seconds, double cost, double value) {}

  /**
   * @param best who has the highest expected value; another than the chosen when it is tried to
   *     learn
   */
  record Made(Candidate chosen, Expected expected, Expected best) {
    boolean learning() {
      return !best.agent().equals(chosen.agent());
    }
  }

  /**
   * @param candidates one or more; those of the best boundary compete
   * @param peers all attempts of all agents at this kind
   */
  static Made of(List<Candidate> candidates, Evidence peers, RandomGenerator random) {
    var boundary =
        candidates.stream().map(Candidate::boundary).min(Comparator.naturalOrder()).orElseThrow();
    var competing = candidates.stream().filter(c -> c.boundary() == boundary).toList();
    Candidate chosen = null;
    Expected expected = null;
    Expected best = null;
    double highest = -1;
    for (var candidate : competing) {
      double m = presumed(candidate, peers);
      double alpha = candidate.here().verified() + PRESUMED * m;
      double beta = candidate.here().failed() + PRESUMED * (1 - m);
      var mean = expected(candidate, alpha / (alpha + beta), peers);
      // Nothing is drawn where there is nothing to choose.
      double drawn =
          competing.size() == 1 ? 0 : expected(candidate, beta(alpha, beta, random), peers).value();
      if (drawn > highest) {
        chosen = candidate;
        expected = mean;
        highest = drawn;
      }
      if (best == null || mean.value() > best.value()) {
        best = mean;
      }
    }
    return new Made(chosen, expected, best);
  }

  private static double presumed(Candidate candidate, Evidence peers) {
    var elsewhere = candidate.elsewhere();
    return (elsewhere.verified() + PRESUMED * peers.share()) / (elsewhere.tries() + PRESUMED);
  }

  private static Expected expected(Candidate candidate, double share, Evidence peers) {
    var here = candidate.here();
    double seconds = mean(here.seconds(), here.tries(), peers.seconds(), peers.tries());
    double cost = mean(here.cost(), here.tries(), peers.cost(), peers.tries());
    double effort =
        (relative(seconds, peers.seconds(), peers.tries())
                + relative(cost, peers.cost(), peers.tries()))
            / 2;
    return new Expected(candidate.agent(), share, seconds, cost, share / (1 + EFFORT * effort));
  }

  /** Its own mean, which begins with the peers'. */
  private static double mean(double sum, double tries, double peersSum, double peersTries) {
    double ofPeers = peersTries == 0 ? 0 : peersSum / peersTries;
    return (sum + PRESUMED * ofPeers) / (tries + PRESUMED);
  }

  private static double relative(double own, double peersSum, double peersTries) {
    return peersSum <= 0 ? 1 : own / (peersSum / peersTries);
  }

  // ── chance ──────────────────────────────────────────────────────────────────────────────────

  /** A draw from Beta(α, β), by two of gamma distributions. */
  static double beta(double alpha, double beta, RandomGenerator random) {
    double x = gamma(alpha, random);
    double y = gamma(beta, random);
    return x + y > 0 ? x / (x + y) : alpha / (alpha + beta);
  }

  /**
   * A draw from Gamma(shape, 1).
   *
   * @see <a href="https://doi.org/10.1145/358407.358414">Marsaglia, Tsang: A simple method for
   *     generating gamma variables (2000)</a>
   */
  private static double gamma(double shape, RandomGenerator random) {
    if (shape < 1) {
      return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = Math.pow(1 + c * x, 3);
      if (v > 0 && Math.log(1 - random.nextDouble()) < x * x / 2 + d * (1 - v + Math.log(v))) {
        return d * v;
      }
    }
  }
}
