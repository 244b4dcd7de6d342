package dev.hivedeck.engine.config.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code metrics} and {@code checks}, noting everything that is wrong with them. */
public final class MetricsReader {
  /** Samples are kept every ten seconds. */
  private static final Duration LEAST = Duration.ofSeconds(10);

  /** A sample stands for five minutes; who is asked more rarely would be missing in between. */
  private static final Duration MOST = Duration.ofMinutes(4);

  private static final Duration MOST_BACKFILL = Duration.ofDays(7);
  private static final int SAMPLES = 10_000;
  private static final long BODY = 10_000_000;
  private static final int REDIRECTS = 5;
  private static final Pattern LABEL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern METRIC = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");

  /** Labels that say where samples come from. */
  private static final Set<String> OWN_LABELS = Set.of("job", "instance", "check", "source");

  private final YamlSource source;

  private MetricsReader(YamlSource source) {
    this.source = source;
  }

  /** What the source says of metrics; what is wrong is noted there, with its place and remedy. */
  public static MetricsConfig read(YamlSource source) {
    return new MetricsReader(source).read(source.root());
  }

  private MetricsConfig read(JsonNode root) {
    var metrics = root.path("metrics");
    var names = new HashSet<String>();
    var scrapes = new ArrayList<ScrapeConfig>();
    for (int i = 0; i < metrics.path("scrape").size(); i++) {
      scrapes.add(scrape(metrics.path("scrape").path(i), "/metrics/scrape/" + i, names));
    }
    var servers = new ArrayList<ServerConfig>();
    for (int i = 0; i < metrics.path("prometheus").size(); i++) {
      servers.add(server(metrics.path("prometheus").path(i), "/metrics/prometheus/" + i, names));
    }
    var checks = new ArrayList<CheckConfig>();
    for (var e : root.path("checks").properties()) {
      checks.add(check(e.getKey(), e.getValue(), "/checks/" + e.getKey()));
    }
    return new MetricsConfig(
        metrics.path("public").asBoolean(false),
        scrapes,
        servers,
        checks,
        metrics.has("otlp") ? otlp(metrics.path("otlp"), "/metrics/otlp") : null);
  }

  private ScrapeConfig scrape(JsonNode node, String at, Set<String> names) {
    var url = url(node, "url", at);
    var every = every(node, at, Duration.ofSeconds(30));
    String name = node.path("name").asText(url == null ? "" : address(url));
    unique(name, at, names);
    return new ScrapeConfig(
        name,
        url,
        every,
        timeout(node, at, every),
        labels(node, at),
        node.path("honor-labels").asBoolean(false),
        node.path("bearer").asText(null),
        node.path("samples").asInt(SAMPLES),
        node.path("bytes").asLong(BODY));
  }

  private ServerConfig server(JsonNode node, String at, Set<String> names) {
    var every = every(node, at, Duration.ofMinutes(1));
    String name = node.path("name").asText();
    unique(name, at, names);
    var queries = new LinkedHashMap<String, String>();
    for (var e : node.path("queries").properties()) {
      if (!METRIC.matcher(e.getKey()).matches()) {
        source.wrong(
            at + "/queries/" + e.getKey(),
            "\"" + e.getKey() + "\" is no name of a metric; write one as in orders_total");
      }
      queries.put(e.getKey(), e.getValue().asText());
    }
    var backfill = duration(node, "backfill", at, Duration.ofHours(1));
    if (backfill.compareTo(MOST_BACKFILL) > 0) {
      source.wrong(at + "/backfill", "at most seven days are read back; write 7d or less");
    }
    return new ServerConfig(
        name,
        url(node, "url", at),
        every,
        timeout(node, at, every),
        queries,
        backfill,
        node.path("bearer").asText(null));
  }

  private CheckConfig check(String name, JsonNode node, String at) {
    boolean http = node.has("http");
    if (http == node.has("tcp")) {
      source.wrong(at, "check " + name + " needs one of http and tcp; write http: https://…");
    }
    if (!http && node.has("expect")) {
      source.wrong(at + "/expect", "of a connection nothing more can be expected; take it out");
    }
    var every = every(node, at, Duration.ofMinutes(1));
    String[] address = http ? null : address(node, at);
    var expect = node.path("expect");
    var status = new HashSet<Integer>();
    if (expect.path("status").isArray()) {
      expect.path("status").forEach(code -> status.add(code.asInt()));
    } else if (expect.has("status")) {
      status.add(expect.path("status").asInt());
    }
    return new CheckConfig(
        name,
        http ? url(node, "http", at) : null,
        http || address == null ? null : address[0],
        http || address == null ? 0 : Integer.parseInt(address[1]),
        new CheckConfig.Expect(
            Set.copyOf(status),
            expect.path("contains").asText(null),
            expect.has("below") ? duration(expect, "below", at + "/expect", null) : null),
        every,
        timeout(node, at, every),
        labels(node, at),
        node.path("redirects").asInt(REDIRECTS));
  }

