package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.analysis.Judgement;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.BackgroundTasks;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
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
  private static final Duration SAVE = Duration.ofSeconds(5);

  /** About so many samples are kept of a step. */
  private static final int SAMPLES = 120;

  private final Store store;
  private final Traffic traffic;
  private final CanaryTraffic shares;
  private final Function<String, Optional<String>> routes;
  private final Supplier<String> ids;
  private final Timers timers;
  private final Map<String, LiveCanary> live = new LinkedHashMap<>();

  /** The last rollout of each service, where that is over: its weights stay. */
  private final Map<String, Ended> ended = new HashMap<>();

  private volatile @Nullable BackgroundTasks background;
  private Timers.@Nullable Timer timer;

  /**
   * @param route as {@link CanaryProgress#route}
   */
  private record Ended(Rollout view, String route) {}

  private final AtomicBoolean unread = new AtomicBoolean(true);

  /**
   * @param routes digest of what the gateway is told of a service; empty where it leads to no such
   */
  public CanaryController(
      Store store,
      Traffic traffic,
      Function<String, Optional<String>> routes,
      Supplier<String> ids,
      Timers timers) {
    this.store = store;
    this.traffic = traffic;
    this.shares = new CanaryTraffic(traffic);
    this.routes = routes;
    this.ids = ids;
    this.timers = timers;
  }

  /** Splits traffic as it was, before the gateway leads the first request. */
  public void restore() {
    store.read(
        sql -> {
          RolloutLedger.lastEnded(sql).stream()
              .filter(row -> stands(progress(row), row.view()))
              .forEach(this::restore);
          RolloutLedger.open(sql).forEach(this::restore);
          return null;
        });
  }

  /** Whether what was decided still holds, as far as it is known how the service is configured. */
  private boolean stands(CanaryProgress progress, Rollout view) {
    return !progress.released()
        && routes.apply(view.service()).map(progress.route()::equals).orElse(true);
  }

  private void restore(RolloutLedger.Row row) {
    var kept = progress(row).split();
    if (kept != null) {
      traffic.restore(row.view().service(), kept.restored());
    }
  }

  private static CanaryProgress progress(RolloutLedger.Row row) {
    return Json.read(row.progress(), CanaryProgress.class);
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
        boolean more = unread.get() || !live.isEmpty() || !ended.isEmpty();
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
      } catch (RuntimeException e) {
        LOG.warn("{}", canary.view().id(), e);
      }
    }
    for (var canary : List.copyOf(live.values())) {
      if (canary.view().state().isOver()) {
        live.remove(canary.view().id());
        ended.put(canary.view().service(), new Ended(canary.view(), canary.now().route()));
      }
    }
    ended.values().removeIf(this::isReleased);
  }

  private void read() {
    store.read(
        sql -> {
          for (var row : RolloutLedger.open(sql)) {
            var known = live.get(row.view().id());
            if (known == null) {
              live.put(row.view().id(), new LiveCanary(row));
              ended.remove(row.view().service());
            } else {
              known.follow(row);
            }
          }
          for (var row : RolloutLedger.lastEnded(sql)) {
            var progress = progress(row);
            if (!progress.released()) {
              ended.put(row.view().service(), new Ended(row.view(), progress.route()));
            }
          }
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
    switch (canary.view().state()) {
      case STARTING -> begin(canary, now);
      case STEPPING, HELD -> judge(canary, now);
      case PROMOTING -> promote(canary, now);
      case ROLLING_BACK -> takeBack(canary, now);
      case PROMOTED, ROLLED_BACK, ABORTED -> {}
    }
  }

  /** The canary is there as soon as the gateway knows of it. */
  private void begin(LiveCanary canary, Instant now) {
    var view = canary.view();
    if (traffic.present(view.service()).contains(view.canary())) {
      canary.saved(write(tx -> CanaryTransitions.begin(tx, view.id())), now);
      judge(canary, now);
    }
  }

  private void judge(LiveCanary canary, Instant now) {
    var view = canary.view();
    if (!traffic.services().contains(view.service())) {
      if (routes.apply(view.service()).isEmpty() && !traffic.services().isEmpty()) {
        takeBack(
            canary,
            new CanaryOutcome.TakeBack(
                "the gateway leads to no service " + view.service() + " any more"),
            now);
      }
      return; // the gateway is off: nothing is exposed, and nothing is known
    }
    if (!traffic.present(view.service()).contains(view.canary())) {
      var gone = new CanaryOutcome.TakeBack("the gateway knows no " + view.canary() + " any more");
      takeBack(canary, gone, now);
      return;
    }
    shares.weigh(view, canary.now().stage().weight());
    count(canary, now);
    var progress = canary.now();
    var assessment = progress.assess();
    var standing = canary.standing(assessment.judgement() instanceof Judgement.RollBack, now);
    var outcome =
        CanaryOutcome.of(
            view.state(), view.held(), progress, assessment, canary.recent(), standing);
    switch (outcome) {
      case CanaryOutcome.Stay stay -> {
        if (canary.hasNews() && canary.unsaved(now).compareTo(SAVE) >= 0) {
          save(canary, stay, now);
        }
      }
      case CanaryOutcome.TakeBack back -> takeBack(canary, back, now);
      case CanaryOutcome.Pass pass -> {
        save(canary, pass, now);
        if (canary.view().state() == RolloutState.PROMOTING) {
          promote(canary, now);
        } else {
          shares.weigh(canary.view(), canary.now().stage().weight());
        }
      }
      case CanaryOutcome.Ask ask -> save(canary, ask, now);
    }
  }

  private void count(LiveCanary canary, Instant now) {
    var view = canary.view();
    var plan = canary.now().plan();
    canary.read(
        shares.counted(view.service(), view.canary(), plan),
        shares.counted(view.service(), view.stable(), plan),
        now);
  }

  private static boolean isSampled(LiveCanary canary, Instant now) {
    var progress = canary.now();
    if (progress.stages().isEmpty()) {
      return false;
    }
    var lasted = progress.stage().lasted();
    var longest = progress.hold().compareTo(lasted) > 0 ? progress.hold() : lasted;
    var every = longest.dividedBy(SAMPLES);
    return canary.unsampled(now).compareTo(every.compareTo(SAVE) > 0 ? every : SAVE) >= 0;
  }

  private void promote(LiveCanary canary, Instant now) {
    var view = canary.view();
    shares.weigh(view, Bucket.COUNT);
    var left = shares.at(canary, Bucket.COUNT);
    canary.saved(write(tx -> CanaryTransitions.promoted(tx, view.id(), left)), now);
  }

  /** First the traffic, then all else: once it is decided the canary gets nothing any more. */
  private void takeBack(LiveCanary canary, CanaryOutcome.TakeBack back, Instant now) {
    canary.takeBack(back);
    shares.weigh(canary.view(), 0);
    save(canary, back, now);
    takeBack(canary, now);
  }

  private void takeBack(LiveCanary canary, Instant now) {
    var view = canary.view();
    shares.weigh(view, 0);
    var left = shares.at(canary, 0);
    canary.saved(write(tx -> CanaryTransitions.end(tx, view.id(), left)), now);
  }

  private void save(LiveCanary canary, CanaryOutcome outcome, Instant now) {
    var before = canary.view();
    boolean samples = !(outcome instanceof CanaryOutcome.Stay) || isSampled(canary, now);
    var present = shares.split(before);
    canary.saved(
        write(
            tx -> {
              var row = RolloutLedger.find(tx.sql(), before.id());
              var progress = canary.added(progress(row)).splitting(present);
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

  /** What was decided stays: who was promoted has all, who was taken back has nothing. */
  private void leave(Rollout ended) {
    shares.weigh(ended, ended.state() == RolloutState.PROMOTED ? Bucket.COUNT : 0);
  }

  /** Until the service is configured otherwise. */
  private boolean isReleased(Ended last) {
    var view = last.view();
    var route = routes.apply(view.service());
    if (route.isEmpty()
        || live.values().stream().anyMatch(c -> c.view().service().equals(view.service()))) {
      return false;
    }
    if (route.get().equals(last.route())) {
      leave(view);
      return false;
    }
    store.update(
        ids.get(),
        tx -> {
          var row = RolloutLedger.find(tx.sql(), view.id());
          var progress = progress(row).releasing();
          RolloutLedger.save(tx, new RolloutLedger.Row(row.view(), Json.write(progress)));
        });
    traffic.release(view.service());
    return true;
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
