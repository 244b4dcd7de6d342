package dev.hivedeck.engine.figure;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is summed up of a period, thing by thing as they are read; it keeps 8 bytes of a duration
 * that a median needs, and nothing else of a thing.
 */
final class FigureSums {
  /** Two commands that are not further apart are one sitting. */
  static final Duration SITTING = Duration.ofMinutes(5);

  /** What a command takes that stands alone. */
  static final Duration ALONE = Duration.ofMinutes(1);

  private static final double DAY = Duration.ofDays(1).toSeconds();
  private static final double WEEK = 7 * DAY;

  private final Instant from;
  private final Instant until;
  private final Instant now;

  /** From then on commands are known. */
  private final Instant heard;

  private final Durations leadTimes = new Durations();
  private final Durations changeLeadTimes = new Durations();
  private final Durations reviewWaits = new Durations();
  private final Durations recoveries = new Durations();
  private long merged;
  private long settled;
  private long reworked;
  private long mergedHeard;
  private long firstTry;
  private long small;
  private long compliant;
  private long failed;
  private long reverts;
  private long priced;
  private double cost;
  private long commands;
  private Duration attention = Duration.ZERO;
  private Duration worked = Duration.ZERO;
  private Instant workedUntil;

  /**
   * @param from not in it
   * @param until in it
   * @param audited commands before are not known any more
   * @param now what has not happened by then is not known yet
   */
  FigureSums(Instant from, Instant until, Instant audited, Instant now) {
    this.from = from;
    this.until = until;
    this.now = now;
    this.heard = audited.isAfter(from) ? audited : from;
    this.workedUntil = heard;
  }

  Instant from() {
    return from;
  }

  private boolean holds(Instant at) {
    return at.isAfter(from) && !at.isAfter(until);
  }

  void merged(MergedChange change) {
    if (change.reverted() != null && holds(change.reverted().merged())) {
      recoveries.add(Duration.between(change.merged(), change.reverted().merged()));
    }
    if (!holds(change.merged())) {
      return;
    }
    merged++;
    mergedHeard += change.merged().isAfter(heard) ? 1 : 0;
    settled += change.settled(now) ? 1 : 0;
    reworked += change.settled(now) && change.reworked() ? 1 : 0;
    firstTry += change.firstTry() ? 1 : 0;
    small += change.small() ? 1 : 0;
    compliant += change.compliant() ? 1 : 0;
    failed += change.reverted() == null ? 0 : 1;
    reverts += change.reverts() ? 1 : 0;
    leadTimes.add(change.leadTime());
    changeLeadTimes.add(change.changeLeadTime());
    if (change.cost() != null) {
      priced++;
      cost += change.cost();
    }
  }

  /** A change waited for its review, which was given then. */
  void reviewed(Duration waited, Instant at) {
    if (holds(at)) {
      reviewWaits.add(waited);
    }
  }

  /**
   * A person sent a command.
   *
   * @param took of their time
   */
  void command(Duration took, Instant at) {
    if (holds(at)) {
      commands++;
      attention = attention.plus(took);
    }
  }

  /**
   * An agent was at work; called in the order of the beginnings.
   *
   * @param ended null where it still is
   */
  void worked(Instant began, @Nullable Instant ended) {
    Instant start = began.isAfter(workedUntil) ? began : workedUntil;
    Instant end = ended == null || ended.isAfter(until) ? until : ended;
    if (end.isAfter(start)) {
      worked = worked.plus(Duration.between(start, end));
      workedUntil = end;
    }
  }

  /** Null where there is nothing to count. */
  @Nullable Double value(FigureKind kind) {
    double seconds = Duration.between(from, until).toMillis() / 1e3;
    return switch (kind) {
      case WITHOUT_REWORK -> settled == 0 ? null : (Double) ((double) counted(kind) / settled);
      case FIRST_TRY, SMALL, XP, CHANGE_FAIL_RATE, REWORK_RATE ->
          merged == 0 ? null : (Double) ((double) counted(kind) / merged);
      case VELOCITY -> merged / (seconds / WEEK);
      case DEPLOYMENT_FREQUENCY -> merged / (seconds / DAY);
      case LEAD_TIME -> leadTimes.quantile(0.5);
      case CHANGE_LEAD_TIME -> changeLeadTimes.quantile(0.5);
      case REVIEW_WAIT -> reviewWaits.quantile(0.5);
      case RECOVERY_TIME -> recoveries.quantile(0.5);
      case AUTONOMY ->
          commands == 0 || worked.isZero()
              ? null
              : (Double) (worked.toMillis() / 3_600e3 / commands);
      case ATTENTION ->
          mergedHeard == 0 ? null : (Double) (attention.toMillis() / 60e3 / mergedHeard);
      case COST -> priced == 0 ? null : (Double) (cost / priced);
    };
  }

  /** What three quarters do not exceed, of a figure that says so. */
  @Nullable Double upper(FigureKind kind) {
    return kind == FigureKind.REVIEW_WAIT ? reviewWaits.quantile(0.75) : null;
  }

  /** How many fulfil a share; else of how many it is made. */
  long counted(FigureKind kind) {
    return switch (kind) {
      case WITHOUT_REWORK -> settled - reworked;
      case FIRST_TRY -> firstTry;
      case SMALL -> small;
      case XP -> compliant;
      case CHANGE_FAIL_RATE -> failed;
      case REWORK_RATE -> reverts;
      case REVIEW_WAIT -> reviewWaits.size;
      case RECOVERY_TIME -> recoveries.size;
      case AUTONOMY -> commands;
      case COST -> priced;
      case ATTENTION -> mergedHeard;
      case VELOCITY, LEAD_TIME, CHANGE_LEAD_TIME, DEPLOYMENT_FREQUENCY -> merged;
    };
  }

  long of(FigureKind kind) {
    return switch (kind) {
      case REVIEW_WAIT, RECOVERY_TIME, AUTONOMY, ATTENTION -> counted(kind);
      case WITHOUT_REWORK -> settled;
      default -> merged;
    };
  }

  long unknown(FigureKind kind) {
    return switch (kind) {
      case COST -> merged - priced;
      case WITHOUT_REWORK -> merged - settled;
      case ATTENTION -> merged - mergedHeard;
      default -> 0;
    };
  }

  /** Milliseconds, as few bytes as they take. */
  private static final class Durations {
    private long[] millis = new long[8];
    private int size;

    void add(Duration duration) {
      if (size == millis.length) {
        millis = Arrays.copyOf(millis, 2 * size);
      }
      millis[size++] = Math.max(0, duration.toMillis());
    }

    /** In seconds, by nearest rank: the least value that so large a share does not exceed. */
    @Nullable Double quantile(double share) {
      if (size == 0) {
        return null;
      }
      Arrays.sort(millis, 0, size);
      return millis[(int) Math.ceil(share * size) - 1] / 1e3;
    }
  }
}
