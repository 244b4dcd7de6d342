package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What the engine counts of itself, from its own events. */
final class EngineMetrics {
  private final MetricRegistry registry;

  EngineMetrics(MetricRegistry registry) {
    this.registry = registry;
  }

  void happened(List<Event> events) {
    for (var event : events) {
      registry.counter(EngineMetric.EVENTS.of(event.type())).increment();
      if (AttemptLedger.over(event) && event.data() != null) {
        ended(event.data());
      }
    }
  }

  private void ended(JsonNode attempt) {
    String agent = attempt.path("agent").asText();
    registry
        .counter(EngineMetric.ATTEMPTS.of(agent, attempt.path("state").asText()))
        .increment();
    if (attempt.hasNonNull("startedAt") && attempt.hasNonNull("endedAt")) {
      var took =
          Duration.between(
              Instant.parse(attempt.path("startedAt").asText()),
              Instant.parse(attempt.path("endedAt").asText()));
      registry.histogram(EngineMetric.ATTEMPT_SECONDS.of(agent)).observe(took.toMillis() / 1e3);
    }
    if (attempt.hasNonNull("cost")) {
      registry
          .histogram(EngineMetric.ATTEMPT_COST.of(agent))
          .observe(attempt.path("cost").asDouble());
    }
    for (var gate : attempt.path("gates")) {
      registry
          .histogram(EngineMetric.GATE_SECONDS.of(gate.path("gate").asText()))
          .observe(gate.path("millis").asLong() / 1e3);
    }
  }
}
