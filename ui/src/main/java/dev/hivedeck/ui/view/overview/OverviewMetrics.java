package dev.hivedeck.ui.view.overview;

import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
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
import java.util.stream.Stream;

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
 * @param counts done, retried and dead over time
 * @param finish when the plan would be done at the pace of late
 */
record OverviewMetrics(
    Map<AgentViews.AgentState, Integer> agents,
    int doneToday,
    int done,
    int planned,
    int open,
    Optional<Double> success,
    Optional<Double> firstTry,
    Optional<Duration> repair,
    Standing changes,
    Counts counts,
    Optional<Instant> finish) {

  record Standing(int open, int healthy, int marginal, int stuck) {}

  /** How far back one looks. */
  enum Range {
    HOUR(Duration.ofHours(1), Duration.ofMinutes(2)),
    EIGHT_HOURS(Duration.ofHours(8), Duration.ofMinutes(10)),
    /** From the first thing that ended. */
    PLAN(null, null);

    private final Duration span;
    private final Duration bucket;

    Range(Duration span, Duration bucket) {
      this.span = span;
      this.bucket = bucket;
    }
  }

  /**
   * What ended, counted: each value is how many ended within its bucket, neither smoothed nor
   * extrapolated.
   *
   * @param from when the first bucket begins
   * @param bucket how long each is
   */
  record Counts(Instant from, Duration bucket, int[] done, int[] retried, int[] dead) {
    /** What a whole plan is divided into, unless that were too fine. */
    private static final List<Duration> BUCKETS =
        Stream.of(1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 10_080)
            .map(Duration::ofMinutes)
            .toList();

    static Counts of(
        Range range, List<Instant> done, List<Instant> retried, List<Instant> dead, Instant now) {
      var span = range.span;
      var bucket = range.bucket;
      if (span == null) {
        var first =
            Stream.of(done, retried, dead)
                .flatMap(List::stream)
                .min(Instant::compareTo)
                .orElse(now);
        var whole = Duration.between(first, now).plusMinutes(1);
        bucket =
            BUCKETS.stream()
                .filter(b -> whole.dividedBy(b) < MOST)
                .findFirst()
                .orElse(BUCKETS.getLast());
        span = bucket.multipliedBy(Math.clamp(whole.dividedBy(bucket) + 1, LEAST, MOST));
      }
      // Buckets begin at round times, so that what is in one stays in it as time goes on.
      long length = bucket.toSeconds();
      long end = Math.floorDiv(now.getEpochSecond(), length) * length + length;
      var from = Instant.ofEpochSecond(end).minus(span);
      int count = (int) span.dividedBy(bucket);
      return new Counts(
          from,
          bucket,
          counted(done, from, bucket, count),
          counted(retried, from, bucket, count),
          counted(dead, from, bucket, count));
    }

    private static int[] counted(List<Instant> times, Instant from, Duration bucket, int count) {
      var counts = new int[count];
      for (var t : times) {
        long place = Math.floorDiv(Duration.between(from, t).toMillis(), bucket.toMillis());
        if (place >= 0 && place < count) {
          counts[(int) place]++;
        }
      }
      return counts;
    }

    int size() {
      return done.length;
    }

    Instant start(int i) {
      return from.plus(bucket.multipliedBy(i));
    }

    Instant to() {
      return start(size());
    }

    /** The most that any bucket holds. */
    int top() {
      int top = 0;
      for (int i = 0; i < size(); i++) {
        top = Math.max(top, done[i] + retried[i] + dead[i]);
      }
      return top;
    }
  }

  /** So many columns say something; more would be too narrow to hit. */
  private static final int MOST = 60;

  private static final int LEAST = 12;
  private static final int HEALTHY = 80;
  private static final int MARGINAL = 50;

  static OverviewMetrics of(
      Collection<TaskViews.Task> tasks,
      Collection<AgentViews.Agent> agents,
      Collection<AttemptViews.Attempt> attempts,
      Collection<ChangeViews.Change> changes,
      Instant now,
      ZoneId zone,
      Range range) {
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
    var states = new HashMap<AgentViews.AgentState, Integer>();
    agents.forEach(a -> states.merge(a.state(), 1, Integer::sum));
    var quality = Quality.of(attempts);
    var counts = Counts.of(range, doneAt, quality.failedAt(), deadAt, now);
    return new OverviewMetrics(
        states,
        doneToday,
        done,
        planned,
        open,
        quality.success(),
        quality.firstTry(),
        quality.repair(),
        standing(changes),
        counts,
        finish(doneAt, open, now));
  }

  int agents(AgentViews.AgentState... wanted) {
    return Arrays.stream(wanted).mapToInt(s -> agents.getOrDefault(s, 0)).sum();
  }

  private record Quality(
      Optional<Double> success,
      Optional<Double> firstTry,
      Optional<Duration> repair,
      List<Instant> failedAt) {

    static Quality of(Collection<AttemptViews.Attempt> attempts) {
      int good = 0;
      int bad = 0;
      int firstGood = 0;
      int first = 0;
      var failedAt = new ArrayList<Instant>();
      var firstFailure = new HashMap<String, Instant>();
      var success = new HashMap<String, Instant>();
      for (var a : attempts) {
        var passed = a.state() == AttemptViews.AttemptState.SUCCEEDED;
        if (!passed
            && a.state() != AttemptViews.AttemptState.FAILED
            && a.state() != AttemptViews.AttemptState.LOST) {
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

  private static Standing standing(Collection<ChangeViews.Change> changes) {
    int open = 0;
    int healthy = 0;
    int marginal = 0;
    int stuck = 0;
    for (var c : changes) {
      if (c.state() == ChangeViews.ChangeState.MERGED
          || c.state() == ChangeViews.ChangeState.CLOSED) {
        continue;
      }
      open++;
      if (c.state() == ChangeViews.ChangeState.CONFLICTED
          || c.state() == ChangeViews.ChangeState.BLOCKED
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
