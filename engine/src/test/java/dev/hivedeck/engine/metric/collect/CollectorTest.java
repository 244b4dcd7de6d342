package dev.hivedeck.engine.metric.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.config.metrics.CheckConfig;
import dev.hivedeck.engine.config.metrics.MetricsConfig;
import dev.hivedeck.engine.config.metrics.ScrapeConfig;
import dev.hivedeck.engine.config.metrics.ServerConfig;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.security.Redactor;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a source answers, it is told how it stands, and nothing is made up or kept alive. */
class CollectorTest {
  private static final Duration EVERY = Duration.ofSeconds(30);
  private static final String TOO_MANY =
      "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"exceeded maximum resolution of"
          + " 11,000 points per timeseries\"}";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final VirtualTime time = new VirtualTime();
  private final List<List<Reading>> arrived = new CopyOnWriteArrayList<>();
  private final List<Reading> past = new CopyOnWriteArrayList<>();
  private final MetricRegistry registry = new MetricRegistry();
  private final Map<String, String> secrets = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile String page = "";
  private volatile Refused refused = Refused.NONE;
  private volatile long mostSteps = 11_000;
  private HttpServer server;
  private Collector collector;

  @BeforeEach
  void begin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    var history =
        new History() {
          @Override
          public long newest(String metric, String source, Instant since) {
            return past.stream()
                .mapToLong(r -> r.point().time())
                .filter(at -> at >= since.toEpochMilli())
                .max()
                .orElse(0);
          }

          @Override
          public void append(String source, List<Reading> readings) {
            past.addAll(readings);
          }
        };
    collector = new Collector(time, this::arrive, this::secret, mask(), history, registry);
  }

  private Refused arrive(String source, List<Reading> readings) {
    arrived.add(readings);
    return refused;
  }

  private SecretMask mask() {
    return new SecretMask(text -> new Redactor(Set.copyOf(secrets.values())).redact(text));
  }

  @AfterEach
  void end() {
    over.countDown();
    collector.close();
    server.stop(0);
    time.close();
  }

  private void answer(HttpExchange x) throws IOException {
    requests.add(x.getRequestURI() + " " + x.getRequestHeaders().getFirst("Authorization"));
    try (x) {
      switch (x.getRequestURI().getPath()) {
        case "/metrics" -> send(x, 200, page);
        case "/failing" -> send(x, 500, "broken");
        case "/html" -> {
          x.getResponseHeaders().set("Content-Type", "text/html");
          send(x, 200, "<html>");
        }
        case "/endless" -> {
          x.sendResponseHeaders(200, 0);
          byte[] line = "a 1\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
          for (OutputStream out = x.getResponseBody(); ; ) {
            out.write(line);
          }
        }
        case "/bomb" -> {
          x.getResponseHeaders().set("Content-Encoding", "gzip");
          x.sendResponseHeaders(200, 0);
          try (var gzip = new GZIPOutputStream(x.getResponseBody())) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 100; i++) {
              gzip.write(zeros);
            }
          }
        }
        case "/silent" -> {
          x.sendResponseHeaders(200, 0);
          x.getResponseBody().write("a 1\n".getBytes(StandardCharsets.UTF_8));
          x.getResponseBody().flush();
          over.await();
        }
        case "/waking" -> {
          if (requests.size() == 1) {
            over.await();
          }
          send(x, 200, "awake");
        }
        case "/round" -> {
          x.getResponseHeaders().set("Location", "/round");
          send(x, 302, "");
        }
        case "/moved" -> {
          x.getResponseHeaders().set("Location", "/metrics");
          send(x, 302, "");
        }
        case "/api/v1/query" -> send(x, 200, page);
        case "/api/v1/query_range" -> {
          boolean many = steps(x.getRequestURI()) > mostSteps;
          send(x, many ? 422 : 200, many ? TOO_MANY : range(x.getRequestURI()));
        }
        default -> send(x, 404, "nothing");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String secret(String name) {
    if (!secrets.containsKey(name)) {
      throw new HiveException(ErrorCode.NO_SECRET, "There is none.", "Keep it.");
    }
    return secrets.get(name);
  }

  private static void send(HttpExchange x, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    x.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    x.getResponseBody().write(bytes);
  }

  /** How many steps a query asks for. */
  private static long steps(URI url) {
    var query = url.getQuery();
    double start = Double.parseDouble(query.replaceAll(".*start=([0-9.E]+).*", "$1"));
    double end = Double.parseDouble(query.replaceAll(".*end=([0-9.E]+).*", "$1"));
    return Math.round((end - start) / Long.parseLong(query.replaceAll(".*step=(\\d+).*", "$1")));
  }

  private static String range(URI url) {
    var query = url.getQuery();
    double start = Double.parseDouble(query.replaceAll(".*start=([0-9.E]+).*", "$1"));
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":"
        + "{\"code\":\"500\"},\"values\":[["
        + start
        + ",\"7\"]]}]}}";
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private ScrapeConfig scrape(String path, boolean honor, String bearer) {
    return new ScrapeConfig(
        "api", url(path), EVERY, TIMEOUT, Map.of("team", "x"), honor, bearer, 5, 100_000);
  }

  private static MetricsConfig of(ScrapeConfig... scrapes) {
    return new MetricsConfig(false, List.of(scrapes), List.of(), List.of(), null);
  }

  private static MetricsConfig of(CheckConfig... checks) {
    return new MetricsConfig(false, List.of(), List.of(), List.of(checks), null);
  }

  private CheckConfig check(String path, CheckConfig.Expect expect) {
    return new CheckConfig(
        "page", url(path), null, 0, expect, EVERY, TIMEOUT, Map.of("team", "x"), 2);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Lets it be asked once more, and gives what came of it. */
  private Map<Labels, Reading> next() {
    int before = arrived.size();
    await(time::step); // to when it is asked; no time passes while it answers
    await(() -> arrived.size() > before);
    var all = new TreeMap<Labels, Reading>();
    arrived.getLast().forEach(r -> all.put(r.labels(), r));
    return all;
  }

  private MetricViews.Target target() {
    return collector.targets().getFirst();
  }

  private Labels own(String name, String... more) {
    return Labels.metric(name, "job", "api", "instance", address(), "team", "x")
        .with(Labels.of(more));
  }

  private String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void whatAServiceShowsIsTakenAndEndsWhenItIsNoLongerShown() {
    page = "# TYPE a_total counter\na_total{job=\"mine\",le=\"1.0\"} 7\nb 2\n";
    collector.follow(of(scrape("/metrics", false, null)));
    assertThat(target().health()).isEqualTo("unknown");
    var first = next();
    assertThat(first.get(own("a_total", "exported_job", "mine", "le", "1")).point().value())
        .isEqualTo(7);
    assertThat(first.get(own("b")).kind()).isEqualTo(MetricKind.GAUGE);
    assertThat(first.get(own("up")).point().value()).isEqualTo(1);
    assertThat(first.get(own("scrape_samples_scraped")).point().value()).isEqualTo(2);
    assertThat(first).containsKey(own("scrape_duration_seconds"));
    assertThat(target().health()).isEqualTo("up");
    page = "b 3\n";
    var second = next();
    assertThat(second.get(own("a_total", "exported_job", "mine", "le", "1")).point().stale())
        .isTrue();
    assertThat(second.get(own("b")).point().value()).isEqualTo(3);
    collector.follow(of(scrape("/failing", false, null)));
    var ended = arrived.getLast();
    assertThat(ended).hasSize(4).allMatch(r -> r.point().stale());
    assertThat(next().get(own("up")).point().value()).isZero();
    assertThat(target().error()).isEqualTo("it answers with status 500");
  }

  @Test
  void whatIsRefusedOfAServiceIsToldAtItsTarget() {
    page = "hivedeck_checks_total 7\nb 2\n";
    refused =
        new Refused(
            List.of(
                new Refused.Reason("the name is the engine's own", 1, "hivedeck_checks_total")));
    collector.follow(of(scrape("/metrics", false, null)));
    next();
    await(() -> target().error() != null);
    assertThat(target().health()).isEqualTo("up");
    assertThat(target().error())
        .isEqualTo("1 sample left out: the name is the engine's own, as hivedeck_checks_total");
  }

  @Test
  void whatAServiceCallsAsTheAskingIsCalledDoesNotEndThat() {
    page = "up 7\n";
    collector.follow(of(scrape("/metrics", false, null)));
    assertThat(next().get(own("up")).point().value()).isEqualTo(1);
    page = "b 2\n";
    assertThat(next().get(own("up")).point().value()).isEqualTo(1);
  }

  @Test
  void anUnchangedSourceGoesOnAndAClosedCollectorAsksNoMore() {
    page = "b 2\n";
    collector.follow(of(scrape("/metrics", true, null)));
    next();
    int before = arrived.size();
    collector.follow(of(scrape("/metrics", true, null)));
    assertThat(arrived).as("nothing has ended").hasSize(before);
    collector.close();
    time.advance(Duration.ofHours(1));
    assertThat(arrived).as("what others go on with does not end").hasSize(before);
  }

  @Test
  void ofItsLabelsAndTheTargetsThoseWinThatAreHonoured() {
    page = "b{job=\"mine\"} 2\nb{job=\"mine\"} 3\nold 1 1000\nodd NaN\n";
    collector.follow(of(scrape("/metrics", true, null)));
    var read = next();
    assertThat(read.get(own("b", "job", "mine")).point().value()).isEqualTo(2);
    assertThat(read.get(own("odd")).point().value()).isNaN();
    assertThat(read).doesNotContainKey(own("old"));
    assertThat(target().error()).contains("1 samples come twice", "1 samples are older");
    assertThat(target().health()).isEqualTo("up");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/endless|larger than 100000 bytes",
        "/bomb|larger than 100000 bytes",
        "/html|a web page",
        "/nothing|status 404",
        "/round|more than 5 redirects",
      })
  void whatIsHostileIsRefusedWithTheReason(String path, String why) {
    collector.follow(of(scrape(path, false, null)));
    var read = next();
    assertThat(read.get(own("up")).point().value()).isZero();
    assertThat(target().error()).contains(why);
    assertThat(read).hasSize(3);
  }

  @Test
  void whatNeverEndsIsGivenUpInTimeAndAskedAgain() {
    collector.follow(of(scrape("/silent", false, null)));
    await(time::step);
    await(() -> !requests.isEmpty());
    assertThat(arrived).isEmpty();
    time.advance(TIMEOUT);
    await(() -> !arrived.isEmpty());
    assertThat(target().error()).isEqualTo("no whole answer within 5 s");
    await(time::step);
    await(() -> requests.size() == 2);
  }

  @Test
  void tooManyOrUnreadableSamplesAreRefusedAsAWhole() {
    page = "a 1\nb 2\nc 3\nd 4\ne 5\nf 6\n";
    collector.follow(of(scrape("/metrics", false, null)));
    assertThat(next()).hasSize(3);
    assertThat(target().error()).contains("6 samples, more than 5");
    page = "a 1\nb two\n";
    next();
    assertThat(target().error()).contains("it shows no metrics", "Line 2");
  }

  @Test
  void aTokenGoesWhereItBelongsAndNowhereElse() throws IOException {
    collector.follow(of(scrape("/metrics", false, "env:KEY")));
    next();
    assertThat(target().error()).isEqualTo("There is none. Keep it.");
    assertThat(requests).isEmpty();
    secrets.put("env:KEY", "open sesame");
    page = "b 2\n";
    next();
    assertThat(requests).containsExactly("/metrics Bearer open sesame");
    assertThat(target().url()).doesNotContain("sesame");
    var other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try {
      other.createContext(
          "/",
          x -> {
            x.getResponseHeaders().set("Location", url("/metrics").toString());
            send(x, 302, "");
            x.close();
          });
      other.start();
      requests.clear();
      var moved =
          new ScrapeConfig(
              "moved",
              URI.create("http://127.0.0.1:" + other.getAddress().getPort() + "/"),
              EVERY,
              TIMEOUT,
              Map.of(),
              false,
              "env:KEY",
              5,
              100_000);
      collector.follow(of(moved));
      next();
      assertThat(requests).isEmpty();
      assertThat(target().error())
          .isEqualTo(
              "it redirects to http://127.0.0.1:%d, another server, which is not followed; write"
                      .formatted(server.getAddress().getPort())
                  + " the address that is meant");
    } finally {
      other.stop(0);
    }
  }

  private long checks(String outcome) {
    return registry.counter(EngineMetric.CHECKS.of("page", outcome)).count();
  }

  @Test
  void aFirstTryThatIsOnlyLateIsMadeOnceMoreAndThatOneCounts() {
    var any = new CheckConfig.Expect(Set.of(), null, null);
    collector.follow(of(check("/waking", any)));
    await(time::step);
    await(() -> requests.size() == 1);
    time.advance(TIMEOUT);
    await(() -> !arrived.isEmpty());
    assertThat(requests).hasSize(2);
    assertThat(target().health()).isEqualTo("up");
    assertThat(checks("success")).isEqualTo(1);
    assertThat(checks("failure")).isZero();
  }

  @Test
  void whatIsLateOnceMoreIsDownAndLaterTriesAreMadeOnce() {
    var any = new CheckConfig.Expect(Set.of(), null, null);
    collector.follow(of(check("/silent", any)));
    await(time::step);
    for (int i = 1; i <= 2; i++) {
      int so = i;
      await(() -> requests.size() == so);
      time.advance(TIMEOUT);
    }
    await(() -> arrived.size() == 1);
    assertThat(target().error()).isEqualTo("no whole answer within 5 s");
    assertThat(checks("failure")).isEqualTo(1);
    await(time::step);
    await(() -> requests.size() == 3);
    time.advance(TIMEOUT);
    await(() -> arrived.size() == 2);
    assertThat(requests).hasSize(3);
    assertThat(checks("failure")).isEqualTo(2);
  }

  @Test
  void aTokenThatIsSaidBackIsNotKept() {
    secrets.put("env:KEY", "open sesame");
    page =
        """
        # HELP a is open sesame
        a{said="Bearer open sesame",which="one"} 1
        b{said="open sesame"} 1
        b{said="b3BlbiBzZXNhbWU="} 2
        c 3
        """;
    collector.follow(of(scrape("/metrics", false, "env:KEY")));
    var read = next();
    assertThat(read.keySet().toString()).doesNotContain("sesame", "b3BlbiBzZXNhbW");
    assertThat(read.keySet())
        .contains(own("c"))
        .anyMatch(l -> l.get("said").equals("Bearer •••") && l.get("which").equals("one"))
        .anyMatch(l -> l.get(Labels.NAME).equals("b") && l.get("said").startsWith("•••"));
    page = "a open sesame\n";
    next();
    assertThat(target().error()).contains("it shows no metrics").doesNotContain("sesame");
  }

  @Test
  void samplesWithASecretInANameAreLeftOut() {
    var mask = new SecretMask(text -> new Redactor(Set.of("sesame_token")).redact(text));
    var kept =
        List.of(
            new Reading(Labels.metric("a", "x", "y"), MetricKind.GAUGE, new Point(1, 1)),
            new Reading(Labels.metric("sesame_token"), MetricKind.GAUGE, new Point(1, 1)),
            new Reading(
                Labels.metric("b", "sesame_token", "y"), MetricKind.GAUGE, new Point(1, 1)));
    assertThat(mask.of(kept)).containsExactly(kept.getFirst());
    assertThat(mask.of(kept.subList(0, 1))).isEqualTo(kept.subList(0, 1));
  }

  @Test
  void checksTellWhatAUserWouldSee() throws IOException {
    page = "all is well";
    var any = new CheckConfig.Expect(Set.of(), null, null);
    collector.follow(of(check("/moved", new CheckConfig.Expect(Set.of(200), "well", TIMEOUT))));
    var read = next();
    var labels = Labels.of("check", "page", "instance", url("/moved").toString(), "team", "x");
    assertThat(read.get(labels.with(Labels.NAME, "probe_success")).point().value()).isEqualTo(1);
    assertThat(read.get(labels.with(Labels.NAME, "probe_http_status_code")).point().value())
        .isEqualTo(200);
    assertThat(read.get(labels.with(Labels.NAME, "probe_http_redirects")).point().value())
        .isEqualTo(1);
    assertThat(read).containsKey(labels.with(Labels.NAME, "probe_duration_seconds"));
    var wrong =
        Map.of(
            check("/metrics", new CheckConfig.Expect(Set.of(), "broken", null)), "does not contain",
            check("/failing", any), "status 500",
            check("/metrics", new CheckConfig.Expect(Set.of(204, 301), null, null)), "status 200",
            check("/round", any), "more than 2 redirects",
            check("/metrics", new CheckConfig.Expect(Set.of(), null, Duration.ZERO)), "it took");
    for (var each : wrong.entrySet()) {
      collector.follow(of(each.getKey()));
      next();
      assertThat(target().error()).contains(each.getValue());
      assertThat(target().health()).isEqualTo("down");
    }
    assertThat(registry.counter(EngineMetric.CHECKS.of("page", "success")).count()).isEqualTo(1);
    assertThat(registry.counter(EngineMetric.CHECKS.of("page", "failure")).count())
        .isEqualTo(wrong.size());
  }

  @Test
  void aConnectionIsCheckedToo() throws IOException {
    var any = new CheckConfig.Expect(Set.of(), null, null);
    int port;
    try (var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      collector.follow(
          of(new CheckConfig("db", null, "127.0.0.1", port, any, EVERY, TIMEOUT, Map.of(), 0)));
      next();
      assertThat(target().health()).isEqualTo("up");
    }
    next();
    assertThat(target().error()).isEqualTo("nothing listens there");
  }

  @Test
  void whatAServerKnowsIsTakenOverWithItsPast() {
    var queries =
        new ServerConfig(
            "prod",
            url(""),
            EVERY,
            TIMEOUT,
            Map.of("orders_total", "sum by (code) (orders)"),
            Duration.ofHours(1),
            null);
    page =
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":"
            + "{\"__name__\":\"x\",\"code\":\"500\"},\"value\":[1767614400.5,\"12\"]},{\"metric\":"
            + "{\"code\":\"200\"},\"value\":[1767614400.5,\"+Inf\"]}]}}";
    collector.follow(new MetricsConfig(false, List.of(), List.of(queries), List.of(), null));
    Instant began = time.clock().instant();
    var read = next();
    var labels = Labels.metric("orders_total", "code", "500", "source", "prod");
    assertThat(read.get(labels))
        .isEqualTo(new Reading(labels, MetricKind.COUNTER, new Point(1_767_614_400_500L, 12)));
    assertThat(past).hasSize(1);
    assertThat(past.getFirst().labels()).isEqualTo(labels);
    assertThat(past.getFirst().point().time())
        .isBetween(
            began.minus(Duration.ofHours(1)).toEpochMilli(),
            began.minus(Duration.ofMinutes(55)).toEpochMilli());
    assertThat(target().health()).isEqualTo("up");
    page = "{\"status\":\"error\",\"error\":\"too many samples\"}";
    next();
    assertThat(target().error()).contains("orders_total: it refuses: too many samples");
    page = "<html>";
    next();
    assertThat(target().error()).contains("not as Prometheus does");
    page = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}";
    next();
    assertThat(target().error()).contains("neither a number nor a vector");
  }

  @ParameterizedTest(name = "sampled {0} s ago: from {1} s ago")
  @CsvSource(
      nullValues = "never",
      value = {"never, 3570", "7200, 3570", "3600, 3570", "600, 570", "61, 31", "60, never"})
  void ofThePastOnlyWhatIsMissingIsRead(Long sampled, Long read) {
    var queries =
        new ServerConfig(
            "prod", url(""), EVERY, TIMEOUT, Map.of("a", "b"), Duration.ofHours(1), null);
    page = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";
    collector.follow(new MetricsConfig(false, List.of(), List.of(queries), List.of(), null));
    next();
    past.clear();
    requests.clear();
    Instant asked = time.clock().instant().plus(EVERY);
    if (sampled != null) {
      var at = asked.minusSeconds(sampled).toEpochMilli();
      past.add(new Reading(Labels.metric("a"), MetricKind.GAUGE, new Point(at, 1)));
    }
    next();
    var ranges = requests.stream().filter(r -> r.contains("query_range")).toList();
    if (read == null) {
      assertThat(ranges).isEmpty();
    } else {
      String start = String.valueOf(asked.minusSeconds(read).toEpochMilli() / 1e3);
      assertThat(ranges).singleElement().asString().contains("start=" + start + "&");
    }
  }

  @ParameterizedTest(name = "a server that gives {0} steps at once")
  @CsvSource({"11000, up, 3", "2000, up, 21", "50, up, 0"})
  void aLongPastIsReadInPages(long most, String health, int pages) {
    mostSteps = most;
    var queries =
        new ServerConfig(
            "prod", url(""), EVERY, TIMEOUT, Map.of("a", "b"), Duration.ofDays(7), null);
    page =
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":"
            + "{},\"value\":[1767614400.5,\"12\"]}]}}";
    collector.follow(new MetricsConfig(false, List.of(), List.of(queries), List.of(), null));
    Instant asked = time.clock().instant();
    var read = next();
    assertThat(read).containsKey(Labels.metric("a", "source", "prod"));
    assertThat(target().health()).isEqualTo(health);
    assertThat(past).hasSize(pages);
    if (pages == 0) {
      assertThat(target().error()).contains("its past is not read in full: it refuses: exceeded");
      return;
    }
    var answered =
        requests.stream()
            .filter(r -> r.contains("query_range"))
            .map(r -> URI.create(r.split(" ")[0]))
            .filter(u -> steps(u) <= most)
            .toList();
    long all = answered.stream().mapToLong(u -> steps(u) + 1).sum();
    assertThat(all)
        .as("each step is asked for once")
        .isEqualTo(Duration.ofDays(7).toSeconds() / 30 - 1);
    assertThat(past.getFirst().point().time())
        .isBetween(
            asked.minus(Duration.ofDays(7)).toEpochMilli(),
            asked.minus(Duration.ofDays(7)).plusSeconds(60).toEpochMilli());
  }

  @Test
  void afterAJumpOfTheClockNothingIsMadeUpForAndNothingStops() {
    page = "b 2\n";
    var jump = new AtomicLong();
    var clock =
        ((InstantSource) () -> time.clock().instant().plusSeconds(jump.get()))
            .withZone(ZoneOffset.UTC);
    var skewed =
        new Timers() {
          @Override
          public Clock clock() {
            return clock;
          }

          @Override
          public Timer after(Duration delay, Runnable action) {
            return time.after(delay, action);
          }

          @Override
          public Thread start(String name, Runnable body) {
            return time.start(name, body);
          }

          @Override
          public void sleep(Duration delay) throws InterruptedException {
            time.sleep(delay);
          }

          @Override
          public void close() {
            // the test's own
          }
        };
    collector.close();
    collector = new Collector(skewed, this::arrive, this::secret, mask(), null, registry);
    collector.follow(of(scrape("/metrics", false, null)));
    next();
    for (long seconds : List.of(86_400L, -86_400L)) {
      jump.set(seconds);
      next();
      Instant before = time.clock().instant();
      next();
      assertThat(Duration.between(before, time.clock().instant()))
          .as("after %d s it is asked as often as before", seconds)
          .isEqualTo(EVERY);
    }
  }

  @Test
  void manySourcesAreAskedSomeAtOnceAndAllInTheEnd() {
    page = "b 2\n";
    var many = new ArrayList<ScrapeConfig>();
    for (int i = 0; i < 30; i++) {
      many.add(
          new ScrapeConfig(
              "s" + i, url("/metrics"), EVERY, TIMEOUT, Map.of(), false, null, 5, 100_000));
    }
    collector.follow(of(many.toArray(ScrapeConfig[]::new)));
    time.advance(Duration.ofMillis(4_999)); // all have begun, and none is late
    await(() -> arrived.size() == 30);
    assertThat(collector.targets()).allMatch(t -> t.health().equals("up"));
  }
}
