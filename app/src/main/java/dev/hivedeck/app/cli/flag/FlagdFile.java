package dev.hivedeck.app.cli.flag;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagRule;
import java.util.List;

/**
 * Flags as flagd reads them: rules are JSON Logic, shares its {@code fractional}. Who gets what
 * share is another there: flagd puts the key of a flag into what it buckets by.
 */
final class FlagdFile {
  private static final String SCHEMA = "https://flagd.dev/schema/v0/flags.json";

  /** Thousandths of a percent: flagd takes whole numbers. */
  private static final double PARTS = 1_000;

  private FlagdFile() {}

  static ObjectNode of(List<Flag> flags) {
    var file = Json.object().put("$schema", SCHEMA);
    var all = file.putObject("flags");
    for (var flag : flags) {
      var written = all.putObject(flag.id());
      // DISABLED would be the default of whoever asks, and not that of the flag.
      written.put("state", "ENABLED");
      var variants = written.putObject("variants");
      flag.variants().forEach(v -> variants.set(v.name(), v.value()));
      written.put("defaultVariant", flag.standard());
      var targeting = flag.killed() ? Json.object() : targeting(flag);
      if (!targeting.isEmpty()) {
        written.set("targeting", targeting);
      }
    }
    return file;
  }

  private static HiveException unsaid(Flag flag, String what, String why) {
    return new HiveException(
        ErrorCode.IMPORT_UNSUPPORTED,
        "flagd cannot be told the " + what + " of " + flag.id() + ": " + why + ".",
        "Give it another name in hive.yaml, or leave it to Hivedeck.");
  }

  private static ObjectNode targeting(Flag flag) {
    var shares = shares(flag);
    if (flag.rules().isEmpty()) {
      return shares;
    }
    var steps = Json.MAPPER.createArrayNode();
    for (var rule : flag.rules()) {
      steps.add(condition(flag, rule)).add(rule.serve());
    }
    if (shares.isEmpty()) {
      steps.addNull(); // the default
    } else {
      steps.add(shares);
    }
    return with("if", steps);
  }

  /** Empty where everybody gets the default. */
  private static ObjectNode shares(Flag flag) {
    if (flag.key().contains(".")) {
      throw unsaid(flag, "key " + flag.key(), "a dot leads into an attribute there");
    }
    boolean shared =
        flag.variants().stream().anyMatch(v -> v.weight() > 0 && !v.name().equals(flag.standard()));
    if (!shared) {
      return Json.object();
    }
    var parts = Json.MAPPER.createArrayNode();
    var key = Json.MAPPER.createArrayNode();
    key.add(with("var", Json.tree("$flagd.flagKey"))).add(with("var", Json.tree(flag.key())));
    parts.add(with("cat", key));
    for (var variant : flag.variants()) {
      long weight = Math.round(variant.weight() * PARTS);
      if (weight > 0) {
        parts.addArray().add(variant.name()).add(weight);
      }
    }
    return with("fractional", parts);
  }

  private static JsonNode condition(Flag flag, FlagRule rule) {
    if (rule.attribute().contains(".")) {
      throw unsaid(flag, "rule of " + rule.attribute(), "a dot leads into an attribute there");
    }
    String operator =
        switch (rule.test()) {
          case "startsWith" -> "starts_with";
          case "endsWith" -> "ends_with";
          case "in" -> "in";
          default -> "==="; // "3" is no 3, as here
        };
    if (operator.equals("in")) {
      var values = Json.MAPPER.createArrayNode();
      rule.values().forEach(values::add);
      return with("in", pair(rule, values));
    }
    var any = Json.MAPPER.createArrayNode();
    rule.values().forEach(value -> any.add(with(operator, pair(rule, value))));
    return any.size() == 1 ? any.get(0) : with("or", any);
  }

  private static ArrayNode pair(FlagRule rule, JsonNode value) {
    return Json.MAPPER.createArrayNode().add(with("var", Json.tree(rule.attribute()))).add(value);
  }

  private static ObjectNode with(String operator, JsonNode of) {
    var node = Json.object();
    node.set(operator, of);
    return node;
  }
}
