package dev.hivedeck.engine.rollout.analysis;

import java.util.ArrayList;
import java.util.List;

/** What the counts of a rollout say of its canary. */
public sealed interface Judgement {

  /** In a sentence. */
  String why();

  /** It is worse, and is taken back. */
  record RollBack(String why) implements Judgement {}

  /** It is shown to be good enough for the next step, once its hold is over. */
  record Passes(String why) implements Judgement {}

  /** Neither is shown: it is held. */
  record NotEnough(String why) implements Judgement {}

  /**
   * When it is what.
   *
   * @param alpha with which a canary that is no worse may be taken back, at most
   * @param ratio how many times the errors of stable matter at least
   */
  record Rule(double alpha, double ratio) {
    /** Wrong in one of twenty, a fifth more. */
    public static final Rule STANDARD = new Rule(0.05, 1.2);

    /** So many requests of which half are errors leave nothing to be tested. */
    public static final int BROKEN = 10;

    /** The odds at which it is taken back. */
    public double odds() {
      return 1 / alpha;
    }

    /** Whether so many errors of so many requests of late leave nothing to be tested. */
    public static boolean isBroken(long requests, long errors) {
      return requests >= BROKEN && 2 * errors >= requests;
    }

    /**
     * Whether one metric takes it back while others say nothing: as {@link #judge}, which says
     * more.
     *
     * @param metrics how many there are, with that one
     */
    boolean takesBack(StepCounts step, int metrics) {
      var all = new ArrayList<MetricAssessment>();
      all.add(MetricAssessment.of("fail", List.of(step)));
      for (int other = 1; other < metrics; other++) {
        all.add(new MetricAssessment("fail", step, Evidence.NONE, Evidence.NONE));
      }
      return Assessment.takesBack(this, all);
    }

    /** Judges by one metric, whose steps are these; the one that it is in last. */
    public Judgement judge(List<StepCounts> steps) {
      return Assessment.of(this, List.of(MetricAssessment.of("fail", steps))).judgement();
    }
  }
}
