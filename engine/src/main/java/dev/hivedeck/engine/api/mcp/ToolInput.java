package dev.hivedeck.engine.api.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What a tool takes: a JSON Schema, in which everything has a bound, and arguments held to it. */
final class ToolInput {
  private static final int SHOWN = 5;

  private final ObjectNode rules;
  private final Schema schema;

  /** One argument. */
  record Field(String name, ObjectNode rules, boolean required) {
    /** The same, without which the tool cannot be called. */
    Field must() {
      return new Field(name, rules, true);
    }
  }

  private ToolInput(ObjectNode rules) {
    this.rules = rules;
    this.schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Json.write(rules), InputFormat.JSON);
  }

  static ToolInput of(Field... fields) {
    var rules = Json.object().put("type", "object").put("additionalProperties", false);
    var properties = rules.putObject("properties");
    Arrays.stream(fields).forEach(f -> properties.set(f.name(), f.rules()));
    var required = rules.putArray("required");
    Arrays.stream(fields).filter(Field::required).map(Field::name).forEach(required::add);
    return new ToolInput(rules);
  }

  /**
   * @param longest in characters
   */
  static Field text(String name, String description, int longest) {
    return new Field(name, text(longest).put("description", description), false);
  }

  private static ObjectNode text(int longest) {
    return Json.object().put("type", "string").put("minLength", 1).put("maxLength", longest);
  }

  static Field texts(String name, String description, int most, int longest) {
    var rules = Json.object().put("type", "array").put("maxItems", most);
    rules.set("items", text(longest));
    return new Field(name, rules.put("description", description), false);
  }

  static Field number(String name, String description, int least, int most) {
    return new Field(
        name,
        Json.object()
            .put("type", "integer")
            .put("minimum", least)
            .put("maximum", most)
            .put("description", description),
        false);
  }

  static Field flag(String name, String description) {
    return new Field(
        name, Json.object().put("type", "boolean").put("description", description), false);
  }

  /** The schema, as the SDK takes it. */
  @SuppressWarnings("unchecked")
  Map<String, Object> schema() {
    return Json.MAPPER.convertValue(rules, Map.class);
  }

  /**
   * @throws HiveException {@code bad-arguments}
   */
  void check(JsonNode arguments) {
    var errors = schema.validate(arguments);
    if (!errors.isEmpty()) {
      throw new HiveException(
          ErrorCode.BAD_ARGUMENTS,
          errors.stream()
              .limit(SHOWN)
              .map(e -> (e.getInstanceLocation().toString() + " ").stripLeading() + e.getMessage())
              .collect(Collectors.joining("; ")),
          "Call it again with arguments that fit its schema.");
    }
  }
}
