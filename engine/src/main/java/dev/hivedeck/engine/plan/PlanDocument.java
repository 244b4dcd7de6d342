package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A plan as written: requirements, and tasks that serve them.
 *
 * @param lines where each requirement and task stands, by id; empty when it was not read
 * @param leftOut what of the text is in neither, each with its place
 */
public record PlanDocument(
    String title,
    List<RequirementSpec> requirements,
    List<TaskSpec> tasks,
    Map<String, Integer> lines,
    List<String> leftOut) {
  private static final int SHOWN = 20;

  /** Ids become names of folders, branches and files. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /** A plan that was not read from a text. */
  public PlanDocument(String title, List<RequirementSpec> requirements, List<TaskSpec> tasks) {
    this(title, requirements, tasks, Map.of(), List.of());
  }

  /**
   * What a plan may refer to beside itself.
   *
   * @param agents capabilities by the agent's name
   * @param tasks what each task that is there already needs, by its id
   * @param requirements ids of those that are there already
   */
  public record Known(
      Map<String, List<String>> agents,
      Map<String, List<String>> tasks,
      Set<String> requirements) {}

  /**
   * Reads YAML, or Markdown where the name ends in {@code .md}.
   *
   * @throws HiveException {@code plan-invalid} with every error by line
   */
  public static PlanDocument parse(String name, String text) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".md") || lower.endsWith(".markdown")
        ? MarkdownPlan.read(name, text)
        : YamlPlan.read(name, text);
  }

  /** The plan as YAML that {@link #parse} reads back. */
  public String toYaml() {
    return YamlPlan.write(this);
  }

  /**
   * Checks what the plan refers to: its own tasks and requirements, those already there, the
   * agents.
   *
   * @throws HiveException {@code plan-invalid} or {@code plan-cycle}; nothing is imported then
   */
  public void check(String name, Known known) {
    var problems = new ArrayList<String>();
    var ids = new HashSet<>(known.tasks().keySet());
    tasks.forEach(t -> ids.add(t.id()));
    var wanted = new HashSet<>(known.requirements());
    requirements.forEach(r -> wanted.add(r.id()));
    requirements.forEach(r -> id(r.id(), place(name, r.id()), problems));
    for (var t : tasks) {
      id(t.id(), place(name, t.id()), problems);
      String at = place(name, t.id()) + ": " + t.id();
      agent(t, known.agents(), at, problems);
      agents(t, known.agents(), at, problems);
      for (String needed : t.needs()) {
        if (!ids.contains(needed)) {
          problems.add(at + " needs " + needed + ", which is no task" + DidYouMean.to(needed, ids));
        }
      }
      for (String r : t.requirements()) {
        if (!wanted.contains(r)) {
          problems.add(
              at + " serves " + r + ", which is no requirement" + DidYouMean.to(r, wanted));
        }
      }
      if (wanted.contains(t.id())) {
        problems.add(at + " has the id of a requirement; give it its own");
      }
      if (t.priority() < 1 || t.priority() > 9) {
        problems.add(at + " has priority " + t.priority() + "; 1 is first, 9 is last");
      }
    }
    if (!problems.isEmpty()) {
      throw invalid(problems);
    }
    acyclic(name, known.tasks());
  }

  private static void id(String id, String place, List<String> problems) {
    if (!ID.matcher(id).matches()) {
      problems.add(
          place
              + ": \""
              + id
              + "\" is no id; it has letters, digits and . _ - and begins with no sign");
    }
  }

  private static void agent(
      TaskSpec t, Map<String, List<String>> agents, String at, List<String> problems) {
    if (agents.isEmpty()) {
      problems.add(at + " finds no agent: .hivedeck/hive.yaml has none");
    } else if (t.agent() != null) {
      if (!agents.containsKey(t.agent())) {
        problems.add(
            at
                + " is for agent "
                + t.agent()
                + ", which is not in .hivedeck/hive.yaml"
                + DidYouMean.to(t.agent(), agents.keySet()));
      }
    } else if (t.agents().isEmpty()
        && agents.values().stream().noneMatch(able -> able.containsAll(t.capabilities()))) {
      problems.add(
          at
              + " finds no agent with "
              + String.join(", ", t.capabilities())
              + " in .hivedeck/hive.yaml");
    }
  }

  private static void agents(
      TaskSpec t, Map<String, List<String>> known, String at, List<String> problems) {
    if (t.agents().isEmpty()) {
      return;
    }
    if (t.agent() != null) {
      problems.add(at + " has agent and agents; say all who are to do it under agents");
    }
    if (t.agents().size() == 1) {
      problems.add(at + " has one agent under agents; say agent, or name more");
    }
    if (t.agents().size() > AlternativeLedger.MOST) {
      problems.add(
          "%s is for %d agents; at most %d do the same task"
              .formatted(at, t.agents().size(), AlternativeLedger.MOST));
    }
    t.agents().stream()
        .distinct()
        .filter(agent -> !known.containsKey(agent))
        .forEach(
            agent ->
                problems.add(
                    at
                        + " is for agent "
                        + agent
                        + ", which is not in .hivedeck/hive.yaml"
                        + DidYouMean.to(agent, known.keySet())));
  }

  private void acyclic(String name, Map<String, List<String>> before) {
    var needs = new LinkedHashMap<String, List<String>>();
    tasks.forEach(t -> needs.put(t.id(), t.needs()));
    before.forEach(needs::putIfAbsent);
    var cycle = new PlanGraph(needs).cycle();
    if (!cycle.isEmpty()) {
      String circle =
          cycle.size() <= SHOWN
              ? String.join(" → ", cycle)
              : String.join(" → ", cycle.subList(0, SHOWN))
                  + " → … → "
                  + cycle.getLast()
                  + " ("
                  + (cycle.size() - 1)
                  + " tasks)";
      throw new HiveException(
          ErrorCode.PLAN_CYCLE,
          place(name, cycle.getFirst()) + ": tasks need each other in a circle: " + circle,
          "Take one of these needs away; nothing was imported.");
    }
  }

  private String place(String name, String id) {
    Integer line = lines.get(id);
    return line == null ? name : name + ":" + line;
  }

  /** All that is wrong, as one refusal. */
  static HiveException invalid(List<String> problems) {
    int all = problems.size();
    return new HiveException(
        ErrorCode.PLAN_INVALID,
        String.join("\n", problems.subList(0, Math.min(SHOWN, all)))
            + (all > SHOWN ? "\n… and " + (all - SHOWN) + " more" : ""),
        "Fix these; nothing was imported. docs/plan-format.md shows the form.");
  }
}
