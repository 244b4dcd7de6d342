package dev.hivedeck.engine.metric.collect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.metrics.ServerConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.SampleValue;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks a Prometheus server, and keeps what its queries come to. When a query is asked first, or
 * after a break, its results of the time before are read as well, so that windows begin full.
 */
record ServerQueries(ServerConfig config) implements Source {
  private static final long LARGEST = 20_000_000;
  private static final int MOST_SERIES = 5_000;
  private static final int REDIRECTS = 3;

  /** A server gives no more than 11,000 steps at once ({@code web/api/v1}). */
  private static final int PAGE = 10_000;

  /** Where the server does not manage as many of them, it is asked for fewer, but not below. */
  private static final int LEAST_PAGE = 100;

  @Override
  public String kind() {
    return "prometheus";
  }

  @Override
  public String url() {
    return config.url().toString();
  }

  @Override
  public Map<String, String> labels() {
    return Map.of("source", config.name());
  }

  @Override
  public Map<String, String> aboutLabels() {
    return Map.of(
        "source", config.name(), "job", config.name(), "instance", Scrape.address(config.url()));
  }

  @Override
  public Collected collect(Context context, Instant at) throws InterruptedException {
    var readings = new ArrayList<Reading>();
    var notes = new ArrayList<String>();
    int failed = 0;
    for (var query : config.queries().entrySet()) {
      String name = query.getKey();
      try {
        // What is now comes first: a past that cannot be read keeps it from nobody.
        var present = now(context, name, query.getValue(), at);
        try {
          backfill(context, name, query.getValue(), at);
        } catch (FetchException e) {
          notes.add(name + ": its past is not read in full: " + e.getMessage());
        }
        readings.addAll(present);
      } catch (FetchException e) {
        failed++;
        notes.add(name + ": " + e.getMessage());
      }
    }
    boolean up = failed < config.queries().size() || config.queries().isEmpty();
    return new Collected(
        List.copyOf(readings),
        List.of(
            about("up", at, up ? 1 : 0),
            about("scrape_duration_seconds", at, context.secondsSince(at))),
        up,
        notes.isEmpty() ? null : String.join("; ", notes));
  }

  private List<Reading> now(Context context, String name, String query, Instant at)
      throws FetchException, InterruptedException {
    var data = ask(context, "query", Map.of("query", query, "time", seconds(at)));
    var result = data.path("result");
    var readings = new ArrayList<Reading>();
    switch (data.path("resultType").asText()) {
      case "scalar" -> readings.add(reading(name, Json.object(), result));
      case "vector" -> {
        for (var one : result) {
          // Native histograms are not taken over.
          if (one.has("value")) {
            readings.add(reading(name, one.path("metric"), one.path("value")));
          }
        }
      }
      default -> throw new FetchException("the query gives neither a number nor a vector");
    }
    if (readings.size() > MOST_SERIES) {
      throw new FetchException("it gives " + readings.size() + " series, more than " + MOST_SERIES);
    }
    return readings;
  }

  private void backfill(Context context, String name, String query, Instant at)
      throws FetchException, InterruptedException {
    Instant from = at.minus(config.backfill());
    Instant recent = at.minus(config.every().multipliedBy(2));
    if (!from.isBefore(recent) || context.history().newest(name, config.name(), recent) > 0) {
      return;
    }
    long known = context.history().newest(name, config.name(), from);
    if (known > 0) {
      from = Instant.ofEpochMilli(known);
    }
    long step = Math.max(1, config.every().toSeconds());
    Instant end = at.minus(config.every());
    Instant start = from.plus(config.every());
    int page = PAGE;
    while (!start.isAfter(end)) {
      Instant last = start.plusSeconds(step * (page - 1));
      last = last.isAfter(end) ? end : last;
      try {
        context.history().append(config.name(), range(context, name, query, start, last, step));
      } catch (FetchException e) {
        if (page <= LEAST_PAGE) {
          throw e;
        }
        page = Math.max(LEAST_PAGE, page / 10);
        continue;
      }
      start = last.plusSeconds(step);
    }
  }

  private List<Reading> range(
      Context context, String name, String query, Instant start, Instant end, long step)
      throws FetchException, InterruptedException {
    var data =
        ask(
            context,
            "query_range",
            Map.of(
                "query",
                query,
                "start",
                seconds(start),
                "end",
                seconds(end),
                "step",
                String.valueOf(step)));
    var readings = new ArrayList<Reading>();
    int series = 0;
    for (var one : data.path("result")) {
      if (++series > MOST_SERIES) {
        throw new FetchException("it gives more than " + MOST_SERIES + " series");
      }
      for (var pair : one.path("values")) {
        readings.add(reading(name, one.path("metric"), pair));
      }
    }
    return readings;
  }

  private JsonNode ask(Context context, String what, Map<String, String> parameters)
      throws FetchException, InterruptedException {
    var url = new StringBuilder(config.url().toString().replaceAll("/+$", ""));
    url.append("/api/v1/").append(what);
    char separator = '?';
    for (var parameter : new TreeMap<>(parameters).entrySet()) {
      url.append(separator).append(parameter.getKey()).append('=');
      url.append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8));
      separator = '&';
    }
    var response =
        context
            .fetcher()
            .get(
                new Fetcher.Request(
                    URI.create(url.toString()),
                    Map.of("Accept", "application/json"),
                    context.authorization(config.bearer()),
                    config.timeout(),
                    LARGEST,
                    false,
                    REDIRECTS));
    JsonNode answer;
    try {
      answer = Json.read(new String(response.body(), StandardCharsets.UTF_8), JsonNode.class);
    } catch (HiveException e) {
      throw new FetchException(
          "it answers with status " + response.status() + ", and not as Prometheus does");
    }
    if (answer.path("status").asText().equals("error")) {
      throw new FetchException("it refuses: " + answer.path("error").asText());
    }
    if (response.status() != 200 || !answer.path("data").isObject()) {
      throw new FetchException(
          "it answers with status " + response.status() + ", and not as Prometheus does");
    }
    return answer.path("data");
  }

  private static String seconds(Instant at) {
    return String.valueOf(at.toEpochMilli() / 1e3);
  }

  private Reading reading(String name, JsonNode metric, JsonNode pair) throws FetchException {
    var labels = new TreeMap<String, String>();
    metric.properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    labels.put(Labels.NAME, name);
    labels.put("source", config.name());
    return new Reading(
        Labels.of(labels),
        counts(name) ? MetricKind.COUNTER : MetricKind.GAUGE,
        new Point(Math.round(pair.path(0).asDouble() * 1e3), value(pair.path(1).asText())));
  }

  /** What a name says of its series, as Prometheus' names do. */
  private static boolean counts(String name) {
    return name.matches(".*_(total|count|sum|bucket)");
  }

  private static double value(String text) throws FetchException {
    try {
      return SampleValue.parse(text);
    } catch (NumberFormatException e) {
      throw new FetchException("\"" + text + "\" is no value");
    }
  }
}
