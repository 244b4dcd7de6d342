package dev.hivedeck.app.cli.flag;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Flags of flagd as {@code hive.yaml} says them; what it cannot say is refused by name. */
final class FlagdReader {
  private static final Set<String> FILE = Set.of("$schema", "flags");
  private static final Set<String> FLAG =
      Set.of("state", "variants", "defaultVariant", "targeting");
  private static final Map<String, String> TESTS =
      Map.of("==", "equals", "===", "equals", "starts_with", "startsWith", "ends_with", "endsWith");

  /** Thousandths of a percent are what a share is told in. */
  private static final int DIGITS = 3;

  private final String file;
  private final JsonNode root;

  FlagdReader(String file, String text) {
    this.file = file;
    try {
      this.root = Json.read(text, JsonNode.class);
    } catch (HiveException e) {
      throw invalid(file + " is no JSON: " + e.fault().message());
    }
  }

  private static HiveException invalid(String message) {
    return new HiveException(
        ErrorCode.IMPORT_INVALID, message, "Flags of flagd are JSON: { \"flags\": { … } }.");
  }

  /** As below {@code flags} of {@code hive.yaml}. */
  ObjectNode flags() {
    if (!root.path("flags").isObject()) {
      throw invalid(file + " has no flags.");
    }
    only(root, FILE, "");
    var flags = Json.object();
    root.get("flags").properties().forEach(e -> flags.set(e.getKey(), flag(e)));
    HiveConfig.parse(file + " as hive.yaml", "version: 1\n" + yaml(flags));
    return flags;
  }

  /** A flag a line: JSON is YAML, too. */
  static String yaml(ObjectNode flags) {
    var text = new StringBuilder("flags:");
    flags
        .properties()
        .forEach(
            e ->
                text.append("\n  ")
                    .append(Json.write(e.getKey()))
                    .append(": ")
                    .append(Json.write(e.getValue())));
    return (flags.isEmpty() ? "flags: {}" : text.toString()) + "\n";
  }

  private ObjectNode flag(Map.Entry<String, JsonNode> entry) {
    String name = entry.getKey();
    var flag = entry.getValue();
    only(flag, FLAG, name);
    if (!flag.path("state").asText("ENABLED").equals("ENABLED")) {
      throw unsaid(name, "state " + flag.get("state").asText(), "hivedeck flag kill does that");
    }
    String standard = flag.path("defaultVariant").asText("");
    if (standard.isEmpty()) {
      throw unsaid(name, "flag without a defaultVariant", "name one");
    }
    var read = Json.object();
    read.set("variants", flag.path("variants"));
    read.put("default", standard);
    var targeting = flag.path("targeting");
    if (targeting.isObject() && !targeting.isEmpty()) {
      new Targeting(name, standard, read).read(targeting);
    }
    return read;
  }

  private void only(JsonNode node, Set<String> known, String flag) {
    node.properties()
        .forEach(
            e -> {
              if (!known.contains(e.getKey())) {
                throw unsaid(flag, e.getKey(), "take it out");
              }
            });
  }

  private HiveException unsaid(String flag, String what, String remedy) {
    return new HiveException(
        ErrorCode.IMPORT_UNSUPPORTED,
        file + (flag.isEmpty() ? "" : ", " + flag) + ": hive.yaml cannot say " + what + ".",
        "Rules are equals, in, startsWith or endsWith of an attribute, and shares of keys: "
            + remedy
            + ".");
  }

  /** Rules in their order, and the shares of whoever fits none. */
  private final class Targeting {
    private final String flag;
    private final String standard;
    private final ObjectNode read;

    Targeting(String flag, String standard, ObjectNode read) {
      this.flag = flag;
      this.standard = standard;
      this.read = read;
    }

