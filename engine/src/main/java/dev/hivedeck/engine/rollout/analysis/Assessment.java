package dev.hivedeck.engine.rollout.analysis;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What counts of all metrics say together. What may be wrong is shared by them: the mean of all
 * evidence, that of each being worse than stable and that of each being above its limit, is
 * evidence too, whatever they have to do with each other.
 *
 * @param together that it is worse by any of them
 */
public record Assessment(Evidence together, List<MetricAssessment> metrics, Judgement judgement) {

  /**
   * Assesses metrics.
   *
   * @param metrics at least one
   */
  public static Assessment of(Judgement.Rule rule, List<MetricAssessment> metrics) {
    var together = together(metrics);
    return new Assessment(together, List.copyOf(metrics), judge(rule, together, metrics));
  }

  private static Evidence together(List<MetricAssessment> metrics) {
    return Evidence.ofMetrics(
        metrics.stream().flatMap(m -> Stream.of(m.worse(), m.over())).toList());
  }

  static boolean takesBack(Judgement.Rule rule, List<MetricAssessment> metrics) {
    return takesBack(rule, together(metrics), metrics);
  }

  private static boolean takesBack(
      Judgement.Rule rule, Evidence together, List<MetricAssessment> metrics) {
    return together.reaches(rule.alpha()) && worst(metrics).isRelevant(rule.ratio());
  }

  private static Judgement judge(
      Judgement.Rule rule, Evidence together, List<MetricAssessment> metrics) {
    if (takesBack(rule, together, metrics)) {
      var most = worst(metrics);
      return new Judgement.RollBack(
          "evidence %s that %s; rolled back at %d : 1"
              .formatted(together.words(), most.worseWords(), Math.round(rule.odds())));
    }
    var open = metrics.stream().filter(m -> !m.passes()).toList();
    return open.isEmpty()
        ? new Judgement.Passes(words(metrics, MetricAssessment::passedWords))
        : new Judgement.NotEnough("not enough data: " + words(open, MetricAssessment::knownWords));
  }

  private static String words(
      List<MetricAssessment> metrics, Function<MetricAssessment, String> say) {
    return metrics.stream().map(say).collect(Collectors.joining("; "));
  }

  /** The metric that most speaks against it. */
  private static MetricAssessment worst(List<MetricAssessment> metrics) {
    return metrics.stream().max(Comparator.comparingDouble(m -> m.most().log())).orElseThrow();
  }

  /** Which of the metrics that is. */
  public int worst() {
    return metrics.indexOf(worst(metrics));
  }
}
