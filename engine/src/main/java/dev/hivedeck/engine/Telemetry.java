package dev.hivedeck.engine;

import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.api.metrics.ExpositionEndpoint;
import dev.hivedeck.engine.api.metrics.OtlpEndpoint;
import dev.hivedeck.engine.api.metrics.PrometheusEndpoint;
import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.config.metrics.MetricsConfig;
import dev.hivedeck.engine.gateway.Gateway;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.collect.Collector;
import dev.hivedeck.engine.metric.collect.SecretMask;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.workspace.ActiveConfiguration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the engine counts of itself, takes from services, and gives to others; with the gateway,
 * which counts the traffic of services.
 */
final class Telemetry {
  private final EngineOptions options;
  private final ActiveConfiguration configuration;
  private final Objectives objectives;
  private final EngineMetrics engineMetrics;
  private final Collector collector;
  private final Metrics metrics;
  private final MetricsExport export;
  private final Gateway gateway;

  /**
   * @param secrets that the configuration names
   * @param root of the repository; its name is the workspace's, for others
   */
  Telemetry(
      EngineOptions options,
      Store store,
      MetricRegistry registry,
      ActiveConfiguration configuration,
      Objectives objectives,
      SecretLookup secrets,
      Path root) {
    this.options = options;
    this.configuration = configuration;
    this.objectives = objectives;
    var timers = options.timers();
    this.engineMetrics = new EngineMetrics(registry, timers.clock());
    this.collector =
        new Collector(
            timers,
            objectives::arrive,
            secrets::value,
            new SecretMask(secrets.redactor()::redact),
            Metrics.history(store, timers.clock()),
            registry);
    this.metrics = new Metrics(store, registry, this::targets, timers.clock());
    this.export =
        new MetricsExport(this::counted, secrets::value, timers, root.getFileName().toString());
    this.gateway = new Gateway(registry, timers.clock(), options.ids());
    store.listen(engineMetrics::happened);
    store.listen(export::happened);
  }

  Metrics metrics() {
    return metrics;
  }

  Gateway gateway() {
    return gateway;
  }

  /** Where metrics are given and taken over HTTP. */
  List<HttpEndpoint> endpoints() {
    return List.of(
        new ExpositionEndpoint(this::counted, () -> config().isPublic()),
        new PrometheusEndpoint(metrics.queries(), metrics::targets, Engine.VERSION),
        new OtlpEndpoint(objectives::pushed, options.timers().clock()));
  }

  /** Follows the configuration: sources, where to export to, and the gateway. */
  void follow() {
    collector.follow(config());
    export.follow(config().otlp());
    gateway.follow(configuration.consented() ? configuration.known().gateway() : GatewayConfig.OFF);
  }

  /** Brings what is counted up to now. */
  void tick() {
    engineMetrics.tick();
  }

  /** What ends it, in order. */
  List<Runnable> closing() {
    return List.of(gateway::close, collector::close, export::close);
  }

  /** What of metrics is consented to: nobody is asked for anything before that. */
  private MetricsConfig config() {
    return configuration.consented() ? configuration.known().metrics() : MetricsConfig.NONE;
  }

  private List<MetricViews.Target> targets() {
    if (!configuration.consented()) {
      return Collector.unasked(
          configuration.live().metrics(), "waits for your consent: hivedeck trust");
    }
    var all = new ArrayList<>(collector.targets());
    all.addAll(export.targets());
    return all;
  }

  private List<Reading> counted() {
    tick();
    return metrics.own();
  }
}
