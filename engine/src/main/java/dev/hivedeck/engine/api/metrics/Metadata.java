package dev.hivedeck.engine.api.metrics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.protocol.Json;
import java.util.Locale;

/** What the engine's own metrics mean, as Prometheus tells it. */
final class Metadata {
  private Metadata() {}

  static ObjectNode all() {
    var all = Json.object();
    for (var metric : EngineMetric.values()) {
      all.putArray(metric.metric())
          .addObject()
          .put("type", metric.kind().name().toLowerCase(Locale.ROOT))
          .put("help", metric.meaning())
          .put("unit", "");
    }
    return all;
  }
}
