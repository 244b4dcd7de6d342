package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.config.metrics.CheckConfig;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tries something from outside. Its series are named as the blackbox exporter names them, so that
 * what was written for that works here.
 */
record Check(CheckConfig config) implements Source {
  /** As far as a text is looked for. */
  private static final long LOOKED_THROUGH = 1_000_000;

  @Override
  public String kind() {
    return "check";
  }

  @Override
  public String url() {
    return config.target();
  }

  @Override
  public Map<String, String> labels() {
    var labels = new TreeMap<>(config.labels());
    labels.put("check", config.name());
    labels.put("instance", config.target());
    return labels;
  }

  @Override
  public Collected collect(Context context, Instant at) throws InterruptedException {
    var about = new ArrayList<Reading>();
    String why = null;
    try {
      if (config.http() != null) {
        get(context, at, about);
      } else {
        connect();
      }
      var took = Duration.between(at, context.clock().instant());
      var below = config.expect().below();
      if (below != null && took.compareTo(below) >= 0) {
        why = "it took " + Fetcher.words(took) + ", not less than " + Fetcher.words(below);
      }
    } catch (FetchException e) {
      why = e.getMessage();
    }
    about.add(about("probe_success", at, why == null ? 1 : 0));
    about.add(about("probe_duration_seconds", at, context.secondsSince(at)));
    context
        .registry()
        .counter(EngineMetric.CHECKS.of(config.name(), why == null ? "success" : "failure"))
        .increment();
    return new Collected(List.of(), List.copyOf(about), why == null, why);
  }

  private void get(Context context, Instant at, List<Reading> about)
      throws FetchException, InterruptedException {
    var response =
        context
            .fetcher()
            .get(
                new Fetcher.Request(
                    config.http(),
                    Map.of("Accept", "*/*"),
                    null,
                    config.timeout(),
                    LOOKED_THROUGH,
                    true,
                    config.redirects()));
    about.add(about("probe_http_status_code", at, response.status()));
    about.add(about("probe_http_redirects", at, response.redirects()));
    response
        .expires()
        .ifPresent(
            end ->
                about.add(about("probe_ssl_earliest_cert_expiry", at, end.toEpochMilli() / 1e3)));
    if (!config.expect().isGood(response.status())) {
      throw new FetchException("it answers with status " + response.status());
    }
    String wanted = config.expect().contains();
    if (wanted != null && !new String(response.body(), StandardCharsets.UTF_8).contains(wanted)) {
      throw new FetchException("its answer does not contain \"" + wanted + "\"");
    }
  }

  private void connect() throws FetchException, InterruptedException {
    var address = new InetSocketAddress(config.host(), config.port());
    if (address.isUnresolved()) {
      throw new FetchException("its host is not known");
    }
    try (var socket = new Socket()) {
      socket.connect(address, (int) config.timeout().toMillis());
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw new FetchException(
          e instanceof SocketTimeoutException
              ? "no connection within " + Fetcher.words(config.timeout())
              : Fetcher.reason(e));
    }
  }
}
