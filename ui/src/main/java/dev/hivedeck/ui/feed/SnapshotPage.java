package dev.hivedeck.ui.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One page of a snapshot. It is read as its text comes by, without a tree in between: a large plan
 * is most of what a window waits for.
 */
record SnapshotPage(Topic topic, List<Views.View> things) {
  private static final String BEGIN = "{\"jsonrpc\":\"2.0\",\"method\":\"snapshot\"";

  /**
   * Empty for a message of another kind, and for a page that names its topic behind its things.
   *
   * @throws HiveException {@code bad-json} when a thing is none of its topic
   */
  static Optional<SnapshotPage> read(String message) {
    if (!message.startsWith(BEGIN)) {
      return Optional.empty();
    }
    try (var in = Json.MAPPER.createParser(message)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (name.equals("params") && in.currentToken() == JsonToken.START_OBJECT) {
          return params(in);
        }
        in.skipChildren();
      }
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw Json.unreadable(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a text has no disk to fail
    }
  }

  private static Optional<SnapshotPage> params(JsonParser in) throws IOException {
    Topic topic = null;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      if (name.equals("topic")) {
        topic = Topic.of(in.getText());
      } else if (name.equals("things")) {
        return topic == null || in.currentToken() != JsonToken.START_ARRAY
            ? Optional.empty()
            : Optional.of(new SnapshotPage(topic, things(in, topic)));
      } else {
        in.skipChildren();
      }
    }
    return Optional.empty();
  }

  private static List<Views.View> things(JsonParser in, Topic topic) throws IOException {
    var reader = Json.MAPPER.readerFor(topic.view());
    var things = new ArrayList<Views.View>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      things.add(reader.readValue(in));
    }
    return things;
  }
}
