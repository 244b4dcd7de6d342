package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.rollout.RolloutEvent;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.rollout.ChangeVersions;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.analysis.Judgement;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.rollout.traffic.TrafficAwayException;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.BackgroundTasks;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out rollouts: looks each second at what was counted, judges it, and does what follows.
 * The ledger is the truth. A canary gets more traffic only once that is written down, and loses it
 * before that is; whatever was not written down when the engine is killed did not happen.
 */
public final class CanaryController {
  private static final Logger LOG = LoggerFactory.getLogger(CanaryController.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** How often counts are written down at least. */
  static final Duration SAVE = Duration.ofSeconds(5);

  private final Store store;
  private final Traffic traffic;
  private final CanaryTraffic shares;
  private final Supplier<String> ids;
  private final Timers timers;
  private final Map<String, LiveCanary> live = new LinkedHashMap<>();

  private final LeftTraffic left;
  private final ChangeVersions changes;
  private final CanaryPresence presence;
  private final ChangePromotion promotion;
  private final BurningObjectives objectives;
  private volatile @Nullable BackgroundTasks background;
  private Timers.@Nullable Timer timer;
  private final AtomicBoolean unread = new AtomicBoolean(true);

  /**
   * @param routes digest of what the gateway is told of a service; empty where it leads to no such
   * @param changes where the canaries of changes come from
   */
  public CanaryController(
      Store store,
      Traffic traffic,
      Function<String, Optional<String>> routes,
      ChangeVersions changes,
      Supplier<String> ids,
      Timers timers) {
    this.store = store;
    this.traffic = traffic;
    this.shares = new CanaryTraffic(traffic);
    this.ids = ids;
    this.timers = timers;
    this.left = new LeftTraffic(store, traffic, shares, routes, ids);
    this.changes = changes;
    this.promotion = new ChangePromotion(store, changes, ids);
    this.objectives = new BurningObjectives(store);
    this.presence = new CanaryPresence(traffic, routes, changes, objectives);
  }

  /**
   * Splits traffic as it was, before the gateway leads the first request. The canary of a change is
   * not there yet, and gets nothing before it is.
   */
  public void restore() {
    store.read(
        sql -> {
          left.restore(sql);
          RolloutLedger.open(sql).stream()
              .filter(row -> row.view().change() == null)
              .forEach(left::restore);
          return null;
        });
  }

  /** Begins to look, for as long as there is something to look at. */
  public void start(BackgroundTasks background) {
    this.background = background;
    background.start("rollouts", () -> lookOn(background));
  }

  private void lookOn(BackgroundTasks tasks) {
    try {
      look();
    } finally {
      synchronized (this) {
        if (timer != null) {
          timer.cancel();
        }
        boolean more = unread.get() || !live.isEmpty() || !left.isEmpty();
        timer =
            more ? timers.after(LOOK, () -> tasks.start("rollouts", () -> lookOn(tasks))) : null;
      }
    }
  }

  /** Looks now: a person changed something. */
  public void wake() {
    unread.set(true);
    var tasks = background;
    if (tasks != null) {
      tasks.start("rollouts", () -> lookOn(tasks));
    }
  }

  /** Looks once, and does what follows. */
  synchronized void look() {
    try {
      if (unread.getAndSet(false)) {
        read();
      }
    } catch (RuntimeException e) { // of the disk, say: the next look tries again
      LOG.warn("rollouts", e);
      unread.set(true);
      return;
    }
    for (var canary : live.values().toArray(new LiveCanary[0])) {
      try {
        step(canary);
      } catch (TrafficAwayException e) {
        LOG.debug("{}", canary.view().id(), e); // whoever carries it said so; the next look asks
      } catch (RuntimeException e) {
        LOG.warn("{}", canary.view().id(), e);
      }
    }
    for (var canary : List.copyOf(live.values())) {
      if (canary.view().state().isOver()) {
        live.remove(canary.view().id());
        presence.forget(canary.view());
        left.add(canary.view(), canary.now());
      }
    }
    left.look(live.values().stream().map(c -> c.view().service()).collect(Collectors.toSet()));
  }

  private void read() {
    store.read(
        sql -> {
          for (var row : RolloutLedger.open(sql)) {
            var known = live.get(row.view().id());
            if (known == null) {
              live.put(row.view().id(), new LiveCanary(row));
              left.takenOver(row.view().service());
            } else {
              known.follow(row);
            }
          }
          left.read(sql);
          return null;
        });
  }

  private void step(LiveCanary canary) {
    var now = timers.clock().instant();
    if (canary.isBehind()) {
      count(canary, now); // until now it had the weight that was
      save(canary, new CanaryOutcome.Stay(), now);
    }
    var decided = canary.takenBack();
    if (decided != null && canary.view().state().isJudged()) {
      takeBack(canary, decided, now); // it could not be written down when it was decided
      return;
    }
    if (canary.view().change() != null && !canary.view().state().isOver()) {
      stepChange(canary, now);
      return;
    }
    switch (canary.view().state()) {
      case STARTING -> begin(canary, now);
      case STEPPING, HELD -> judge(canary, now);
      case PROMOTING -> promote(canary, now);
      case ROLLING_BACK -> takeBack(canary, now);
      case PROMOTED, ROLLED_BACK, ABORTED -> {}
    }
  }

  /** That of a change goes by its change, too. */
  private void stepChange(LiveCanary canary, Instant now) {
    var view = canary.view();
    if (view.state() == RolloutState.ROLLING_BACK) {
      takeBack(canary, now);
      return;
    }
    var change = changes.standing(view);
    var superseded = ChangePromotion.superseded(view, change);
    String merge = change.merge();
    if (superseded.isPresent()) {
      takeBack(canary, superseded.get(), now);
    } else if (change.state() == ChangeState.MERGED && merge != null) {
      changes.run(view); // until the service has it, its requests go to the canary
      if (promotion.settle(canary, merge, now)) {
        promote(canary, now);
      } else if (presence.isThere(canary.view())) {
        shares.weigh(canary.view(), canary.now().stage().weight());
      }
    } else {
      changes.run(view);
      if (view.state() == RolloutState.STARTING) {
        begin(canary, now);
      } else {
        judge(canary, now);
      }
      if (canary.view().state() == RolloutState.PROMOTING && presence.isThere(canary.view())) {
        promotion.ask(canary, change, now);
      }
    }
  }

  /** A version begins once it is there and not down; that of a change once it is well. */
  private void begin(LiveCanary canary, Instant now) {
    var view = canary.view();
    if (presence.isBegun(view)) {
      var burning = objectives.of(canary.now().plan());
      canary.saved(write(tx -> CanaryTransitions.begin(tx, view.id(), burning)), now);
      judge(canary, now);
    } else if (view.change() != null || isLed(canary, now)) {
      presence
          .unable(canary, now)
          .ifPresentOrElse(
              why -> takeBack(canary, new CanaryOutcome.TakeBack(why), now),
              () -> promotion.waits(canary, RolloutEvent.STARTED, presence.waitsFor(view), now));
    }
  }

  private boolean isLed(LiveCanary canary, Instant now) {
    presence
        .unled(canary.view())
        .ifPresent(why -> takeBack(canary, new CanaryOutcome.TakeBack(why), now));
    return presence.isSeen(canary);
  }

  /**
   * Whether there is something to judge.
   *
   * @return false where it was taken back, or is not there
   */
  private boolean isJudged(LiveCanary canary, Instant now) {
    var view = canary.view();
    if (!isLed(canary, now)) {
      return false;
    }
    if (presence.isAway(view)) {
      canary.interrupted();
      return false;
    }
    var broken = presence.broken(canary, now).map(CanaryOutcome.TakeBack::new);
    broken.ifPresent(back -> takeBack(canary, back, now));
    return broken.isEmpty();
  }

  private void judge(LiveCanary canary, Instant now) {
    if (!isJudged(canary, now)) {
      return;
    }
    var view = canary.view();
    shares.weigh(view, canary.now().stage().weight());
    count(canary, now);
    var progress = canary.now();
    var assessment = progress.assess();
    var standing = canary.standing(assessment.judgement() instanceof Judgement.RollBack, now);
    var outcome =
        CanaryOutcome.of(
            view, presence.missing(view), progress, assessment, canary.recent(), standing);
    switch (outcome) {
      case CanaryOutcome.Stay stay when canary.isDue(SAVE, now) -> save(canary, stay, now);
      case CanaryOutcome.Stay _ -> {}
      case CanaryOutcome.TakeBack back -> takeBack(canary, back, now);
      case CanaryOutcome.Pass pass -> {
        save(canary, pass, now);
        if (canary.view().state() == RolloutState.PROMOTING && view.change() == null) {
          promote(canary, now);
        } else {
          shares.weigh(canary.view(), canary.now().stage().weight());
        }
      }
      case CanaryOutcome.Ask _, CanaryOutcome.Say _, CanaryOutcome.Resume _ ->
          save(canary, outcome, now);
    }
  }

  private void count(LiveCanary canary, Instant now) {
    var view = canary.view();
    var plan = canary.now().plan();
    canary.read(
        shares.counted(view.service(), view.canary(), plan),
        shares.counted(view.service(), view.stable(), plan),
        !view.isPreview() || presence.isThere(view),
        now);
  }

  private void promote(LiveCanary canary, Instant now) {
    var view = canary.view();
    int weight = view.change() == null ? Bucket.COUNT : 0; // what is on main has all of it
    shares.weigh(view, weight);
    var after = shares.at(canary, weight);
    canary.saved(write(tx -> CanaryTransitions.promoted(tx, view.id(), after)), now);
    over(view);
  }

  /** The version of a change goes, and the service has the traffic as it is configured. */
  private void over(Rollout view) {
    if (view.change() != null) {
      changes.end(view);
      traffic.release(view.service());
    }
  }

  /** First the traffic, then all else: once it is decided the canary gets nothing any more. */
  private void takeBack(LiveCanary canary, CanaryOutcome.TakeBack back, Instant now) {
    canary.takeBack(back);
    shares.tell(canary.view(), 0); // it is written down also while nobody does it
    save(canary, back, now);
    takeBack(canary, now);
  }

  private void takeBack(LiveCanary canary, Instant now) {
    var view = canary.view();
    shares.weigh(view, 0);
    if (view.change() != null && changes.standing(view).state() == ChangeState.MERGING) {
      return; // the queue leaves it when it sees this; only then its agent may have it
    }
    var after = shares.at(canary, 0);
    canary.saved(
        write(
            tx -> {
              var row = CanaryTransitions.end(tx, view.id(), after);
              promotion.takenBack(tx, row);
              return row;
            }),
        now);
    over(view);
  }

  private void save(LiveCanary canary, CanaryOutcome outcome, Instant now) {
    var before = canary.view();
    boolean samples = !(outcome instanceof CanaryOutcome.Stay) || canary.isSampled(now);
    var present = shares.split(before);
    canary.saved(
        write(
            tx -> {
              var row = RolloutLedger.find(tx.sql(), before.id());
              var progress = canary.added(CanaryTransitions.progress(row)).splitting(present);
              // What a person did meanwhile goes before what follows from counts, but that it is
              // taken back.
              boolean follows =
                  row.view().equals(before)
                      || (outcome instanceof CanaryOutcome.TakeBack
                          && row.view().state().isJudged());
              return CanaryTransitions.follow(
                  tx, row.view(), progress, follows ? outcome : new CanaryOutcome.Stay(), samples);
            }),
        now);
    if (samples) {
      canary.sampled(now);
    }
  }

  private RolloutLedger.Row write(Store.Work<RolloutLedger.Row> work) {
    return store.write(ids.get(), work);
  }

  /** Why the canary of a rollout may have no traffic, in words; empty where it may. */
  public Optional<String> missing(Rollout view) {
    return presence.missed(view);
  }

  /** What was counted until now. */
  public RolloutFigures figures(String id) {
    var now = timers.clock().instant();
    synchronized (this) {
      var canary = live.get(id);
      if (canary != null) {
        return CanaryFigures.of(canary.view(), canary.now(), now);
      }
    }
    return CanaryFigures.of(store.read(sql -> RolloutLedger.find(sql, id)), now);
  }
}
