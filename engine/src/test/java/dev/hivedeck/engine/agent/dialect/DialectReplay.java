package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.RunRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets a dialect hear what an agent once said. Where both sides were recorded it hears the agent's,
 * with each answer addressed to the question that the dialect itself has asked.
 */
final class DialectReplay {
  private final Dialect.Reader reader;
  private final Map<String, JsonNode> asked = new HashMap<>();
  private final Map<JsonNode, String> recorded = new HashMap<>();

  /** All that it heard, with its own questions answered. */
  final List<JsonNode> told = new ArrayList<>();

  DialectReplay(Dialect dialect, RunRequest request) {
    dialect.launch(request).input().forEach(this::sent);
    this.reader = dialect.reading(request);
  }

  List<DialectEvent> heard(List<String> lines) {
    var heard = new ArrayList<DialectEvent>();
    for (String line : lines) {
      JsonNode event = EventParsing.event(line);
      if (event == null) {
        continue; // the recording was cut off in the middle of its last line
      }
      if (!event.has("dir")) {
        told.add(event.deepCopy());
        heard.addAll(reader.read(event));
      } else if (event.path("dir").asText().equals("<")) {
        heard.addAll(hears((ObjectNode) event.path("msg")));
      } else if (event.path("msg").has("method")) {
        recorded.put(event.path("msg").path("id"), event.path("msg").path("method").asText());
      }
    }
    heard.addAll(reader.pause());
    return heard;
  }

  private List<DialectEvent> hears(ObjectNode message) {
    if (!message.has("method")) {
      var own = asked.get(recorded.getOrDefault(message.path("id"), ""));
      if (own != null) {
        message.set("id", own);
      }
    }
    told.add(message.deepCopy());
    var heard = reader.read(message);
    heard.stream()
        .filter(DialectEvent.Send.class::isInstance)
        .forEach(send -> sent(((DialectEvent.Send) send).line()));
    return heard;
  }

  private void sent(String line) {
    JsonNode message = EventParsing.event(line);
    if (message != null) {
      asked.put(message.path("method").asText(), message.path("id"));
    }
  }
}
