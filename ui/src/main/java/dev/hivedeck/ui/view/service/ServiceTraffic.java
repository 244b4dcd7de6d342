package dev.hivedeck.ui.view.service;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import dev.hivedeck.ui.shell.ScreenContext;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import javafx.util.Subscription;

/** What the gateway measured of each service of late, asked for while somebody looks. */
final class ServiceTraffic {
  /** How many seconds pass between two looks. */
  private static final int EVERY = 5;

  private static final String SUM = "sum by (service) (";
  private static final String REQUESTS = "hivedeck_gateway_requests_total";
  private static final Query RATE = at(SUM + "rate(" + REQUESTS + "[5m])) * 60");
  private static final Query ERRORS =
      at(
          SUM
              + ("rate(" + REQUESTS + "{code=~\"5..\"}[5m])) / ")
              + SUM
              + ("rate(" + REQUESTS + "[5m]))"));
  private static final Query P95 =
      at("histogram_quantile(0.95, " + SUM + "rate(hivedeck_gateway_request_seconds[5m]))) * 1000");

  private final ScreenContext context;
  private final Runnable news;
  private GatewayStatus gateway;
  private Map<String, Double> rates = Map.of();
  private Map<String, Double> errors = Map.of();
  private Map<String, Double> p95 = Map.of();
  private boolean asking;
  private int seconds;

  ServiceTraffic(ScreenContext context, Runnable news) {
    this.context = context;
    this.news = news;
  }

  private static Query at(String promql) {
    return new Query.MetricQuery(promql, null, null, null);
  }

  /** Begins to ask. */
  Subscription begin() {
    seconds = 0;
    return context.live().now().subscribe(_ -> look());
  }

  private void look() {
    if (seconds++ % EVERY != 0 || asking || context.live().cut().get()) {
      return;
    }
    asking = true;
    context
        .steering()
        .query(new GatewayQuery.Status())
        .thenCompose(this::measure)
        .whenComplete(
            (_, _) -> {
              asking = false;
              news.run();
            });
  }

  private CompletableFuture<Void> measure(JsonNode answer) {
    gateway = answer.has("on") ? Json.as(answer, GatewayStatus.class) : null;
    if (!on()) {
      rates = Map.of();
      errors = Map.of();
      p95 = Map.of();
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.allOf(
        ask(RATE).thenAccept(found -> rates = found),
        ask(ERRORS).thenAccept(found -> errors = found),
        ask(P95).thenAccept(found -> p95 = found));
  }

  private CompletableFuture<Map<String, Double>> ask(Query query) {
    return context.steering().query(query).thenApply(ServiceTraffic::values);
  }

  private static Map<String, Double> values(JsonNode answer) {
    var found = new HashMap<String, Double>();
    answer
        .path("result")
        .forEach(
            series -> {
              double value = series.path("value").path(1).asDouble(Double.NaN);
              if (Double.isFinite(value)) {
                found.put(series.path("metric").path("service").asText(), value);
              }
            });
    return found;
  }

  private boolean on() {
    return gateway != null && gateway.on();
  }

  /** Where the gateway listens; null while it does not. */
  String address() {
    return on() ? gateway.address() : null;
  }

  /** Requests a minute to a service; empty where nobody knows. */
  OptionalDouble rate(String service) {
    return of(rates, service);
  }

  /** The share of those that failed, from 0 to 1; empty where nobody knows. */
  OptionalDouble errors(String service) {
    return rate(service).orElse(0) > 0
        ? OptionalDouble.of(errors.getOrDefault(service, 0.0))
        : OptionalDouble.empty();
  }

  /** Milliseconds within which 95 of 100 answers began; empty where nobody knows. */
  OptionalDouble p95(String service) {
    return of(p95, service);
  }

  /** Requests a minute to all of them. */
  double rate() {
    return rates.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private static OptionalDouble of(Map<String, Double> all, String service) {
    var value = all.get(service);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
