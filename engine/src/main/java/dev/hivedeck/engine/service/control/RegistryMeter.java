package dev.hivedeck.engine.service.control;

import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.service.supervise.ServiceMeter;
import org.jspecify.annotations.Nullable;

/** Counts what is measured of services among what the engine counts of itself. */
final class RegistryMeter implements ServiceMeter {
  private final MetricRegistry registry;

  RegistryMeter(MetricRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void up(String service, String instance, boolean healthy) {
    registry.gauge(EngineMetric.SERVICE_UP.of(service, instance)).set(healthy ? 1 : 0);
  }

  @Override
  public void checked(String service, String instance, @Nullable Double millis) {
    String outcome = millis == null ? "failure" : "success";
    registry.counter(EngineMetric.SERVICE_CHECKS.of(service, outcome)).increment();
    if (millis != null) {
      registry.histogram(EngineMetric.SERVICE_CHECK_SECONDS.of(service)).observe(millis / 1e3);
    }
  }

  @Override
  public void restarted(String service, String instance) {
    registry.counter(EngineMetric.SERVICE_RESTARTS.of(service, instance)).increment();
  }
}
