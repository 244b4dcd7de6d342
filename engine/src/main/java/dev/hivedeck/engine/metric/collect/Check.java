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

  /**
   * What came of trying once.
   *
   * @param began after which it took so long
   * @param why it failed; null when it did not
   */
  private record Try(Instant began, List<Reading> about, FetchException why) {}

  @Override
  public Collected collect(Context context, Instant at) throws InterruptedException {
    boolean first = context.tried().add(this);
    var tried = once(context, at, at);
    if (first && tried.why() != null && tried.why().isLate()) {
      // The engine's own start is in that time: the next try tells of the other side.
      tried = once(context, at, context.clock().instant());
    }
    var about = new ArrayList<>(tried.about());
    String why = tried.why() == null ? null : tried.why().getMessage();
    about.add(about("probe_success", at, why == null ? 1 : 0));
    about.add(about("probe_duration_seconds", at, context.secondsSince(tried.began())));
    context
        .registry()
        .counter(EngineMetric.CHECKS.of(config.name(), why == null ? "success" : "failure"))
        .increment();
    return new Collected(List.of(), List.copyOf(about), why == null, why);
  }

  /**
   * @param at the time of the samples
   */
  private Try once(Context context, Instant at, Instant began) throws InterruptedException {
    var about = new ArrayList<Reading>();
    try {
      if (config.http() != null) {
        get(context, at, about);
      } else {
        connect();
      }
      var took = Duration.between(began, context.clock().instant());
      var below = config.expect().below();
      if (below != null && took.compareTo(below) >= 0) {
        throw FetchException.late(
            "it took " + Fetcher.words(took) + ", not less than " + Fetcher.words(below));
      }
      return new Try(began, about, null);
    } catch (FetchException e) {
      return new Try(began, about, e);
    }
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
      throw e instanceof SocketTimeoutException
          ? FetchException.late("no connection within " + Fetcher.words(config.timeout()))
          : new FetchException(Fetcher.reason(e));
    }
  }
}
