package dev.hivedeck.engine.rollout.agent;

import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Advice;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Lean;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Measure;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.analysis.MannWhitney;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What the attempts of an agent and of its canary cost, and how long they take, since its rollout
 * began: those that passed their gates, as Kayenta judges measures. It is advice.
 */
public final class AttemptAdvice {
  private static final double CONFIDENCE = 0.98;
  private static final double TOLERANCE = 0.25;

  /** With fewer on a side the ranks say nothing. */
  private static final int LEAST = 5;

  private static final int MOST = 2_000;

  private record Attempt(boolean canary, double cost, boolean priced, double seconds) {}

  private AttemptAdvice() {}

  /** Of a rollout; empty where it is not about agents, or nothing was measured. */
  public static List<Advice> of(Sql sql, String rollout) throws SQLException {
    var view = RolloutLedger.one(sql, rollout);
    if (RolloutSubject.of(view.service()).kind() != RolloutSubject.Kind.AGENT) {
      return List.of();
    }
    var attempts = attempts(sql, view);
    var advice = new ArrayList<Advice>();
    add(advice, Measure.COST, attempts, Attempt::priced, Attempt::cost);
    add(advice, Measure.DURATION, attempts, _ -> true, Attempt::seconds);
    return advice;
  }

  /** Tasks that name the canary are not shared, and none of it. */
  private static List<Attempt> attempts(Sql sql, Rollout view) throws SQLException {
    var end = view.endedAt();
    var all = new ArrayList<Attempt>();
    for (String agent : List.of(view.canary(), view.stable())) {
      all.addAll(
          sql.list(
              "SELECT a.cost, a.unpriced, a.started_at, a.ended_at FROM attempt a"
                  + " JOIN task t ON t.id = a.task"
                  + " WHERE a.agent = ? AND a.state = ? AND a.started_at >= ? AND a.ended_at <= ?"
                  + " AND (t.assigned IS NULL OR t.assigned <> ?)"
                  + " ORDER BY a.ended_at DESC LIMIT ?",
              row ->
                  new Attempt(
                      agent.equals(view.canary()),
                      row.real("cost"),
                      row.number("unpriced") == 0,
                      Duration.between(row.instant("started_at"), row.instant("ended_at"))
                              .toMillis()
                          / 1e3),
              agent,
              AttemptState.SUCCEEDED,
              view.startedAt(),
              end == null ? Instant.ofEpochSecond(Integer.MAX_VALUE) : end,
              view.canary(),
              MOST));
    }
    return all;
  }

  private static void add(
      List<Advice> advice,
      Measure measure,
      List<Attempt> attempts,
      Predicate<Attempt> known,
      ToDoubleFunction<Attempt> value) {
    double[] canary = values(attempts, known.and(Attempt::canary), value);
    double[] stable = values(attempts, known.and(a -> !a.canary()), value);
    boolean isFree = Arrays.stream(canary).allMatch(v -> v == 0);
    if (!isFree || Arrays.stream(stable).anyMatch(v -> v != 0)) {
      advice.add(of(measure, canary, stable));
    }
  }

  private static double[] values(
      List<Attempt> attempts, Predicate<Attempt> which, ToDoubleFunction<Attempt> value) {
    return attempts.stream().filter(which).mapToDouble(value).toArray();
  }

  /** Of two samples. */
  static Advice of(Measure measure, double[] canary, double[] stable) {
    if (canary.length < LEAST || stable.length < LEAST) {
      return new Advice(
          measure,
          median(canary),
          canary.length,
          median(stable),
          stable.length,
          null,
          null,
          null,
          Lean.NOT_ENOUGH);
    }
    var test = MannWhitney.of(canary, stable, CONFIDENCE);
    return new Advice(
        measure,
        median(canary),
        canary.length,
        median(stable),
        stable.length,
        test.shift(),
        test.lower(),
        test.upper(),
        test.isHigh(TOLERANCE)
            ? Lean.HIGHER
            : test.upper() < -TOLERANCE * Math.abs(test.shift()) ? Lean.LOWER : Lean.ALIKE);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length == 0
        ? 0
        : sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
