package dev.hivedeck.engine.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Call;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.Word;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Things of each kind: all of them, and one. */
final class ThingRoutes extends RouteGroup {

  @Override
  void register() {
    things("requirements", Topic.REQUIREMENT, "Requirement", "requirements");
    things("tasks", Topic.TASK, "Task", "tasks");
    things("agents", Topic.AGENT, "Agent", "agents");
    things("attempts", Topic.ATTEMPT, "Attempt", "the latest attempts, the latest last");
    things("changes", Topic.CHANGE, "Change", "changes");
    things("decisions", Topic.DECISION, "Decision", "questions to a person");
    things("lessons", Topic.LESSON, "Lesson", "what failed again and again, and what helped");
    things("kept", Topic.KEPT, "Kept", "kept work; in an id a slash is written %2F");
    things("inbox", Topic.NOTICE, "Notice", "what you were told, the newest last");
    things("drift", Topic.DRIFT, "Drift", "differences between the database and what is there");
  }

  /** One kind of thing: all of them, and one. */
  private void things(String path, Topic topic, String name, String words) {
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
        .filter(part -> part.getName().equals("state") && part.getType().isEnum())
        .flatMap(part -> Arrays.stream(part.getType().getEnumConstants()))
        .map(state -> ((Word) state).word())
        .toList();
  }
}
