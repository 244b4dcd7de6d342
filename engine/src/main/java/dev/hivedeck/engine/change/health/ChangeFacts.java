package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.config.ChangeSize;
import dev.hivedeck.engine.config.health.HealthWeights;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a change.
 *
 * @param reason why it is conflicted, blocked or waits, in words; null where there is none
 * @param review what a person has to say, or has said
 * @param diff what counts of its lines, and what else its diff shows
 * @param size how many lines it should have at most
 * @param task how far its task is
 * @param attempts made at its task so far
 * @param questions of its task that are open to a person, by their ids
 * @param forecast of merging it; null where it was not tried yet
 * @param head of the change
 * @param weights of what costs, as configured
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
    int attempts,
    List<String> questions,
    @Nullable Forecast forecast,
    String head,
    HealthWeights weights,
    List<Clearance> clearances) {

  boolean over() {
    return state == ChangeState.MERGED || state == ChangeState.CLOSED;
  }

  /** Whom it meets; nobody where that is not known. */
  List<Encounter> encounters() {
    return forecast == null || over() ? List.of() : forecast.encounters();
  }
}
