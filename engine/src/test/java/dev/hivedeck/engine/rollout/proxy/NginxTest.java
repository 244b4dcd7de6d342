package dev.hivedeck.engine.rollout.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic.Counts;
import dev.hivedeck.engine.rollout.traffic.TrafficAwayException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** nginx as what carries the traffic of a service: its file, and its log. */
@DisabledOnOs(OS.WINDOWS)
class NginxTest {
  private static final Duration SLOW = Duration.ofMillis(400);

  @TempDir Path folder;
  private Path file;
  private Path log;
  private Path reloads;
  private Collection<RolloutConfig> plans;
  private String versions = "v1: orders_v1, v2: orders_v2";
  private ProxyTraffic traffic;

  @BeforeEach
  void open() throws IOException {
    file = folder.resolve("orders.conf");
    log = Files.createFile(folder.resolve("orders.log"));
    reloads = folder.resolve("reloads");
    with("true");
  }

  private void with(String test) {
    with(test, "");
  }

  private void with(String test, String more) {
    plans =
        HiveConfig.parse(
                "hive.yaml",
                """
                version: 1
                rollouts:
                  orders:
                    traffic:
                      nginx:
                        file: '%s'
                        log: '%s'
                        key: $cookie_user
                        versions: { %s }
                        test: "%s"
                        reload: "echo again >> '%s'"
                        %s
                    steps: [5%%]
                """
                    .formatted(file, log, versions, test, reloads, more))
            .rollouts()
            .values();
    traffic = new ProxyTraffic(() -> plans, Runnable::run, check -> Optional.empty());
  }

  private String text() throws IOException {
    return Files.readString(file);
  }

  private long reloaded() throws IOException {
    return Files.exists(reloads) ? Files.readAllLines(reloads).size() : 0;
  }

  private void logged(String lines) throws IOException {
    Files.writeString(log, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private Counts counts(String version) {
    return traffic.counts("orders", version, SLOW);
  }

  @Test
  void theFileIsThereBeforeAnythingIsExposed() throws IOException {
    assertThat(traffic.services()).containsExactly("orders");
    assertThat(text())
        .isEqualTo(
            """
            # Written by Hivedeck. Changes are written over.
            split_clients "$cookie_user" $hivedeck_orders {
                * orders_v1;
            }
            log_format hivedeck_orders '$hivedeck_orders $status $request_time $upstream_header_time';
            """);
  }

  @Test
  void aShareIsAPartOfKeysAndIsReadAgain() throws IOException {
    traffic.weigh("orders", Map.of("v2", 5_000));
    assertThat(text()).contains("    5.00% orders_v2;\n    * orders_v1;");
    assertThat(reloaded()).isPositive();
    long before = reloaded();
    traffic.look();
    assertThat(reloaded()).isEqualTo(before);

    traffic.weigh("orders", Map.of("v2", 0));
    assertThat(text()).doesNotContain("%");
    assertThat(reloaded()).isEqualTo(before + 1);
  }

  @Test
  void nobodyWhoIsToHaveAShareHasNone() throws IOException {
    traffic.weigh("orders", Map.of("v2", 1));
    assertThat(text()).contains("0.01% orders_v2");
    traffic.weigh("orders", Map.of("v2", 99_999));
    assertThat(text()).contains("99.99% orders_v2");
    traffic.weigh("orders", Map.of("v2", 100_000));
    assertThat(text()).contains("100.00% orders_v2");
  }

  @Test
  void whatIsWrittenOverIsWrittenAgain() throws IOException {
    traffic.weigh("orders", Map.of("v2", 5_000));
    Files.writeString(file, text().replace("5.00%", "50.00%"));
    traffic.look();
    assertThat(text()).contains("5.00% orders_v2").doesNotContain("50.00%");
  }

  @Test
  void whatNginxRefusesIsTakenBackAndNotReadAgain() throws IOException {
    traffic.weigh("orders", Map.of("v2", 5_000));
    String before = text();
    long reloaded = reloaded();
    with("echo no such upstream; exit 1");
    assertThatThrownBy(() -> traffic.weigh("orders", Map.of("v2", 50_000)))
        .hasMessageContaining("failed with 1: no such upstream");
    assertThat(text()).isEqualTo(before);
    assertThat(reloaded()).isEqualTo(reloaded);
  }

  /** As a worker of nginx answers that goes by a file. */
  private HttpServer worker(AtomicReference<String> digest) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        x -> {
          String said = digest.get();
          byte[] body = (said == null ? digest() : said).getBytes(StandardCharsets.UTF_8);
          x.sendResponseHeaders(200, body.length);
          x.getResponseBody().write(body);
          x.close();
        });
    server.start();
    return server;
  }

