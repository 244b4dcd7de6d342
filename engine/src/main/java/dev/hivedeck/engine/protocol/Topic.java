package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.util.Locale;

/** The kinds of things that the feed speaks of; each has one view record. */
public enum Topic {
  WORKSPACE(WorkspaceViews.Workspace.class),
  REQUIREMENT(TaskViews.Requirement.class),
  TASK(TaskViews.Task.class),
  AGENT(AgentViews.Agent.class),
  ATTEMPT(AttemptViews.Attempt.class),
  CHANGE(ChangeViews.Change.class),
  DECISION(DecisionViews.Decision.class),
  KEPT(AttemptViews.Kept.class),
  DRIFT(DriftViews.Drift.class),
  LESSON(LessonViews.Lesson.class),
  OBJECTIVE(SloViews.Objective.class),
  ALERT(SloViews.Alert.class);

  private final Class<?> view;

  Topic(Class<?> view) {
    this.view = view;
  }

  public Class<?> view() {
    return view;
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
          "unknown-topic",
          "There is no topic \"" + word + "\".",
          "Topics are workspace, requirement, task, agent, attempt, change, decision, kept, drift,"
              + " lesson, objective, alert.");
    }
  }
}
