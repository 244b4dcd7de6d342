package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutEvent;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutStep;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.RolloutLedger.Row;
import dev.hivedeck.engine.rollout.RolloutStateMachine;
import dev.hivedeck.engine.rollout.RolloutStateMachine.Occasion;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Each way from one state of a rollout to another, as it is written down and told. */
public final class CanaryTransitions {
  private static final double PERCENT = 100;

  private CanaryTransitions() {}

  private static CanaryProgress progress(Row row) {
    return Json.read(row.progress(), CanaryProgress.class);
  }

  private static Row row(Rollout view, CanaryProgress progress) {
    return new Row(view, Json.write(progress));
  }

  private static Row tell(
      Tx tx, RolloutEvent type, String text, Rollout view, CanaryProgress progress)
      throws SQLException {
    var row = row(view, progress);
    RolloutLedger.tell(tx, type, view.id() + " " + text, row);
    return row;
  }

  /**
   * Writes a new one down.
   *
   * @param stable the version that it is beside
   * @param canary the version that is to be exposed
   */
  public static Rollout start(Tx tx, CanaryProgress progress, String stable, String canary)
      throws SQLException {
    var plan = progress.plan();
    var view =
        new Rollout(
            RolloutLedger.nextId(tx.sql()),
            plan.name(),
            plan.service(),
            stable,
            canary,
            RolloutState.STARTING,
            0,
            steps(progress),
            0,
            null,
            "",
            tx.now(),
            null);
    tell(
        tx,
        RolloutEvent.STARTED,
        "exposes " + canary + " of " + plan.service() + " beside " + stable,
        view,
        progress);
    return view;
  }

  /** Its steps, as they are told. */
  public static List<RolloutStep> steps(CanaryProgress progress) {
    return progress.plan().steps().stream()
        .map(step -> new RolloutStep(percent(step.weight()), step.hold().toMillis() / 1e3, null))
        .toList();
  }

  private static double percent(int weight) {
    return PERCENT * weight / Bucket.COUNT;
  }

  private static String percents(double weight) {
    return String.format(Locale.ROOT, "%.3f", weight).replaceFirst("\\.?0+$", "") + "%";
  }

  private static RolloutState next(Rollout view, Occasion occasion) {
    return RolloutStateMachine.TABLE.next(view.state(), occasion);
  }

  private static Rollout with(
      Rollout view,
      RolloutState state,
      int step,
      List<RolloutStep> steps,
      double weight,
      @Nullable HoldReason held,
      String why,
      @Nullable Instant endedAt) {
    return new Rollout(
        view.id(),
        view.name(),
        view.service(),
        view.stable(),
        view.canary(),
        state,
        step,
        steps,
        weight,
        held,
        why,
        view.startedAt(),
        endedAt);
  }

  private static Rollout with(
      Rollout view, RolloutState state, @Nullable HoldReason held, String why) {
    return with(view, state, view.step(), view.steps(), view.weight(), held, why, null);
  }

