package dev.hivedeck.ui.view.overview;

import dev.hivedeck.engine.protocol.Views;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The numbers of the overview, counted from views.
 *
 * @param agents how many are in each state
 * @param doneToday tasks merged since midnight
 * @param done tasks merged at all
 * @param planned tasks not cancelled
 * @param open tasks that may still be worked on
 * @param success share of ended attempts that passed every gate; empty before the first ended
 * @param firstTry share of tasks whose first attempt passed
 * @param repair mean time from a task's first failure to its success
 * @param changes open ones by how they stand
 * @param rates done, retried and dead per hour over time
 * @param finish when the plan would be done at the pace of late
 */
record Figures(
    Map<Views.AgentState, Integer> agents,
    int doneToday,
    int done,
    int planned,
    int open,
    Optional<Double> success,
    Optional<Double> firstTry,
    Optional<Duration> repair,
    Standing changes,
    Rates rates,
    Optional<Instant> finish) {

  record Standing(int open, int healthy, int marginal, int stuck) {}

  /**
   * @param from time of the first value
   * @param step time between values
   */
  record Rates(Instant from, Duration step, double[] done, double[] retried, double[] dead) {
    Instant to() {
      return from.plus(step.multipliedBy(Math.max(1, done.length - 1)));
    }

    double top() {
      return Arrays.stream(new double[][] {done, retried, dead})
          .flatMapToDouble(Arrays::stream)
          .max()
          .orElse(0);
    }
  }

  private static final int STEPS = 60;
  private static final Duration LONGEST = Duration.ofHours(8);
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final int HEALTHY = 80;
  private static final int MARGINAL = 50;

  static Figures of(
      Collection<Views.Task> tasks,
      Collection<Views.Agent> agents,
      Collection<Views.Attempt> attempts,
      Collection<Views.Change> changes,
      Instant now,
      ZoneId zone) {
    var midnight = now.atZone(zone).toLocalDate().atStartOfDay(zone).toInstant();
    int doneToday = 0;
    int done = 0;
    int planned = 0;
    int open = 0;
    var doneAt = new ArrayList<Instant>();
    var deadAt = new ArrayList<Instant>();
    for (var t : tasks) {
      switch (t.state()) {
        case CANCELLED -> {}
        case DONE -> {
          planned++;
          done++;
          if (t.updatedAt() != null) {
            doneAt.add(t.updatedAt());
            if (!t.updatedAt().isBefore(midnight)) {
              doneToday++;
            }
          }
        }
        case DEAD -> {
          planned++;
          if (t.updatedAt() != null) {
            deadAt.add(t.updatedAt());
          }
        }
        default -> {
          planned++;
          open++;
        }
      }
    }
    var states = new HashMap<Views.AgentState, Integer>();
    agents.forEach(a -> states.merge(a.state(), 1, Integer::sum));
    var quality = Quality.of(attempts);
    var rates = rates(doneAt, quality.failedAt(), deadAt, now);
    return new Figures(
        states,
        doneToday,
        done,
        planned,
        open,
        quality.success(),
        quality.firstTry(),
        quality.repair(),
        standing(changes),
        rates,
        finish(doneAt, open, now));
  }

  int agents(Views.AgentState... wanted) {
    return Arrays.stream(wanted).mapToInt(s -> agents.getOrDefault(s, 0)).sum();
  }

  private record Quality(
      Optional<Double> success,
      Optional<Double> firstTry,
      Optional<Duration> repair,
      List<Instant> failedAt) {

    static Quality of(Collection<Views.Attempt> attempts) {
      int good = 0;
      int bad = 0;
      int firstGood = 0;
      int first = 0;
      var failedAt = new ArrayList<Instant>();
      var firstFailure = new HashMap<String, Instant>();
      var success = new HashMap<String, Instant>();
      for (var a : attempts) {
        var passed = a.state() == Views.AttemptState.SUCCEEDED;
        if (!passed
            && a.state() != Views.AttemptState.FAILED
            && a.state() != Views.AttemptState.LOST) {
          continue;
        }
        first += a.number() == 1 ? 1 : 0;
        if (passed) {
          good++;
          firstGood += a.number() == 1 ? 1 : 0;
          if (a.endedAt() != null) {
            success.merge(a.task(), a.endedAt(), Quality::later);
          }
        } else {
          bad++;
          if (a.endedAt() != null) {
            failedAt.add(a.endedAt());
            firstFailure.merge(a.task(), a.endedAt(), Quality::earlier);
          }
        }
      }
      var repairs = new ArrayList<Duration>();
      firstFailure.forEach(
          (task, at) -> {
            var end = success.get(task);
            if (end != null && end.isAfter(at)) {
              repairs.add(Duration.between(at, end));
            }
          });
      var repair =
          repairs.isEmpty()
              ? Optional.<Duration>empty()
              : Optional.of(
                  repairs.stream().reduce(Duration.ZERO, Duration::plus).dividedBy(repairs.size()));
      return new Quality(share(good, good + bad), share(firstGood, first), repair, failedAt);
    }

    private static Instant later(Instant a, Instant b) {
      return a.isAfter(b) ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
      return a.isBefore(b) ? a : b;
    }

    private static Optional<Double> share(int part, int whole) {
      return whole == 0 ? Optional.empty() : Optional.of((double) part / whole);
    }
  }

  private static Standing standing(Collection<Views.Change> changes) {
    int open = 0;
    int healthy = 0;
    int marginal = 0;
    int stuck = 0;
    for (var c : changes) {
      if (c.state() == Views.ChangeState.MERGED || c.state() == Views.ChangeState.CLOSED) {
        continue;
      }
      open++;
      if (c.state() == Views.ChangeState.CONFLICTED
          || c.state() == Views.ChangeState.BLOCKED
          || c.health() < MARGINAL) {
        stuck++;
      } else if (c.health() < HEALTHY) {
        marginal++;
      } else {
        healthy++;
      }
    }
    return new Standing(open, healthy, marginal, stuck);
  }

  private static Rates rates(
      List<Instant> done, List<Instant> retried, List<Instant> dead, Instant now) {
    var earliest =
        java.util.stream.Stream.of(done, retried, dead)
            .flatMap(List::stream)
            .min(Instant::compareTo)
            .orElse(now);
    var span = Duration.between(earliest, now);
    span = span.compareTo(SHORTEST) < 0 ? SHORTEST : span;
    span = span.compareTo(LONGEST) > 0 ? LONGEST : span;
    var step = span.dividedBy(STEPS - 1);
    var from = now.minus(step.multipliedBy(STEPS - 1));
    return new Rates(
        from, step, rate(done, from, step), rate(retried, from, step), rate(dead, from, step));
  }

  /** Per hour, each value the mean over the steps around it so that a single task is a hill. */
  private static double[] rate(List<Instant> times, Instant from, Duration step) {
    var counts = new double[STEPS];
    for (var t : times) {
      var place = Math.round((double) Duration.between(from, t).toMillis() / step.toMillis());
      if (place >= 0 && place < STEPS) {
        counts[(int) place]++;
      }
    }
    var kernel = new double[] {0.25, 0.6, 1, 0.6, 0.25};
    var perHour = Duration.ofHours(1).toMillis() / (double) step.toMillis();
    var rates = new double[STEPS];
    for (int i = 0; i < STEPS; i++) {
      double sum = 0;
      double weight = 0;
      for (int k = 0; k < kernel.length; k++) {
        int at = i + k - 2;
        if (at >= 0 && at < STEPS) {
          sum += counts[at] * kernel[k];
          weight += kernel[k];
        }
      }
      rates[i] = sum / weight * perHour;
    }
    return rates;
  }

  private static Optional<Instant> finish(List<Instant> done, int open, Instant now) {
    if (open == 0) {
      return Optional.empty();
    }
    var late =
        done.stream().filter(t -> t.isAfter(now.minus(Duration.ofHours(1)))).sorted().toList();
    if (late.size() < 3) {
      return Optional.empty();
    }
    var each = Duration.between(late.getFirst(), now).dividedBy(late.size());
    return Optional.of(now.plus(each.multipliedBy(open)));
  }
}
