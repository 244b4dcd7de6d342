package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Commands and queries as they come from outside: each has all that it needs. */
public final class RequestParser {
  private static final Map<String, Class<? extends Command>> COMMANDS =
      words(Command.class, Registration::commands);

  private static final Map<String, Class<? extends Query>> QUERIES =
      words(Query.class, Registration::queries);

  private static final Map<Class<?>, String> WORDS =
      COMMANDS.entrySet().stream()
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

  private static final ObjectMapper MAPPER = mapper();

  /** Words that commands and queries had before the first release, and have now. */
  private static final Map<String, String> FORMER =
      Map.of(
          "workspace.work", "workspace.start",
          "workspace.rest", "workspace.pause",
          "thing", "view",
          "clis", "agents.installed",
          "definitions", "agents.defined",
          "lessons", "lessons.recorded");

  private RequestParser() {}

  /** A number is no text, and its name would not be what was sent: {@code 1e999}. */
  private static ObjectMapper mapper() {
    var mapper = Json.MAPPER.copy();
    mapper
        .coercionConfigFor(LogicalType.Textual)
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    COMMANDS.forEach((word, type) -> mapper.registerSubtypes(new NamedType(type, word)));
    QUERIES.forEach((word, type) -> mapper.registerSubtypes(new NamedType(type, word)));
    return mapper;
  }

  /** All commands, by the word that {@code type} says. */
  public static Map<String, Class<? extends Command>> commands() {
    return COMMANDS;
  }

  /** All queries, by the word that {@code type} says. */
  public static Map<String, Class<? extends Query>> queries() {
    return QUERIES;
  }

  /** The word of a command. */
  public static String word(Command command) {
    return Objects.requireNonNull(WORDS.get(command.getClass()));
  }

  private static <T> Map<String, Class<? extends T>> words(
      Class<T> family, Function<Registration, Map<String, Class<? extends T>>> registered) {
    var words = new LinkedHashMap<String, Class<? extends T>>();
    for (var type : family.getAnnotation(JsonSubTypes.class).value()) {
      words.put(type.name(), type.value().asSubclass(family));
    }
    // In an order that is the same each time: documents are made from it.
    Registration.all().forEach(area -> words.putAll(new TreeMap<>(registered.apply(area))));
    return Collections.unmodifiableMap(words);
  }

  /**
   * @throws HiveException {@code bad-json} when it is no command, {@code bad-request} when
   *     something is missing
   */
  public static Command command(JsonNode node) {
    return read(node, Command.class);
  }

  /**
   * @throws HiveException {@code bad-json} when it is no query, {@code bad-request} when something
   *     is missing
   */
  public static Query query(JsonNode node) {
    return read(node, Query.class);
  }

  private static <T> T read(JsonNode node, Class<T> type) {
    T request;
    try {
      request = MAPPER.treeToValue(current(node), type);
    } catch (JsonProcessingException e) {
      throw new HiveException(
          ErrorCode.BAD_JSON,
          "Not the JSON expected: " + e.getOriginalMessage(),
          "Check the message sent.");
    }
    if (request == null) {
      throw missing(type == Command.class ? "the command" : "the query");
    }
    complete((Record) request, "");
    return request;
  }

  private static JsonNode current(JsonNode node) {
    String word = FORMER.get(node.path("type").asText());
    return word == null ? node : ((ObjectNode) node.deepCopy()).put("type", word);
  }

  private static void complete(Record record, String at) {
    for (var part : record.getClass().getRecordComponents()) {
      Object value;
      try {
        value = part.getAccessor().invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
      if (value != null || !part.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        check(value, at + part.getName());
      }
    }
  }

  private static void check(@Nullable Object value, String at) {
    switch (value) {
      case null -> throw missing(at);
      case String text when text.indexOf('\0') >= 0 ->
          throw new HiveException(
              ErrorCode.BAD_REQUEST,
              at + " has a NUL character; no name, text or command can have one.",
              "Send it without.");
      case Record inner -> complete(inner, at + ".");
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          check(list.get(i), at + "." + i);
        }
      }
      default -> {}
    }
  }

  private static HiveException missing(String what) {
    return new HiveException(ErrorCode.BAD_REQUEST, what + " is missing.", "Send it too.");
  }
}
