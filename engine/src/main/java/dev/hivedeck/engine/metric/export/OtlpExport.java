package dev.hivedeck.engine.metric.export;

import dev.hivedeck.engine.config.metrics.OtlpConfig;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.time.Timers;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.internal.FailedExportException.HttpExportException;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends metrics, cumulative and with exponential histograms, and spans of attempts, gates and
 * merges to one endpoint. While that does not answer, metrics lose nothing, for the next are their
 * sum, and spans wait up to a limit. That it does not is logged once, and once that it does again.
 */
public final class OtlpExport implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpExport.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** The exporters tell each failure here; it is told once below. */
  private static final java.util.logging.Logger THEIRS =
      java.util.logging.Logger.getLogger("io.opentelemetry");

  private final OtlpConfig config;
  private final Supplier<List<Reading>> readings;
  private final Timers timers;
  private final Instant since;
  private final Resource resource;
  private final OtlpHttpMetricExporter metrics;
  private final OtlpHttpSpanExporter spanExporter;
  private final Spans spans;
  private Timers.Timer timer;
  private boolean open = true;
  private volatile Last last;

  /** What came of sending last. */
  private record Last(Instant at, double seconds, int sent, String error) {}

  /**
   * @param headers of each request
   * @param readings what is sent, as it is at the moment
   * @param service what it is sent in the name of, as {@code service.instance.id}
   */
  public OtlpExport(
      OtlpConfig config,
      Map<String, String> headers,
      Supplier<List<Reading>> readings,
      Timers timers,
      String version,
      String service) {
    THEIRS.setLevel(Level.OFF);
    this.config = config;
    this.readings = readings;
    this.timers = timers;
    this.since = timers.clock().instant();
    this.resource =
        Resource.create(
            Attributes.of(
                AttributeKey.stringKey("service.name"), "hivedeck",
                AttributeKey.stringKey("service.version"), version,
                AttributeKey.stringKey("service.instance.id"), service));
    String base = config.endpoint().toString().replaceAll("/+$", "");
    this.metrics =
        OtlpHttpMetricExporter.builder()
            .setEndpoint(base + "/v1/metrics")
            .setHeaders(() -> headers)
            .setTimeout(TIMEOUT)
            .setRetryPolicy(null)
            .setCompression("gzip")
            .build();
    this.spanExporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(base + "/v1/traces")
            .setHeaders(() -> headers)
            .setTimeout(TIMEOUT)
            .setRetryPolicy(null)
            .setCompression("gzip")
            .build();
    this.spans = new Spans(resource);
  }

  /** Sends from now on. */
  public synchronized void begin() {
    timer = timers.after(config.every(), this::send);
  }

  /** Makes spans of what happened; they go with the next sending. */
  public void happened(List<Event> events) {
    spans.happened(events);
  }

  private void send() {
    try {
      deliver();
    } catch (RuntimeException e) {
      LOG.warn("sending by OTLP", e);
    } finally {
      synchronized (this) {
        if (open) {
          begin();
        }
      }
    }
  }

  private void deliver() {
    Instant at = timers.clock().instant();
    var data = new OtlpMetrics(resource, since, at).of(readings.get());
    String error = failure(metrics.export(data), "metrics");
    var ended = spans.take();
    if (!ended.isEmpty()) {
      String failed = failure(spanExporter.export(ended), "traces");
      if (failed != null) {
        spans.putBack(ended);
        error = error == null ? failed : error;
      }
    }
    var before = last;
    double seconds = Duration.between(at, timers.clock().instant()).toMillis() / 1e3;
    last =
        new Last(
            at.truncatedTo(ChronoUnit.MILLIS),
            Math.max(0, seconds),
            data.size() + ended.size(),
            error);
    if (error != null && (before == null || before.error() == null)) {
      LOG.warn("{} takes no OTLP: {}", config.endpoint(), error);
    } else if (error == null && before != null && before.error() != null) {
      LOG.info("{} takes OTLP again", config.endpoint());
    }
  }

  private static String failure(CompletableResultCode result, String what) {
    result.join(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    if (result.isSuccess()) {
      return null;
    }
    return what + " were not taken: " + reason(result.getFailureThrowable());
  }

  private static String reason(Throwable failure) {
    if (failure instanceof HttpExportException answered && answered.getResponse() != null) {
      int status = answered.getResponse().getStatusCode();
      return "it answers with status "
          + status
          + (status / 100 == 3 ? "; redirects are not followed, write the address meant" : "");
    }
    String said = null;
    for (Throwable each = failure; each != null; each = each.getCause()) {
      switch (each) {
        case UnresolvedAddressException _ -> {
          return "its host is not known";
        }
        case HttpTimeoutException _ -> {
          return "no answer within " + TIMEOUT.toSeconds() + " s";
        }
        case ConnectException e when !isUnresolved(e) -> {
          return "nothing listens there";
        }
        default -> said = each.getMessage() == null ? said : each.getMessage();
      }
    }
    return failure == null
        ? "no answer within " + TIMEOUT.toSeconds() + " s"
        : said == null ? "the connection broke" : said;
  }

  private static boolean isUnresolved(Throwable e) {
    return e instanceof UnresolvedAddressException
        || e.getCause() != null && isUnresolved(e.getCause());
  }

  /** How it stands, among what metrics are taken from and sent to. */
  public MetricViews.Target target() {
    var now = last;
    return new MetricViews.Target(
        "otlp",
        "otlp",
        config.endpoint().toString(),
        Map.of(),
        now == null ? "unknown" : now.error() == null ? "up" : "down",
        now == null ? null : now.error(),
        now == null ? null : now.at(),
        now == null ? null : (Double) now.seconds(),
        now == null ? 0 : now.sent(),
        config.every().toMillis() / 1e3,
        TIMEOUT.toMillis() / 1e3);
  }

  /** Sends no more; what waits is let go of. */
  @Override
  public void close() {
    synchronized (this) {
      open = false;
      if (timer != null) {
        timer.cancel();
      }
    }
    spans.close();
    metrics.shutdown();
    spanExporter.shutdown();
  }
}
