package dev.hivedeck.engine.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.gateway.proxy.ServiceTraffic;
import dev.hivedeck.engine.gateway.proxy.TrafficFault;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.gateway.FaultCommand.ClearFault;
import dev.hivedeck.engine.protocol.gateway.FaultCommand.InjectFault;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that are made to go wrong. */
class FaultTest extends GatewayBench {
  private static final Duration SLOW = Duration.ofMillis(100);

  private void versions() throws IOException {
    follow("base: v1, versions: { v1: %s, v2: %s }".formatted(at(saying("v1")), at(saying("v2"))));
  }

  private static InjectFault fault(String version, String errors, String abort, String delay) {
    return new InjectFault("shop", version, errors, abort, delay, "1h");
  }

  @Test
  void asManyAnswersAreErrorsAsAreToUntilThatIsCleared() throws Exception {
    versions();
    gateway.fault(fault("v2", "25%", null, null));
    assertThat(shares(20, to("/api/v1/shop/"))).isEqualTo(Map.of("v1", 20));
    gateway.traffic().weigh("shop", Map.of("v2", 100_000));
    int failed = 0;
    for (int i = 0; i < 80; i++) {
      var answer = get("/api/v1/shop/");
      if (answer.statusCode() == 503) {
        assertThat(answer.body()).contains("injected-fault", "--clear");
        failed++;
      }
    }
    assertThat(failed).isBetween(19, 21);
    assertThat(gateway.traffic().counts("shop", "v2", SLOW).errors()).isEqualTo(failed);
    var told = gateway.status().services().getFirst().faults().getFirst();
    assertThat(told.version()).isEqualTo("v2");
    assertThat(told.errors()).isEqualTo(0.25);
    gateway.fault(new ClearFault("shop", "v1"));
    assertThat(gateway.status().services().getFirst().faults()).hasSize(1);
    gateway.fault(new ClearFault("shop", null));
    assertThat(gateway.status().services().getFirst().faults()).isEmpty();
    assertThat(shares(20, to("/api/v1/shop/"))).isEqualTo(Map.of("v2", 20));
  }

  @Test
  void aDelayIsCountedAndAnAbortEndsTheConnection() throws Exception {
    versions();
    gateway.traffic().counts("shop", "v1", SLOW);
    gateway.fault(fault(null, null, null, "120ms"));
    assertThat(shares(3, to("/api/v1/shop/"))).isEqualTo(Map.of("v1", 3));
    assertThat(gateway.traffic().counts("shop", "v1", SLOW).slow()).isEqualTo(3);
    gateway.fault(fault(null, null, "100%", null));
    assertThatThrownBy(() -> get("/api/v1/shop/")).isInstanceOf(IOException.class);
    assertThat(gateway.traffic().counts("shop", "v1", SLOW).errors()).isPositive();
  }

  @Test
  void itEndsByItself() {
    var traffic = new ServiceTraffic(new MetricRegistry(), "shop");
    var noon = Instant.parse("2026-01-05T12:00:00Z");
    traffic.suffer(new TrafficFault("v2", 1, 0, Duration.ZERO, noon));
    assertThat(traffic.faults(noon.minusMillis(1))).hasSize(1);
    assertThat(traffic.faults(noon)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "shop, v2, 101%, , , 1h, no share",
    "shop, v2, much, , , 1h, no share",
    "shop, v2, 60%, 50%, , 1h, more than 100%",
    "shop, v2, , , , 1h, nothing is to go wrong",
    "shop, v2, 1%, , 6m, 1h, no time up to 5m",
    "shop, v2, 1%, , , 25h, no time up to 1440m",
    "shop, v2, 1%, , , soon, no time",
    "shop, v9, 1%, , , 1h, shop has no version v9",
    "cart, v2, 1%, , , 1h, leads to no service cart"
  })
  void whatCannotBeIsRefused(
      String service,
      String version,
      String errors,
      String abort,
      String delay,
      String time,
      String said)
      throws Exception {
    versions();
    assertThatThrownBy(
            () -> gateway.fault(new InjectFault(service, version, errors, abort, delay, time)))
        .hasMessageContaining(said);
    assertThat(gateway.status().services().getFirst().faults()).isEmpty();
  }
}
