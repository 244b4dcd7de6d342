package dev.hivedeck.engine.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Plans in YAML, in and out. */
final class YamlPlan {
  private YamlPlan() {}

  static PlanDocument read(String name, String text) {
    var source = new YamlSource(name, text, ErrorCode.PLAN_INVALID);
    JsonNode root = source.root();
    if (root.path("tasks").isEmpty() && root.path("requirements").isEmpty()) {
      source.wrong("", "this is no plan: " + instead(root) + " but no tasks and no requirements");
      source.check(
          "Say what you want under requirements (id, title, acceptance) and what is to be done"
              + " under tasks (id, title, agent, prompt); docs/plan-format.md has an example."
              + " Nothing was imported.");
    }
    source.validate("plan.schema.json");
    source.check("docs/plan-format.md lists the keys there are; nothing was imported.");
    var requirements = new ArrayList<RequirementSpec>();
    for (JsonNode r : root.path("requirements")) {
      requirements.add(
          new RequirementSpec(
              r.path("id").asText(),
              r.path("title").asText(),
              r.path("priority").asText("medium"),
              strings(r.path("acceptance"))));
    }
    var tasks = new ArrayList<TaskSpec>();
    for (JsonNode t : root.path("tasks")) {
      tasks.add(task(t));
    }
    var lines = new HashMap<String, Integer>();
    once(source, requirements.stream().map(RequirementSpec::id).toList(), "requirements", lines);
    once(source, tasks.stream().map(TaskSpec::id).toList(), "tasks", lines);
    source.check("Give each its own id; nothing was imported.");
    return new PlanDocument(
        root.path("plan").asText("Plan"), requirements, tasks, lines, List.of());
  }

  private static String instead(JsonNode root) {
    if (!root.isObject() || root.isEmpty()) {
      return "it has no keys";
    }
    var keys = root.properties().stream().map(Map.Entry::getKey).limit(8).toList();
    return "it has " + String.join(", ", keys) + (root.size() > keys.size() ? ", …" : "");
  }

  private static TaskSpec task(JsonNode t) {
    return new TaskSpec(
        t.path("id").asText(),
        t.path("title").asText(),
        strings(t.path("requirements")),
        t.path("agent").asText(null),
        strings(t.path("capabilities")),
        strings(t.path("needs")),
        t.path("priority").asInt(5),
        t.path("kind").asText(null),
        t.path("prompt").asText(t.path("title").asText()),
        strings(t.path("produces")),
        strings(t.path("agents")));
  }

  private static void once(
      YamlSource source, List<String> ids, String where, Map<String, Integer> lines) {
    for (int i = 0; i < ids.size(); i++) {
      String at = "/" + where + "/" + i + "/id";
      Integer before = lines.putIfAbsent(ids.get(i), source.line(at));
      if (before != null) {
        source.wrong(
            at, "the id %s is there twice, first on line %d".formatted(ids.get(i), before));
      }
    }
  }

  private static List<String> strings(JsonNode node) {
    var list = new ArrayList<String>();
    node.forEach(n -> list.add(n.asText()));
    return List.copyOf(list);
  }

  static String write(PlanDocument plan) {
    String text = write(plan, true);
    // In quotes what is written out is read back as it was.
    return Printable.text(text).equals(text) ? text : Printable.text(write(plan, false));
  }

  private static String write(PlanDocument plan, boolean plain) {
    var yaml = new YAMLMapper();
    yaml.configure(YAMLGenerator.Feature.MINIMIZE_QUOTES, plain);
    yaml.configure(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS, true);
    yaml.configure(YAMLGenerator.Feature.SPLIT_LINES, false);
    yaml.configure(YAMLGenerator.Feature.WRITE_DOC_START_MARKER, false);
    yaml.configure(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE, plain);
    var root = yaml.createObjectNode();
    root.put("plan", plan.title());
    var requirements = root.putArray("requirements");
    for (var r : plan.requirements()) {
      var n = requirements.addObject();
      n.put("id", r.id()).put("title", r.title()).put("priority", r.priority());
      put(n, "acceptance", r.acceptance());
    }
    var tasks = root.putArray("tasks");
    for (var t : plan.tasks()) {
      var n = tasks.addObject().put("id", t.id()).put("title", t.title());
      put(n, "requirements", t.requirements());
      if (t.agent() != null) {
        n.put("agent", t.agent());
      }
      put(n, "agents", t.agents());
      put(n, "capabilities", t.capabilities());
      put(n, "needs", t.needs());
      n.put("priority", t.priority());
      if (t.kind() != null) {
        n.put("kind", t.kind());
      }
      n.put("prompt", t.prompt());
      put(n, "produces", t.produces());
    }
    try {
      return yaml.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void put(ObjectNode node, String key, List<String> values) {
    if (!values.isEmpty()) {
      values.forEach(node.putArray(key)::add);
    }
  }
}
