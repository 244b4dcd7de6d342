package dev.hivedeck.engine.config.metrics;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Where the engine sends its own metrics and traces by OTLP over HTTP.
 *
 * @param endpoint what comes before {@code /v1/metrics} and {@code /v1/traces}
 * @param headers where the value of each is found, as {@code env:NAME}
 * @param every how often metrics are sent
 */
public record OtlpConfig(URI endpoint, Map<String, String> headers, Duration every) {}
