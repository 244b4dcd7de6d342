package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;

/**
 * The one JSON mapping of the protocol: ISO-8601 instants, durations as numbers of seconds, paths
 * as people write them, nulls left out, enums in lower case.
 */
public final class Json {
  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(
              new SimpleModule()
                  .addSerializer(Path.class, ToStringSerializer.instance)
                  .addSerializer(Duration.class, new Seconds())
                  .addDeserializer(Duration.class, new Time()))
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private Json() {}

  /** A duration is a number of seconds, whole where it is whole. */
  private static final class Seconds extends JsonSerializer<Duration> {
    @Override
    public void serialize(Duration time, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (time.getNano() == 0) {
        out.writeNumber(time.toSeconds());
      } else {
        out.writeNumber(time.toNanos() / 1e9);
      }
    }
  }

  /** It may also come as in {@code hive.yaml}, or as ISO 8601 has it. */
  private static final class Time extends JsonDeserializer<Duration> {
    @Override
    public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return switch (in.currentToken()) {
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
            Duration.ofMillis((long) (1e3 * in.getDoubleValue()));
        case VALUE_STRING -> read(in, context);
        default -> (Duration) context.handleUnexpectedToken(Duration.class, in);
      };
    }

    private static Duration read(JsonParser in, DeserializationContext context) throws IOException {
      String text = in.getText().strip();
      var written = Durations.parse(text);
      if (written.isPresent()) {
        return written.get();
      }
      try {
        return Duration.parse(text);
      } catch (DateTimeParseException e) {
        return (Duration)
            context.handleWeirdStringValue(
                Duration.class, text, "write a number of seconds, or " + Durations.EXAMPLES);
      }
    }
  }

  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + value, e);
    }
  }

  /**
   * @throws HiveException {@code bad-json} when the text is not JSON of that shape
   */
  public static <T> T read(String text, Class<T> type) {
    try {
      return MAPPER.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw unreadable(e);
    }
  }

  /** {@code bad-json}: what was sent has another shape. */
  public static HiveException unreadable(JsonProcessingException problem) {
    return new HiveException(
        ErrorCode.BAD_JSON,
        "Not the JSON expected: " + problem.getOriginalMessage(),
        "Check the message sent.");
  }

  public static <T> T as(JsonNode node, Class<T> type) {
    try {
      return MAPPER.treeToValue(node, type);
    } catch (JsonProcessingException e) {
      throw unreadable(e);
    }
  }

  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }
}
