package dev.hivedeck.engine.api.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.query.MetricQueries;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.MetricViews;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The part of Prometheus' HTTP API that dashboards use, so that Grafana can take the engine as a
 * data source: queries, series, labels, targets (<a
 * href="https://prometheus.io/docs/prometheus/latest/querying/api/">HTTP API</a>).
 */
public final class PrometheusEndpoint implements HttpEndpoint {
  public static final String PATH = "/api/v1/";

  /** More than a query needs. */
  private static final int LARGEST = 1 << 20;

  private final MetricQueries queries;
  private final Supplier<List<MetricViews.Target>> targets;
  private final String version;

  public PrometheusEndpoint(
      MetricQueries queries, Supplier<List<MetricViews.Target>> targets, String version) {
    this.queries = queries;
    this.targets = targets;
    this.version = version;
  }

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public boolean serves(String path) {
    return path.startsWith(PATH);
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public void handle(HttpServerExchange x, Authenticator.Caller caller) throws IOException {
    String what = x.getRequestPath().substring(PATH.length());
    try {
      if (!x.getRequestMethod().equals(Methods.GET) && !x.getRequestMethod().equals(Methods.POST)) {
        failed(x, 405, "bad_data", "Only GET and POST are answered here.");
        return;
      }
      var data = data(what, parameters(x));
      if (data == null) {
        failed(x, 404, "not_found", "There is nothing at " + x.getRequestPath() + ".");
        return;
      }
      var answer = Json.object().put("status", "success");
      answer.set("data", data);
      HttpApi.send(x, 200, answer);
    } catch (HiveException e) {
      boolean failed = e.is(ErrorCode.PROMQL_FAILED);
      failed(
          x,
          failed ? 422 : 400,
          failed ? "execution" : "bad_data",
          e.getMessage() + (e.hint() == null ? "" : " " + e.hint()));
    }
  }

  private static void failed(HttpServerExchange x, int status, String type, String error) {
    HttpApi.send(
        x, status, Json.object().put("status", "error").put("errorType", type).put("error", error));
  }

  private JsonNode data(String what, Map<String, List<String>> sent) {
    return switch (what) {
      case "query" -> queries.instant(one(sent, "query"), time(sent, "time"));
      case "query_range" ->
          queries.range(
              one(sent, "query"), needed(sent, "start"), needed(sent, "end"), step(sent, "step"));
      case "series" -> {
        if (selectors(sent).isEmpty()) {
          throw invalid("match[]", "it is missing");
        }
        var all = Json.MAPPER.createArrayNode();
        for (Labels labels :
            queries.series(selectors(sent), time(sent, "start"), time(sent, "end"))) {
          all.add(Json.tree(labels.toMap()));
        }
        yield all;
      }
      case "labels" ->
          Json.tree(queries.labelNames(selectors(sent), time(sent, "start"), time(sent, "end")));
      case "targets" -> targets();
      case "metadata" -> Metadata.all();
      case "rules" -> {
        ObjectNode rules = Json.object();
        rules.putArray("groups");
        yield rules;
      }
      case "status/buildinfo" ->
          Json.object().put("version", "3.0.0").put("application", "Hivedeck " + version);
      default ->
          what.startsWith("label/") && what.endsWith("/values")
              ? Json.tree(
                  queries.labelValues(
                      what.substring("label/".length(), what.length() - "/values".length()),
                      selectors(sent),
                      time(sent, "start"),
                      time(sent, "end")))
              : null;
    };
  }

  private JsonNode targets() {
    var data = Json.object();
    var active = data.putArray("activeTargets");
    data.putArray("droppedTargets");
    for (var target : targets.get()) {
      var one = active.addObject();
      one.set("discoveredLabels", Json.object());
      one.set("labels", Json.tree(target.labels()));
      one.put("scrapePool", target.name())
          .put("scrapeUrl", target.url())
          .put("globalUrl", target.url())
          .put("lastError", target.error() == null ? "" : target.error())
          .put("lastScrape", target.at() == null ? "0001-01-01T00:00:00Z" : target.at().toString())
          .put("lastScrapeDuration", target.seconds() == null ? 0 : target.seconds())
          .put("health", target.health())
          .put("scrapeInterval", target.every() + "s")
          .put("scrapeTimeout", target.timeout() + "s");
    }
    return data;
  }

  // ── parameters ──────────────────────────────────────────────────────────────────────────────

  /** Of the query string, and of a form that was posted. */
  private static Map<String, List<String>> parameters(HttpServerExchange x) throws IOException {
    var all = new HashMap<String, List<String>>();
    x.getQueryParameters()
        .forEach(
            (name, values) -> all.computeIfAbsent(name, k -> new ArrayList<>()).addAll(values));
    String type = x.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    if (x.getRequestMethod().equals(Methods.POST)
        && type != null
        && type.startsWith("application/x-www-form-urlencoded")) {
      byte[] body = x.getInputStream().readNBytes(LARGEST + 1);
      if (body.length > LARGEST) {
        throw invalid("body", "it is larger than " + LARGEST + " bytes");
      }
      for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
        int at = pair.indexOf('=');
        if (at > 0) {
          all.computeIfAbsent(decoded(pair.substring(0, at)), k -> new ArrayList<>())
              .add(decoded(pair.substring(at + 1)));
        }
      }
    }
    return all;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw invalid("body", "it is no form");
    }
  }

  private static List<String> selectors(Map<String, List<String>> sent) {
    return sent.getOrDefault("match[]", List.of());
  }

  private static String one(Map<String, List<String>> sent, String name) {
    var values = sent.getOrDefault(name, List.of());
    if (values.isEmpty() || values.getFirst().isBlank()) {
      throw invalid(name, "it is missing");
    }
    return values.getFirst();
  }

  private static Instant needed(Map<String, List<String>> sent, String name) {
    one(sent, name);
    return time(sent, name);
  }

  /** Seconds since 1970, or a time as in RFC 3339; null where none is named. */
  private static Instant time(Map<String, List<String>> sent, String name) {
    var values = sent.getOrDefault(name, List.of());
    if (values.isEmpty() || values.getFirst().isBlank()) {
      return null;
    }
    String text = values.getFirst();
    try {
      return text.matches("-?[0-9.]+(e[0-9]+)?")
          ? Instant.ofEpochMilli(Math.round(Double.parseDouble(text) * 1e3))
          : OffsetDateTime.parse(text).toInstant();
    } catch (NumberFormatException | DateTimeException e) {
      throw invalid(name, "\"" + text + "\" is no time");
    }
  }

  /** Seconds, or a duration as in 1m. */
  private static Duration step(Map<String, List<String>> sent, String name) {
    String text = one(sent, name);
    try {
      return text.matches("[0-9.]+")
          ? Duration.ofMillis(Math.round(Double.parseDouble(text) * 1e3))
          : Durations.parse(text).orElseThrow(() -> invalid(name, "\"" + text + "\" is no time"));
    } catch (NumberFormatException e) {
      throw invalid(name, "\"" + text + "\" is no time");
    }
  }

  private static HiveException invalid(String name, String why) {
    return new HiveException(
        ErrorCode.BAD_PARAMETER,
        "The parameter " + name + " cannot be used: " + why + ".",
        "Send it as Prometheus' HTTP API takes it.");
  }
}
