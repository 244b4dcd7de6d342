package dev.hivedeck.engine.slo.history;

import dev.hivedeck.engine.slo.ChangePoint;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * When the share of bad events rose, and which merges came just before. That one came before the
 * other is a hint, no proof; how likely a merge is to be so near by chance is told with it.
 *
 * @param rise empty when no rise is likelier than none
 * @param suspects merges that came up to {@link #REACH} before, the nearest first
 * @param merges how many merges are known in all; with fewer than {@link #LEAST_MERGES} nobody can
 *     say how often one is near by chance
 */
public record Attribution(
    Optional<Rise> rise, List<Suspect> suspects, Verdict verdict, int merges) {
  /** A merge that came longer before the rise is not looked at. */
  public static final Duration REACH = Duration.ofHours(1);

  /** Odds below which a rise is none. */
  public static final double LEAST_ODDS = 20;

  /** A merge that is as near as this by chance is no more than a coincidence. */
  public static final double MOST_CHANCE = 0.05;

  /** With fewer merges there is no rate that they come at. */
  public static final int LEAST_MERGES = 2;

  private static final int SLOTS = 96;
  private static final Duration FINEST = Duration.ofSeconds(10);

  /** What can be said. */
  public enum Verdict {
    /** Nothing was counted. */
    NO_DATA,
    /** The budget was spent evenly; there is no moment to look at. */
    NO_RISE,
    /** It rose, and nothing was merged just before. */
    NO_MERGE,
    /** One merge came just before, and would hardly be so near by chance. */
    ONE_MERGE,
    /** Several came before, or one is near too often by chance, or how often is not known. */
    NO_SINGLE_CAUSE
  }

  /**
   * When it rose.
   *
   * @param at the likeliest moment
   * @param earliest it rose not before this, and not after {@code latest}, in 9 of 10 cases
   * @param before share of bad events before
   * @param after share of bad events since
   * @param odds that it rose at all, to one
   */
  public record Rise(
      Instant at, Instant earliest, Instant latest, double before, double after, double odds) {}

  /**
   * A merge that may have done it.
   *
   * @param before how long before the likeliest moment it came; negative when after
   * @param chance how likely some merge is so near by chance, at the rate of the time that is known
   */
  public record Suspect(Merge merge, Duration before, double chance) {}

  /**
   * @param merges of at least the time from {@link #REACH} before {@code from} on, the oldest first
   */
  public static Attribution of(EventLog events, List<Merge> merges, Instant from, Instant until) {
    if (!events.between(from.toEpochMilli(), until.toEpochMilli()).hasData()) {
      return new Attribution(Optional.empty(), List.of(), Verdict.NO_DATA, merges.size());
    }
    var rise = rise(events, from, until);
    if (rise.isEmpty()) {
      return new Attribution(rise, List.of(), Verdict.NO_RISE, merges.size());
    }
    var suspects = suspects(rise.get(), merges, known(events, merges, from, until));
    var verdict = verdict(rise.get(), suspects, merges.size());
    return new Attribution(rise, suspects, verdict, merges.size());
  }

  /** How long merges are known of: no longer than there were any, or events. */
  private static Duration known(EventLog events, List<Merge> merges, Instant from, Instant until) {
    long first = events.first();
    for (var merge : merges) {
      first = Math.min(first, merge.at().toEpochMilli());
    }
    long start = Math.max(from.minus(REACH).toEpochMilli(), first);
    return Duration.ofMillis(Math.max(1, until.toEpochMilli() - start));
  }

  private static Verdict verdict(Rise rise, List<Suspect> suspects, int merges) {
    if (suspects.isEmpty()) {
      return Verdict.NO_MERGE;
    }
    var nearest = suspects.getFirst();
    long second = suspects.size() < 2 ? Long.MAX_VALUE : distance(rise, suspects.get(1).merge());
    long blur = Duration.between(rise.earliest(), rise.latest()).toMillis();
    boolean apart = second > 3 * (distance(rise, nearest.merge()) + blur);
    boolean rare = merges >= LEAST_MERGES && nearest.chance() <= MOST_CHANCE;
    return apart && rare ? Verdict.ONE_MERGE : Verdict.NO_SINGLE_CAUSE;
  }

  private static Optional<Rise> rise(EventLog events, Instant from, Instant until) {
    long start = Math.max(from.toEpochMilli(), events.first() - 1);
    long end = until.toEpochMilli();
    var found = find(events, start, end);
    if (found.isEmpty() || found.get().odds() < LEAST_ODDS) {
      return Optional.empty();
    }
    var coarse = found.get();
    var rise = coarse;
    // Look closer at where it was, as long as that says more.
    for (int i = 0; i < 4; i++) {
      long width = (end - start) / SLOTS;
      if (width <= FINEST.toMillis()) {
        break;
      }
      start = Math.max(start, rise.earliest().toEpochMilli() - 4 * width);
      end = Math.min(end, rise.latest().toEpochMilli() + 4 * width);
      var closer = find(events, start, end);
      if (closer.isEmpty() || closer.get().odds() < LEAST_ODDS) {
        break;
      }
      rise = closer.get();
    }
    return Optional.of(
        new Rise(
            rise.at(),
            rise.earliest(),
            rise.latest(),
            coarse.before(),
            coarse.after(),
            coarse.odds()));
  }

  private static Optional<Rise> find(EventLog events, long start, long end) {
    var slots = new ArrayList<Counts>();
    for (int i = 0; i < SLOTS; i++) {
      slots.add(events.between(edge(start, end, i), edge(start, end, i + 1)));
    }
    return ChangePoint.rise(slots)
        .map(
            p ->
                new Rise(
                    Instant.ofEpochMilli(edge(start, end, p.slot())),
                    Instant.ofEpochMilli(edge(start, end, Math.max(0, p.earliest() - 1))),
                    Instant.ofEpochMilli(edge(start, end, Math.min(SLOTS, p.latest() + 1))),
                    p.before(),
                    p.after(),
                    p.odds()));
  }

  private static long edge(long start, long end, int slot) {
    return start + (end - start) * slot / SLOTS;
  }

  private static List<Suspect> suspects(Rise rise, List<Merge> merges, Duration known) {
    var earliest = rise.earliest().minus(REACH);
    double perMilli = merges.size() / (double) known.toMillis();
    long blur = Duration.between(rise.earliest(), rise.latest()).toMillis();
    return merges.stream()
        .filter(m -> !m.at().isBefore(earliest) && !m.at().isAfter(rise.latest()))
        .sorted(Comparator.comparingLong((Merge m) -> distance(rise, m)))
        .map(
            m ->
                new Suspect(
                    m,
                    Duration.between(m.at(), rise.at()),
                    -Math.expm1(-perMilli * (distance(rise, m) + blur))))
        .toList();
  }

  /** From the merge to the time in which it rose. */
  private static long distance(Rise rise, Merge merge) {
    return Math.max(0, Duration.between(merge.at(), rise.at()).toMillis());
  }
}
