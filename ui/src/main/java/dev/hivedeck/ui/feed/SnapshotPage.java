package dev.hivedeck.ui.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One page of a snapshot. It is read as its text comes by, without a tree in between: a large plan
 * is most of what a window waits for.
 */
record SnapshotPage(Topic topic, List<View> things) {
  private static final String BEGIN = "{\"jsonrpc\":\"2.0\",\"method\":\"snapshot\"";

  /** Whether a message is one, told by its beginning as the engine writes it. */
  static boolean begins(String message) {
    return message.startsWith(BEGIN);
  }

  /**
   * @throws HiveException {@code bad-json} when it is no page, or a thing is none of its topic
   */
  static SnapshotPage read(String message) {
    try (var in = Json.MAPPER.createParser(message)) {
      Topic topic = null;
      for (var token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.FIELD_NAME && in.currentName().equals("topic")) {
          topic = Topic.of(in.nextTextValue());
        } else if (token == JsonToken.START_ARRAY && topic != null) {
          return new SnapshotPage(topic, things(in, topic));
        }
      }
    } catch (JsonProcessingException e) {
      throw Json.unreadable(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a text has no disk to fail
    }
    return of(Json.read(message, JsonNode.class).path("params")); // things before their topic
  }

  static SnapshotPage of(JsonNode params) {
    var topic = Topic.of(params.path("topic").asText());
    var things = new ArrayList<View>();
    params.path("things").forEach(thing -> things.add((View) Json.as(thing, topic.view())));
    return new SnapshotPage(topic, things);
  }

  private static List<View> things(JsonParser in, Topic topic) throws IOException {
    var reader = Json.MAPPER.readerFor(topic.view());
    var things = new ArrayList<View>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      things.add(reader.readValue(in));
    }
    return things;
  }
}
