package dev.hivedeck.app.cli.list;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.security.EndpointFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Metrics: what there is, what a query comes to, where they come from, and how others get them. */
@Command(
    name = "metrics",
    description = "Lists metrics with their newest values; queries them; shows their sources.")
public final class MetricsCommand implements Callable<Integer> {
  private static final String TEMPLATES = "/hivedeck/metrics/";

  /** Where the API listens unless told otherwise. */
  private static final String USUAL_ADDRESS = "127.0.0.1:7071";

  @ParentCommand HivedeckCommand cli;

  @Option(
      names = "--match",
      paramLabel = "SELECTOR",
      description = "Only these series, as in up{job=\"api\"}.")
  String selector;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new Query.Metrics(selector), MetricViews.Newest.class);
      var textTable = new TextTable("Series", "Value", "Sampled");
      for (var one : all) {
        textTable.row(
            one.series(),
            one.mean() == null
                ? one.value()
                : one.value() + " · mean " + String.format(Locale.ROOT, "%.3g", one.mean()),
            one.at());
      }
      cli.answer(
          all,
          all.isEmpty()
              ? "No samples of the last hour. A running engine takes some every minute."
              : textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "query", description = "Evaluates a PromQL query, now or over a range.")
  int query(
      @Parameters(paramLabel = "PROMQL", description = "As in rate(requests_total[5m]).")
          String promql,
      @Option(names = "--range", description = "From how long ago until now, as in 1h.")
          String range,
      @Option(
              names = "--step",
              defaultValue = "1m",
              description = "Between two evaluations of a range, as in 1m.")
          String step) {
    Instant now = Clock.systemUTC().instant();
    var query =
        range == null
            ? new Query.MetricQuery(promql, null, null, null)
            : new Query.MetricQuery(
                promql,
                now.minus(HivedeckCommand.duration(range)),
                now,
                HivedeckCommand.duration(step).toMillis() / 1e3);
    try (var opened = EngineAccess.read(cli.workspace())) {
      var data = opened.door().query(query);
      cli.answer(data, text(data));
      return HivedeckCommand.DONE;
    }
  }

  private static String text(JsonNode data) {
    var result = data.path("result");
    switch (data.path("resultType").asText()) {
      case "scalar", "string" -> {
        return result.path(1).asText();
      }
      case "vector" -> {
        var textTable = new TextTable("Series", "Value");
        for (var one : result) {
          textTable.row(
              series(one.path("metric")), value(one.path("value"), one.path("histogram")));
        }
        return result.isEmpty() ? "The query gives nothing." : textTable.toString();
      }
      default -> {
        var textTable = new TextTable("Series", "At", "Value");
        for (var one : result) {
          String name = series(one.path("metric"));
          for (var pair : one.path("values")) {
            textTable.row(name, at(pair.path(0)), pair.path(1).asText());
            name = "";
          }
          for (var pair : one.path("histograms")) {
            textTable.row(name, at(pair.path(0)), value(null, pair));
            name = "";
          }
        }
        return result.isEmpty() ? "The query gives nothing." : textTable.toString();
      }
    }
  }

  private static Instant at(JsonNode seconds) {
    return Instant.ofEpochMilli(Math.round(seconds.asDouble() * 1e3));
  }

  private static String value(JsonNode pair, JsonNode histogram) {
    return histogram.isMissingNode()
        ? pair.path(1).asText()
        : "count "
            + histogram.path(1).path("count").asText()
            + ", sum "
            + histogram.path(1).path("sum").asText();
  }

  private static String series(JsonNode labels) {
    var text = new StringBuilder();
    for (var label : labels.properties()) {
      if (!label.getKey().equals("__name__")) {
        text.append(text.isEmpty() ? "{" : ", ").append(label.getKey());
        text.append("=\"").append(label.getValue().asText()).append('"');
      }
    }
    return labels.path("__name__").asText()
        + (text.isEmpty() ? labels.has("__name__") ? "" : "{}" : text + "}");
  }

  @Command(
      name = "targets",
      description = "Where metrics are taken from, whether they answer, and why not.")
  int targets() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new Query.MetricTargets(), MetricViews.Target.class);
      var textTable = new TextTable("Source", "Kind", "State", "Samples", "Asked", "Address", "");
      for (var one : all) {
        textTable.row(
            one.name(),
            one.kind(),
            one.health(),
            one.at() == null ? "" : one.samples(),
            one.at() == null ? "not yet" : one.at(),
            one.url(),
            one.error() == null ? "" : one.error());
      }
      cli.answer(
          all,
          all.isEmpty()
              ? "Nothing is scraped or checked. docs/metrics.md says how to write it into"
                  + " .hivedeck/hive.yaml."
              : textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "scrape-config",
      description = "Writes what Prometheus needs in its configuration to scrape this engine.")
  int scrapeConfig() throws IOException {
    var engine = EngineAccess.running(cli.workspace());
    String text =
        template("prometheus.yml")
            .replace(
                "${address}",
                engine
                    .map(EndpointFile::api)
                    .map(api -> URI.create(api).getAuthority())
                    .orElse(USUAL_ADDRESS));
    cli.answer(Map.of("format", "prometheus", "text", text), text);
    return HivedeckCommand.DONE;
  }

  @Command(
      name = "dashboard",
      description = "Writes a Grafana dashboard of the engine's metrics, as JSON to import.")
  int dashboard() throws IOException {
    String text = template("grafana-dashboard.json");
    cli.answer(Json.read(text, JsonNode.class), text);
    return HivedeckCommand.DONE;
  }

  private static String template(String name) throws IOException {
    try (var in = MetricsCommand.class.getResourceAsStream(TEMPLATES + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
