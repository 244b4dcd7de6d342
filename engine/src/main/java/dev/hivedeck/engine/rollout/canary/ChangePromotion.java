package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutEvent;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.MetricFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.rollout.ChangeVersions;
import dev.hivedeck.engine.rollout.ChangeVersions.Standing;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.RolloutLedger.Row;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The canary of a change: it follows its change, and is promoted by its merge. The merge is asked
 * for, main has the change, the service is begun anew from main, and only then the traffic leaves
 * the canary.
 */
final class ChangePromotion {
  private final Store store;
  private final ChangeVersions changes;
  private final Supplier<String> ids;

  ChangePromotion(Store store, ChangeVersions changes, Supplier<String> ids) {
    this.store = store;
    this.changes = changes;
    this.ids = ids;
  }

  /** Whether a rollout waits for the merge of its change. */
  static boolean isMerging(Rollout view) {
    return view.state() == RolloutState.PROMOTING || view.held() == HoldReason.MERGE;
  }

  /** Why a change says nothing of its canary any more; empty as long as it does. */
  static Optional<CanaryOutcome.TakeBack> superseded(Rollout view, Standing change) {
    String id = view.change();
    String why =
        switch (change.state()) {
          case MERGED -> isMerging(view) ? null : id + " was merged meanwhile";
          case CLOSED -> id + " was closed";
          case DRAFT -> id + " is back with its agent";
          case OPEN, QUEUED, MERGING, CONFLICTED, BLOCKED ->
              change.head().equals(view.commit())
                  ? null
                  : id + " is at " + ObjectNames.abbreviated(change.head()) + " by now";
        };
    return Optional.ofNullable(why).map(text -> new CanaryOutcome.TakeBack(text, true));
  }

  private interface Writing {
    Row write(Tx tx, CanaryProgress progress) throws SQLException;
  }

  /** Writes something down, and what was counted until then. */
  private void write(LiveCanary canary, Instant now, Writing writing) {
    String id = canary.view().id();
    canary.saved(
        store.write(
            ids.get(),
            tx -> {
              var row = RolloutLedger.find(tx.sql(), id);
              var progress = canary.added(CanaryTransitions.progress(row));
              RolloutLedger.save(tx, CanaryTransitions.row(row.view(), progress));
              return writing.write(tx, progress);
            }),
        now);
  }

  /** Says in a state that goes on what it waits for. */
  void waits(LiveCanary canary, RolloutEvent type, String why, Instant now) {
    if (!why.equals(canary.view().why())) {
      write(
          canary,
          now,
          (tx, progress) -> CanaryTransitions.waits(tx, canary.view(), type, why, progress));
    }
  }

  /**
   * Gives the change to the merge queue, once; where that does not take it, a person has to say.
   */
  void ask(LiveCanary canary, Standing change, Instant now) {
    var view = canary.view();
    boolean asked = canary.now().notes().asked();
    boolean queued = change.state() == ChangeState.QUEUED || change.state() == ChangeState.MERGING;
    if (!asked) {
      write(
          canary,
          now,
          (tx, progress) -> {
            var refused = changes.merge(tx, view);
            return refused.isPresent()
                ? CanaryTransitions.refused(tx, view, refused.get())
                : CanaryTransitions.waits(
                    tx,
                    view,
                    RolloutEvent.PROMOTING,
                    view.change() + " is in the merge queue",
                    progress.asking());
          });
      return;
    }
    boolean waits = change.state() == ChangeState.QUEUED && !change.reason().isEmpty();
    if (waits || !queued) {
      String why =
          view.change()
              + (!queued
                  ? " is " + change.state().word() + ": "
                  : change.reason().startsWith("waits") ? " " : " waits: ")
              + (change.reason().isEmpty() ? "it was taken out of the queue" : change.reason());
      write(canary, now, (tx, progress) -> CanaryTransitions.refused(tx, view, why));
    }
  }

  /**
   * Has the service begun anew from main, which has the change.
   *
   * @return whether it is there
   */
  boolean settle(LiveCanary canary, String merge, Instant now) {
    if (canary.view().state() == RolloutState.HELD) {
      write(
          canary,
          now,
          (tx, progress) ->
              CanaryTransitions.merged(tx, canary.view(), canary.view().change() + " is merged"));
    }
    var view = canary.view();
    var base = changes.base(view, merge);
    if (base.done()) {
      return true;
    }
    String why =
        view.change() + " is merged as " + ObjectNames.abbreviated(merge) + "; " + base.why();
    String anew = base.anew();
    if (anew != null && !anew.equals(canary.now().notes().anew())) {
      write(
          canary,
          now,
          (tx, progress) -> {
            changes.beginAnew(tx, view);
            return CanaryTransitions.waits(
                tx, view, RolloutEvent.PROMOTING, why, progress.beginningAnew(anew));
          });
    } else {
      waits(canary, RolloutEvent.PROMOTING, why, now);
    }
    return false;
  }

  /** A rollout was taken back: its change hears of it. */
  void takenBack(Tx tx, Row row) throws SQLException {
    var view = row.view();
    if (view.change() == null) {
      return;
    }
    var progress = CanaryTransitions.progress(row);
    boolean returns = view.state() == RolloutState.ROLLED_BACK && progress.plan().rework();
    changes.takenBack(tx, view, returns ? evidence(view, progress, tx.now()) : null);
  }

  /** What was found, for whoever mends it. */
  private static String evidence(Rollout view, CanaryProgress progress, Instant now) {
    var text =
        new StringBuilder(
            "Your change ran as a canary of the service %s (rollout %s, commit %s) and was rolled"
                    .formatted(view.service(), view.id(), view.commit())
                + " back: "
                + view.why()
                + ".\n");
    var figures = CanaryFigures.of(view, progress, now);
    for (var metric : figures.metrics()) {
      text.append(counts(metric));
    }
    return text.toString();
  }

  private static String counts(MetricFigures metric) {
    var above = metric.above();
    return String.format(
        Locale.ROOT,
        "%s: %,d of %,d requests of the canary, %,d of %,d of what is on main; at most %.1f%% is"
            + " allowed.%n",
        above == null ? "Failed" : String.format(Locale.ROOT, "Slower than %.0f ms", above),
        metric.canary().some(),
        metric.canary().all(),
        metric.stable().some(),
        metric.stable().all(),
        metric.limit());
  }
}
