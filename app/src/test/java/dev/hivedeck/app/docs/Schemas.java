package dev.hivedeck.app.docs;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.Word;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** JSON Schemas of the records that the engine sends and takes, by the names they go by. */
final class Schemas {
  private final Map<String, Class<?>> names = new LinkedHashMap<>();
  private final Map<String, ObjectNode> schemas = new TreeMap<>();

  /** All that were asked for so far, with those that they refer to. */
  Map<String, ObjectNode> all() {
    return schemas;
  }

  /** A reference to a record's schema, or the schema itself where it is a simple one. */
  ObjectNode of(Type type) {
    if (type instanceof ParameterizedType several) {
      var arguments = several.getActualTypeArguments();
      return several.getRawType() == Map.class
          ? simple("object").set("additionalProperties", of(arguments[1]))
          : list(arguments[0]);
    }
    var plain = (Class<?>) type;
    if (plain == String.class || plain == EventType.class) {
      return simple("string");
    } else if (plain == boolean.class || plain == Boolean.class) {
      return simple("boolean");
    } else if (plain == int.class || plain == Integer.class) {
      return simple("integer").put("format", "int32");
    } else if (plain == long.class || plain == Long.class) {
      return simple("integer").put("format", "int64");
    } else if (plain == double.class || plain == Double.class || plain == Duration.class) {
      return simple("number");
    } else if (plain == Instant.class) {
      return simple("string").put("format", "date-time");
    } else if (plain == Object.class || JsonNode.class.isAssignableFrom(plain)) {
      return Json.object();
    } else if (plain.isEnum() || plain == Topic.class) {
      var schema = simple("string");
      words(plain).forEach(schema.putArray("enum")::add);
      return schema;
    }
    return Json.object().put("$ref", "#/components/schemas/" + named(plain));
  }

  ObjectNode list(Type of) {
    return simple("array").set("items", of(of));
  }

  static List<String> words(Class<?> type) {
    if (type == Topic.class) {
      return Topic.all().stream().map(Topic::word).toList();
    }
    return Arrays.stream(type.getEnumConstants())
        .map(
            value ->
                switch (value) {
                  case Word word -> word.word();
                  default -> Json.tree(value).asText();
                })
        .toList();
  }

  private static ObjectNode simple(String type) {
    return Json.object().put("type", type);
  }

  private String named(Class<?> type) {
    String name = type.getSimpleName();
    if (names.getOrDefault(name, type) != type) {
      name = type.getDeclaringClass().getSimpleName() + name;
    }
    if (names.putIfAbsent(name, type) == null) {
      schemas.put(name, Json.object()); // it may refer to itself
      schemas.put(name, type.isSealed() ? variants(type) : object(type, false));
    }
    return name;
  }

  /** One of several kinds, told apart by their {@code type}. */
  private ObjectNode variants(Class<?> type) {
    var schema = simple("object");
    schema.put("description", Javadoc.of(type).text());
    schema.putArray("required").add("type");
    var types = simple("string");
    var words = types.putArray("enum");
    for (var variant : type.getAnnotation(JsonSubTypes.class).value()) {
      words.add(variant.name());
    }
    schema.putObject("properties").set("type", types);
    return schema.put("additionalProperties", true);
  }

  /**
   * A record.
   *
   * @param sent whether it comes from a client, who may leave out what has a default
   * @param without fields that are not part of it
   */
  ObjectNode object(Class<?> type, boolean sent, String... without) {
    var schema = simple("object");
    var said = Javadoc.of(type);
    if (!said.text().isEmpty()) {
      schema.put("description", said.text());
    }
    var properties = Json.object();
    var required = Json.MAPPER.createArrayNode();
    for (var part : type.getRecordComponents()) {
      if (List.of(without).contains(part.getName())) {
        continue;
      }
      var property = of(part.getGenericType());
      String words = said.parts().get(part.getName());
      if (words != null) {
        property.put("description", words);
      }
      properties.set(part.getName(), property);
      if (sent ? must(part) : always(part, words)) {
        required.add(part.getName());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    schema.set("properties", properties);
    return schema;
  }

  /** Null is left out; what cannot be null, or stands for nothing when it is empty, is there. */
  private static boolean always(RecordComponent part, String words) {
    boolean nullable = words != null && words.matches("(?s).*\\bnull\\b.*|.*left out.*");
    return part.getType().isPrimitive()
        || part.getType() == List.class && !nullable
        || part.getName().equals("id");
  }

  private static boolean must(RecordComponent part) {
    return !part.getType().isPrimitive()
        && part.getType() != List.class
        && Arrays.stream(part.getAnnotatedType().getAnnotations())
            .noneMatch(a -> a.annotationType().getSimpleName().equals("Nullable"));
  }

  /** The record of a command or a query by its word. */
  static Optional<Class<?>> byWord(Class<?> family, String word) {
    return Optional.ofNullable(
        family == Command.class
            ? RequestParser.commands().get(word)
            : RequestParser.queries().get(word));
  }
}
