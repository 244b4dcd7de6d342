package dev.hivedeck.app.docs;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Discovery;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The reference pages, as the code has them. */
public final class Reference {
  private static final String MADE =
      "<!-- Made from the code by ReferenceTest; bring it up with: ./dev docs -->\n\n";

  private Reference() {}

  /** See {@link Page}. */
  public static void isUpToDate(String file, String text) throws IOException {
    Page.isUpToDate(file, text);
  }

  // ── the command line ────────────────────────────────────────────────────────────────────────

  /** All commands, how they end, and what they read of their surroundings. */
  public static String commandLine(String commands, String exits, Map<String, String> variables) {
    var text = new StringBuilder("# The command line\n\n" + MADE);
    text.append(
        """
        `hivedeck --help` shows the same, `hivedeck man` as a manual page. `hivedeck completion SHELL`
        prints what bash, zsh and fish need to complete it.

        With `--json`, standard output has one JSON document and nothing else. A failure is
        `{"error": {"code", "message", "hint"}}`, wrong usage too; [errors](errors.md) lists the codes.
        `events --json` is a stream: one document a line (NDJSON), as long as it goes on. What is null
        is left out. A duration is a number of seconds, a cost a number of US dollars. Lists have the
        fields of the [views](protocol.md#views).

        Commands that were called otherwise before the first release still answer to their old names:
        `work` (`start`), `rest` (`pause`), `decide` (`decision decide`), and `agents`, `lessons` and
        `permissions` with a verb (`agent`, `lesson`, `permission`).

        """);
    text.append("## How a command ends\n\n| status | means |\n| --- | --- |\n").append(exits);
    text.append("\n## Environment\n\n| variable | is |\n| --- | --- |\n");
    variables.forEach((name, words) -> text.append("| `%s` | %s |\n".formatted(name, words)));
    text.append(
        "\nWhat an agent finds in its environment is listed in"
            + " [configuration](../configuration.md#what-a-command-agent-sees).\n");
    return text.append("\n## Commands\n\n").append(commands).toString();
  }

  // ── the protocol ────────────────────────────────────────────────────────────────────────────

  /** Topics, events, commands and queries, with their fields. */
  public static String protocol() {
    var text = new StringBuilder("# Protocol\n\n" + MADE);
    text.append(
        """
        What the [feed](../feed.md), `/v1` and `--json` speak of. A field marked `?` may be left out, by
        you in a command or query, by the engine where there is nothing to say: null is never sent.
        A time is ISO 8601 in UTC, a duration a number of seconds (a command also takes `40m`), a cost
        a number of US dollars, a size a number of bytes.

        """);
    text.append("## Topics\n\n| topic | view |\n| --- | --- |\n");
    for (var topic : Topic.all()) {
      text.append("| `%s` | %s |\n".formatted(topic.word(), link(topic.view())));
    }
    text.append(
        """

        ## Events

        `data` is the view as it is afterwards. An event without `data` leaves the thing as it was,
        unless its type ends in `.removed`: then it is gone. `plan.reloaded` asks for a new snapshot.

        """);
    fields(text, Event.class);
    text.append("\nA later version may send types that are not listed here.\n\n");
    text.append("| type | topic | what it says |\n| --- | --- | --- |\n");
    for (var event : EventType.all()) {
      text.append(
          "| `%s` | `%s` | %s |\n".formatted(event.word(), event.topic().word(), event.meaning()));
    }
    family(text, "Commands", RequestParser.commands());
    family(text, "Queries", RequestParser.queries());
    text.append("\n## Views\n");
    var types = new LinkedHashSet<Class<?>>();
    Topic.all().stream().map(Topic::view).forEach(types::add);
    types.addAll(
        List.of(
            EngineApi.Stats.class,
            Query.Standing.class,
            Query.LogPage.class,
            Query.FileDiffs.class,
            Query.PromptText.class,
            Query.AttemptBrief.class,
            Query.Subtask.class,
            Query.Hold.class,
            Query.Sighting.class,
            Query.Lesson.class,
            dev.hivedeck.engine.protocol.Config.Source.class,
            dev.hivedeck.engine.protocol.Config.Preview.class,
            dev.hivedeck.engine.protocol.Config.Edited.class,
            dev.hivedeck.engine.protocol.Config.Import.class,
            Discovery.Clis.class,
            Discovery.Definitions.class,
            Discovery.Imported.class,
            Command.ReceivedAlert.class,
            HiveException.Fault.class));
    for (var type : reachable(types)) {
      text.append("\n### ").append(name(type)).append("\n\n");
      String said = Javadoc.of(type).text();
      text.append(said.isEmpty() ? "" : said + "\n\n");
      if (type.isSealed()) {
        text.append("One of, by its `type`:\n");
        for (var variant : type.getAnnotation(JsonSubTypes.class).value()) {
          text.append("\n`%s`".formatted(variant.name()));
          parts(text, variant.value());
        }
        text.append('\n');
      } else {
        fields(text, type);
      }
    }
    return text.toString();
  }

