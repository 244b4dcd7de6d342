package dev.hivedeck.app.cli.flag;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.flag.FlagConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Features of Unleash, as it gives them to its clients, as {@code hive.yaml} says flags; what it
 * cannot say is refused by name.
 */
final class UnleashReader {
  /** The strategy that has a share. */
  static final String SHARE = "flexibleRollout";

  /** Stickiness by who asks, or their session, or chance. */
  static final String ANYHOW = "default";

  private static final String ALL = "default";
  private static final String NAMED = "userWithId";

  /** Says nothing of who gets what. */
  private static final Set<String> PASSED_OVER =
      Set.of(
          "name",
          "type",
          "description",
          "project",
          "stale",
          "impressionData",
          "createdAt",
          "lastSeenAt",
          "environment",
          "enabled",
          "strategies");

  private static final Map<String, String> TESTS =
      Map.of("IN", "in", "STR_STARTS_WITH", "startsWith", "STR_ENDS_WITH", "endsWith");

  private final String file;
  private final JsonNode root;

  UnleashReader(String file, String text) {
    this.file = file;
    try {
      this.root = Json.read(text, JsonNode.class);
    } catch (HiveException e) {
      throw invalid(file + " is no JSON: " + e.fault().message());
    }
  }

  private static HiveException invalid(String message) {
    return new HiveException(
        ErrorCode.IMPORT_INVALID,
        message,
        "Features of Unleash are what GET /api/client/features says: { \"features\": [ … ] }.");
  }

  /** As below {@code flags} of {@code hive.yaml}. */
  ObjectNode flags() {
    var features = root.path("features");
    if (!features.isArray()) {
      throw invalid(file + " has no features.");
    }
    var flags = Json.object();
    for (var feature : features) {
      String name = feature.path("name").asText("");
      if (name.isEmpty()) {
        throw invalid(file + " has a feature without a name.");
      }
      if (flags.has(name)) {
        throw invalid(file + " has " + name + " twice.");
      }
      flags.set(name, flag(name, feature));
    }
    HiveConfig.parse(file + " as hive.yaml", "version: 1\n" + FlagdReader.yaml(flags));
    return flags;
  }

  private HiveException unsaid(String flag, String what, String remedy) {
    return new HiveException(
        ErrorCode.IMPORT_UNSUPPORTED,
        file + ", " + flag + ": hive.yaml cannot say " + what + ".",
        "Rules are equals, in, startsWith or endsWith of an attribute, and one share of keys: "
            + remedy
            + ".");
  }