  private String digest() throws IOException {
    String text = Files.exists(file) ? text() : "";
    int at = text.indexOf("return 200 \"");
    return at < 0 ? "0123456789abcdef" : text.substring(at + 12, text.lastIndexOf("\"; }"));
  }

  private String status(HttpServer nginx) {
    return "status: 127.0.0.1:" + nginx.getAddress().getPort();
  }

  @Test
  void aReloadThatNginxDoesNotCarryOutIsSeenAndToldAgain() throws IOException {
    var running = new AtomicReference<String>();
    var nginx = worker(running);
    with("true", status(nginx));
    traffic.weigh("orders", Map.of("v2", 5_000));
    assertThat(text()).contains("server_name hivedeck_orders;");

    running.set(digest()); // stays where it is, whatever it is told
    assertThatThrownBy(() -> traffic.weigh("orders", Map.of("v2", 50_000)))
        .hasMessageContaining("nginx does not go by the file");
    assertThat(traffic.isRuled("orders")).isFalse();
    running.set(null);
    traffic.look();
    traffic.look();
    assertThat(traffic.split("orders").orElseThrow().weight("v2")).isEqualTo(50_000);
    assertThat(traffic.isRuled("orders")).isTrue();

    nginx.stop(0);
    String file = text();
    long reloaded = reloaded();
    for (int look = 0; look < 5; look++) {
      traffic.look();
      assertThat(traffic.away("orders").orElseThrow()).contains("refused", "start it");
    }
    assertThat(traffic.services()).isEmpty();
    assertThat(text()).isEqualTo(file);
    assertThat(reloaded()).as("who does not answer is told nothing").isEqualTo(reloaded);
  }

  @Test
  void aStatusPortThatIsAnothersIsRefusedBeforeAnythingIsWritten() throws IOException {
    var another = worker(new AtomicReference<>("<html>"));
    with("true", status(another));
    traffic.look();
    assertThat(traffic.away("orders").orElseThrow())
        .contains("is another's already; name a free port for status");
    assertThat(file).doesNotExist();
    assertThat(reloaded()).isZero();
    another.stop(0);
  }

