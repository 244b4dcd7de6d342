package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets a dialect hear what an agent once said. Where both sides were recorded it hears the agent's,
 * with each answer addressed to the question that the dialect itself has asked.
 */
final class Replay {
  private final Dialect.Reading reading;
  private final Map<String, JsonNode> asked = new HashMap<>();
  private final Map<JsonNode, String> recorded = new HashMap<>();

  /** All that it heard, with its own questions answered. */
  final List<JsonNode> told = new ArrayList<>();

  Replay(Dialect dialect, Job job) {
    dialect.launch(job).input().forEach(this::sent);
    this.reading = dialect.reading(job);
  }

  List<Heard> heard(List<String> lines) {
    var heard = new ArrayList<Heard>();
    for (String line : lines) {
      JsonNode event = Events.event(line);
      if (event == null) {
        continue; // the recording was cut off in the middle of its last line
      }
      if (!event.has("dir")) {
        told.add(event.deepCopy());
        heard.addAll(reading.read(event));
      } else if (event.path("dir").asText().equals("<")) {
        heard.addAll(hears((ObjectNode) event.path("msg")));
      } else if (event.path("msg").has("method")) {
        recorded.put(event.path("msg").path("id"), event.path("msg").path("method").asText());
      }
    }
    heard.addAll(reading.pause());
    return heard;
  }

  private List<Heard> hears(ObjectNode message) {
    if (!message.has("method")) {
      var own = asked.get(recorded.getOrDefault(message.path("id"), ""));
      if (own != null) {
        message.set("id", own);
      }
    }
    told.add(message.deepCopy());
    var heard = reading.read(message);
    heard.stream()
        .filter(Heard.Send.class::isInstance)
        .forEach(send -> sent(((Heard.Send) send).line()));
    return heard;
  }

  private void sent(String line) {
    JsonNode message = Events.event(line);
    if (message != null) {
      asked.put(message.path("method").asText(), message.path("id"));
    }
  }
}
