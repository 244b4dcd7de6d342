package dev.hivedeck.engine.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Body;
import dev.hivedeck.engine.api.http.HttpRoute.Call;
import dev.hivedeck.engine.api.http.HttpRoute.Handler;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Discovery;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.PermissionViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.Word;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * All operations below {@code /v1}. Things are listed and got in one way; whatever a person can ask
 * of the engine has a path of its own.
 */
public final class HttpRoutes {
  static final int PAGE = 500;

  private static final Parameter LIMIT =
      new Parameter("limit", "integer", List.of(), "At most so many.");

  static final Parameter FROM =
      new Parameter(
          "from", "string", List.of(), "A time, or how long ago: 7d; default its window.");

  static final Parameter UNTIL =
      new Parameter("until", "string", List.of(), "A time, or how long ago; default now.");

  private final List<HttpRoute> routes = new ArrayList<>();

  private HttpRoutes() {}

  public static List<HttpRoute> all() {
    var table = new HttpRoutes();
    table.workspace();
    table.things();
    table.tasks();
    table.agents();
    table.attempts();
    table.changes();
    table.decisions();
    table.lessons();
    SloRoutes.add(table);
    table.permissions();
    table.git();
    table.config();
    table.commands();
    table.former();
    return List.copyOf(table.routes);
  }

  // ── what there is ───────────────────────────────────────────────────────────────────────────

  private void workspace() {
    one(
        "/v1/summary",
        "getSummary",
        "How the workspace stands, in figures, and what waits for a person",
        Query.Standing.class,
        (engine, call) -> engine.query(new Query.Summary()));
    one(
        "/v1/workspace",
        "getWorkspace",
        "The workspace. Its consent has what waits for a person, and the digest to trust",
        WorkspaceViews.Workspace.class,
        (engine, call) ->
            engine.query(new Query.Thing(Topic.WORKSPACE, WorkspaceViews.Workspace.ID)));
    steer(
        "/v1/workspace/start",
        "startHive",
        "Give ready tasks to agents",
        "workspace.start",
        WorkspaceViews.Workspace.class,
        Topic.WORKSPACE);
    steer(
        "/v1/workspace/pause",
        "pauseHive",
        "Give out no more tasks; with park, stop what runs and keep its work",
        "workspace.pause",
        Results.Paused.class,
        null);
    steer(
        "/v1/workspace/trust",
        "trustWorkspace",
        "Consent to what hive.yaml runs and decides; refused with consent-changed when it is not"
            + " what the digest names",
        "workspace.trust",
        WorkspaceViews.Workspace.class,
        Topic.WORKSPACE);
    steer(
        "/v1/workspace/update-checkout",
        "updateCheckout",
        "Bring your checkouts of main up, with your edits",
        "workspace.update-checkout",
        Results.CheckoutsUpdated.class,
        null);
    steer(
        "/v1/engine/stop",
        "stopEngine",
        "End the engine; work is kept, and the next engine goes on from it",
        "engine.stop",
        Results.Stopping.class,
        null);
    one(
        "/v1/stats",
        "getStats",
        "Figures of the engine",
        EngineApi.Stats.class,
        (d, c) -> d.stats());
    get(
        "/v1/events",
        "listEvents",
        "What happened, oldest first",
        List.of(
            new Parameter(
                "after",
                "integer",
                List.of(),
                "Those after this number; a negative one counts from the end."),
            limit(PAGE)),
        new Answer(Event.class, true),
        (engine, call) ->
            engine.query(new Query.Events(number(call, "after", 0), (int) limit(call, PAGE))));
    one(
        "/v1/plan",
        "getPlan",
        "The plan as YAML",
        Results.PlanText.class,
        (engine, call) -> engine.query(new Query.Export()));
    steer(
        "/v1/plan",
        "importPlan",
        "Take a plan in; idempotent by id",
        "plan.import",
        Results.PlanImported.class,
        null);
  }

