package dev.hivedeck.engine.config.metrics;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * A service whose metrics are read from time to time.
 *
 * @param name the label {@code job} of its series
 * @param url of its metrics
 * @param every how often they are read
 * @param timeout how long that may take
 * @param labels of all its series, beside {@code job} and {@code instance}
 * @param honorLabels whether its own labels win over these; else theirs become {@code exported_…}
 * @param bearer where its token is found, as {@code env:NAME}; null for none
 * @param sampleLimit more samples at once are refused as a whole
 * @param bodyLimit more bytes are refused, once they are unpacked
 */
public record ScrapeConfig(
    String name,
    URI url,
    Duration every,
    Duration timeout,
    Map<String, String> labels,
    boolean honorLabels,
    String bearer,
    int sampleLimit,
    long bodyLimit)
    implements SourceConfig {}
