package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.config.yaml.SharePercent;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutEvent;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Each way from one state of a rollout to another, as it is written down and told. */
public final class CanaryTransitions {
  static final double PERCENT = 100;

  private CanaryTransitions() {}

  static CanaryProgress progress(Row row) {
    return Json.read(row.progress(), CanaryProgress.class);
  }

  static Row row(Rollout view, CanaryProgress progress) {
    return new Row(view, Json.write(progress));
  }

  static Row tell(Tx tx, RolloutEvent type, String text, Rollout view, CanaryProgress progress)
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
   * @param commit of the change whose version that is; null for another version
   */
  public static Rollout start(
      Tx tx, CanaryProgress progress, String stable, String canary, @Nullable String commit)
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
            null,
            commit == null ? null : canary,
            commit,
            plan.strategy());
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

  static double percent(int weight) {
    return PERCENT * weight / Bucket.COUNT;
  }

  static RolloutState next(Rollout view, Occasion occasion) {
    return RolloutStateMachine.TABLE.next(view.state(), occasion);
  }

  static Rollout with(
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
        endedAt,
        view.change(),
        view.commit(),
        view.strategy());
  }

  static Rollout with(Rollout view, RolloutState state, @Nullable HoldReason held, String why) {
    return with(view, state, view.step(), view.steps(), view.weight(), held, why, null);
  }

  /**
   * The canary is there, and gets its first weight.
   *
   * @param alerting objectives whose alert fires already
   */
  static Row begin(Tx tx, String id, Set<String> alerting) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    if (row.view().state() != RolloutState.STARTING) {
      return row;
    }
    return enter(tx, row.view(), progress(row).despite(alerting), 0, Occasion.BEGIN, "");
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
        entered(view, progress, weight) + (why.isEmpty() ? "" : ": " + why),
        with(view, next(view, occasion), step, steps, weight, null, why, null),
        progress);
  }

  private static String entered(Rollout view, CanaryProgress progress, double weight) {
    if (progress.isPreview()) {
      return view.canary() + " has no traffic yet";
    }
    return view.strategy() == RolloutStrategy.BLUE_GREEN
        ? "is switched: " + view.canary() + " has all traffic, " + view.stable() + " stays"
        : view.canary() + " has " + SharePercent.words(weight);
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
      case CanaryOutcome.Say say -> say(tx, view, progress, say.why());
      case CanaryOutcome.Resume resume ->
          tell(
              tx,
              RolloutEvent.RESUMED,
              "waits again: " + resume.why(),
              with(view, next(view, Occasion.RESUME), null, resume.why()),
              progress);
      case CanaryOutcome.Pass pass -> pass(tx, view, progress, pass.why());
      case CanaryOutcome.Ask ask -> hold(tx, view, progress, ask.reason(), ask.why());
      case CanaryOutcome.TakeBack back ->
          takeBack(tx, view, back.aborted() ? progress.aborting() : progress, back.why());
    };
  }

  private static Row say(Tx tx, Rollout view, CanaryProgress progress, String why)
      throws SQLException {
    return tell(
        tx,
        view.state() == RolloutState.HELD ? RolloutEvent.HELD : RolloutEvent.STEPPED,
        why.isEmpty() ? "goes on: " + view.canary() + " is there" : "waits: " + why,
        with(view, view.state(), view.held(), why),
        progress);
  }

  static Row pass(Tx tx, Rollout view, CanaryProgress progress, String why) throws SQLException {
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

  static Row hold(Tx tx, Rollout view, CanaryProgress progress, HoldReason reason, String why)
      throws SQLException {
    return tell(
        tx,
        RolloutEvent.HELD,
        "is held: " + why,
        with(view, next(view, Occasion.HOLD), reason, why),
        progress);
  }

  static Row takeBack(Tx tx, Rollout view, CanaryProgress progress, String why)
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
        left(view, progress(row).splitting(split)));
  }

  /** The version of a change is gone once it is over: nothing has to be kept from it. */
  private static CanaryProgress left(Rollout view, CanaryProgress progress) {
    return view.change() == null ? progress : progress.releasing();
  }

  /** Says why it is where it is; nothing where it said so already, or is elsewhere by now. */
  static Row waits(Tx tx, Rollout before, RolloutEvent type, String why, CanaryProgress progress)
      throws SQLException {
    var view = RolloutLedger.find(tx.sql(), before.id()).view();
    if (view.state() != before.state() || view.why().equals(why)) {
      var row = row(view, progress);
      RolloutLedger.save(tx, row);
      return row;
    }
    return tell(tx, type, why, with(view, view.state(), view.held(), why), progress);
  }

  /** The merge queue did not take its change, or has it wait. */
  static Row refused(Tx tx, Rollout before, String why) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), before.id());
    return row.view().state() == RolloutState.PROMOTING
        ? hold(tx, row.view(), progress(row).refused(), HoldReason.MERGE, why)
        : row;
  }

  /** Its change was merged after all. */
  static Row merged(Tx tx, Rollout before, String why) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), before.id());
    return row.view().state() == RolloutState.HELD ? pass(tx, row.view(), progress(row), why) : row;
  }

  private static Rollout over(Rollout view, RolloutState state, double weight, Instant now) {
    return with(view, state, view.step(), view.steps(), weight, null, view.why(), now);
  }

  /** The canary is gone. */
  static Row end(Tx tx, String id, @Nullable Split split) throws SQLException {
    var row = RolloutLedger.find(tx.sql(), id);
    var view = row.view();
    var progress = left(view, progress(row).splitting(split));
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
}
