package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requirements and tasks as clients see them. */
public final class TaskViews {

  private TaskViews() {}

  /**
   * @param priority critical, high, medium or low
   * @param tasks how many tasks are linked to it; each names its requirements
   * @param done how many of them are merged
   * @param stage mean stage of its tasks, 0 to 100
   * @param order position in the plan
   */
  public record Requirement(
      String id,
      String title,
      String priority,
      List<String> acceptance,
      int tasks,
      int done,
      int stage,
      int order)
      implements View {}

  public enum TaskState implements Word {
    BLOCKED,
    READY,
    RUNNING,
    VALIDATING,
    WAITING,
    DELAYED,
    PAUSED,
    DONE,
    DEAD,
    CANCELLED;

    /** Whether an attempt is at it, or waits for an answer. */
    public boolean active() {
      return this == RUNNING || this == VALIDATING || this == WAITING;
    }

    @JsonCreator
    public static TaskState of(String word) {
      return Word.parse(TaskState.class, word);
    }
  }

  /**
   * @param reason why it is in its state, in words; null when the state says all
   * @param stage 0, 25, 50, 75 or 100
   * @param priority 1 (first) to 9
   * @param kind looks up the decision matrix; null when none
   * @param agent who is to do it by the plan, or null when any agent with the capabilities may
   * @param worker who does it now or did it last; null before the first attempt
   * @param needs ids of tasks whose work must be on main first
   * @param attempts how many were made
   * @param attempt id of the latest attempt, or null
   * @param change id of its change, or null
   * @param decision id of the open decision it waits for, or null
   * @param merged whether its work is on main
   * @param notBefore when a delayed task becomes ready; else null
   * @param order position in the plan
   */
  public record Task(
      String id,
      String title,
      TaskState state,
      @Nullable String reason,
      int stage,
      int priority,
      @Nullable String kind,
      @Nullable String agent,
      List<String> capabilities,
      @Nullable String worker,
      List<String> needs,
      List<String> requirements,
      int attempts,
      @Nullable String attempt,
      @Nullable String change,
      @Nullable String decision,
      boolean merged,
      @Nullable Instant notBefore,
      Instant updatedAt,
      int order)
      implements View {

    /** The same after a step; only a task that is delayed has a time to wait for. */
    public Task moved(TaskState state, @Nullable String reason, int stage, Instant at) {
      return new Task(
          id,
          title,
          state,
          reason,
          stage,
          priority,
          kind,
          agent,
          capabilities,
          worker,
          needs,
          requirements,
          attempts,
          attempt,
          change,
          decision,
          merged,
          state == TaskState.DELAYED ? notBefore : null,
          at,
          order);
    }
  }
}
