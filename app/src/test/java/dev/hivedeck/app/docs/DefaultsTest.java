package dev.hivedeck.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.Json;
import org.junit.jupiter.api.Test;

/** The defaults that the schema names, and the documentation with it, are those that hold. */
class DefaultsTest {

  @Test
  void whoeverWritesAllDefaultsOutChangesNothing() {
    var said = (ObjectNode) defaults(Reference.schema());
    assertThat(said.properties()).hasSizeGreaterThan(5);
    assertThat(parse(said.toString())).isEqualTo(parse("{}"));
  }

  @Test
  void soDoesWhoeverWritesThemForAnAgentAGateAndADecision() {
    String plain = "{agents: {a: {run: x}}, gates: {g: {run: x}}, decisions: {k: {within: 1h}}}";
    var all = Json.object();
    var sections = Reference.schema().path("properties");
    for (String section : new String[] {"agents", "gates", "decisions"}) {
      all.set(section, defaults(sections.path(section).path("additionalProperties")));
    }
    ((ObjectNode) all.get("agents")).put("run", "x");
    ((ObjectNode) all.get("gates")).put("run", "x");
    ((ObjectNode) all.get("decisions")).put("within", "1h");
    String said =
        "{agents: {a: %s}, gates: {g: %s}, decisions: {k: %s}}"
            .formatted(all.get("agents"), all.get("gates"), all.get("decisions"));
    assertThat(all.get("agents")).hasSizeGreaterThan(3);
    assertThat(parse(said)).isEqualTo(parse(plain));
  }

  private static HiveConfig parse(String yaml) {
    return HiveConfig.parse("hive.yaml", yaml);
  }

  /** What a section would say if it said all its defaults. */
  private static JsonNode defaults(JsonNode schema) {
    var all = Json.object();
    for (var property : schema.path("properties").properties()) {
      if (property.getValue().has("default")) {
        all.set(property.getKey(), property.getValue().get("default"));
      } else {
        var inner = defaults(property.getValue());
        if (!inner.isEmpty()) {
          all.set(property.getKey(), inner);
        }
      }
    }
    return all;
  }
}
