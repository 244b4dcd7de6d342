package dev.hivedeck.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import dev.hivedeck.engine.protocol.service.ServiceQuery;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.protocol.service.ServiceViews.InstanceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceCheck;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLine;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLog;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Services beside a workspace: one that ends again and again, one that is ill, four that run. */
public final class SampleServices {
  private static final Instant NOW = Sample.NOW;

  private SampleServices() {}

  public static List<Service> all() {
    var orders = service("orders-api", ServiceOrigin.HIVEDECK, ServiceState.HEALTHY, "", 8101, 3);
    return List.of(
        service(
            "notifier",
            ServiceOrigin.HIVEDECK,
            ServiceState.BACKING_OFF,
            "ended with exit 1",
            8141,
            1),
        orders,
        service("catalog-api", ServiceOrigin.HIVEDECK, ServiceState.HEALTHY, "", 8111, 2),
        service("cart-web", ServiceOrigin.HIVEDECK, ServiceState.UNHEALTHY, "answers 503", 8151, 1),
        service("postgres", ServiceOrigin.ADDRESS, ServiceState.HEALTHY, "", 5432, 1),
        service("redis", ServiceOrigin.REGISTERED, ServiceState.HEALTHY, "", 6379, 1));
  }

  public static Service service(
      String id, ServiceOrigin origin, ServiceState state, String why, int port, int count) {
    var instances = new ArrayList<ServiceInstance>();
    boolean retries = state == ServiceState.BACKING_OFF;
    for (int i = 1; i <= count; i++) {
      instances.add(
          new ServiceInstance(
              id + "-" + i,
              state,
              origin == ServiceOrigin.HIVEDECK ? "e3b1c07" : "16.4",
              "127.0.0.1",
              port + i - 1,
              origin == ServiceOrigin.HIVEDECK && !retries ? 4_100L + port + i : null,
              NOW.minusSeconds(900),
              retries ? 3 : 0,
              why,
              retries ? NOW.plusSeconds(8) : null,
              null,
              null));
    }
    boolean http = origin == ServiceOrigin.HIVEDECK;
    return new Service(
        id,
        origin,
        state,
        true,
        why,
        http ? "python3 -m uvicorn api:app --port $PORT" : null,
        http ? "services/" + id : ".",
        http ? "/" + id : null,
        id.equals("orders-api") ? List.of("postgres", "redis") : List.of(),
        http ? List.of("services/" + id + "/**") : List.of(),
        new ServiceCheck(http ? CheckKind.HTTP : CheckKind.TCP, http ? "/health" : "", 10, 2, 2, 3),
        instances);
  }

  private static ServiceFigures figures(Service s, double millis) {
    var latest = new ArrayList<Double>();
    for (int i = 0; i < 40; i++) {
      latest.add(millis * (1 + 0.3 * Math.sin(i * 1.7)));
    }
    return new ServiceFigures(
        s.id(),
        s.instances().stream()
            .map(
                i ->
                    new InstanceFigures(i.name(), NOW.minusSeconds(4), "200", millis, latest, null))
            .toList());
  }

  /** What the engine answers about them. */
  public static JsonNode answer(Query query) {
    return switch (query) {
      case ServiceQuery.Figures _ -> Json.tree(all().stream().map(s -> figures(s, 3.4)).toList());
      case ServiceQuery.Log q -> Json.tree(log(q));
      case GatewayQuery.Status _ ->
          Json.tree(new GatewayStatus(true, "127.0.0.1:8080", null, null, List.of()));
      case Query.MetricQuery q -> {
        boolean share = q.promql().contains("/ sum");
        boolean quantile = q.promql().startsWith("histogram_quantile");
        yield measured(
            Map.of(
                "orders-api", share ? 0.008 : quantile ? 388.4 : 100.2,
                "catalog-api", share ? 0.031 : quantile ? 96 : 12));
      }
      default -> Json.MAPPER.createArrayNode();
    };
  }

  private static JsonNode measured(Map<String, Double> values) {
    var result = Json.MAPPER.createArrayNode();
    values.forEach(
        (service, value) -> {
          var series = result.addObject();
          series.putObject("metric").put("service", service);
          series.putArray("value").add(NOW.getEpochSecond()).add(String.valueOf(value));
        });
    return Json.object().put("resultType", "vector").set("result", result);
  }

  private static ServiceLog log(ServiceQuery.Log query) {
    var lines = new ArrayList<ServiceLine>();
    for (int i = 0; i < 12; i++) {
      String instance = "orders-api-" + (1 + i % 3);
      String level = i == 4 ? "error" : i == 8 ? "warn" : i == 0 ? "hivedeck" : "info";
      String text =
          switch (level) {
            case "error" -> "ERROR payments-api timed out";
            case "warn" -> "WARN pool 18 of 20 connections in use";
            case "hivedeck" -> "begun, pid 4211, port 8101";
            default -> "GET /orders?page=" + i + " 200 in 4" + i + " ms";
          };
      lines.add(new ServiceLine(i, NOW.minusSeconds(120 - i * 7), instance, level, text));
    }
    boolean first = query.from() < 0;
    return new ServiceLog(query.id(), 12, first ? lines : List.of());
  }
}
