package dev.hivedeck.engine.config.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code hive.yaml} says of services, and what it may not say. */
class ServiceReaderTest {
  private static ServiceConfig read(String services, String name) {
    return HiveConfig.parse("hive.yaml", "version: 1\nservices: " + services).services().get(name);
  }

  @Test
  void aServiceHasWhatItSaysAndElseTheUsual() {
    var orders =
        read(
            "{ orders: { run: serve, folder: api, port: 8100, instances: 2, needs: [db],"
                + " watch: ['/api/**'], route: /orders, env: { A: 1, B: secret:b },"
                + " health: { http: /health, every: 1s, timeout: 500ms, rise: 2, fall: 4 } },"
                + " db: { address: 'localhost:5432' }, worker: { run: work, start: manual } }",
            "orders");
    assertThat(orders.folder()).isEqualTo("api");
    assertThat(orders.env()).containsEntry("A", "1").containsEntry("B", "secret:b");
    assertThat(orders.health().kind()).isEqualTo(CheckKind.HTTP);
    assertThat(orders.health().every()).isEqualTo(Duration.ofSeconds(1));
    assertThat(orders.health().fall()).isEqualTo(4);
    assertThat(orders.auto()).isTrue();
  }

  @Test
  void aServiceThatRunsElsewhereIsReachedByATcpConnectionUnlessItSaysOtherwise() {
    var db = read("{ db: { address: 'localhost:5432' } }", "db");
    assertThat(db.host()).isEqualTo("localhost");
    assertThat(db.port()).isEqualTo(5432);
    assertThat(db.health().kind()).isEqualTo(CheckKind.TCP);
    assertThat(read("{ db: { address: 'a:1', health: /up } }", "db").health().path())
        .isEqualTo("/up");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ a: {} } | neither runs nor is anywhere",
        "{ a: { run: x, address: 'b:1' } } | has run and address",
        "{ a: { address: nowhere } } | \"nowhere\" is no address",
        "{ a: { address: 'b:70000' } } | is no address",
        "{ a: { address: 'b:1', watch: [x] } } | has no watch",
        "{ a: { run: x, needs: [b] } } | needs b, which is no service here",
        "{ a: { run: x, needs: [b] }, b: { run: x, needs: [a] } } | a → b → a",
        "{ a: { run: x, needs: [a] } } | a → a",
        "{ a: { run: x, folder: ../out } } | leaves the repository",
        "{ a: { run: x, watch: ['../etc/**'] } } | is no pattern of files here",
        "{ a: { run: x, route: orders } } | write /a",
        "{ a: { run: x, route: /o }, b: { run: x, route: /o } } | leads to a already",
        "{ a: { run: x, port: 80, instances: 2 }, b: { run: x, port: 81 } } | port 81 is that of a",
        "{ a: { run: x, port: 65535, instances: 2 } } | ports end at 65535",
        "{ a: { run: x, env: { P: 'secret:?' } } } | names no secret",
        "{ a: { run: x, health: soon } } | is no check",
        "{ a: { run: x, health: { every: 1ms } } } | too short",
        "{ a: { run: x, health: { timeout: soon } } } | is no time",
        "{ a: { run: x, wach: [b] } } | wach",
        "{ 'a b': { run: x } } | a b"
      })
  void whatCannotBeIsRefusedAtItsLine(String services, String said) {
    assertThatThrownBy(() -> read(services, "a")).hasMessageContaining(said);
  }
}
