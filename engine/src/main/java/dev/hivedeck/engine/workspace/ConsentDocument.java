package dev.hivedeck.engine.workspace;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.recipe.Recipe;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentField;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentItem;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Mark;
import dev.hivedeck.engine.slo.rule.RuleFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a configuration would run and decide, laid out for a person: every key that is written, and
 * what holds where none is, each compared with what was consented to.
 */
final class ConsentDocument {
  private static final Map<String, String> KINDS =
      Map.of("agents", "agent", "gates", "gate", "decisions", "decision");

  /** What runs comes first, then what it may do; the rest as it is sorted. */
  private static final List<String> FIRST =
      List.of(
          "driver", "run", "program", "args", "recipe", "recipe.does", "sandbox", "sandbox.means");

  private record Thing(String kind, String name) {}

  private ConsentDocument() {}

  /**
   * @param before what was consented to; null for nothing
   */
  static List<ConsentItem> of(ConfigSnapshot now, ConfigSnapshot before) {
    var was = before == null ? Map.<Thing, Map<String, List<String>>>of() : things(before);
    var is = things(now);
    var items = new ArrayList<ConsentItem>();
    is.forEach((thing, fields) -> items.add(item(thing, fields, was.get(thing))));
    was.forEach(
        (thing, fields) -> {
          if (!is.containsKey(thing)) {
            items.add(
                new ConsentItem(
                    thing.kind(), thing.name(), Mark.REMOVED, compared(Map.of(), fields)));
          }
        });
    boolean untold =
        before != null
            && !now.digest().equals(before.digest())
            && items.stream().allMatch(i -> i.mark() == Mark.SAME);
    if (untold) {
      items.add(
          new ConsentItem(
              "file",
              HiveConfig.FILE,
              Mark.CHANGED,
              List.of(
                  new ConsentField(
                      "order or spelling",
                      List.of(now.digest().substring(0, 12)),
                      List.of(before.digest().substring(0, 12))))));
    }
    return items;
  }

  /** What differs, in a line: {@code agent a: run; gate g is new}. */
  static String summary(List<ConsentItem> items) {
    return items.stream()
        .filter(i -> i.mark() != Mark.SAME)
        .map(
            i ->
                i.kind()
                    + " "
                    + i.name()
                    + switch (i.mark()) {
                      case NEW -> " is new";
                      case REMOVED -> " is removed";
                      default ->
                          i.fields().stream()
                              .filter(f -> f.before() != null)
                              .map(ConsentField::key)
                              .collect(Collectors.joining(", ", ": ", ""));
                    })
        .collect(Collectors.joining("; "));
  }

  private static ConsentItem item(
      Thing thing, Map<String, List<String>> now, Map<String, List<String>> before) {
    if (before == null) {
      return new ConsentItem(
          thing.kind(),
          thing.name(),
          Mark.NEW,
          now.entrySet().stream()
              .map(e -> new ConsentField(e.getKey(), e.getValue(), null))
              .toList());
    }
    return new ConsentItem(
        thing.kind(),
        thing.name(),
        now.equals(before) ? Mark.SAME : Mark.CHANGED,
        compared(now, before));
  }

  private static List<ConsentField> compared(
      Map<String, List<String>> now, Map<String, List<String>> before) {
    var keys = new TreeSet<>(BY_WEIGHT);
    keys.addAll(now.keySet());
    keys.addAll(before.keySet());
    return keys.stream()
        .map(
            key -> {
              var is = now.getOrDefault(key, List.of());
              var was = before.getOrDefault(key, List.of());
              return new ConsentField(key, is, is.equals(was) ? null : was);
            })
        .toList();
  }

  // ── what is said ────────────────────────────────────────────────────────────────────────────

  private static final Comparator<String> BY_WEIGHT =
      Comparator.<String>comparingInt(k -> FIRST.contains(k) ? FIRST.indexOf(k) : FIRST.size())
          .thenComparing(Comparator.naturalOrder());