    void read(JsonNode targeting) {
      if (!targeting.has("if")) {
        rest(targeting);
        return;
      }
      var steps = targeting.get("if");
      var rules = Json.MAPPER.createArrayNode();
      int i = 0;
      for (; i + 1 < steps.size(); i += 2) {
        if (!steps.get(i + 1).isTextual()) {
          throw unsaid(flag, "if that leads to " + steps.get(i + 1), "name a variant");
        }
        for (var rule : rules(steps.get(i))) {
          rules.add(rule.put("serve", steps.get(i + 1).asText()));
        }
      }
      read.set("rules", rules);
      if (i < steps.size()) {
        rest(steps.get(i));
      }
    }

    private void rest(JsonNode node) {
      if (node.isNull()) {
        return;
      }
      if (node.isTextual()) {
        if (!node.asText().equals(standard)) {
          read.putObject("weights").put(node.asText(), "100%");
        }
      } else if (node.has("fractional")) {
        shares(node.get("fractional"));
      } else {
        throw unsaid(flag, words(node), "write fractional");
      }
    }

    private void shares(JsonNode parts) {
      var weights = new LinkedHashMap<String, Long>();
      long all = 0;
      for (int i = 0; i < parts.size(); i++) {
        var part = parts.get(i);
        if (i == 0 && !part.isArray()) {
          key(part);
          continue;
        }
        if (!part.path(0).isTextual()
            || !part.path(1).isMissingNode() && !part.get(1).isIntegralNumber()) {
          throw unsaid(flag, "fractional of " + part, "name a variant, and a whole number");
        }
        long weight = part.path(1).asLong(1);
        weights.merge(part.get(0).asText(), weight, Long::sum);
        all += weight;
      }
      if (all <= 0) {
        throw unsaid(flag, "fractional of nothing", "give a variant a weight");
      }
      var shares = read.putObject("weights");
      for (var weight : weights.entrySet()) {
        if (!weight.getKey().equals(standard)) {
          shares.put(weight.getKey(), percent(weight.getValue(), all));
        }
      }
    }

    private static String percent(long weight, long all) {
      return BigDecimal.valueOf(100 * weight)
              .divide(BigDecimal.valueOf(all), DIGITS, RoundingMode.DOWN)
              .stripTrailingZeros()
              .toPlainString()
          + "%";
    }

    /** By what keys share: an attribute, with the flag's key before it, or not. */
    private void key(JsonNode by) {
      var parts = by.path("cat");
      var last = parts.isArray() ? parts.path(parts.size() - 1) : by;
      boolean isKnown =
          !parts.isArray()
              || (parts.size() == 2 && parts.get(0).path("var").asText().equals("$flagd.flagKey"));
      if (!isKnown || !last.path("var").isTextual()) {
        throw unsaid(flag, "fractional by " + by, "share by an attribute");
      }
      read.put("key", attribute(last));
    }

    private String attribute(JsonNode node) {
      String name = node.path("var").asText("");
      if (name.isEmpty() || name.contains(".") || node.size() != 1) {
        throw unsaid(flag, "attribute " + node, "name one that stands in the context itself");
      }
      return name;
    }

    private List<ObjectNode> rules(JsonNode condition) {
      if (condition.has("or") && condition.size() == 1) {
        var rules = new ArrayList<ObjectNode>();
        condition.get("or").forEach(one -> rules.add(rule(one)));
        return rules;
      }
      return List.of(rule(condition));
    }

    private ObjectNode rule(JsonNode condition) {
      if (condition.size() != 1) {
        throw unsaid(flag, condition.toString(), "write one condition");
      }
      String operator = condition.fieldNames().next();
      var pair = condition.get(operator);
      var value = pair.path(1);
      var rule = Json.object();
      if (operator.equals("in") && value.isArray() && pair.size() == 2) {
        rule.put("attribute", attribute(pair.get(0))).set("in", value);
      } else if (TESTS.containsKey(operator) && value.isValueNode() && pair.size() == 2) {
        rule.put("attribute", attribute(pair.get(0))).set(TESTS.get(operator), value);
      } else {
        throw unsaid(flag, words(condition), "leave that flag to flagd");
      }
      return rule;
    }

    private static String words(JsonNode node) {
      return node.isObject() && !node.isEmpty() ? node.fieldNames().next() : node.toString();
    }
  }
}
