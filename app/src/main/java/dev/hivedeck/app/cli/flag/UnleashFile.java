package dev.hivedeck.app.cli.flag;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.flag.FlagConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagRule;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagVariant;
import java.util.List;

/**
 * Flags as Unleash gives them to its clients. A feature there is on or off, and on where any of its
 * strategies says so: a rule becomes one with a constraint, a share one with a rollout.
 */
final class UnleashFile {
  /** What OpenFeature calls the targeting key. */
  static final String USER = "userId";

  private static final int VERSION = 2;
  private static final int ALL = 100;

  private UnleashFile() {}

  static ObjectNode of(List<Flag> flags) {
    var file = Json.object().put("version", VERSION);
    var features = file.putArray("features");
    for (var flag : flags) {
      var feature = features.addObject();
      feature.put("name", flag.id()).put("type", "release").put("enabled", !flag.killed());
      strategies(flag, feature.putArray("strategies"));
      feature.putArray("variants");
    }
    return file;
  }

  private static HiveException unsaid(Flag flag, String what, String remedy) {
    return new HiveException(
        ErrorCode.IMPORT_UNSUPPORTED,
        "Unleash cannot be told the " + what + " of " + flag.id() + ".",
        "A feature there is on or off: " + remedy + ".");
  }

  private static void strategies(Flag flag, ArrayNode strategies) {
    var on = on(flag);
    for (var rule : flag.rules()) {
      if (!rule.serve().equals(on.name())) {
        throw unsaid(
            flag,
            "rule of " + rule.attribute() + " that serves " + rule.serve(),
            "its strategies only add those for whom it is on; leave that flag to Hivedeck");
      }
      strategy(flag, strategies, ALL, UnleashReader.ANYHOW)
          .putArray("constraints")
          .add(constraint(flag, rule));
    }
    double share = on.weight();
    if (share != Math.rint(share)) {
      throw unsaid(
          flag, "share of " + share + "%", "it shares by whole percent; hivedeck flag set another");
    }
    if (share > 0 || flag.rules().isEmpty()) { // without a strategy it would be on for all
      String key = flag.key().equals(FlagConfig.TARGETING_KEY) ? USER : flag.key();
      strategy(flag, strategies, (int) share, key).putArray("constraints");
    }
  }

  /** The variant that is true; the other is the default. */
  private static FlagVariant on(Flag flag) {
    var on = flag.variants().stream().filter(v -> v.value().asBoolean(false)).toList();
    if (!flag.type().equals("boolean")
        || flag.variants().size() != 2
        || on.size() != 1
        || on.getFirst().name().equals(flag.standard())) {
      throw unsaid(
          flag, "variants", "give it one variant that is true and a default that is false");
    }
    return on.getFirst();
  }

  private static ObjectNode strategy(Flag flag, ArrayNode to, int rollout, String stickiness) {
    var strategy = to.addObject().put("name", UnleashReader.SHARE);
    strategy
        .putObject("parameters")
        .put("groupId", flag.id())
        .put("rollout", String.valueOf(rollout))
        .put("stickiness", stickiness);
    return strategy;
  }

  private static ObjectNode constraint(Flag flag, FlagRule rule) {
    String operator =
        switch (rule.test()) {
          case "startsWith" -> "STR_STARTS_WITH";
          case "endsWith" -> "STR_ENDS_WITH";
          default -> "IN";
        };
    var constraint =
        Json.object()
            .put(
                "contextName",
                rule.attribute().equals(FlagConfig.TARGETING_KEY) ? USER : rule.attribute())
            .put("operator", operator)
            .put("inverted", false)
            .put("caseInsensitive", false);
    var values = constraint.putArray("values");
    for (var value : rule.values()) {
      if (!value.isTextual()) {
        throw unsaid(
            flag,
            "value " + value + " of " + rule.attribute(),
            "it compares texts; quote the value, and send it as a text");
      }
      values.add(value.asText());
    }
    return constraint;
  }
}
