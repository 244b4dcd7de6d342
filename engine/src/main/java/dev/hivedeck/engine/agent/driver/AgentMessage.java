package dev.hivedeck.engine.agent.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A line of output that is meant for Hivedeck: a JSON object with a {@code hivedeck} key. Anything
 * that is not quite one is output like any other; an agent is never punished for what it prints.
 */
sealed interface AgentMessage {
  /** What an agent may say of what it does, each with {@code text}. */
  Set<String> KINDS = Set.of("say", "plan", "read", "edit", "run");

  record Tell(String kind, String text) implements AgentMessage {}

  /**
   * @param text what it is at, or null
   */
  record Progress(int stage, String text) implements AgentMessage {}

  record Usage(Act.Spend spend) implements AgentMessage {}

  record Ask(Question question) implements AgentMessage {}

  static Optional<AgentMessage> of(String line) {
    if (!line.startsWith("{") || !line.contains("\"hivedeck\"")) {
      return Optional.empty();
    }
    try {
      JsonNode node = Json.MAPPER.readTree(line);
      return Optional.ofNullable(of(node.path("hivedeck").asText(), node));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static AgentMessage of(String type, JsonNode node) {
    return switch (type) {
      case "progress" -> progress(node);
      case "usage" -> usage(node);
      case "ask" -> ask(node);
      default ->
          KINDS.contains(type) && node.path("text").isTextual()
              ? new Tell(type, node.get("text").asText())
              : null;
    };
  }

  private static AgentMessage progress(JsonNode node) {
    JsonNode stage = node.path("stage");
    return stage.isNumber() && stage.asInt() >= 0 && stage.asInt() <= 100
        ? new Progress(stage.asInt(), text(node, "text"))
        : null;
  }

  private static AgentMessage usage(JsonNode node) {
    long in = node.path("in").asLong();
    long out = node.path("out").asLong();
    long cached = node.path("cached").asLong();
    double cost = node.path("cost").asDouble();
    return in < 0 || out < 0 || cached < 0 || !(cost >= 0) || !Double.isFinite(cost)
        ? null
        : new Usage(new Act.Spend(in, cached, out, node.hasNonNull("cost") ? cost : null));
  }

  private static AgentMessage ask(JsonNode node) {
    if (text(node, "question") == null) {
      return null;
    }
    List<String> options = new ArrayList<>();
    node.path("options").forEach(option -> options.add(option.asText()));
    String kind = text(node, "kind");
    return new Ask(
        new Question(
            Question.isOpen(kind) ? kind : null,
            text(node, "question"),
            text(node, "detail"),
            List.copyOf(options),
            text(node, "fallback")));
  }

  private static String text(JsonNode node, String key) {
    return node.path(key).isTextual() && !node.get(key).asText().isBlank()
        ? node.get(key).asText()
        : null;
  }
}
