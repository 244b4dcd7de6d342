package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.util.Locale;

/** The kinds of things that the feed speaks of; each has one view record. */
public enum Topic {
  WORKSPACE(WorkspaceViews.Workspace.class, ErrorCode.NO_WORKSPACE),
  REQUIREMENT(TaskViews.Requirement.class, ErrorCode.NO_REQUIREMENT),
  TASK(TaskViews.Task.class, ErrorCode.NO_TASK),
  AGENT(AgentViews.Agent.class, ErrorCode.NO_AGENT),
  ATTEMPT(AttemptViews.Attempt.class, ErrorCode.NO_ATTEMPT),
  CHANGE(ChangeViews.Change.class, ErrorCode.NO_CHANGE),
  DECISION(DecisionViews.Decision.class, ErrorCode.NO_DECISION),
  KEPT(AttemptViews.Kept.class, ErrorCode.NO_KEPT),
  DRIFT(DriftViews.Drift.class, ErrorCode.NO_DRIFT),
  LESSON(LessonViews.Lesson.class, ErrorCode.NO_LESSON),
  OBJECTIVE(SloViews.Objective.class, ErrorCode.NO_OBJECTIVE),
  ALERT(SloViews.Alert.class, ErrorCode.NO_ALERT),
  NOTICE(NotifyViews.Notice.class, ErrorCode.NO_NOTICE);

  private final Class<?> view;
  private final ErrorCode missing;

  Topic(Class<?> view, ErrorCode missing) {
    this.view = view;
    this.missing = missing;
  }

  public Class<?> view() {
    return view;
  }

  /** The code of an error that tells of one that is not there. */
  public ErrorCode missing() {
    return missing;
  }

  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  public static Topic of(String word) {
    try {
      return valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new HiveException(
          ErrorCode.UNKNOWN_TOPIC,
          "There is no topic \"" + word + "\".",
          "Topics are workspace, requirement, task, agent, attempt, change, decision, kept, drift,"
              + " lesson, objective, alert, notice.");
    }
  }
}