  private static Map<Thing, Map<String, List<String>>> things(ConfigSnapshot snapshot) {
    var things = new LinkedHashMap<Thing, Map<String, List<String>>>();
    var keys = snapshot.keys();
    for (String section : List.of("agents", "gates", "decisions")) {
      for (var entry : keys.path(section).properties()) {
        var fields = new LinkedHashMap<String, List<String>>();
        say("", entry.getValue(), fields);
        things.put(new Thing(KINDS.get(section), entry.getKey()), fields);
      }
    }
    for (var agent : snapshot.config().agents().values()) {
      effective(agent, things.get(new Thing("agent", agent.name())));
    }
    for (var gate : snapshot.config().gates().values()) {
      var fields = things.get(new Thing("gate", gate.name()));
      fields.putIfAbsent("at", gate.at());
      fields.putIfAbsent("timeout", List.of(gate.timeout().toSeconds() + "s"));
    }
    for (var entry : keys.properties()) {
      if (!KINDS.containsKey(entry.getKey())) {
        var fields = new LinkedHashMap<String, List<String>>();
        say("", entry.getValue(), fields);
        things.put(new Thing("setting", entry.getKey()), fields);
      }
    }
    snapshot.rules().forEach((path, rules) -> things.put(new Thing("rules", path), say(rules)));
    if (!snapshot.config().agents().isEmpty()
        && !snapshot.config().decisions().containsKey("default")) {
      things.put(new Thing("decision", "default"), Map.of("human", List.of("required")));
    }
    var sorted = new LinkedHashMap<Thing, Map<String, List<String>>>();
    things.forEach(
        (thing, fields) -> {
          var inOrder = new LinkedHashMap<String, List<String>>();
          fields.keySet().stream().sorted(BY_WEIGHT).forEach(k -> inOrder.put(k, fields.get(k)));
          sorted.put(thing, inOrder);
        });
    return sorted;
  }

  /** What holds where its keys say nothing, and what its recipe would do. */
  private static void effective(AgentSpec agent, Map<String, List<String>> fields) {
    fields.putIfAbsent("driver", List.of(agent.driver().word()));
    if (!agent.driver().isHeldByMachine() && agent.driver() != AgentDriver.SCRIPTED) {
      fields.putIfAbsent("program", List.of(agent.driver().word()));
    }
    fields.put("sandbox.means", List.of(agent.sandboxInWords()));
    if (agent.held() != null) { // YAML takes on and off for true and false
      fields.computeIfPresent(
          "sandbox.network", (_, _) -> List.of(agent.held().network() ? "on" : "off"));
    }
    var recipe = agent.recipe();
    if (recipe != null) {
      fields.put("recipe.does", does(recipe));
      if (recipe.text() != null) {
        fields.put("recipe.sha256", List.of(ConfigSnapshot.sha256(recipe.text())));
      }
    }
  }

  /** What the rules of a file alert about and record, and the file as a whole. */
  private static Map<String, List<String>> say(SloConfig.RuleText rules) {
    var fields = new LinkedHashMap<String, List<String>>();
    if (rules.text() == null) {
      fields.put("unreadable", List.of(rules.trouble()));
      return fields;
    }
    try {
      RuleFile.said(rules.text()).forEach((name, rule) -> say(name, rule, fields));
      RuleFile.read(
          rules.text(),
          Duration.ofMinutes(1),
          (name, why) -> {
            fields.put(name + ".broken", List.of(why.getMessage()));
            return Optional.empty();
          });
    } catch (HiveException e) {
      fields.put("unreadable", List.of(e.getMessage()));
    }
    fields.put("sha256", List.of(ConfigSnapshot.sha256(rules.text())));
    return fields;
  }

  private static List<String> does(AgentSpec.RecipeFile recipe) {
    try {
      return Recipe.parse(recipe.path(), recipe.text(), recipe.trouble()).deeds();
    } catch (HiveException e) {
      return List.of("nothing: " + e.getMessage());
    }
  }

  /** Every leaf below a node, by its path. */
  private static void say(String at, JsonNode node, Map<String, List<String>> fields) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              e -> say(at.isEmpty() ? e.getKey() : at + "." + e.getKey(), e.getValue(), fields));
    } else if (node.isArray()) {
      var values = new ArrayList<String>();
      node.forEach(item -> values.add(item.isValueNode() ? item.asText() : Json.write(item)));
      fields.put(at, values);
    } else {
      fields.put(at.isEmpty() ? "value" : at, List.of(node.asText()));
    }
  }
}
