package dev.hivedeck.engine.git.survey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a new version of an OpenAPI description, a JSON schema or a protocol takes from those who
 * rely on the one before. It reads what is written there and follows no references, so it tells
 * less than there may be, and nothing that is not so.
 */
final class Contracts {
  /** More breaks of a file are not told. */
  private static final int MOST = 20;

  private static final int DEEPEST = 12;
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private final List<String> breaks = new ArrayList<>();

  private Contracts() {}

  /**
   * @param now null where the file is gone
   * @return what is broken, in words; none where it was no contract before
   */
  static List<String> breaks(String path, String before, @Nullable String now) {
    return breaks(path, before, path, now);
  }

  /**
   * @param path of the version before
   * @param to of the new one, which may be written in another form
   * @param now null where the file is gone
   * @return what is broken, in words; none where it was no contract before
   */
  static List<String> breaks(String path, String before, String to, @Nullable String now) {
    if (path.endsWith(".proto")) {
      return ProtoFields.breaks(before, now == null ? "" : now).stream().limit(MOST).toList();
    }
    var old = read(path, before);
    if (old == null || !old.isObject()) {
      return List.of();
    }
    if (now == null) {
      return List.of("is gone");
    }
    var fresh = read(to, now);
    if (fresh == null || !fresh.isObject()) {
      return List.of("can no longer be read");
    }
    var found = new Contracts();
    if (old.has("openapi") || old.has("swagger")) {
      found.api(old, fresh);
    } else {
      found.schema("", old, fresh, 0);
    }
    return found.breaks.stream().limit(MOST).toList();
  }

  private static @Nullable JsonNode read(String path, String text) {
    try {
      return (path.endsWith(".json") ? Json.MAPPER : YAML).readTree(text);
    } catch (JsonProcessingException | RuntimeException | StackOverflowError e) {
      return null;
    }
  }

  private void tell(String what) {
    if (breaks.size() < MOST) {
      breaks.add(what);
    }
  }

  private void api(JsonNode old, JsonNode now) {
    for (var path : old.path("paths").properties()) {
      var fresh = now.path("paths").path(path.getKey());
      if (fresh.isMissingNode()) {
        tell("removes " + path.getKey());
        continue;
      }
      for (var operation : path.getValue().properties()) {
        if (METHODS.contains(operation.getKey())) {
          String name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
          var one = fresh.path(operation.getKey());
          if (one.isMissingNode()) {
            tell("removes " + name);
          } else {
            operation(name, operation.getValue(), one);
          }
        }
      }
    }
    schemas(old.path("components").path("schemas"), now.path("components").path("schemas"));
    schemas(old.path("definitions"), now.path("definitions"));
  }

  private void operation(String name, JsonNode old, JsonNode now) {
    for (var answer : old.path("responses").properties()) {
      if (!now.path("responses").has(answer.getKey())) {
        tell(name + " no longer answers " + answer.getKey());
      }
    }
    var known = new LinkedHashSet<String>();
    old.path("parameters").forEach(p -> known.add(p.path("name").asText() + demanded(p)));
    for (var parameter : now.path("parameters")) {
      String wanted = parameter.path("name").asText();
      if (!demanded(parameter).isEmpty() && !known.contains(wanted + demanded(parameter))) {
        tell(name + " demands parameter " + wanted);
      }
    }
    if (now.path("requestBody").path("required").asBoolean()
        && !old.path("requestBody").path("required").asBoolean()) {
      tell(name + " demands a body");
    }
  }

  private static String demanded(JsonNode parameter) {
    return parameter.path("required").asBoolean() ? "!" : "";
  }

  private void schemas(JsonNode old, JsonNode now) {
    for (var schema : old.properties()) {
      if (!now.has(schema.getKey())) {
        tell("removes " + schema.getKey());
      } else {
        schema(schema.getKey(), schema.getValue(), now.get(schema.getKey()), 1);
      }
    }
  }

  private void schema(String at, JsonNode old, JsonNode now, int depth) {
    if (depth > DEEPEST) {
      return;
    }
    String of = at.isEmpty() ? "" : " of " + at;
    if (old.has("type") && now.has("type") && !old.get("type").equals(now.get("type"))) {
      tell((at.isEmpty() ? "it" : at) + " is " + word(now.get("type")) + " now");
    }
    var demanded = texts(old.path("required"));
    for (String name : texts(now.path("required"))) {
      if (!demanded.contains(name)) {
        tell("demands " + name + of);
      }
    }
    var values = texts(now.path("enum"));
    for (String value : texts(old.path("enum"))) {
      if (!values.isEmpty() && !values.contains(value)) {
        tell("no longer takes " + value + of);
      }
    }
    for (var property : old.path("properties").properties()) {
      var fresh = now.path("properties").path(property.getKey());
      String name = at.isEmpty() ? property.getKey() : at + "." + property.getKey();
      if (fresh.isMissingNode()) {
        tell("removes " + name);
      } else {
        schema(name, property.getValue(), fresh, depth + 1);
      }
    }
    if (old.has("items") && now.has("items")) {
      schema(at + "[]", old.get("items"), now.get("items"), depth + 1);
    }
    if (depth == 0) {
      schemas(old.path("$defs"), now.path("$defs"));
      schemas(old.path("definitions"), now.path("definitions"));
    }
  }

  private static String word(JsonNode type) {
    return type.isArray() ? String.join(" or ", texts(type)) : type.asText();
  }

  private static Set<String> texts(JsonNode list) {
    var texts = new LinkedHashSet<String>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}