  void things() {
    things("requirements", Topic.REQUIREMENT, "Requirement", "requirements");
    things("tasks", Topic.TASK, "Task", "tasks");
    things("agents", Topic.AGENT, "Agent", "agents");
    things("attempts", Topic.ATTEMPT, "Attempt", "the latest attempts, the latest last");
    things("changes", Topic.CHANGE, "Change", "changes");
    things("decisions", Topic.DECISION, "Decision", "questions to a person");
    things("lessons", Topic.LESSON, "Lesson", "what failed again and again, and what helped");
    things("kept", Topic.KEPT, "Kept", "kept work; in an id a slash is written %2F");
    things("drift", Topic.DRIFT, "Drift", "differences between the database and what is there");
  }

  /** One kind of thing: all of them, and one. */
  void things(String path, Topic topic, String name, String words) {
    var parameters = new ArrayList<Parameter>();
    var states = states(topic);
    if (!states.isEmpty()) {
      parameters.add(new Parameter("state", "string", states, "Only those in this state."));
    }
    String plural = name.equals("Kept") || name.equals("Drift") ? name : name + "s";
    parameters.add(
        topic == Topic.ATTEMPT
            ? new Parameter("limit", "integer", List.of(), "At most so many, the latest.")
            : LIMIT);
    get(
        "/v1/" + path,
        "list" + plural,
        "List " + words,
        parameters,
        new Answer(topic.view(), true),
        (engine, call) -> list(engine, call, topic));
    one(
        "/v1/" + path + "/{id}",
        "get" + name,
        "One of them",
        topic.view(),
        (engine, call) -> engine.query(new Query.Thing(topic, call.id())));
  }

  private static List<JsonNode> list(EngineApi engine, Call call, Topic topic) {
    var all = new ArrayList<JsonNode>();
    for (var view : engine.snapshot(Set.of(topic)).things().getOrDefault(topic, List.of())) {
      JsonNode thing = Json.tree(view);
      if (call.parameter("state").map(thing.path("state").asText()::equals).orElse(true)) {
        all.add(thing);
      }
    }
    int limit = (int) Math.min(all.size(), limit(call, Integer.MAX_VALUE));
    return topic == Topic.ATTEMPT
        ? all.subList(all.size() - limit, all.size())
        : all.subList(0, limit);
  }

  /** The states of such a thing; empty where it has none. */
  private static List<String> states(Topic topic) {
    return Arrays.stream(topic.view().getRecordComponents())
        .filter(part -> part.getName().equals("state"))
        .flatMap(part -> Arrays.stream(part.getType().getEnumConstants()))
        .map(state -> ((Word) state).word())
        .toList();
  }

  // ── tasks, agents, attempts ─────────────────────────────────────────────────────────────────

