package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Limit;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.rollout.analysis.Assessment;
import dev.hivedeck.engine.rollout.analysis.Judgement;
import dev.hivedeck.engine.rollout.analysis.MetricAssessment;
import dev.hivedeck.engine.rollout.analysis.StepCounts;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a canary went through. It is written down, so that it goes on where it was.
 *
 * @param plan as it was when it was started: a later {@code hive.yaml} is for the next
 * @param route digest of what the gateway was told of the service then
 * @param elapsed how much of the hold of its step is over
 * @param silent how long nothing has been counted of it
 * @param aborted whether it is a person who takes it back
 * @param released whether the service was configured otherwise since it was over
 * @param split the traffic as it was last; null before there was any
 * @param stages what was counted, anew for each weight that it had
 * @param notes what was done and seen beside the counts
 */
public record CanaryProgress(
    RolloutConfig plan,
    String route,
    Duration elapsed,
    Duration silent,
    boolean aborted,
    boolean released,
    @Nullable KeptSplit split,
    List<Stage> stages,
    Notes notes) {
  static final double ALPHA = 0.05;

  public CanaryProgress {
    stages = List.copyOf(stages);
    notes = notes == null ? Notes.NONE : notes; // of an earlier version
  }

  /**
   * What was done and seen beside the counts.
   *
   * @param asked whether the merge queue was given the change
   * @param anew for which commit of main stable was begun anew; null for none
   * @param alerting objectives whose alert fired before it had traffic
   * @param waited how long its preview goes on, whether it is there or not
   */
  public record Notes(boolean asked, @Nullable String anew, Set<String> alerting, Duration waited) {
    static final Notes NONE = new Notes(false, null, Set.of(), Duration.ZERO);

    public Notes {
      alerting = Set.copyOf(alerting);
      waited = waited == null ? Duration.ZERO : waited; // of an earlier version
    }

    private Notes waiting(Duration now) {
      return new Notes(asked, anew, alerting, now);
    }
  }

  /**
   * How time went.
   *
   * @param passed all of it
   * @param held how much counts for the hold
   * @param waited how much counts for the patience of a preview
   * @param broken whether the hold began anew meanwhile
   */
  record Clocks(Duration passed, Duration held, Duration waited, boolean broken) {
    static final Clocks NONE = new Clocks(Duration.ZERO, Duration.ZERO, Duration.ZERO, false);

    Clocks plus(Duration more, boolean holds, boolean waits) {
      return new Clocks(
          passed.plus(more),
          holds ? held.plus(more) : held,
          waits ? waited.plus(more) : waited,
          broken);
    }

    /** With a hold that begins anew. */
    Clocks breaking() {
      return new Clocks(passed, Duration.ZERO, waited, true);
    }

    private Duration held(Duration before) {
      return broken ? held : before.plus(held);
    }
  }

  /**
   * What was counted while it had a weight.
   *
   * @param id of it; another for each
   * @param step from 0
   * @param weight in thousandths of a percent
   * @param lasted how long until now
   */
  public record Stage(
      int id, int step, int weight, Duration lasted, Counted canary, Counted stable) {
    double share() {
      return weight / (double) Bucket.COUNT;
    }
  }

  /** A split of traffic, as it is written down. */
  public record KeptSplit(String base, List<Split.Part> parts) {
    public KeptSplit {
      parts = List.copyOf(parts);
    }

    static KeptSplit of(Split split) {
      return new KeptSplit(split.base(), split.parts());
    }

    Split restored() {
      return Split.restored(base, parts);
    }
  }

  /** One that has no traffic yet. */
  public static CanaryProgress begun(RolloutConfig plan, String route) {
    return new CanaryProgress(
        plan, route, Duration.ZERO, Duration.ZERO, false, false, null, List.of(), Notes.NONE);
  }

  Stage stage() {
    return stages.getLast();
  }

  int step() {
    return stages.isEmpty() ? 0 : stage().step();
  }

  /** Whether it is beside the other without traffic, before it is switched to. */
  boolean isPreview() {
    return plan.isPreview(step());
  }

  boolean isLastStep() {
    return step() == plan.steps().size() - 1;
  }

  /** How long its preview goes on, whether it is there or not. */
  Duration waited() {
    return notes.waited();
  }

  Duration hold() {
    return plan.steps().get(step()).hold();
  }

  /** Where a person is asked if it is still unclear. */
  Duration patience() {
    return plan.patience().compareTo(hold()) > 0 ? plan.patience() : hold();
  }

  Judgement.Rule rule() {
    return new Judgement.Rule(ALPHA, plan.ratio());
  }

  /** In a step, with its weight, and a clock and counts that begin anew. */
  CanaryProgress entering(int step) {
    return with(step, plan.steps().get(step).weight(), Duration.ZERO);
  }

  /** In the same step with another weight: its clock goes on, its counts begin anew. */
  CanaryProgress weighing(int weight) {
    return with(step(), weight, elapsed);
  }

  private CanaryProgress with(int step, int weight, Duration clock) {
    var all = new ArrayList<>(stages);
    if (!all.isEmpty() && all.getLast().canary().isNone() && all.getLast().stable().isNone()) {
      all.removeLast(); // who drags a slider leaves no trace of each place
    }
    int id = stages.isEmpty() ? 0 : stage().id() + 1;
    all.add(new Stage(id, step, weight, Duration.ZERO, Counted.NONE, Counted.NONE));
    return new CanaryProgress(plan, route, clock, silent, aborted, released, split, all, notes);
  }

  /** With a hold that is over, and all of its patience: whoever said so wants to wait on. */
  CanaryProgress waitingAnew() {
    var clock = elapsed.compareTo(hold()) > 0 ? hold() : elapsed;
    return new CanaryProgress(
        plan, route, clock, silent, aborted, released, split, stages, notes.waiting(Duration.ZERO));
  }

  /** With the traffic as it is now. */
  public CanaryProgress splitting(@Nullable Split now) {
    return now == null
        ? this
        : new CanaryProgress(
            plan, route, elapsed, silent, aborted, released, KeptSplit.of(now), stages, notes);
  }

  CanaryProgress aborting() {
    return new CanaryProgress(plan, route, elapsed, silent, true, released, split, stages, notes);
  }

  /** Once the service was configured otherwise: what was decided holds no more. */
  CanaryProgress releasing() {
    return new CanaryProgress(plan, route, elapsed, silent, aborted, true, split, stages, notes);
  }

  private CanaryProgress noting(Notes now) {
    return new CanaryProgress(plan, route, elapsed, silent, aborted, released, split, stages, now);
  }

  /** The merge queue was given its change. */
  CanaryProgress asking() {
    return noting(new Notes(true, notes.anew(), notes.alerting(), notes.waited()));
  }

  /** A person has to say whether it is given to the merge queue again. */
  CanaryProgress refused() {
    return noting(new Notes(false, notes.anew(), notes.alerting(), notes.waited()));
  }

  /** Stable was begun anew for a commit of main. */
  CanaryProgress beginningAnew(String commit) {
    return noting(new Notes(notes.asked(), commit, notes.alerting(), notes.waited()));
  }

  /** What alerted already says nothing of it. */
  CanaryProgress despite(Set<String> alerting) {
    return noting(new Notes(notes.asked(), notes.anew(), alerting, notes.waited()));
  }

  /**
   * What it is after a while; the same where the stage is gone.
   *
   * @param id of the stage in which it was counted
   */
  CanaryProgress counting(int id, Counted canary, Counted stable, Clocks clocks) {
    var all = new ArrayList<>(stages);
    int at = 0;
    while (at < all.size() && all.get(at).id() != id) {
      at++;
    }
    if (at == all.size()) {
      return this;
    }
    var old = all.get(at);
    all.set(
        at,
        new Stage(
            id,
            old.step(),
            old.weight(),
            old.lasted().plus(clocks.passed()),
            old.canary().plus(canary),
            old.stable().plus(stable)));
    boolean now = old.step() == step();
    return new CanaryProgress(
        plan,
        route,
        now ? clocks.held(elapsed) : elapsed,
        canary.isNone() ? silent.plus(clocks.passed()) : Duration.ZERO,
        aborted,
        released,
        split,
        all,
        now ? notes.waiting(notes.waited().plus(clocks.waited())) : notes);
  }

  /** As it was when it passed its last step: without what is counted since, of all traffic. */
  CanaryProgress decided() {
    int before = stages.size() - 2;
    return before < 0 || stages.get(before).step() != step() || stage().weight() != Bucket.COUNT
        ? this
        : new CanaryProgress(
            plan,
            route,
            elapsed,
            silent,
            aborted,
            released,
            split,
            stages.subList(0, before + 1),
            notes);
  }

  /** What the counts say. */
  Assessment assess() {
    return Assessment.of(rule(), plan.limits().stream().map(this::assess).toList());
  }

  private MetricAssessment assess(Limit limit) {
    return MetricAssessment.of(
        limit.metric() == RolloutMetric.ERRORS ? "fail" : "are slow",
        stages.stream()
            .map(
                stage ->
                    new StepCounts(
                        stage.canary().known(limit.metric()),
                        stage.canary().of(limit.metric()),
                        stage.stable().known(limit.metric()),
                        stage.stable().of(limit.metric()),
                        stage.share(),
                        plan.share(limit, stage.step())))
            .toList());
  }

  /** How long evidence has to stand: as the rule says that most speaks against it. */
  Duration mustStand(Assessment assessment) {
    return plan.limits().get(assessment.worst()).held();
  }
}
