package dev.hivedeck.engine.config.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code hive.yaml} says of proxies that have the traffic of a rollout. */
@DisabledOnOs(OS.WINDOWS)
class ProxyConfigTest {
  private static RolloutConfig read(String rollout) {
    return HiveConfig.parse(
            "hive.yaml",
            """
            version: 1
            gateway: { port: 8080 }
            services: { led: { run: serve } }
            flags: { f: {} }
            rollouts: { orders: %s }
            """
                .formatted(
                    rollout
                        .replace("HA", "haproxy: { socket: /s, backend: o, versions: { v1: [a],")
                        .replace("NG", "nginx: { file: /f, log: /l, versions: { v1: a,")))
        .rollouts()
        .get("orders");
  }

  @Test
  void aProxyIsNamedInThePlaceOfTheGateway() {
    var haproxy = read("{ steps: [5%], traffic: { HA v2: [b, c] } } } }").traffic();
    assertThat(haproxy.versions()).containsExactly("v1", "v2");
    assertThat(haproxy.haproxy())
        .isEqualTo(
            new ProxyConfig.Haproxy(
                "/s", "o", Map.of("v1", List.of("a"), "v2", List.of("b", "c"))));
    var plan = read("{ steps: [5%], rollback: [p95 > 400ms], traffic: { NG v2: b } } } }");
    var nginx = plan.traffic().nginx();
    assertThat(nginx.key()).isEqualTo("$remote_addr");
    assertThat(nginx.test()).isEqualTo("nginx -t");
    assertThat(read("{ steps: [5%], subject: { service: led } }").traffic()).isNull();
    var checked =
        read(
            "{ blueGreen: {}, traffic: { NG v2: b } }, health: { v1: ['http://a:1/up'], v2:"
                + " ['[::1]:2', 'http://b:3'] } } }");
    assertThat(checked.traffic().health().get("v1").getFirst().rule().path()).isEqualTo("/up");
    assertThat(checked.traffic().health().get("v2"))
        .extracting(check -> check.host() + " " + check.port() + " " + check.rule().words())
        .containsExactly("[::1] 2 tcp", "b 3 /");
    assertThat(Json.read(Json.write(checked), RolloutConfig.class)).isEqualTo(checked);
    // A rollout that goes on keeps its plan.
    assertThat(Json.read(Json.write(plan), RolloutConfig.class)).isEqualTo(plan);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ steps: [5%], traffic: {} } | say which proxy has the traffic",
        "{ steps: [5%], traffic: { HA v2: [b] } }, NG v2: b } } } } | and one of them",
        "{ steps: [5%], traffic: { HA v2: [a] } } } } | a server is of one version",
        "{ steps: [5%], traffic: { NG v2: a } } } } | an upstream is of one version",
        "{ steps: [5%], traffic: { NG } } } } | two versions at least",
        "{ steps: [5%], traffic: { HA v2: ['b; set x'] } } } } | is no name",
        "{ steps: [5%], traffic: { NG v2: 'b; }' } } } } | is no name",
        "{ steps: [5%], traffic: { NG v2: b }, status: '10.0.0.1:80' } } } | no port of this"
            + " machine",
        "{ steps: [5%], traffic: { NG v2: b }, status: '127.0.0.1:0' } } } | no port of this"
            + " machine",
        "{ steps: [5%], traffic: { NG v2: b }, status: '127.0.0.256:80' } } } | no port of this"
            + " machine",
        "{ steps: [5%], traffic: { NG v2: b }, key: user } } } | has no variable of nginx",
        "{ steps: [5%], traffic: { NG v2: b }, key: '$a\" x' } } } | has no variable of nginx",
        "{ steps: [5%], traffic: { nginx: { file: f, log: /l, versions: { v1: a, v2: b } } } }"
            + " | \"f\" is no whole path",
        "{ steps: [5%], traffic: { haproxy: { versions: { v1: [a], v2: [b] } } } } | backend",
        "{ steps: [0.1%], traffic: { HA v2: [b] } } } } | between 0.4% and 99.6%",
        "{ steps: [99.9%], traffic: { HA v2: [b] } } } } | between 0.4% and 99.6%",
        "{ steps: [0.005%], traffic: { NG v2: b } } } } | hundredths of a percent",
        "{ steps: [5%], rollback: [p95 > 1s], traffic: { HA v2: [b] } } } } | does not count",
        "{ blueGreen: {}, traffic: { HA v2: [b] } } } } | say where each version is looked at",
        "{ blueGreen: {}, traffic: { NG v2: b } }, health: { v1: ['a:1'] } } } | looked at",
        "{ steps: [5%], traffic: { NG v2: b } }, health: { v3: ['a:1'] } } } | v3 is no version",
        "{ steps: [5%], traffic: { NG v2: b } }, health: { v1: ['a'] } } } | is no address",
        "{ steps: [5%], traffic: { NG v2: b } }, health: { v1: ['a:1/x'] } } } | is no address",
        "{ steps: [5%], traffic: { NG v2: b } }, health: { v1: ['http://a:99999/'] } } } | no"
            + " address",
        "{ steps: [5%], subject: { flag: f }, traffic: { HA v2: [b] } } } } | services alone",
        "{ steps: [5%], subject: { service: led }, traffic: { HA v2: [b] } } } } | led-proxy",
        "{ steps: [5%] } | or say which proxy has its traffic",
        "{ steps: [5%], traffic: { HA v2: [b] } } } }, x: { steps: [5%], subject: { service: orders"
            + " }, traffic: { HA v3: [b] } } } } | another rollout says otherwise",
        "{ steps: [5%], traffic: { HA v2: [b] } } } }, x: { steps: [5%], traffic: { HA v2: [c] } }"
            + " } } | orders splits the backend o already",
        "{ steps: [5%], traffic: { NG v2: b } } } }, x: { steps: [5%], traffic: { NG v2: c } } } }"
            + " | orders has the file /f already",
        "{ steps: [5%], subject: { service: a-b }, traffic: { NG v2: b } } } }, x: { steps: [5%],"
            + " subject: { service: a_b }, traffic: { nginx: { file: /g, log: /m, versions: { v1:"
            + " a, v2: c } } } } | $hivedeck_a_b is the variable of a-b already",
      })
  void whatMakesNoSenseIsRefusedWithAWayOut(String rollout, String said) {
    assertThatThrownBy(() -> read(rollout)).hasMessageContaining(said);
  }
}