  private void tasks() {
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

  private void agents() {
    one(
        "/v1/installed-agents",
        "listInstalledAgents",
        "The command line agents of this machine",
        Discovery.Clis.class,
        (engine, call) -> engine.query(new Query.Clis()));
    one(
        "/v1/defined-agents",
        "listDefinedAgents",
        "The definitions of agents in the repository",
        Discovery.Definitions.class,
        (engine, call) -> engine.query(new Query.Definitions()));
    steer(
        "/v1/agents/import",
        "importAgents",
        "Write agents made of definitions into hive.yaml",
        "agent.import",
        Discovery.Imported.class,
        null);
    steer(
        "/v1/agents/remove",
        "removeAgents",
        "Take imported agents out of hive.yaml",
        "agent.remove",
        Results.AgentsRemoved.class,
        null);
    agent("pause", "Give an agent nothing more; what it does may end");
    agent("resume", "Give an agent tasks again");
    agent("stop", "Stop what an agent runs and pause it; its work is kept");
    agent("say", "Say something to an agent");
  }

  private void agent(String verb, String summary) {
    steer(
        "/v1/agents/{id}/" + verb,
        verb + (verb.equals("say") ? "ToAgent" : "Agent"),
        summary,
        "agent." + verb,
        "name",
        AgentViews.Agent.class,
        Topic.AGENT);
  }

  private void attempts() {
    get(
        "/v1/attempts/{id}/log",
        "getAttemptLog",
        "Lines of an attempt's log",
        List.of(
            new Parameter(
                "from",
                "integer",
                List.of(),
                "The first line, from 0; a negative number counts from the end."),
            limit(PAGE),
            new Parameter(
                "raw",
                "boolean",
                List.of(),
                "Word for word what the agent and its driver said to each other.")),
        new Answer(Query.LogPage.class, false),
        (engine, call) ->
            engine.query(
                new Query.Log(
                    call.id(),
                    number(call, "from", 0),
                    (int) limit(call, PAGE),
                    flag(call, "raw"))));
    diff(
        "/v1/attempts/{id}/diff",
        "getAttemptDiff",
        "What an attempt has changed so far",
        (engine, call) ->
            engine.query(
                new Query.Diff(
                    null, call.id(), text(call, "file"), (int) number(call, "from", 0))));
    one(
        "/v1/attempts/{id}/brief",
        "getAttemptBrief",
        "What an attempt is to do",
        Query.AttemptBrief.class,
        (engine, call) -> engine.query(new Query.Brief(call.id())));
  }

  private void diff(String path, String id, String summary, Handler handler) {
    get(
        path,
        id,
        summary + "; the largest files come without their lines",
        List.of(
            new Parameter("file", "string", List.of(), "This file alone, with its lines."),
            new Parameter(
                "from", "integer", List.of(), "How many of that file's lines to pass over.")),
        new Answer(Query.FileDiffs.class, false),
        handler);
  }

  // ── what waits for a person ─────────────────────────────────────────────────────────────────

  private void changes() {
    diff(
        "/v1/changes/{id}/diff",
        "getChangeDiff",
        "What a change changes",
        (engine, call) ->
            engine.query(
                new Query.Diff(
                    call.id(), null, text(call, "file"), (int) number(call, "from", 0))));
    change("approve", "Approve a change; with head, refused when it has moved (change-moved)");
    change("return", "Send a change back to its agent");
    change("merge", "Put a change into the merge queue; head as when approving");
    change("close", "Close a change without merging; its branch stays");
  }

  private void change(String verb, String summary) {
    steer(
        "/v1/changes/{id}/" + verb,
        verb + "Change",
        summary,
        "change." + verb,
        "id",
        ChangeViews.Change.class,
        Topic.CHANGE);
  }

  private void decisions() {
    steer(
        "/v1/decisions/{id}/decide",
        "decide",
        "Answer a question",
        "decision.decide",
        "id",
        DecisionViews.Decision.class,
        Topic.DECISION);
  }

  private void lessons() {
    several(
        "/v1/lessons/{id}/sightings",
        "listSightings",
        "Where a lesson comes from, the latest first",
        Query.Sighting.class,
        (engine, call) -> engine.query(new Query.Sightings(call.id())));
    steer(
        "/v1/lessons/{id}/judge",
        "judgeLesson",
        "Accept, mute, delete or reset a lesson",
        "lesson.judge",
        "id",
        LessonViews.Lesson.class,
        Topic.LESSON);
    steer(
        "/v1/lessons/{id}/word",
        "wordLesson",
        "Word what helps; without a remedy your words are taken back",
        "lesson.word",
        "id",
        LessonViews.Lesson.class,
        Topic.LESSON);
    get(
        "/v1/recorded-lessons",
        "listRecordedLessons",
        "What agents recorded, word for word, newest first",
        List.of(limit(PAGE)),
        new Answer(Query.Lesson.class, true),
        (engine, call) -> engine.query(new Query.Lessons((int) limit(call, PAGE))));
  }

  private void permissions() {
    several(
        "/v1/permissions",
        "listPermissions",
        "What agents may do without asking, and what they may not",
        PermissionViews.PermissionRule.class,
        (engine, call) -> engine.query(new Query.Permissions()));
    one(
        "/v1/permissions/{id}",
        "getPermission",
        "One of them",
        PermissionViews.PermissionRule.class,
        (engine, call) -> permission(engine, call.id()));
    steer(
        "/v1/permissions",
        "setPermission",
        "Allow or forbid something; a * in what stands for anything",
        "permission.set",
        Object.class,
        null);
    steer(
        "/v1/permissions/{id}/remove",
        "removePermission",
        "Ask a person again",
        "permission.remove",
        "id",
        Object.class,
        null);
  }

  private static JsonNode permission(EngineApi engine, String id) {
    for (JsonNode rule : engine.query(new Query.Permissions())) {
      if (rule.path("id").asText().equals(id)) {
        return rule;
      }
    }
    throw new HiveException(
        ErrorCode.NO_PERMISSION,
        "There is no permission " + id + ".",
        "GET /v1/permissions lists those there are.");
  }

  // ── git, hive.yaml ──────────────────────────────────────────────────────────────────────────

  private void git() {
    one(
        "/v1/kept/{id}/diff",
        "getKeptDiff",
        "What kept work holds",
        Query.FileDiffs.class,
        (engine, call) -> engine.query(new Query.KeptDiff(call.id())));
    steer(
        "/v1/kept/{id}/restore",
        "restoreKept",
        "Put kept work onto a new branch",
        "kept.restore",
        "id",
        Results.Restored.class,
        null);
    steer(
        "/v1/kept/drop",
        "dropKept",
        "Let go of kept work for good",
        "kept.drop",
        Results.Dropped.class,
        null);
    steer(
        "/v1/drift/reconcile",
        "reconcile",
        "Compare the database with what is there, now",
        "drift.reconcile",
        Results.Reconciled.class,
        null);
    steer(
        "/v1/drift/{id}/repair",
        "repairDrift",
        "Settle a drift; with digest, refused when it has changed (drift-changed)",
        "drift.repair",
        "id",
        Object.class,
        null);
  }

  private void config() {
    one(
        "/v1/config",
        "getConfig",
        "hive.yaml as it is, with the digest that an edit names",
        Config.Source.class,
        (engine, call) -> engine.query(new Query.ConfigSource()));
    add(
        new HttpRoute(
            "POST",
            "/v1/config",
            "editConfig",
            "Change values in hive.yaml; at is a JSON pointer, and without value the key is taken"
                + " out",
            List.of(),
            new Body("config.edit", null),
            new Answer(Config.Edited.class, false),
            null,
            (engine, call) ->
                run(call, call.body().has("text") ? "config.write" : "config.edit", null)));
    steer(
        "/v1/config/write",
        "writeConfig",
        "Write the whole text of hive.yaml",
        "config.write",
        Config.Edited.class,
        null);
    add(
        new HttpRoute(
            "POST",
            "/v1/config/preview",
            "previewConfig",
            "What an edit of hive.yaml would come to; nothing is written",
            List.of(),
            new Body("config.preview", null),
            new Answer(Config.Preview.class, false),
            null,
            (engine, call) ->
                engine.query(RequestParser.query(call.body().put("type", "config.preview")))));
  }

  private void commands() {
    add(
        new HttpRoute(
            "POST",
            "/v1/commands",
            "runCommand",
            "Any command by its type, with its fields beside it, as the feed has them",
            List.of(),
            new Body(null, null),
            new Answer(Object.class, false),
            null,
            (engine, call) -> call.execute(RequestParser.command(call.body()))));
  }

  // ── what had other paths before ─────────────────────────────────────────────────────────────

  private void former() {
    formerly("startHive", "/v1/work");
    formerly("pauseHive", "/v1/rest");
    formerly("stopEngine", "/v1/stop");
    formerly("updateCheckout", "/v1/update");
    formerly("listInstalledAgents", "/v1/clis");
    formerly("listDefinedAgents", "/v1/definitions");
    formerly("importAgents", "/v1/definitions");
    formerly("decide", "/v1/decisions/{id}");
    formerly("listLessons", "/v1/failures");
    formerly("getLesson", "/v1/failures/{id}");
    var restore = find("restoreKept");
    add(
        new HttpRoute(
            restore.method(),
            "/v1/kept/restore",
            "restoreKeptFormerly",
            restore.summary(),
            List.of(),
            new Body("kept.restore", null),
            restore.answer(),
            restore.path(),
            (engine, call) -> run(call, "kept.restore", null)));
  }

  private void formerly(String id, String path) {
    add(find(id).formerly(path, id + "Formerly"));
  }

  private HttpRoute find(String id) {
    return routes.stream().filter(route -> route.id().equals(id)).findFirst().orElseThrow();
  }

  // ── how they are made ───────────────────────────────────────────────────────────────────────

  void add(HttpRoute route) {
    routes.add(route);
  }

  void get(
      String path,
      String id,
      String summary,
      List<Parameter> parameters,
      Answer answer,
      Handler handler) {
    add(new HttpRoute("GET", path, id, summary, parameters, null, answer, null, handler));
  }

  void one(String path, String id, String summary, Class<?> type, Handler handler) {
    get(path, id, summary, List.of(), new Answer(type, false), handler);
  }

  void several(String path, String id, String summary, Class<?> type, Handler handler) {
    get(path, id, summary, List.of(), new Answer(type, true), handler);
  }

  void steer(
      String path, String id, String summary, String command, Class<?> answer, Topic changed) {
    steer(path, id, summary, command, null, answer, changed);
  }

  /**
   * Runs a command.
   *
   * @param field of the command that stands in the path, or null
   * @param changed what it changes, where the thing as it is then is the answer; else null
   */
  void steer(
      String path,
      String id,
      String summary,
      String command,
      String field,
      Class<?> answer,
      Topic changed) {
    add(
        new HttpRoute(
            "POST",
            path,
            id,
            summary,
            List.of(),
            new Body(command, field),
            new Answer(answer, false),
            null,
            (engine, call) -> {
              var result = run(call, command, field);
              if (changed == null) {
                return result;
              }
              String which = field == null ? WorkspaceViews.Workspace.ID : call.id();
              return engine.query(new Query.Thing(changed, which));
            }));
  }

  static Object run(Call call, String command, String field) {
    ObjectNode body = call.body().put("type", command);
    if (field != null) {
      body.put(field, call.id());
    }
    return call.execute(RequestParser.command(body));
  }

  // ── parameters ──────────────────────────────────────────────────────────────────────────────

  static Parameter limit(int otherwise) {
    return new Parameter(
        "limit", "integer", List.of(), "At most so many; default " + otherwise + ".");
  }

  static String text(Call call, String name) {
    return call.parameter(name).orElse(null);
  }

  private static boolean flag(Call call, String name) {
    String value = call.parameter(name).orElse("false");
    return switch (value) {
      case "true", "1", "" -> true;
      case "false", "0" -> false;
      default ->
          throw new HiveException(
              ErrorCode.BAD_PARAMETER, name + " is \"" + value + "\".", "Write true or false.");
    };
  }

  static long limit(Call call, int otherwise) {
    long limit = number(call, "limit", otherwise);
    if (limit < 1) {
      throw new HiveException(ErrorCode.BAD_NUMBER, "limit is " + limit + ".", "Write 1 or more.");
    }
    return Math.min(limit, Integer.MAX_VALUE);
  }

  private static long number(Call call, String name, long otherwise) {
    var value = call.parameter(name);
    try {
      return value.isEmpty() ? otherwise : Long.parseLong(value.get());
    } catch (NumberFormatException e) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER,
          name + " is no whole number: " + value.get() + ".",
          "Write a whole number.");
    }
  }
}