  private static void family(
      StringBuilder text, String title, Map<String, ? extends Class<?>> family) {
    text.append("\n## ").append(title).append('\n');
    family.forEach(
        (word, type) -> {
          text.append("\n### ").append(word).append("\n\n");
          String said = Javadoc.of(type).text();
          text.append(said.isEmpty() ? "" : said + "\n\n");
          fields(text, type);
        });
  }

  private static void fields(StringBuilder text, Class<?> record) {
    var said = Javadoc.of(record);
    var parts = record.getRecordComponents();
    if (parts.length == 0) {
      text.append("No fields.\n");
      return;
    }
    text.append("| field | is | |\n| --- | --- | --- |\n");
    for (var part : parts) {
      text.append(
          "| `%s`%s | %s | %s |\n"
              .formatted(
                  part.getName(),
                  optional(part, said) ? "?" : "",
                  kind(part.getGenericType()),
                  said.parts().getOrDefault(part.getName(), "").replace("|", "\\|")));
    }
  }

  private static void parts(StringBuilder text, Class<?> record) {
    text.append(
        Arrays.stream(record.getRecordComponents())
            .map(part -> "`%s` (%s)".formatted(part.getName(), kind(part.getGenericType())))
            .collect(Collectors.joining(", ", ": ", "\n")));
  }

  private static boolean optional(RecordComponent part, Javadoc said) {
    return Arrays.stream(part.getAnnotatedType().getAnnotations())
            .anyMatch(a -> a.annotationType().getSimpleName().equals("Nullable"))
        || said.parts().getOrDefault(part.getName(), "").matches("(?s).*\\bnull\\b.*|.*left out.*");
  }

  private static String kind(Type type) {
    if (type instanceof ParameterizedType several) {
      var arguments = several.getActualTypeArguments();
      return several.getRawType() == Map.class
          ? kind(arguments[1]) + " by name"
          : "list of " + kind(arguments[0]);
    }
    var plain = (Class<?>) type;
    if (plain == String.class || plain == EventType.class) {
      return "text";
    } else if (plain == boolean.class || plain == Boolean.class) {
      return "true or false";
    } else if (plain == double.class || plain == Double.class) {
      return "number";
    } else if (plain == Duration.class) {
      return "seconds";
    } else if (plain == Instant.class) {
      return "time";
    } else if (plain.isPrimitive() || Number.class.isAssignableFrom(plain)) {
      return "whole number";
    } else if (plain == Object.class || JsonNode.class.isAssignableFrom(plain)) {
      return "any JSON";
    } else if (plain.isEnum() || plain == Topic.class) {
      return listed(Schemas.words(plain));
    }
    return link(plain);
  }

  private static String link(Class<?> type) {
    return "[%s](#%s)".formatted(name(type), name(type).toLowerCase());
  }

  /** What it is called here; two records of one name are told apart. */
  private static String name(Class<?> type) {
    return type == Query.Lesson.class
        ? "RecordedLesson"
        : type == Query.Standing.class
            ? "Summary"
            : type == dev.hivedeck.engine.protocol.Config.Change.class
                ? "ConfigChange"
                : type.getSimpleName();
  }

  /** These records and all that are part of them, each once. */
  private static Set<Class<?>> reachable(Set<Class<?>> first) {
    Deque<Class<?>> open = new ArrayDeque<>(first);
    var all = new LinkedHashSet<Class<?>>(first);
    open.add(Command.EditConfig.class);
    open.add(Command.ReturnChange.class);
    while (!open.isEmpty()) {
      var type = open.poll();
      if (type.isSealed()) {
        open.addAll(Arrays.asList(type.getPermittedSubclasses()));
      }
      if (!type.isRecord()) {
        continue;
      }
      for (var part : type.getRecordComponents()) {
        parts(part.getGenericType())
            .filter(inner -> inner.isRecord() || inner.isSealed())
            .filter(all::add)
            .forEach(open::add);
      }
    }
    return all;
  }

  private static java.util.stream.Stream<Class<?>> parts(Type type) {
    return type instanceof ParameterizedType several
        ? Arrays.stream(several.getActualTypeArguments()).flatMap(Reference::parts)
        : java.util.stream.Stream.of((Class<?>) type);
  }

  // ── errors ──────────────────────────────────────────────────────────────────────────────────

