package dev.hivedeck.engine.config.flag;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.hivedeck.engine.config.flag.FlagConfig.Rule;
import dev.hivedeck.engine.config.flag.FlagConfig.Test;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.SharePercent;
import dev.hivedeck.engine.config.yaml.YamlSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code flags}, noting at its line what is wrong with it. */
public final class FlagReader {
  private static final String AT = "/flags/";
  private static final int WHOLE = 100_000;
  private static final Set<String> TYPES = Set.of("boolean", "string", "number", "object");
  private static final String OFF = "off";

  private final YamlSource source;

  private FlagReader(YamlSource source) {
    this.source = source;
  }

  /** The flags of a configuration, by key, in its order. */
  public static Map<String, FlagConfig> read(YamlSource source) {
    var reader = new FlagReader(source);
    var flags = new LinkedHashMap<String, FlagConfig>();
    for (var entry : source.root().path("flags").properties()) {
      String at = AT + entry.getKey();
      flags.put(entry.getKey(), reader.flag(entry.getKey(), entry.getValue(), at));
    }
    return flags;
  }

  private FlagConfig flag(String name, JsonNode node, String at) {
    var variants = variants(node.path("variants"), at + "/variants");
    String standard = standard(node, variants, at);
    return new FlagConfig(
        name,
        variants,
        standard,
        weights(node.path("weights"), variants.keySet(), standard, at + "/weights"),
        node.path("key").asText(FlagConfig.TARGETING_KEY),
        rules(node.path("rules"), variants.keySet(), at + "/rules"));
  }

  private Map<String, JsonNode> variants(JsonNode node, String at) {
    var variants = new LinkedHashMap<String, JsonNode>();
    node.properties().forEach(e -> variants.put(e.getKey(), e.getValue()));
    if (variants.isEmpty()) {
      variants.put("on", BooleanNode.TRUE);
      variants.put(OFF, BooleanNode.FALSE);
      return variants;
    }
    String type = FlagConfig.type(variants.values().iterator().next());
    for (var variant : variants.entrySet()) {
      String own = FlagConfig.type(variant.getValue());
      if (!TYPES.contains(own)) {
        source.wrong(
            at + "/" + variant.getKey(),
            "a variant is a boolean, a string, a number or an object, and no " + own);
      } else if (!own.equals(type)) {
        source.wrong(
            at + "/" + variant.getKey(),
            "variants are of one type: the first is a " + type + ", this one a " + own);
      }
    }
    return variants;
  }

  private String standard(JsonNode node, Map<String, JsonNode> variants, String at) {
    String named = name(node.path("default"), variants.keySet());
    if (named.isEmpty() && variants.containsKey(OFF)) {
      return OFF;
    }
    if (!variants.containsKey(named)) {
      source.wrong(
          node.has("default") ? at + "/default" : at,
          named.isEmpty()
              ? "say which variant everybody gets who gets no other: default: "
                  + variants.keySet().iterator().next()
              : named + " is no variant of it" + DidYouMean.to(named, variants.keySet()));
      return variants.keySet().iterator().next();
    }
    return named;
  }

  /** The name of a variant. YAML takes on and off, unless they are quoted, for true and false. */
  private static String name(JsonNode node, Set<String> variants) {
    if (node.isBoolean() && !variants.contains(node.asText())) {
      var names = node.booleanValue() ? List.of("on", "yes") : List.of(OFF, "no");
      return names.stream().filter(variants::contains).findFirst().orElse(node.asText());
    }
    return node.asText("");
  }

  private Map<String, Integer> weights(
      JsonNode node, Set<String> variants, String standard, String at) {
    var weights = new LinkedHashMap<String, Integer>();
    int sum = 0;
    for (var entry : node.properties()) {
      String place = at + "/" + entry.getKey();
      String text = entry.getValue().asText();
      int weight = SharePercent.spaced(text).orElse(-1);
      if (entry.getKey().equals(standard)) {
        source.wrong(
            place, standard + " is the default: it has what the others leave; take it out");
      } else if (!variants.contains(entry.getKey())) {
        source.wrong(
            place, entry.getKey() + " is no variant" + DidYouMean.to(entry.getKey(), variants));
      } else if (weight < 0 || weight > WHOLE) {
        source.wrong(place, "\"" + text + "\" is no share; write 5% or 0.5%");
      } else {
        sum += weight;
        weights.put(entry.getKey(), weight);
      }
    }
    if (sum > WHOLE) {
      source.wrong(at, "the weights come to more than 100%");
      return Map.of();
    }
    return weights;
  }

  private List<Rule> rules(JsonNode node, Set<String> variants, String at) {
    var rules = new ArrayList<Rule>();
    int index = 0;
    for (var item : node) {
      String place = at + "/" + index++;
      String serve = name(item.path("serve"), variants);
      if (!variants.contains(serve)) {
        source.wrong(place + "/serve", serve + " is no variant" + DidYouMean.to(serve, variants));
      }
      var tests = Arrays.stream(Test.values()).filter(test -> item.has(test.word())).toList();
      if (tests.size() != 1) {
        source.wrong(
            place,
            "a rule has one of equals, in, startsWith and endsWith, and this has " + tests.size());
        continue;
      }
      var test = tests.getFirst();
      var value = item.get(test.word());
      rules.add(
          new Rule(
              item.path("attribute").asText(),
              test,
              test == Test.IN ? List.copyOf(values(value)) : List.of(value),
              serve));
    }
    return rules;
  }

  private static List<JsonNode> values(JsonNode list) {
    var values = new ArrayList<JsonNode>();
    list.forEach(values::add);
    return values;
  }
}