  /** What has to be of a kind where it is there at all. */
  private JsonNode part(String flag, JsonNode of, String name, JsonNodeType type) {
    var value = of.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return MissingNode.getInstance();
    }
    return typed(flag, name, value, type);
  }

  private JsonNode typed(String flag, String name, JsonNode value, JsonNodeType type) {
    if (value.getNodeType() != type) {
      String wanted =
          switch (type) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case BOOLEAN -> "true or false";
            default -> "a text";
          };
      throw invalid(file + ", " + flag + ": " + name + " is not " + wanted + ".");
    }
    return value;
  }

  private ObjectNode flag(String name, JsonNode feature) {
    feature
        .properties()
        .forEach(
            e -> {
              var value = e.getValue();
              boolean isNothing = value.isNull() || value.isContainerNode() && value.isEmpty();
              if (!PASSED_OVER.contains(e.getKey()) && !isNothing) {
                throw unsaid(name, e.getKey(), "take it out");
              }
            });
    if (!typed(name, "enabled", feature.path("enabled"), JsonNodeType.BOOLEAN).booleanValue()) {
      throw unsaid(name, "that it is not enabled", "hivedeck flag kill does that");
    }
    var read = Json.object();
    var rules = Json.MAPPER.createArrayNode();
    int enabled = 0;
    var strategies = typed(name, "strategies", feature.path("strategies"), JsonNodeType.ARRAY);
    for (var strategy : strategies) {
      typed(name, "a strategy", strategy, JsonNodeType.OBJECT);
      if (!part(name, strategy, "disabled", JsonNodeType.BOOLEAN).asBoolean(false)) {
        enabled++;
        strategy(name, strategy, read, rules);
      }
    }
    if (strategies.isEmpty()) {
      share(name, read, "100");
    } else if (enabled == 0) {
      throw unsaid(name, "that all its strategies are disabled", "take them out");
    }
    if (!rules.isEmpty()) {
      read.set("rules", rules);
    }
    return read;
  }

  private void strategy(String flag, JsonNode strategy, ObjectNode read, ArrayNode rules) {
    String kind = part(flag, strategy, "name", JsonNodeType.STRING).asText("");
    for (String more : List.of("segments", "variants")) {
      if (!part(flag, strategy, more, JsonNodeType.ARRAY).isEmpty()) {
        throw unsaid(flag, more + " of a strategy", "leave that feature to Unleash");
      }
    }
    var constraints = part(flag, strategy, "constraints", JsonNodeType.ARRAY);
    var parameters = part(flag, strategy, "parameters", JsonNodeType.OBJECT);
    switch (kind) {
      case ALL -> {
        if (constraints.isEmpty()) {
          share(flag, read, "100");
        } else {
          rules(flag, constraints, rules);
        }
      }
      case SHARE -> {
        String rollout = parameters.path("rollout").asText("");
        if (constraints.isEmpty()) {
          key(flag, part(flag, parameters, "stickiness", JsonNodeType.STRING).asText(ANYHOW), read);
          share(flag, read, rollout);
        } else if (rollout.equals("100")) {
          rules(flag, constraints, rules);
        } else {
          throw unsaid(flag, "a share of those whom a constraint fits", "give that strategy 100 %");
        }
      }
      case NAMED -> {
        if (!constraints.isEmpty()) {
          throw unsaid(flag, "constraints of " + NAMED, "take them out");
        }
        var ids = Json.MAPPER.createArrayNode();
        String named =
            typed(flag, "userIds", parameters.path("userIds"), JsonNodeType.STRING).textValue();
        for (String id : named.split(",")) {
          if (!id.isBlank()) {
            ids.add(id.strip());
          }
        }
        if (!ids.isEmpty()) {
          rules.add(rule(FlagConfig.TARGETING_KEY).set("in", ids));
        }
      }
      default ->
          throw unsaid(
              flag, "the strategy " + kind, ALL + ", " + SHARE + " and " + NAMED + " are read");
    }
  }

  private static ObjectNode rule(String attribute) {
    return Json.object().put("serve", "on").put("attribute", attribute);
  }

  private void key(String flag, String stickiness, ObjectNode read) {
    if (stickiness.equals("random")) {
      throw unsaid(flag, "the stickiness random", "the same key gets the same variant here");
    }
    String attribute = attribute(stickiness);
    if (!stickiness.equals(ANYHOW) && !attribute.equals(FlagConfig.TARGETING_KEY)) {
      read.put("key", attribute);
    }
  }

  private static String attribute(String context) {
    return context.equals(UnleashFile.USER) ? FlagConfig.TARGETING_KEY : context;
  }

  private void share(String flag, ObjectNode read, String rollout) {
    if (!rollout.matches("\\d{1,2}|100")) {
      throw unsaid(flag, "a rollout of \"" + rollout + "\"", "write 0 to 100");
    }
    if (read.has("weights")) {
      throw unsaid(flag, "two shares", "leave one strategy without constraints");
    }
    read.putObject("weights").put("on", rollout + "%");
  }

  private void rules(String flag, JsonNode constraints, ArrayNode rules) {
    if (constraints.size() > 1) {
      throw unsaid(flag, "two constraints of one strategy", "leave one");
    }
    var constraint = typed(flag, "a constraint", constraints.path(0), JsonNodeType.OBJECT);
    String operator = part(flag, constraint, "operator", JsonNodeType.STRING).asText("");
    String test = TESTS.get(operator);
    if (test == null) {
      throw unsaid(
          flag, "the operator " + operator, "IN, STR_STARTS_WITH and STR_ENDS_WITH are read");
    }
    for (String more : List.of("inverted", "caseInsensitive")) {
      if (part(flag, constraint, more, JsonNodeType.BOOLEAN).asBoolean(false)) {
        throw unsaid(flag, "a constraint that is " + more, "turn it round");
      }
    }
    String attribute =
        attribute(part(flag, constraint, "contextName", JsonNodeType.STRING).asText(""));
    var values = part(flag, constraint, "values", JsonNodeType.ARRAY);
    values.forEach(value -> typed(flag, "a value of " + attribute, value, JsonNodeType.STRING));
    if (attribute.isEmpty() || values.isEmpty()) {
      throw unsaid(flag, "a constraint of nothing", "give it a context name and values");
    }
    if (test.equals("in")) {
      rules.add(rule(attribute).set("in", values));
    } else {
      values.forEach(value -> rules.add(rule(attribute).set(test, value)));
    }
  }
}
