package dev.hivedeck.engine.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.engine.config.YamlSource;
import dev.hivedeck.engine.protocol.HiveException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A plan as written: requirements, and tasks that serve them. */
public record PlanDocument(String title, List<RequirementSpec> requirements, List<TaskSpec> tasks) {

  /**
   * Reads YAML, or Markdown where the name ends in {@code .md}.
   *
   * @throws HiveException {@code plan-invalid} with every error by line
   */
  public static PlanDocument parse(String name, String text) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".md") || lower.endsWith(".markdown")
        ? MarkdownPlan.read(name, text)
        : yaml(name, text);
  }

  private static PlanDocument yaml(String name, String text) {
    var source = new YamlSource(name, text, "plan-invalid");
    JsonNode root = source.root();
    if (!root.isObject() || !root.has("tasks") && !root.has("requirements")) {
      source.wrong("", "this is no plan: it has neither requirements nor tasks at the top");
      source.check("docs/plan-format.md shows the form, hivedeck plan export gives an example.");
    }
    if (root.path("tasks").size() <= 2_000) {
      source.validate("plan.schema.json");
      source.check("docs/plan-format.md lists the keys there are; nothing was imported.");
    }
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
      tasks.add(
          new TaskSpec(
              t.path("id").asText(),
              t.path("title").asText(),
              strings(t.path("requirements")),
              t.path("agent").asText(null),
              strings(t.path("capabilities")),
              strings(t.path("needs")),
              t.path("priority").asInt(5),
              t.path("kind").asText(null),
              t.path("prompt").asText(t.path("title").asText()),
              strings(t.path("produces"))));
    }
    duplicates(source, requirements.stream().map(RequirementSpec::id).toList(), "requirements");
    duplicates(source, tasks.stream().map(TaskSpec::id).toList(), "tasks");
    source.check("Give each its own id; nothing was imported.");
    return new PlanDocument(root.path("plan").asText("Plan"), requirements, tasks);
  }

  private static void duplicates(YamlSource source, List<String> ids, String where) {
    var first = new HashMap<String, Integer>();
    for (int i = 0; i < ids.size(); i++) {
      Integer before = first.putIfAbsent(ids.get(i), i);
      if (before != null) {
        source.wrong(
            "/" + where + "/" + i + "/id",
            "the id %s is there twice, first on line %d"
                .formatted(ids.get(i), source.line("/" + where + "/" + before + "/id")));
      }
    }
  }

  private static List<String> strings(JsonNode node) {
    var list = new ArrayList<String>();
    node.forEach(n -> list.add(n.asText()));
    return List.copyOf(list);
  }

  /**
   * Checks what the plan refers to: its own tasks and requirements, those already there, the
   * agents.
   *
   * @throws HiveException {@code plan-invalid} or {@code plan-cycle}; nothing is imported then
   */
  public void check(
      String name, Set<String> agents, Set<String> knownTasks, Set<String> knownRequirements) {
    var problems = new ArrayList<String>();
    var ids = new HashSet<>(knownTasks);
    tasks.forEach(t -> ids.add(t.id()));
    var wanted = new HashSet<>(knownRequirements);
    requirements.forEach(r -> wanted.add(r.id()));
    for (var t : tasks) {
      if (t.agent() != null && !agents.contains(t.agent())) {
        problems.add(
            t.id()
                + " is for agent "
                + t.agent()
                + ", which is not in .hivedeck/hive.yaml"
                + near(t.agent(), agents));
      }
      if (t.agent() == null && agents.isEmpty()) {
        problems.add(t.id() + " names no agent, and .hivedeck/hive.yaml has none");
      }
      for (String needed : t.needs()) {
        if (!ids.contains(needed)) {
          problems.add(t.id() + " needs " + needed + ", which is no task" + near(needed, ids));
        }
      }
      for (String r : t.requirements()) {
        if (!wanted.contains(r)) {
          problems.add(t.id() + " serves " + r + ", which is no requirement" + near(r, wanted));
        }
      }
      if (t.priority() < 1 || t.priority() > 9) {
        problems.add(t.id() + " has priority " + t.priority() + "; 1 is first, 9 is last");
      }
    }
    if (!problems.isEmpty()) {
      int all = problems.size();
      throw new HiveException(
          "plan-invalid",
          name
              + ": "
              + String.join("\n" + name + ": ", problems.subList(0, Math.min(20, all)))
              + (all > 20 ? "\n… and " + (all - 20) + " more" : ""),
          "Fix these; nothing was imported.");
    }
    cycle(name);
  }

  private static String near(String word, Collection<String> words) {
    if (words.size() > 10_000) {
      return "";
    }
    return words.stream()
        .filter(w -> w.equalsIgnoreCase(word) || w.startsWith(word) || word.startsWith(w))
        .findFirst()
        .map(w -> " (did you mean " + w + "?)")
        .orElse("");
  }

  /** Walks the graph without recursion: a chain of 100,000 tasks is a plan, too. */
  private void cycle(String name) {
    Map<String, List<String>> needs = new LinkedHashMap<>();
    tasks.forEach(t -> needs.put(t.id(), t.needs()));
    var done = new HashSet<String>();
    for (String start : needs.keySet()) {
      var path = new ArrayList<String>();
      var on = new HashMap<String, Integer>();
      var next = new ArrayList<Integer>();
      push(start, path, on, next);
      while (!path.isEmpty()) {
        String at = path.getLast();
        int i = next.getLast();
        var children = needs.getOrDefault(at, List.of());
        if (done.contains(at) || i >= children.size()) {
          done.add(at);
          on.remove(at);
          path.removeLast();
          next.removeLast();
          continue;
        }
        next.set(next.size() - 1, i + 1);
        String child = children.get(i);
        if (on.containsKey(child)) {
          var loop = new ArrayList<>(path.subList(on.get(child), path.size()));
          loop.add(child);
          throw new HiveException(
              "plan-cycle",
              name + ": tasks need each other in a circle: " + String.join(" → ", loop),
              "Take one of these needs away; nothing was imported.");
        }
        if (!done.contains(child)) {
          push(child, path, on, next);
        }
      }
    }
  }

  private static void push(
      String id, List<String> path, Map<String, Integer> on, List<Integer> next) {
    on.put(id, path.size());
    path.add(id);
    next.add(0);
  }

  /** The plan as YAML that {@link #parse} reads back. */
  public String toYaml() {
    var yaml = new YAMLMapper();
    yaml.configure(YAMLGenerator.Feature.MINIMIZE_QUOTES, true);
    yaml.configure(YAMLGenerator.Feature.WRITE_DOC_START_MARKER, false);
    yaml.configure(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE, true);
    var root = yaml.createObjectNode();
    root.put("plan", title);
    var list = root.putArray("requirements");
    for (var r : requirements) {
      var n =
          list.addObject().put("id", r.id()).put("title", r.title()).put("priority", r.priority());
      r.acceptance().forEach(n.putArray("acceptance")::add);
    }
    var all = root.putArray("tasks");
    for (var t : tasks) {
      var n = all.addObject().put("id", t.id()).put("title", t.title());
      put(n, "requirements", t.requirements());
      if (t.agent() != null) {
        n.put("agent", t.agent());
      }
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

  private static void put(
      com.fasterxml.jackson.databind.node.ObjectNode node, String key, List<String> values) {
    if (!values.isEmpty()) {
      var array = node.putArray(key);
      values.forEach(array::add);
    }
  }
}