  /** The canary is there, and gets its first weight. */
  static Row begin(Tx tx, String id) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    if (row.view().state() != RolloutState.STARTING) {
      return row;
    }
    return enter(tx, row.view(), progress(row), 0, Occasion.BEGIN, "");
  }

  private static Row enter(
      Tx tx, Rollout view, CanaryProgress before, int step, Occasion occasion, String why)
      throws SQLException {
    var progress = before.entering(step);
    double weight = percent(progress.stage().weight());
    var steps = new ArrayList<>(view.steps());
    if (step > 0) {
      steps.set(step - 1, passed(steps.get(step - 1), tx.now()));
    }
    return tell(
        tx,
        RolloutEvent.STEPPED,
        view.canary() + " has " + percents(weight) + (why.isEmpty() ? "" : ": " + why),
        with(view, next(view, occasion), step, steps, weight, null, why, null),
        progress);
  }

  private static RolloutStep passed(RolloutStep step, Instant at) {
    return new RolloutStep(step.weight(), step.hold(), at);
  }

  /** What follows from what was counted; nothing where its state has no such way any more. */
  static Row follow(
      Tx tx, Rollout view, CanaryProgress progress, CanaryOutcome outcome, boolean samples)
      throws SQLException {
    if (samples && view.state().isJudged() && !progress.stages().isEmpty()) {
      RolloutLedger.sample(
          tx, view.id(), CanaryFigures.sample(progress, progress.assess(), tx.now()));
    }
    return switch (outcome) {
      case CanaryOutcome.Stay _ -> {
        var row = row(view, progress);
        RolloutLedger.save(tx, row);
        yield row;
      }
      case CanaryOutcome.Pass pass -> pass(tx, view, progress, pass.why());
      case CanaryOutcome.Ask ask -> hold(tx, view, progress, ask.reason(), ask.why());
      case CanaryOutcome.TakeBack back -> takeBack(tx, view, progress, back.why());
    };
  }

  private static Row pass(Tx tx, Rollout view, CanaryProgress progress, String why)
      throws SQLException {
    if (!progress.isLastStep()) {
      return enter(tx, view, progress, view.step() + 1, Occasion.PASS, why);
    }
    var steps = new ArrayList<>(view.steps());
    steps.set(view.step(), passed(steps.get(view.step()), tx.now()));
    return tell(
        tx,
        RolloutEvent.PROMOTING,
        "passed all steps: " + why,
        with(view, next(view, Occasion.COMPLETE), view.step(), steps, PERCENT, null, why, null),
        progress.weighing(Bucket.COUNT));
  }

  private static Row hold(
      Tx tx, Rollout view, CanaryProgress progress, HoldReason reason, String why)
      throws SQLException {
    return tell(
        tx,
        RolloutEvent.HELD,
        "is held: " + why,
        with(view, next(view, Occasion.HOLD), reason, why),
        progress);
  }

  private static Row takeBack(Tx tx, Rollout view, CanaryProgress progress, String why)
      throws SQLException {
    return tell(
        tx,
        RolloutEvent.ROLLING_BACK,
        "is rolled back: " + why,
        with(view, next(view, Occasion.TAKE_BACK), view.step(), view.steps(), 0, null, why, null),
        progress);
  }

  /** The canary is what is stable. */
  static Row promoted(Tx tx, String id, @Nullable Split split) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    var view = row.view();
    RolloutLedger.tidy(tx);
    return tell(
        tx,
        RolloutEvent.PROMOTED,
        "is promoted: " + view.canary() + " is stable",
        over(view, next(view, Occasion.PROMOTE), PERCENT, tx.now()),
        progress(row).splitting(split));
  }

  private static Rollout over(Rollout view, RolloutState state, double weight, Instant now) {
    return with(view, state, view.step(), view.steps(), weight, null, view.why(), now);
  }

  /** The canary is gone. */
  static Row end(Tx tx, String id, @Nullable Split split) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    var view = row.view();
    var progress = progress(row).splitting(split);
    RolloutLedger.tidy(tx);
    return progress.aborted()
        ? tell(
            tx,
            RolloutEvent.ABORTED,
            "is aborted: " + view.stable() + " has all traffic",
            over(view, next(view, Occasion.ABORT), 0, tx.now()),
            progress)
        : tell(
            tx,
            RolloutEvent.ROLLED_BACK,
            "is rolled back: " + view.stable() + " has all traffic; " + view.why(),
            over(view, next(view, Occasion.END), 0, tx.now()),
            progress);
  }

  /**
   * A person passes its step.
   *
   * @param step the one that they mean, from 0; null for whichever it is in
   */
  public static Rollout promote(Tx tx, String id, @Nullable Integer step) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    mustBeBegun(row.view());
    if (step != null && step != row.view().step()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          id + " is at step " + (row.view().step() + 1) + " now, and not at " + (step + 1) + ".",
          "hivedeck rollout show " + id + " says how it stands.");
    }
    return pass(tx, row.view(), progress(row), "you promoted it").view();
  }

  /** A person stops its clock. */
  public static Rollout hold(Tx tx, String id) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    if (row.view().held() == HoldReason.PERSON) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "You hold the rollout " + id + " already.",
          "hivedeck rollout resume " + id + " lets it go on.");
    }
    return hold(tx, row.view(), progress(row), HoldReason.PERSON, "you held it").view();
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
    var progress = progress(row);
    return tell(
            tx,
            RolloutEvent.RESUMED,
            "goes on",
            with(view, next(view, Occasion.RESUME), null, ""),
            view.held() == HoldReason.UNCLEAR ? progress.waitingAnew() : progress)
        .view();
  }

  /** A person gives the canary another weight. */
  public static Rollout weigh(Tx tx, String id, double percent) throws SQLException {
    int weight = (int) Math.round(percent / PERCENT * Bucket.COUNT);
    if (!(percent >= 0 && percent <= PERCENT)) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          percent + "% is no share of traffic.",
          "Write a number from 0 to 100, such as 12.5.");
    }
    var row = RolloutLedger.find(tx.sql(), id);
    var view = row.view();
    mustBeBegun(view);
    return tell(
            tx,
            RolloutEvent.WEIGHED,
            view.canary() + " has " + percents(percent(weight)) + ", by you",
            with(
                view,
                view.state(),
                view.step(),
                view.steps(),
                percent(weight),
                view.held(),
                view.why(),
                null),
            progress(row).weighing(weight))
        .view();
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
    return takeBack(tx, row.view(), progress(row).aborting(), why).view();
  }
}
