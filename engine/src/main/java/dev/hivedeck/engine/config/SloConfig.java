package dev.hivedeck.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.yaml.YamlSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Service level objectives and alerting rules, as they are written; what they mean is read by those
 * who watch them.
 *
 * @param objectives by name
 * @param policies what follows when an error budget runs low, by name
 * @param alerts rules with a threshold, by name
 * @param rules files of Prometheus rules, below the repository's root
 * @param files what is in them, by their path; one that was not read is not there
 */
public record SloConfig(
    Map<String, JsonNode> objectives,
    Map<String, JsonNode> policies,
    Map<String, JsonNode> alerts,
    List<String> rules,
    Map<String, RuleText> files) {
  /** Nothing is watched. */
  public static final SloConfig NONE =
      new SloConfig(Map.of(), Map.of(), Map.of(), List.of(), Map.of());

  /**
   * What is in a rule file.
   *
   * @param text null where it could not be read
   * @param trouble why; null where it could
   */
  public record RuleText(String text, String trouble) {}

  /** With what is in its rule files. */
  SloConfig with(Map<String, RuleText> read) {
    return new SloConfig(objectives, policies, alerts, rules, read);
  }

  /** Policies that are there without being written. */
  public static final Set<String> BUILT_IN = Set.of("default", "none");

  static SloConfig read(YamlSource source) {
    JsonNode root = source.root();
    var policies = all(root.path("policies"));
    for (String name : BUILT_IN) {
      if (policies.containsKey(name)) {
        source.wrong(
            "/policies/" + name, "the policy " + name + " is there already; take another name");
      }
    }
    var objectives = all(root.path("objectives"));
    objectives.forEach((name, node) -> check(source, name, node, policies.keySet()));
    objectives.forEach((name, node) -> chain(source, name, node, objectives));
    var rules = new ArrayList<String>();
    for (var file : root.path("rules")) {
      String path = file.asText();
      if (path.startsWith("/") || List.of(path.split("[/\\\\]")).contains("..")) {
        source.wrong(
            "/rules/" + rules.size(), "write the path from the repository's root, below it");
      }
      rules.add(path);
    }
    policies.forEach((name, node) -> twice(source, "/policies/" + name, node));
    objectives.forEach(
        (name, node) -> twice(source, "/objectives/" + name + "/policy", node.path("policy")));
    return new SloConfig(objectives, policies, all(root.path("alerts")), rules, Map.of());
  }

  private static void check(
      YamlSource source, String name, JsonNode objective, Set<String> policies) {
    if (objective.path("target").asText().matches("100(\\.0+)?%")) {
      source.wrong(
          "/objectives/" + name + "/target",
          "a target of 100% leaves no error budget: the first bad event would break it for good;"
              + " take the highest that users would notice, such as 99.9%");
    }
    var policy = objective.path("policy");
    if (policy.isTextual()
        && !BUILT_IN.contains(policy.asText())
        && !policies.contains(policy.asText())) {
      source.wrong(
          "/objectives/" + name + "/policy",
          "there is no policy "
              + policy.asText()
              + "; write it below policies, or take default or none");
    }
  }

  /** The parts of a chain are other objectives, none of which is made of it. */
  private static void chain(
      YamlSource source, String name, JsonNode objective, Map<String, JsonNode> objectives) {
    var parts = objective.path("indicator").path("all");
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.path(i).asText();
      String at = "/objectives/" + pointer(name) + "/indicator/all/" + i;
      if (part.equals(name)) {
        source.wrong(at, "the chain " + name + " names itself; name its parts");
      } else if (!objectives.containsKey(part)) {
        source.wrong(
            at,
            "there is no objective "
                + part
                + " for the chain "
                + name
                + "; write it below objectives, or take it out");
      } else if (reaches(part, name, objectives)) {
        source.wrong(
            at,
            "the chain " + name + " goes in a circle: " + part + " is made of it; take one out");
      }
    }
  }

  /** Whether an objective is made of another one, however many chains lie between. */
  private static boolean reaches(String from, String to, Map<String, JsonNode> objectives) {
    var seen = new HashSet<String>();
    var todo = new ArrayDeque<>(List.of(from));
    while (!todo.isEmpty()) {
      String next = todo.pop();
      if (next.equals(to)) {
        return true;
      }
      if (seen.add(next) && objectives.get(next) instanceof JsonNode node) {
        node.path("indicator").path("all").forEach(part -> todo.push(part.asText()));
      }
    }
    return false;
  }

  private static String pointer(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  /** An act has one threshold in a policy. */
  private static void twice(YamlSource source, String at, JsonNode steps) {
    var seen = new HashSet<String>();
    for (int i = 0; i < steps.size(); i++) {
      String act = steps.path(i).path("do").asText();
      if (!seen.add(act)) {
        source.wrong(at + "/" + i + "/do", act + " is there twice; keep one of the two steps");
      }
    }
  }

  private static Map<String, JsonNode> all(JsonNode node) {
    var all = new LinkedHashMap<String, JsonNode>();
    node.properties().forEach(e -> all.put(e.getKey(), e.getValue()));
    return all;
  }
}
