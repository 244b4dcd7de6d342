package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Objective;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether an objective's alerts can fire at all: they are evaluated on a failure of everything, at
 * the traffic that there is. An alert that stays silent then is broken, and would be found out too
 * late.
 */
public final class FireCheck {
  private static final Duration STEP = Duration.ofSeconds(10);

  /** For how long everything fails before an alert is given up. */
  private static final Duration LONGEST = Duration.ofDays(3);

  /**
   * @param after how long each severity takes to fire; without one that never does
   */
  public record Result(Map<Severity, Duration> after) {
    public Result {
      after = Map.copyOf(after);
    }

    public Optional<Duration> after(Severity severity) {
      return Optional.ofNullable(after.get(severity));
    }

    /** Whether each severity that the objective has can fire. */
    public boolean canFire(Objective objective) {
      return objective.alerts().stream().allMatch(w -> after.containsKey(w.severity()));
    }
  }

  private FireCheck() {}

  /**
   * @param perHour events that come in an hour
   */
  public static Result of(Objective objective, double perHour) {
    var events = new EventLog();
    long start = Duration.ofDays(400).toMillis();
    double perStep = perHour * STEP.toMillis() / 3_600_000;
    long period = objective.window().length(Instant.ofEpochMilli(start)).toMillis();
    long before = (long) Math.min(Long.MAX_VALUE / 2, perHour * period / 3_600_000);
    events.add(start - period, new Counts(0, 0));
    events.add(start - LONGEST.toMillis(), new Counts(before, before));
    var after = new EnumMap<Severity, Duration>(Severity.class);
    double due = 0;
    long end = start + LONGEST.toMillis();
    for (long t = start + STEP.toMillis(); t <= end && after.size() < 2; t += step(t - start)) {
      due += perStep * step(t - start) / STEP.toMillis();
      long bad = (long) due;
      due -= bad;
      events.add(t, Counts.ofBad(bad, bad));
      var assessment = Assessment.of(objective, events, Instant.ofEpochMilli(t));
      for (var severity : Severity.values()) {
        if (assessment.worst(severity).isPresent()) {
          after.putIfAbsent(severity, Duration.ofMillis(t - start));
        }
      }
    }
    return new Result(after);
  }

  /** Coarser, the longer it takes. */
  private static long step(long elapsed) {
    return elapsed < 3_600_000 ? STEP.toMillis() : 6 * STEP.toMillis();
  }
}