  /** All codes, with what follows from each. */
  public static String errors() {
    var text = new StringBuilder("# Errors\n\n" + MADE);
    text.append(
        """
        An error has a `code` that stays the same, a `message` that says what happened and why, and a
        `hint` that says what to do. A request that was refused changed nothing. What a code means in a
        case, its message says; the rest follows from the code alone. An `outage` is of the surroundings:
        it may pass, and the same may then be done again. A later version may send codes that are not
        listed here.

        | code | kind | HTTP | exit |
        | --- | --- | --- | --- |
        """);
    Arrays.stream(ErrorCode.values())
        .sorted(Comparator.comparing(ErrorCode::word))
        .forEach(
            code ->
                text.append(
                    "| `%s` | %s | %d | %d |\n"
                        .formatted(
                            code.word(), code.kind().word(), code.kind().http(), code.exit())));
    return text.toString();
  }

  /** What the engine counts and measures of itself. */
  public static String metrics() {
    var text = new StringBuilder("# The engine's metrics\n\n" + MADE);
    text.append(
        """
        What the engine counts and measures of itself, at `/metrics`, in `hivedeck metrics` and for
        objectives. [Metrics](../metrics.md) explains them. A histogram is a native one; at `/metrics` it
        has classic buckets too.

        | metric | kind | labels | is |
        | --- | --- | --- | --- |
        """);
    for (var metric : EngineMetric.values()) {
      text.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  metric.metric(),
                  metric.kind().name().toLowerCase(Locale.ROOT),
                  metric.labels().stream()
                      .map(label -> "`" + label + "`")
                      .collect(Collectors.joining(", ")),
                  metric.meaning()));
    }
    return text.toString();
  }

  /** What the pattern finds in the sources of a module. */
  private static String listed(Iterable<String> words) {
    var all = new java.util.ArrayList<String>();
    words.forEach(word -> all.add("`" + word + "`"));
    return String.join(", ", all);
  }

  // ── hive.yaml ───────────────────────────────────────────────────────────────────────────────

  /** All keys of {@code hive.yaml}, from its schema. */
  public static String configuration() {
    var text = new StringBuilder("# Keys of hive.yaml\n\n" + MADE);
    text.append(
        """
        Every key that `.hivedeck/hive.yaml` takes. [Configuration](../configuration.md) explains them.
        The JSON Schema is `resources/src/main/resources/hivedeck/schema/hive.schema.json`; editors
        complete keys by it.

        | key | takes | default | is |
        | --- | --- | --- | --- |
        """);
    keys(text, "", schema());
    return text.toString();
  }

  static JsonNode schema() {
    try (var in = Reference.class.getResourceAsStream("/hivedeck/schema/hive.schema.json")) {
      return Json.MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void keys(StringBuilder text, String at, JsonNode node) {
    for (var property : node.path("properties").properties()) {
      if (!property.getValue().isBoolean()) { // for a later release
        key(text, at + property.getKey(), resolved(property.getValue()));
      }
    }
    JsonNode others = node.path("additionalProperties");
    if (others.isObject()) {
      key(text, at + "<name>", resolved(others));
    }
    node.path("anyOf").forEach(one -> keys(text, at, one));
  }

  private static void key(StringBuilder text, String path, JsonNode node) {
    boolean parent = node.has("properties") || node.path("additionalProperties").isObject();
    if (!parent || node.has("description")) {
      text.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  path,
                  taken(node),
                  node.has("default") ? "`" + words(node.get("default")) + "`" : "",
                  node.path("description").asText("")));
    }
    keys(text, path + ".", node);
  }

  private static String words(JsonNode value) {
    return value.isTextual() ? value.asText() : value.toString().replace("\"", "");
  }

  private static JsonNode resolved(JsonNode node) {
    if (!node.has("$ref")) {
      return node;
    }
    var copy =
        schema()
            .at(node.get("$ref").asText().substring(1))
            .<com.fasterxml.jackson.databind.node.ObjectNode>deepCopy();
    copy.setAll((com.fasterxml.jackson.databind.node.ObjectNode) node);
    return copy;
  }

  private static String taken(JsonNode node) {
    if (node.has("enum")) {
      var words = new java.util.ArrayList<String>();
      node.get("enum").forEach(word -> words.add(word.asText()));
      words.removeAll(List.of("true", "false"));
      return listed(words);
    }
    if (node.has("const")) {
      return "`" + node.get("const").asText() + "`";
    }
    if (node.has("anyOf")) {
      return node.path("anyOf")
          .valueStream()
          .map(Reference::taken)
          .collect(Collectors.joining("; "));
    }
    String type =
        node.path("type").isArray()
            ? node.path("type").get(0).asText()
            : node.path("type").asText();
    String words =
        switch (type) {
          case "array" -> "list of " + taken(node.path("items"));
          case "object" -> "keys";
          case "integer" -> "whole number";
          case "number" -> "number";
          case "boolean" -> "`on`, `off`";
          default -> "text";
        };
    return node.has("examples")
        ? words + ", as `" + node.get("examples").get(0).asText() + "`"
        : words;
  }
}
