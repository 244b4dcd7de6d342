package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.config.metrics.ScrapeConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.exchange.ExpositionReader;
import dev.hivedeck.engine.protocol.HiveException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the metrics of a service, as Prometheus does (<a
 * href="https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config">
 * scrape_config</a>): {@code up}, {@code scrape_duration_seconds} and {@code
 * scrape_samples_scraped} tell how that went.
 */
record Scrape(ScrapeConfig config) implements Source {
  private static final String ACCEPT =
      "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

  private static final int REDIRECTS = 5;

  /** How far a time that a service tells may be from now. */
  private static final Duration FUTURE = Duration.ofMinutes(10);

  private static final Duration PAST = Duration.ofHours(1);

  @Override
  public String kind() {
    return "scrape";
  }

  @Override
  public String url() {
    return config.url().toString();
  }

  @Override
  public Map<String, String> labels() {
    var labels = new TreeMap<>(config.labels());
    labels.put("job", config.name());
    labels.put("instance", address(config.url()));
    return labels;
  }

  static String address(URI url) {
    int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
    return url.getHost() + ":" + port;
  }

  @Override
  public Collected collect(Context context, Instant at) throws InterruptedException {
    List<Reading> readings = List.of();
    String note = null;
    boolean up = false;
    try {
      var read = read(context, at);
      readings = read.readings();
      note = read.note();
      up = true;
    } catch (FetchException e) {
      note = e.getMessage();
    }
    return new Collected(
        readings,
        List.of(
            about("up", at, up ? 1 : 0),
            about("scrape_duration_seconds", at, context.secondsSince(at)),
            about("scrape_samples_scraped", at, readings.size())),
        up,
        note);
  }

  private record Read(List<Reading> readings, String note) {}

  private Read read(Context context, Instant at) throws FetchException, InterruptedException {
    var response =
        context
            .fetcher()
            .get(
                new Fetcher.Request(
                    config.url(),
                    Map.of("Accept", ACCEPT),
                    context.authorization(config.bearer()),
                    config.timeout(),
                    config.bodyLimit(),
                    false,
                    REDIRECTS));
    if (response.status() != 200) {
      throw new FetchException("it answers with status " + response.status());
    }
    if (response.contentType().startsWith("text/html")) {
      throw new FetchException("it shows a web page there, no metrics");
    }
    try {
      return labelled(
          ExpositionReader.read(
              new String(response.body(), StandardCharsets.UTF_8), Labels.NONE, at.toEpochMilli()),
          at);
    } catch (HiveException e) {
      throw new FetchException("it shows no metrics: " + e.getMessage());
    }
  }

  private Read labelled(List<Reading> read, Instant at) throws FetchException {
    if (read.size() > config.sampleLimit()) {
      throw new FetchException(
          "it shows " + read.size() + " samples, more than " + config.sampleLimit());
    }
    var byLabels = new LinkedHashMap<Labels, Reading>();
    int again = 0;
    int elsewhen = 0;
    for (var reading : read) {
      var point = reading.point();
      if (point.time() > at.plus(FUTURE).toEpochMilli()
          || point.time() < at.minus(PAST).toEpochMilli()) {
        elsewhen++;
        continue;
      }
      var labels = labels(reading.labels());
      if (byLabels.putIfAbsent(labels, new Reading(labels, reading.kind(), point)) != null) {
        again++;
      }
    }
    var notes = new ArrayList<String>();
    if (again > 0) {
      notes.add(again + " samples come twice; the first of each counts");
    }
    if (elsewhen > 0) {
      notes.add(elsewhen + " samples are older than an hour or from the future; left out");
    }
    return new Read(
        List.copyOf(byLabels.values()), notes.isEmpty() ? null : String.join("; ", notes));
  }

  private Labels labels(Labels own) {
    var labels = own.toMap();
    labels()
        .forEach(
            (name, value) -> {
              String theirs = labels.get(name);
              if (theirs == null) {
                labels.put(name, value);
              } else if (!config.honorLabels()) {
                labels.put("exported_" + name, theirs);
                labels.put(name, value);
              }
            });
    labels.computeIfPresent("le", (k, v) -> bound(v));
    labels.computeIfPresent("quantile", (k, v) -> bound(v));
    return Labels.of(labels);
  }

  /** One way to write a number: 1, 1.0 and 1e0 are one bound. */
  private static String bound(String text) {
    try {
      double value = Double.parseDouble(text);
      return Double.isInfinite(value) || Double.isNaN(value) ? text : MetricRegistry.bound(value);
    } catch (NumberFormatException e) {
      return text;
    }
  }
}