  @Test
  void whereNginxDoesNotTakeTheStatusPortItIsGivenAFileThatItStartsWith() throws IOException {
    var running = new AtomicReference<>("0123456789abcdef");
    var nginx = worker(running);
    with("true", status(nginx));
    traffic.look();
    assertThat(traffic.away("orders").orElseThrow()).contains("it goes by another");
    assertThat(text()).contains("* orders_v1;", "log_format").doesNotContain("server {");
    assertThat(reloaded()).isEqualTo(2);

    running.set(null);
    traffic.look();
    traffic.look();
    assertThat(traffic.services()).containsExactly("orders");
    assertThat(text()).contains("server {");
    nginx.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1: orders_v1, v3: orders_v3", "v1: orders_v0, v2: orders_v2"})
  void aVersionThatIsNoneAnyMoreKeepsItsTrafficWhileNobodyRules(String now) throws IOException {
    var nginx = worker(new AtomicReference<>());
    with("true", status(nginx));
    traffic.weigh("orders", Map.of("v2", 20_000));
    String before = text();
    long reloaded = reloaded();
    versions = now;
    with("true", status(nginx));
    traffic.look();
    assertThat(traffic.away("orders").orElseThrow())
        .contains("is no upstream of a version in hive.yaml");
    assertThat(text()).isEqualTo(before);
    assertThat(reloaded()).isEqualTo(reloaded);
    nginx.stop(0);
  }

  @Test
  void anotherBaseShiftsNothingWhileNobodyRules() throws IOException {
    var nginx = worker(new AtomicReference<>());
    with("true", status(nginx));
    traffic.weigh("orders", Map.of("v2", 20_000));
    String before = text();
    versions = "v2: orders_v2, v1: orders_v1";
    with("true", status(nginx));
    traffic.look();
    assertThat(traffic.split("orders").orElseThrow().weight("v1")).isEqualTo(80_000);
    assertThat(text()).isEqualTo(before);
    nginx.stop(0);
  }

  @Test
  void sharesOfMoreThanAllAreReadAsNginxDoesAndNobodyFails() throws IOException {
    traffic.weigh("orders", Map.of("v2", 60_000));
    Files.writeString(file, text().replace("%", "% orders_v2;\n    60.00%"));
    with("true");
    traffic.look();
    assertThat(traffic.split("orders").orElseThrow().weight("v2")).isEqualTo(100_000);
  }

  @Test
  void anothersFileIsLeftAlone() throws IOException {
    Files.writeString(file, "worker_processes 1;\n");
    traffic.look();
    assertThat(traffic.away("orders").orElseThrow()).contains("is another's");
    assertThat(text()).isEqualTo("worker_processes 1;\n");
  }

  @Test
  void aLogThatIsNotThereIsSaidWithWhatToWrite() throws IOException {
    Files.delete(log);
    traffic.look();
    assertThat(traffic.away("orders").orElseThrow())
        .contains("write access_log " + log + " hivedeck_orders;");
  }

  @Test
  void whatTheLogGrowsByIsCounted() throws IOException {
    logged("orders_v1 200 0.001 0.001\n");
    traffic.look();
    counts("v1");
    logged(
        """
        orders_v1 200 0.010 0.009
        orders_v2 500 0.010 0.009
        orders_v2 200 9.000 0.500
        orders_v2 502 0.001 0.300, 0.200
        orders_v2 499 0.001 -
        somebody else's line
        orders_v3 500 0.1 0.1
        orders_v1 2\
        """);
    traffic.look();
    assertThat(counts("v1")).isEqualTo(new Counts(1, 0, 0, 0));
    assertThat(counts("v2").requests()).isEqualTo(4);
    assertThat(counts("v2").errors()).isEqualTo(2);
    logged("00 0.5 0.500\n");
    traffic.look();
    assertThat(counts("v1")).isEqualTo(new Counts(2, 0, 1, 0));
  }

  @Test
  void aLogThatCannotBeOpenedForAWhileIsReadAgain() throws IOException {
    traffic.look();
    Files.delete(log);
    try (var other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(log)); // no file: it cannot be opened
      traffic.look();
      assertThat(traffic.away("orders")).isPresent();
    }
    Files.delete(log);
    logged("orders_v1 200 0.1 0.1\n");
    traffic.look();
    assertThat(traffic.away("orders")).isEmpty();
    assertThat(counts("v1").requests()).isEqualTo(1);
  }

  @Test
  void whatNginxRefusesAtFirstLeavesAnEmptyFile() throws IOException {
    with("echo tested >> '%s'; echo no; exit 1".formatted(reloads));
    traffic.look();
    assertThat(text()).isEmpty();
    for (int look = 1; look < 20; look++) {
      traffic.look();
      assertThat(traffic.away("orders").orElseThrow()).contains("failed with 1: no");
    }
    assertThat(reloaded()).as("less and less often").isBetween(3L, 6L);
  }

  @Test
  void whoeverRulesWaitsForNoCommand() throws Exception {
    Path go = folder.resolve("go");
    with("while [ ! -e '%s' ]; do sleep 0.05; done".formatted(go));
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      traffic = new ProxyTraffic(() -> plans, workers, check -> Optional.empty());
      assertThat(traffic.services()).isEmpty();
      traffic.restore("orders", Split.all("v1"));
      assertThatThrownBy(() -> traffic.weigh("orders", Map.of("v2", 5_000)))
          .isInstanceOf(TrafficAwayException.class);
      assertThat(Files.exists(go)).isFalse();
      assertThat(traffic.isRuled("orders")).isFalse();
      Files.createFile(go);
      long end = System.nanoTime() + 60_000_000_000L;
      while (!traffic.isRuled("orders") && System.nanoTime() < end) {
        traffic.look();
        Thread.sleep(20);
      }
    }
    assertThat(traffic.weigh("orders", Map.of("v2", 5_000)).weight("v2")).isEqualTo(5_000);
    assertThat(text()).contains("5.00% orders_v2");
  }

  @Test
  void aLogThatIsPutAwayOrCutOffLosesNothing() throws IOException {
    traffic.look();
    logged("orders_v1 200 0.1 0.1\n");
    Files.move(log, folder.resolve("orders.log.1"));
    logged("orders_v1 200 0.1 0.1\norders_v1 200 0.1 0.1\n");
    traffic.look();
    assertThat(counts("v1").requests()).isEqualTo(3);
    Files.writeString(log, "orders_v1 500 0.1 0.1\n");
    traffic.look();
    assertThat(counts("v1")).isEqualTo(new Counts(4, 1, 0, 0));
  }
}
