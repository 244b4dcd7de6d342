package dev.hivedeck.engine.selection;

import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AgentViews.Trend;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * How well an agent does, 0 to 100: the mean of up to five parts, each 0 to 100, by their weights.
 * Parts of which nothing is known are left out, and so is their weight.
 *
 * <table>
 *   <caption>Over its last 20 attempts that say something of it</caption>
 *   <tr><th>part</th><th>weight</th><th>score</th></tr>
 *   <tr><td>verified</td><td>40</td><td>100 · share that passed all gates</td></tr>
 *   <tr><td>gates</td><td>20</td><td>100 · share that passed, of those that got as far as the
 *     gates</td></tr>
 *   <tr><td>stuck</td><td>15</td><td>100 − 200 · share that went quiet, round in circles or out of time, not below
 *     0</td></tr>
 *   <tr><td>time</td><td>15</td><td>100 up to the usual, 0 from three times the usual, straight
 *     between</td></tr>
 *   <tr><td>cost</td><td>10</td><td>the same</td></tr>
 * </table>
 *
 * The usual time and cost are the geometric mean of what it needed itself in the 80 attempts
 * before, and of what others need for the same kinds of work; of one of the two where the other is
 * unknown.
 */
final class AgentHealth {
  /** With fewer attempts there is no score: it would say more of chance than of the agent. */
  static final int LEAST = 5;

  /** How many attempts are its present. */
  static final int RECENT = 20;

  /** How many attempts back its history goes, its present included. */
  static final int HISTORY = 100;

  /** How much a share must differ to be another. */
  private static final double SHARE = 0.05;

  /** How much a time or a cost must differ, as a factor. */
  private static final double FACTOR = 1.1;

  private AgentHealth() {}

  /**
   * An attempt that is over and says something of its agent.
   *
   * @param reason why it failed; null when it passed
   * @param cost null when unknown
   */
  record Run(boolean passed, EndReason reason, double seconds, Double cost) {}

  /**
   * @param runs its attempts, the latest first, at most {@link #HISTORY}
   * @param peers what others need for the same kinds of work
   */
  static AgentViews.Health of(List<Run> runs, Evidence peers) {
    if (runs.size() < LEAST) {
      return new AgentViews.Health(null, runs.size(), LEAST, List.of());
    }
    var now = runs.subList(0, Math.min(RECENT, runs.size()));
    var rest = runs.subList(now.size(), runs.size());
    var before = rest.size() < LEAST ? List.<Run>of() : rest;
    boolean known = peers.tries() >= LEAST;
    var parts = new ArrayList<AgentViews.HealthPart>();
    parts.add(
        share(
            "verified",
            40,
            100 * verified(now),
            verified(now),
            before.isEmpty() ? null : verified(before),
            known ? peers.verified() / peers.tries() : null,
            1));
    if (now.stream().anyMatch(AgentHealth::judged)) {
      parts.add(
          share(
              "gates",
              20,
              100 * passing(now),
              passing(now),
              before.stream().anyMatch(AgentHealth::judged) ? passing(before) : null,
              null,
              1));
    }
    parts.add(
        share(
            "stuck",
            15,
            100 - 200 * stuck(now),
            stuck(now),
            before.isEmpty() ? null : stuck(before),
            null,
            -1));
    amount(
        parts, "time", 15, Run::seconds, now, before, known ? peers.seconds() / peers.tries() : 0);
    amount(parts, "cost", 10, Run::cost, now, before, known ? peers.cost() / peers.tries() : 0);
    double weights = parts.stream().mapToInt(AgentViews.HealthPart::weight).sum();
    double score = parts.stream().mapToDouble(p -> p.weight() * p.score()).sum() / weights;
    return new AgentViews.Health((int) Math.round(score), now.size(), LEAST, parts);
  }

  private static double verified(List<Run> runs) {
    return runs.stream().mapToDouble(r -> r.passed() ? 1 : 0).average().orElse(0);
  }

  private static boolean judged(Run run) {
    return run.passed() || run.reason() == FailureReason.GATE;
  }

  private static double passing(List<Run> runs) {
    return verified(runs.stream().filter(AgentHealth::judged).toList());
  }

  private static double stuck(List<Run> runs) {
    return runs.stream()
        .mapToDouble(r -> r.reason() != null && r.reason().stuck() ? 1 : 0)
        .average()
        .orElse(0);
  }

  /**
   * @param better 1 when more is better, -1 when less is
   */
  private static AgentViews.HealthPart share(
      String name, int weight, double score, double now, Double before, Double peers, int better) {
    var trend = Trend.UNKNOWN;
    Double than = before != null ? before : peers;
    if (than != null) {
      double by = better * (now - than);
      trend = by > SHARE ? Trend.BETTER : by < -SHARE ? Trend.WORSE : Trend.STEADY;
    }
    return new AgentViews.HealthPart(name, weight, points(score), now, before, peers, trend);
  }

  private static void amount(
      List<AgentViews.HealthPart> parts,
      String name,
      int weight,
      Function<Run, Double> amount,
      List<Run> now,
      List<Run> before,
      double peers) {
    double recent = mean(now, amount);
    double own = mean(before, amount);
    if (Double.isNaN(recent) || !(own > 0) && !(peers > 0)) {
      return; // nothing to compare it with
    }
    double usual = !(own > 0) ? peers : peers <= 0 ? own : Math.sqrt(own * peers);
    double than = own > 0 ? own : peers;
    var trend =
        recent > than * FACTOR ? Trend.WORSE : recent < than / FACTOR ? Trend.BETTER : Trend.STEADY;
    parts.add(
        new AgentViews.HealthPart(
            name,
            weight,
            points(50 * (3 - recent / usual)),
            recent,
            own > 0 ? own : null,
            peers > 0 ? peers : null,
            trend));
  }

  /** NaN where it is known of none. */
  private static double mean(List<Run> runs, Function<Run, Double> amount) {
    return runs.stream()
        .map(amount)
        .filter(Objects::nonNull)
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  private static int points(double score) {
    return (int) Math.round(Math.clamp(score, 0, 100));
  }
}
