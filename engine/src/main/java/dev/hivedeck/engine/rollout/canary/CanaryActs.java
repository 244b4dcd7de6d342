package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.config.rollout.ProxyConfig;
import dev.hivedeck.engine.config.yaml.SharePercent;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutEvent;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.RolloutStateMachine;
import dev.hivedeck.engine.rollout.RolloutStateMachine.Occasion;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a person does with a rollout that goes on. */
public final class CanaryActs {
  private CanaryActs() {}

  /**
   * A person passes its step.
   *
   * @param step the one that they mean, from 0; null for whichever it is in
   * @param missing why a canary may have no traffic, in words; empty where it may
   */
  public static Rollout promote(
      Tx tx, String id, @Nullable Integer step, Function<Rollout, Optional<String>> missing)
      throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    mustBeBegun(row.view());
    mustSayWhich(row.view(), step);
    if (step != null && step != row.view().step()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          id + " is at step " + (row.view().step() + 1) + " now, and not at " + (step + 1) + ".",
          "hivedeck rollout show " + id + " says how it stands.");
    }
    var why = row.view().isPreview() ? missing.apply(row.view()) : Optional.<String>empty();
    if (why.isPresent()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          row.view().canary() + " cannot have all traffic yet: " + why.get() + ".",
          "hivedeck rollout show " + id + " says when it can.");
    }
    return CanaryTransitions.pass(
            tx, row.view(), CanaryTransitions.progress(row), "you promoted it")
        .view();
  }

  /** Once it is switched, the same words would finish it: whoever means the switch is too late. */
  private static void mustSayWhich(Rollout view, @Nullable Integer step) {
    if (step == null
        && view.strategy() == RolloutStrategy.BLUE_GREEN
        && !view.isPreview()
        && view.held() != HoldReason.MERGE) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          view.id() + " is switched: " + view.canary() + " has all traffic.",
          "hivedeck rollout promote "
              + view.id()
              + " --step 2 finishes it, whatever its evidence.");
    }
  }

  /** A person stops its clock. */
  public static Rollout hold(Tx tx, String id) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    if (row.view().state() == RolloutState.PROMOTING) {
      mustBeBegun(row.view()); // what is being merged is not held by that
    }
    if (row.view().held() == HoldReason.PERSON) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "You hold the rollout " + id + " already.",
          "hivedeck rollout resume " + id + " lets it go on.");
    }
    return CanaryTransitions.hold(
            tx, row.view(), CanaryTransitions.progress(row), HoldReason.PERSON, "you held it")
        .view();
  }

  /** A person lets its clock go on. */
  public static Rollout resume(Tx tx, String id) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    var view = row.view();
    if (view.state() != RolloutState.HELD) {
      throw new HiveException(
          ErrorCode.NOT_PAUSED,
          "The rollout " + id + " is not held.",
          "hivedeck rollout show " + id + " says how it stands.");
    }
    if (view.held() == HoldReason.MANUAL) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The step of " + id + " is passed; you are waited for to promote it.",
          "hivedeck rollout promote " + id + " does.");
    }
    var progress = CanaryTransitions.progress(row);
    return CanaryTransitions.tell(
            tx,
            RolloutEvent.RESUMED,
            "goes on",
            CanaryTransitions.with(view, CanaryTransitions.next(view, Occasion.RESUME), null, ""),
            view.held() == HoldReason.UNCLEAR ? progress.waitingAnew() : progress)
        .view();
  }

  /** A person gives the canary another weight. */
  public static Rollout weigh(Tx tx, String id, double percent) throws SQLException {
    int weight = (int) Math.round(percent / CanaryTransitions.PERCENT * Bucket.COUNT);
    if (!(percent >= 0 && percent <= CanaryTransitions.PERCENT)) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          percent + "% is no share of traffic.",
          "Write a number from 0 to 100, such as 12.5.");
    }
    var row = RolloutLedger.find(tx.sql(), id);
    var view = row.view();
    mustBeBegun(view);
    if (view.strategy() == RolloutStrategy.BLUE_GREEN) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The rollout " + id + " is blue-green: its version has all traffic, or none.",
          view.isPreview()
              ? "hivedeck rollout promote " + id + " --step 1 switches to it."
              : "hivedeck rollout abort " + id + " switches back.");
    }
    var progress = CanaryTransitions.progress(row);
    mustBeShareable(progress.plan().traffic(), weight);
    return CanaryTransitions.tell(
            tx,
            RolloutEvent.WEIGHED,
            view.canary()
                + " has "
                + SharePercent.words(CanaryTransitions.percent(weight))
                + ", by you",
            CanaryTransitions.with(
                view,
                view.state(),
                view.step(),
                view.steps(),
                CanaryTransitions.percent(weight),
                view.held(),
                view.why(),
                null),
            progress.weighing(weight))
        .view();
  }

  private static void mustBeShareable(@Nullable ProxyConfig proxy, int weight) {
    var why = proxy == null ? Optional.<String>empty() : proxy.unshareable(weight);
    if (why.isPresent()) {
      int end = why.get().indexOf("; ");
      String hint = why.get().substring(end + 2);
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          why.get().substring(0, end) + ".",
          Character.toUpperCase(hint.charAt(0)) + hint.substring(1) + ".");
    }
  }

  private static void mustBeBegun(Rollout view) {
    if (view.state() != RolloutState.STEPPING && view.state() != RolloutState.HELD) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The rollout " + view.id() + " is " + words(view.state()) + ".",
          "That is done to a rollout whose canary is exposed and not promoted yet.");
    }
  }

  private static String words(RolloutState state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** A person takes the canary back. */
  public static Rollout abort(Tx tx, String id, @Nullable String because) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    if (!RolloutStateMachine.TABLE.allows(row.view().state(), Occasion.TAKE_BACK)) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The rollout " + id + " is " + words(row.view().state()) + ".",
          "It is over; hivedeck rollout offers says what can be started.");
    }
    String why =
        because == null || because.isBlank() ? "you aborted it" : "you: " + because.strip();
    return CanaryTransitions.takeBack(
            tx, row.view(), CanaryTransitions.progress(row).aborting(), why)
        .view();
  }
}
