package dev.hivedeck.engine.review;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A comment as an agent writes it: a line that is a JSON object, {@code {"hivedeck": "comment",
 * "file": …, "line": …, "text": …}}. What is not quite one is no comment.
 *
 * @param file null for the whole change
 * @param line the last one that it is about; 0 for the whole file
 * @param startLine the first of several lines; null where it is one
 * @param suggestion what these lines should be instead; null for none
 */
record ReviewNote(
    @Nullable String file,
    int line,
    @Nullable Integer startLine,
    String text,
    @Nullable String suggestion) {

  static Optional<ReviewNote> of(String line) {
    String json = line.strip();
    if (!json.startsWith("{") || !json.contains("\"hivedeck\"")) {
      return Optional.empty();
    }
    try {
      var node = Json.MAPPER.readTree(json);
      return node.path("hivedeck").asText().equals("comment") ? read(node) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static Optional<ReviewNote> read(JsonNode node) {
    String text = node.path("text").asText("").strip();
    var suggestion = node.path("suggestion");
    if (text.isEmpty() && !suggestion.isTextual()) {
      return Optional.empty();
    }
    String file = node.path("file").asText("").strip();
    int line = Math.max(0, node.path("line").asInt(0));
    int start = node.path("startLine").asInt(0);
    return Optional.of(
        new ReviewNote(
            file.isEmpty() ? null : file,
            file.isEmpty() ? 0 : line,
            start < 1 || start >= line || file.isEmpty() ? null : (Integer) start,
            text,
            suggestion.isTextual() ? suggestion.asText() : null));
  }
}
