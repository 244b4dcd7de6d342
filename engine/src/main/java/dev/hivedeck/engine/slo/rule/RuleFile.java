package dev.hivedeck.engine.slo.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.alert.AlertRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads Prometheus' rule files. */
public final class RuleFile {
  private static final Set<String> FILE = Set.of("groups");
  private static final Set<String> GROUP =
      Set.of("name", "interval", "limit", "query_offset", "labels", "rules");
  private static final Set<String> RECORDING = Set.of("record", "expr", "labels");
  private static final Set<String> ALERTING =
      Set.of("alert", "expr", "for", "keep_firing_for", "labels", "annotations");

  private RuleFile() {}

  /**
   * @param interval of groups that name none
   * @throws HiveException {@code rules-invalid} or {@code promql-invalid}, with the place
   */
  public static List<RuleGroup> read(String text, Duration interval) {
    JsonNode root = root(text);
    var groups = new ArrayList<RuleGroup>();
    var names = new HashSet<String>();
    for (var group : root.path("groups")) {
      String name = group.path("name").asText();
      if (name.isEmpty() || !names.add(name)) {
        throw invalid("group \"" + name + "\"", "each group needs a name of its own");
      }
      known(group, GROUP, "group " + name);
      var rules = new ArrayList<Rule>();
      for (var rule : group.path("rules")) {
        rules.add(rule(rule, "group " + name + ", rule " + (rules.size() + 1)));
      }
      groups.add(
          new RuleGroup(name, duration(group, "interval", interval, "group " + name), rules));
    }
    return groups;
  }

  private static JsonNode root(String text) {
    JsonNode root = new YamlSource("rules", text, ErrorCode.RULES_INVALID).root();
    if (!root.isObject()) {
      throw invalid("line 1", "they begin with groups:");
    }
    known(root, FILE, "the file");
    if (root.has("groups") && !root.path("groups").isArray() && !root.path("groups").isNull()) {
      throw invalid("groups", "a list of groups is expected");
    }
    return root;
  }

  /**
   * What the rules of a file say, key by key, for a person to read.
   *
   * @return the keys of each rule by its group and name
   * @throws HiveException {@code rules-invalid}, where it cannot be read
   */
  public static Map<String, JsonNode> said(String text) {
    var said = new LinkedHashMap<String, JsonNode>();
    for (var group : root(text).path("groups")) {
      for (var rule : group.path("rules")) {
        String name = rule.path("alert").asText(rule.path("record").asText("rule"));
        String place = group.path("name").asText() + "/" + name;
        String free = place;
        for (int i = 2; said.containsKey(free); i++) {
          free = place + "#" + i;
        }
        said.put(free, rule);
      }
    }
    return said;
  }

  /**
   * Reads an alert as {@code hive.yaml} has it: an alerting rule whose name stands before it.
   *
   * @throws HiveException as {@link #read}
   */
  public static Rule alert(String name, JsonNode node) {
    return rule(((ObjectNode) node).deepCopy().put("alert", name), "alerts/" + name);
  }

  private static Rule rule(JsonNode rule, String place) {
    String query = rule.path("expr").asText();
    if (query.isBlank()) {
      throw invalid(place, "expr is missing");
    }
    var expr = Parser.parse(query.strip());
    if (rule.has("record")) {
      known(rule, RECORDING, place);
      return new Rule.Recording(rule.path("record").asText(), query, expr, texts(rule, "labels"));
    }
    if (!rule.has("alert")) {
      throw invalid(place, "it neither records nor alerts");
    }
    known(rule, ALERTING, place);
    return new Rule.Alerting(
        new AlertRule(
            rule.path("alert").asText(),
            duration(rule, "for", Duration.ZERO, place),
            duration(rule, "keep_firing_for", Duration.ZERO, place),
            texts(rule, "labels"),
            texts(rule, "annotations")),
        query,
        expr);
  }

  private static void known(JsonNode node, Set<String> keys, String place) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!keys.contains(key)) {
                throw invalid(place, "the key " + key + " is not known");
              }
            });
  }

  private static Map<String, String> texts(JsonNode node, String key) {
    var texts = new TreeMap<String, String>();
    node.path(key).properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }

  private static Duration duration(JsonNode node, String key, Duration otherwise, String place) {
    String text = node.path(key).asText("");
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      return text.equals("0") ? Duration.ZERO : Duration.ofMillis(Parser.duration(text));
    } catch (HiveException e) {
      throw invalid(place, key + " is no duration: " + text);
    }
  }

  private static HiveException invalid(String place, String why) {
    return new HiveException(
        ErrorCode.RULES_INVALID,
        "The rules are not Prometheus' (" + place + "): " + why + ".",
        "promtool check rules FILE says the same and more.");
  }
}
