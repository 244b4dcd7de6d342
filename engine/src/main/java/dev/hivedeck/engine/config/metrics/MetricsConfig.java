package dev.hivedeck.engine.config.metrics;

import java.util.List;

/**
 * Metrics in and out.
 *
 * @param isPublic whether {@code /metrics} is shown without a token
 * @param scrapes services whose metrics are read
 * @param servers Prometheus servers that are queried
 * @param checks what is tried again and again, from outside
 * @param otlp where the engine sends its own metrics and traces; null for nowhere
 */
public record MetricsConfig(
    boolean isPublic,
    List<ScrapeConfig> scrapes,
    List<ServerConfig> servers,
    List<CheckConfig> checks,
    OtlpConfig otlp) {

  /** Where nothing is configured. */
  public static final MetricsConfig NONE =
      new MetricsConfig(false, List.of(), List.of(), List.of(), null);

  public MetricsConfig {
    scrapes = List.copyOf(scrapes);
    servers = List.copyOf(servers);
    checks = List.copyOf(checks);
  }
}
