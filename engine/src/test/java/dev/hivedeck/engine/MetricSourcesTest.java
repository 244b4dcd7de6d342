package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.security.SecretStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services of hive.yaml are scraped and checked once a person has consented, and can be queried.
 */
class MetricSourcesTest {
  @TempDir Path folder;

  private static JsonNode target(Engine engine) {
    return engine.query(new Query.MetricTargets()).path(0);
  }

  @Test
  void nothingIsAskedBeforeConsentAndWhatIsAskedCanBeQueried() throws Exception {
    var asked = new AtomicInteger();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        x -> {
          asked.incrementAndGet();
          boolean known = "Bearer hush".equals(x.getRequestHeaders().getFirst("Authorization"));
          byte[] page = "# TYPE a_total counter\na_total 7\n".getBytes(StandardCharsets.UTF_8);
          x.sendResponseHeaders(known ? 200 : 401, page.length);
          x.getResponseBody().write(page);
          x.close();
        });
    server.start();
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        metrics:
          scrape: [ { name: api, url: "http://127.0.0.1:%d/metrics", every: 10s, bearer: secret:api } ]
        """
            .formatted(server.getAddress().getPort()));
    sandbox.commit("Metrics");
    new SecretStore(
            new HivedeckHome(sandbox.home)
                .workspaceFolder(RepositoryPlaces.locate(sandbox.repository).root()))
        .set("api", "hush");
    try (Engine engine = sandbox.open()) {
      assertThat(target(engine).path("health").asText()).isEqualTo("unknown");
      assertThat(target(engine).path("error").asText()).contains("hivedeck trust");
      assertThat(asked).hasValue(0);
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      TestRepository.await(
          "it is up", engine, () -> target(engine).path("health").asText().equals("up"));
      TestRepository.await(
          "it is kept",
          engine,
          () -> engine.query(new Query.Metrics("a_total{job=\"api\"}")).size() == 1);
      var vector = engine.query(new Query.MetricQuery("a_total + up", null, null, null));
      assertThat(vector.at("/result/0/value/1").asText()).isEqualTo("8");
    } finally {
      server.stop(0);
    }
    try (Engine engine = sandbox.open()) {
      assertThat(engine.query(new Query.Metrics("a_total"))).as("kept, and known").hasSize(1);
      TestRepository.await(
          "it is down",
          engine,
          () -> target(engine).path("error").asText().equals("nothing listens there"));
    }
  }
}
