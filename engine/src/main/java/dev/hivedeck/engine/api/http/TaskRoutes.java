package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.TaskViews;

/** What is done with tasks. */
final class TaskRoutes extends RouteGroup {

  @Override
  void register() {
    steer(
        "/v1/tasks", "addTask", "Add a task to the plan", "task.add", Results.Created.class, null);
    one(
        "/v1/tasks/{id}/prompt",
        "getTaskPrompt",
        "What a task asks, and what its next attempt would be told",
        Query.PromptText.class,
        (engine, call) -> engine.query(new Query.Prompt(call.id())));
    several(
        "/v1/tasks/{id}/attempts",
        "listTaskAttempts",
        "All attempts at a task, oldest first",
        AttemptViews.Attempt.class,
        (engine, call) -> engine.query(new Query.Attempts(call.id())));
    several(
        "/v1/tasks/{id}/subtasks",
        "listSubtasks",
        "The sub-tasks of a task, proposed ones too",
        Query.Subtask.class,
        (engine, call) -> engine.query(new Query.Subtasks(call.id())));
    several(
        "/v1/tasks/{id}/why",
        "explainTask",
        "Why a task is not being worked on, the nearest reason first",
        Query.Hold.class,
        (engine, call) -> engine.query(new Query.Why(call.id())));
    task("retry", "Try a task again, with its attempts counted anew");
    task("change", "Change a task's priority, or who is to do it");
    task("take", "Take a task over as a person");
    task("cancel", "Cancel a task; its work is kept");
    task("pause", "Pause a task; its work is kept");
    task("resume", "Let a paused task go on");
  }

  private void task(String verb, String summary) {
    steer(
        "/v1/tasks/{id}/" + verb,
        verb + "Task",
        summary,
        "task." + verb,
        "id",
        TaskViews.Task.class,
        Topic.TASK);
  }
}
