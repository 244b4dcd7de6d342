package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.config.ChangeSize;
import dev.hivedeck.engine.config.health.HealthConfig;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a change.
 *
 * @param reason why it is conflicted, blocked or waits, in words; null where there is none
 * @param review what a person has to say, or has said
 * @param diff what counts of its lines, and what else its diff shows
 * @param size how many lines it should have at most
 * @param task how far its task is
 * @param spent on its task so far
 * @param questions of its task that are open to a person, by their ids
 * @param comments on its files that nobody has resolved
 * @param forecast of merging it; null where it was not tried yet
 * @param head of the change
 * @param health what it is made of, as configured
 * @param survey what it means to others
 * @param flaky how often gates failed by chance of late, by their names
 * @param pull why its pull request needs a person; null where it does not
 * @param canary the rollout that says how it did as it is; null where there is none
 * @param undescribed sections that its workspace wants and nobody has said
 * @param clearances that people gave, whether they still hold or not
 */
public record ChangeFacts(
    ChangeState state,
    @Nullable String reason,
    ReviewState review,
    String agent,
    List<GateResult> gates,
    List<Risk> risks,
    DiffFacts diff,
    ChangeSize size,
    TaskState task,
    Spent spent,
    List<String> questions,
    int comments,
    @Nullable Forecast forecast,
    String head,
    HealthConfig health,
    ChangeSurvey survey,
    Map<String, Integer> flaky,
    @Nullable PullTrouble pull,
    @Nullable Rollout canary,
    List<DescriptionSection> undescribed,
    List<Clearance> clearances) {

  /**
   * What was spent on a task.
   *
   * @param cost in dollars, as far as it is known
   */
  public record Spent(int attempts, double cost) {
    public static final Spent NOTHING = new Spent(0, 0);
  }

  /** Why a pull request needs a person. */
  public record PullTrouble(String problem, String remedy) {}

  /** One that was never exposed. */
  public ChangeFacts(
      ChangeState state,
      @Nullable String reason,
      ReviewState review,
      String agent,
      List<GateResult> gates,
      List<Risk> risks,
      DiffFacts diff,
      ChangeSize size,
      TaskState task,
      Spent spent,
      List<String> questions,
      int comments,
      @Nullable Forecast forecast,
      String head,
      HealthConfig health,
      ChangeSurvey survey,
      Map<String, Integer> flaky,
      @Nullable PullTrouble pull,
      List<DescriptionSection> undescribed,
      List<Clearance> clearances) {
    this(
        state,
        reason,
        review,
        agent,
        gates,
        risks,
        diff,
        size,
        task,
        spent,
        questions,
        comments,
        forecast,
        head,
        health,
        survey,
        flaky,
        pull,
        null,
        undescribed,
        clearances);
  }

  boolean over() {
    return state.over();
  }

  /** Whom it meets; nobody where that is not known. */
  List<Encounter> encounters() {
    return forecast == null || over() ? List.of() : forecast.encounters();
  }
}
