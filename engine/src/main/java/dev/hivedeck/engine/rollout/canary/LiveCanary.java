package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.canary.CanaryProgress.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A rollout that goes on: what is written down of it, and what was counted since. */
final class LiveCanary {
  /** Whoever was asleep for longer was not looking: that is nobody's hold. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** What can answer nothing for so long is no use. */
  private static final Duration DOWN = Duration.ofMinutes(1);

  /** So many requests are looked at to see that nothing works any more. */
  private static final int RECENT = 10;

  /** About so many samples are kept of a step. */
  private static final int SAMPLES = 120;

  private Rollout view;
  private CanaryProgress stored;
  private Counted canary = Counted.NONE;
  private Counted stable = Counted.NONE;
  private Clocks clocks = Clocks.NONE;

  /** Since when there has been evidence that takes it back; null while there is none. */
  private @Nullable Instant standingSince;

  /** When an instance of it was known to be well last, or when somebody began to look. */
  private Instant upAt = Instant.MIN;

  /** When that was looked at last; null while nobody can see it. */
  private @Nullable Instant lookedAt;

  private Instant sampledAt = Instant.MIN;

  /** Where what was counted since belongs. */
  private int stage;

  private @Nullable Counted canaryRead;
  private @Nullable Counted stableRead;
  private @Nullable Instant readAt;
  private Instant savedAt = Instant.MIN;

  /** Objectives that alert since before it began; null before the first look. */
  private @Nullable Set<String> quiet;

  private final Deque<Counted> recent = new ArrayDeque<>();

  /** Why it is taken back, once that is decided. */
  private CanaryOutcome.@Nullable TakeBack takenBack;

  LiveCanary(RolloutLedger.Row row) {
    this.view = row.view();
    this.stored = progress(row);
    this.stage = stageId();
  }

  private static CanaryProgress progress(RolloutLedger.Row row) {
    return Json.read(row.progress(), CanaryProgress.class);
  }

  Rollout view() {
    return view;
  }

  /** What it is with all that was counted. */
  CanaryProgress now() {
    return added(stored);
  }

  /** Adds what was counted since, in the stage where that was. */
  CanaryProgress added(CanaryProgress to) {
    var with = to.counting(stage, canary, stable, clocks);
    return quiet == null ? with : with.despite(quiet);
  }

  /** It was written down with all that was counted. */
  void saved(RolloutLedger.Row row, Instant now) {
    canary = Counted.NONE;
    stable = Counted.NONE;
    clocks = Clocks.NONE;
    savedAt = now;
    follow(row);
    stage = stageId();
  }

  private int stageId() {
    return stored.stages().isEmpty() ? -1 : stored.stage().id();
  }

  /** Whether what was counted belongs to an earlier stage: it is to be written down first. */
  boolean isBehind() {
    return stage != stageId();
  }

  /** Somebody else changed it. */
  void follow(RolloutLedger.Row row) {
    int before = stageId();
    view = row.view();
    stored = progress(row);
    if (stageId() != before) {
      recent.clear();
      standingSince = null;
    }
  }

  /**
   * Adds what two counters say now.
   *
   * @param isThere whether it may have traffic: a preview lasts as long as it might without a break
   */
  void read(Counted canaryNow, Counted stableNow, boolean isThere, Instant now) {
    if (canaryRead != null && stableRead != null && readAt != null) {
      var more = canaryNow.since(canaryRead);
      canary = canary.plus(more);
      stable = stable.plus(stableNow.since(stableRead));
      var since = Duration.between(readAt, now);
      var counts =
          since.isNegative() ? Duration.ZERO : since.compareTo(LONGEST) > 0 ? LONGEST : since;
      boolean steps = view.state() == RolloutState.STEPPING;
      boolean asks = view.isPreview() && view.held() == HoldReason.UNCLEAR;
      clocks = clocks.plus(counts, steps || asks, steps && view.isPreview());
      remember(more);
    }
    if (view.isPreview() && !isThere) {
      clocks = clocks.breaking();
    }
    canaryRead = canaryNow;
    stableRead = stableNow;
    readAt = now;
  }

  private void remember(Counted more) {
    if (more.isNone()) {
      return;
    }
    recent.addLast(more);
    while (recent().requests() - recent.getFirst().requests() >= RECENT) {
      recent.removeFirst();
    }
  }

  /** The last requests of the canary. */
  Counted recent() {
    return recent.stream().reduce(Counted.NONE, Counted::plus);
  }

  /** For how long there has been evidence that takes it back, with what is known now. */
  Duration standing(boolean evidence, Instant now) {
    if (!evidence) {
      standingSince = null;
      return Duration.ZERO;
    }
    if (standingSince == null) {
      standingSince = now;
    }
    return Duration.between(standingSince, now);
  }

  /** Whether there is something to write down, and for so long. */
  boolean isDue(Duration age, Instant now) {
    return hasNews() && since(savedAt, now).compareTo(age) >= 0;
  }

  /** Whether a sample is to be kept of it. */
  boolean isSampled(Instant now) {
    var progress = now();
    if (progress.stages().isEmpty()) {
      return false;
    }
    var lasted = progress.stage().lasted();
    var longest = progress.hold().compareTo(lasted) > 0 ? progress.hold() : lasted;
    var every = longest.dividedBy(SAMPLES);
    var least = CanaryController.SAVE;
    return since(sampledAt, now).compareTo(every.compareTo(least) > 0 ? every : least) >= 0;
  }

  void sampled(Instant now) {
    sampledAt = now;
  }

  private static Duration since(Instant at, Instant now) {
    return at.equals(Instant.MIN) ? Duration.ofDays(1) : Duration.between(at, now).abs();
  }

  /** It is not there for a while: what happens until it is again says nothing of it. */
  void interrupted() {
    canaryRead = null;
    stableRead = null;
    readAt = null;
    recent.clear();
  }

  /**
   * Looks at objectives whose alert takes it back.
   *
   * @param burning those whose alert fires
   * @return what began to fire since it began, in words
   */
  Optional<String> burns(Set<String> burning) {
    var before = quiet == null ? stored.notes().alerting() : quiet;
    quiet = before.stream().filter(burning::contains).collect(Collectors.toSet());
    return burning.stream()
        .filter(objective -> !before.contains(objective))
        .sorted()
        .findFirst()
        .map(
            objective ->
                "the objective " + objective + " spends its error budget: its alert fires");
  }

  /** What fires before it has traffic says nothing of it. */
  void despite(Set<String> burning) {
    quiet = burning;
  }

  /**
   * Whether it has been down for so long that it is taken back.
   *
   * @param isUp whether an instance of it is known to be well now
   */
  boolean isDown(boolean isUp, Instant at) {
    var last = lookedAt;
    if (isUp || last == null || Duration.between(last, at).compareTo(LONGEST) > 0) {
      upAt = at;
    }
    lookedAt = at;
    return Duration.between(upAt, at).compareTo(DOWN) >= 0;
  }

  /** Nobody can see it: that time is none in which it is down. */
  void unseen() {
    lookedAt = null;
  }

  void takeBack(CanaryOutcome.TakeBack back) {
    takenBack = back;
  }

  CanaryOutcome.@Nullable TakeBack takenBack() {
    return takenBack;
  }

  private boolean hasNews() {
    return !canary.isNone()
        || !stable.isNone()
        || clocks.broken()
        || !clocks.held().isZero()
        || (quiet != null && !quiet.equals(stored.notes().alerting()));
  }
}
