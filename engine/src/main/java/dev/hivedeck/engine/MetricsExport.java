package dev.hivedeck.engine;

import dev.hivedeck.engine.config.metrics.OtlpConfig;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.export.OtlpExport;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.time.Timers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Sends metrics and traces where the configuration says; loads nothing where it says nowhere. */
final class MetricsExport implements AutoCloseable {
  private final Supplier<List<Reading>> readings;
  private final UnaryOperator<String> secrets;
  private final Timers timers;
  private final String workspace;
  private OtlpConfig config;
  private volatile OtlpExport export;
  private volatile String missing;

  /**
   * @param secrets the value behind a reference such as {@code env:TOKEN}
   * @param workspace in whose name it is sent
   */
  MetricsExport(
      Supplier<List<Reading>> readings,
      UnaryOperator<String> secrets,
      Timers timers,
      String workspace) {
    this.readings = readings;
    this.secrets = secrets;
    this.timers = timers;
    this.workspace = workspace;
  }

  /**
   * @param now null for nowhere
   */
  synchronized void follow(OtlpConfig now) {
    if (Objects.equals(now, config) && missing == null) {
      return;
    }
    close();
    config = now;
    if (now == null) {
      return;
    }
    var headers = new HashMap<String, String>();
    for (var header : now.headers().entrySet()) {
      try {
        headers.put(header.getKey(), secrets.apply(header.getValue()));
      } catch (HiveException e) {
        missing = e.getMessage() + " " + e.hint();
        return;
      }
    }
    var begun = new OtlpExport(now, headers, readings, timers, Engine.VERSION, workspace);
    begun.begin();
    export = begun;
  }

  void happened(List<Event> events) {
    var now = export;
    if (now != null) {
      now.happened(events);
    }
  }

  /** How it stands, where there is anything to send to. */
  synchronized List<MetricViews.Target> targets() {
    if (export != null) {
      return List.of(export.target());
    }
    return config == null ? List.of() : List.of(unsent());
  }

  private MetricViews.Target unsent() {
    return new MetricViews.Target(
        "otlp",
        "otlp",
        config.endpoint().toString(),
        Map.of(),
        "down",
        missing,
        null,
        null,
        0,
        config.every().toMillis() / 1e3,
        0);
  }

  @Override
  public synchronized void close() {
    if (export != null) {
      export.close();
      export = null;
    }
    config = null;
    missing = null;
  }
}
