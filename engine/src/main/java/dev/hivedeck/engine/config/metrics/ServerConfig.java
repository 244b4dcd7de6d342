package dev.hivedeck.engine.config.metrics;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * A Prometheus server whose series are taken over.
 *
 * @param name the label {@code source} of what comes from it
 * @param url of the server, what comes before {@code /api/v1}
 * @param every how often it is queried
 * @param timeout how long a query may take
 * @param queries PromQL, by the name that its results are kept under
 * @param backfill how far back is read when it is first asked
 * @param bearer where its token is found, as {@code env:NAME}; null for none
 */
public record ServerConfig(
    String name,
    URI url,
    Duration every,
    Duration timeout,
    Map<String, String> queries,
    Duration backfill,
    String bearer)
    implements SourceConfig {}
