package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kinds of things that the feed speaks of; each has one view record. */
public enum Topic {
  WORKSPACE(Views.Workspace.class),
  REQUIREMENT(Views.Requirement.class),
  TASK(Views.Task.class),
  AGENT(Views.Agent.class),
  ATTEMPT(Views.Attempt.class),
  CHANGE(Views.Change.class),
  DECISION(Views.Decision.class),
  KEPT(Views.Kept.class),
  DRIFT(Views.Drift.class),
  LESSON(Views.Lesson.class),
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