  private OtlpConfig otlp(JsonNode node, String at) {
    var headers = new TreeMap<String, String>();
    node.path("headers").properties().forEach(e -> headers.put(e.getKey(), e.getValue().asText()));
    return new OtlpConfig(
        url(node, "endpoint", at), headers, every(node, at, Duration.ofMinutes(1)));
  }

  // ── parts ───────────────────────────────────────────────────────────────────────────────────

  private void unique(String name, String at, Set<String> names) {
    if (!names.add(name)) {
      source.wrong(
          at, "two sources are named \"" + name + "\"; their series would be mixed up: add a name");
    }
  }

  private static String address(URI url) {
    return url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
  }

  private String[] address(JsonNode node, String at) {
    String text = node.path("tcp").asText();
    int colon = text.lastIndexOf(':');
    String port = colon < 0 ? "" : text.substring(colon + 1);
    if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      source.wrong(
          at + (node.has("tcp") ? "/tcp" : ""),
          "\"" + text + "\" is no address; write a host and a port, as in db.example.org:5432");
      return null;
    }
    return new String[] {text.substring(0, colon), port};
  }

  private URI url(JsonNode node, String key, String at) {
    String text = node.path(key).asText();
    try {
      var url = new URI(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (!http || url.getHost() == null) {
        source.wrong(at + "/" + key, "\"" + text + "\" is no address; write http://host:port/path");
      } else if (url.getRawUserInfo() != null) {
        source.wrong(
            at + "/" + key, "a password stands in the address; take it out, and name it as bearer");
      }
      return url;
    } catch (URISyntaxException e) {
      source.wrong(at + "/" + key, "\"" + text + "\" is no address; write http://host:port/path");
      return null;
    }
  }

  private Map<String, String> labels(JsonNode node, String at) {
    var labels = new TreeMap<String, String>();
    for (var e : node.path("labels").properties()) {
      String name = e.getKey();
      if (!LABEL.matcher(name).matches() || name.startsWith("__")) {
        source.wrong(
            at + "/labels/" + name, "\"" + name + "\" is no name of a label; write one as in team");
      } else if (OWN_LABELS.contains(name)) {
        source.wrong(
            at + "/labels/" + name,
            "the label " + name + " is set already; choose another, or set name");
      }
      labels.put(name, e.getValue().asText());
    }
    return labels;
  }

  private Duration every(JsonNode node, String at, Duration otherwise) {
    var every = duration(node, "every", at, otherwise);
    if (every.compareTo(LEAST) < 0 || every.compareTo(MOST) > 0) {
      source.wrong(
          at + "/every",
          "\""
              + node.path("every").asText()
              + "\" is not from 10s to 4m: samples are kept every 10s,"
              + " and stand for 5m");
    }
    return every;
  }

  /** Ten seconds, or less where it is asked again before that. */
  private Duration timeout(JsonNode node, String at, Duration every) {
    var usual = every.compareTo(LEAST) < 0 ? every : LEAST;
    var timeout = duration(node, "timeout", at, usual);
    if (timeout.compareTo(every) > 0 || timeout.isZero()) {
      source.wrong(
          at + "/timeout",
          "\"" + node.path("timeout").asText() + "\" is longer than every, or nothing; write less");
    }
    return timeout;
  }

  private Duration duration(JsonNode node, String key, String at, Duration otherwise) {
    if (!node.hasNonNull(key)) {
      return otherwise;
    }
    var duration = Durations.parse(node.path(key).asText());
    if (duration.isEmpty()) {
      source.wrong(
          at + "/" + key,
          "\"" + node.path(key).asText() + "\" is no time; write " + Durations.EXAMPLES);
    }
    return duration.orElse(otherwise == null ? Duration.ofSeconds(1) : otherwise);
  }

  /** Names of variables that are referred to, so that they are known as secrets. */
  public static List<String> references(MetricsConfig config) {
    var all = new ArrayList<String>();
    config.scrapes().stream().map(ScrapeConfig::bearer).filter(b -> b != null).forEach(all::add);
    config.servers().stream().map(ServerConfig::bearer).filter(b -> b != null).forEach(all::add);
    if (config.otlp() != null) {
      all.addAll(config.otlp().headers().values());
    }
    return all;
  }
}
