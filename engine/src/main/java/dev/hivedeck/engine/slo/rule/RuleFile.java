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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

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
   * All rules of a file that has no broken one.
   *
   * @param interval of groups that name none
   * @throws HiveException {@code rules-invalid} or {@code promql-invalid}, with the place
   */
  public static List<RuleGroup> read(String text, Duration interval) {
    return read(
        text,
        interval,
        (name, why) -> {
          throw why;
        });
  }

  /**
   * What of a file can be read.
   *
   * @param interval of groups that name none
   * @param broken takes each rule that cannot be read, by its group and name as in {@link #said},
   *     with its line; it may give what to evaluate in its place
   * @throws HiveException {@code rules-invalid}, with the place, when the file as a whole cannot
   */
  public static List<RuleGroup> read(
      String text, Duration interval, BiFunction<String, HiveException, Optional<Rule>> broken) {
    var lines = lines(text);
    var root = lines.root();
    var groups = new ArrayList<RuleGroup>();
    var names = new HashSet<String>();
    for (var group : root.path("groups")) {
      String name = group.path("name").asText();
      if (name.isEmpty() || !names.add(name)) {
        throw invalid("group \"" + name + "\"", "each group needs a name of its own");
      }
      known(group, GROUP, "group " + name);
      var rules = new ArrayList<Rule>();
      var places = new HashSet<String>();
      for (int i = 0; i < group.path("rules").size(); i++) {
        var node = group.path("rules").path(i);
        String place = place(name, node, places);
        try {
          rules.add(rule(node, "group " + name + ", rule " + (i + 1)));
        } catch (HiveException e) {
          int line = lines.line("/groups/" + groups.size() + "/rules/" + i);
          broken.apply(place, located(e, place, line)).ifPresent(rules::add);
        }
      }
      groups.add(
          new RuleGroup(name, duration(group, "interval", interval, "group " + name), rules));
    }
    return groups;
  }

  private static YamlSource lines(String text) {
    var lines = new YamlSource("rules", text, ErrorCode.RULES_INVALID);
    JsonNode root = lines.root();
    if (!root.isObject()) {
      throw invalid("line 1", "they begin with groups:");
    }
    known(root, FILE, "the file");
    if (root.has("groups") && !root.path("groups").isArray() && !root.path("groups").isNull()) {
      throw invalid("groups", "a list of groups is expected");
    }
    return lines;
  }

  /** A rule by its group and name, and a number where two have one name. */
  private static String place(String group, JsonNode rule, Set<String> taken) {
    String place = group + "/" + rule.path("alert").asText(rule.path("record").asText("rule"));
    String free = place;
    for (int i = 2; !taken.add(free); i++) {
      free = place + "#" + i;
    }
    return free;
  }

  private static HiveException located(HiveException e, String place, int line) {
    return new HiveException(
        ErrorCode.of(e.code()).orElse(ErrorCode.RULES_INVALID),
        "The rule " + place + " is broken (line " + line + "): " + e.getMessage(),
        e.hint(),
        e);
  }

  /**
   * What the rules of a file say, key by key, for a person to read.
   *
   * @return the keys of each rule by its group and name
   * @throws HiveException {@code rules-invalid}, where it cannot be read
   */
  public static Map<String, JsonNode> said(String text) {
    var said = new LinkedHashMap<String, JsonNode>();
    var places = new HashSet<String>();
    for (var group : lines(text).root().path("groups")) {
      for (var rule : group.path("rules")) {
        said.put(place(group.path("name").asText(), rule, places), rule);
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
