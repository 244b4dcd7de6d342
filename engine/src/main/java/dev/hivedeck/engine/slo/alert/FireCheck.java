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
 * Whether an objective's alerts can fire at all: after a whole window in which all was good, they
 * are evaluated on a failure of everything, at the traffic that there is. An alert that stays
 * silent then is broken, and would be found out too late.
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
    long start = Duration.ofDays(400).toMillis();
    double perStep = perHour * STEP.toMillis() / 3_600_000;
    var events = good(objective, perHour, start);
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

  /** A whole window without a failure, step by step as far back as the longest alert looks. */
  private static EventLog good(Objective objective, double perHour, long start) {
    long period = objective.window().length(Instant.ofEpochMilli(start)).toMillis();
    long longest =
        objective.alerts().stream().mapToLong(w -> w.length().toMillis()).max().orElse(0);
    long began = start - Math.max(period, longest);
    var events = new EventLog();
    events.add(began, Counts.NONE);
    long counted = 0;
    for (long t = start - longest; t <= start; t += STEP.toMillis()) {
      long due = (long) (perHour * (t - began) / 3_600_000);
      events.add(t, new Counts(due - counted, due - counted));
      counted = due;
    }
    return events;
  }

  /** Coarser, the longer it takes. */
  private static long step(long elapsed) {
    return elapsed < 3_600_000 ? STEP.toMillis() : 6 * STEP.toMillis();
  }
}
