package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.change.ChangeReconciler;
import dev.hivedeck.engine.change.UnrecordedMerges;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.GitMainline;
import dev.hivedeck.engine.maintenance.CommitRetention;
import dev.hivedeck.engine.maintenance.GitMonitor;
import dev.hivedeck.engine.maintenance.MainCheckouts;
import dev.hivedeck.engine.maintenance.Reconciler;
import dev.hivedeck.engine.maintenance.RewoundMerges;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.DriftEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.worktree.Worktrees;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Compares ledger and world, tells of each difference, and repairs what a person wants repaired.
 */
public final class DriftMonitor {
  private final Store store;
  private final Supplier<String> ids;
  private final Worktrees worktrees;
  private final GitMonitor git;
  private final ChangeReconciler changes;
  private final CommitRetention needed;
  private final RewoundMerges rewound;
  private final UnrecordedMerges unrecorded;
  private final Reconciler reconciler;

  /**
   * @param works whether an engine works here, or is only told what to do
   */
  public DriftMonitor(
      Store store,
      Supplier<String> ids,
      Repository repository,
      KeptWork kept,
      Worktrees worktrees,
      MainCheckouts checkouts,
      GitMonitor git,
      GitMainline mainline,
      ChangeReconciler changes,
      CommitRetention needed,
      boolean works,
      Clock clock) {
    this.store = store;
    this.ids = ids;
    this.worktrees = worktrees;
    this.git = git;
    this.changes = changes;
    this.needed = needed;
    this.rewound = new RewoundMerges(store, repository, kept, this::settle);
    this.unrecorded =
        new UnrecordedMerges(repository, () -> git.awaits().isPresent(), git.mainBefore());
    this.reconciler =
        new Reconciler(
            store,
            repository,
            worktrees,
            List.of(
                git::find, rewound::find, () -> checkouts.find(this::bringUp, mainline::bringBack)),
            works,
            clock,
            this::tell);
  }

  private void settle(String change, RewoundMerges.Resolution resolution, String how) {
    switch (resolution) {
      case TAKEN_OFF -> changes.takenOff(change, how);
      case ON_MAIN -> changes.onMain(change, how);
      case AGAIN -> changes.again(change);
      case ANEW -> changes.anew(change);
      case CLOSED -> changes.leaveOff(change);
    }
  }

  private void tell(
      List<DriftViews.Drift> found, List<DriftViews.Drift> changed, List<String> gone) {
    store.update(
        ids.get(),
        tx -> {
          for (var drift : found) {
            tx.emit(DriftEvent.FOUND, drift.what(), drift);
          }
          for (var drift : changed) {
            tx.emit(DriftEvent.CHANGED, null, drift);
          }
          for (String id : gone) {
            tx.emit(DriftEvent.REMOVED, id, null, null);
          }
        });
  }

  /** Changes whose merges main was found not to have. */
  public Set<String> off() {
    return rewound.off();
  }

  /** What is different, as it was found last. */
  List<DriftViews.Drift> drift() {
    return reconciler.drift();
  }

  /** What main has that the ledger may not know. */
  UnrecordedMerges unrecorded() {
    return unrecorded;
  }

  /** Looks at all there is. */
  public void reconcile() {
    worktrees.removeLeft();
    needed.hold();
    look();
  }

  /**
   * Looks again.
   *
   * @return how much is different
   */
  int look() {
    git.glance();
    lookAtMerges();
    return reconciler.look().size();
  }

  /** Writes down what main has that the ledger, which may be an old copy, does not know. */
  public void findMerges() {
    var merges = unrecorded.look();
    if (!merges.isEmpty()) {
      store.update(ids.get(), tx -> changes.found(tx, merges));
    }
  }

  /**
   * While it is not known whether main is right, what it has says nothing. One looks at a time:
   * what two have seen would be written down twice.
   */
  private void lookAtMerges() {
    synchronized (rewound) {
      if (git.awaits().isEmpty()) {
        findMerges();
        rewound.look();
      }
    }
  }

  /**
   * Settles one difference.
   *
   * @param update whether the user's checkouts come along when main was moved
   */
  void repair(Command.Repair command, boolean update) {
    reconciler.repair(command.id(), command.remedy(), command.digest());
    if (update) { // what moved main was asked for
      git.update(false);
    }
    lookAtMerges();
    reconciler.look();
  }

  /** Brings the user's checkouts of main up to the tip. */
  MainCheckouts.Updated update() {
    return git.update(true);
  }

  /** Compares once more, after something was done about it. */
  void compare() {
    reconciler.look();
  }

  private void bringUp() {
    var left = git.update(true).left();
    if (!left.isEmpty()) {
      throw new HiveException(
          ErrorCode.CHECKOUT_EDITED,
          left.getFirst().path() + " was left: " + left.getFirst().why() + ".",
          "Move away what is in the way, or end what is under way there. Nothing was changed.");
    }
  }
}
