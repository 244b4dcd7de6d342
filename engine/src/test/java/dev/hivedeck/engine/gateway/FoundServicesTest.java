package dev.hivedeck.engine.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.service.ServiceDirectory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Services that are found, behind the gateway. */
class FoundServicesTest extends GatewayBench {
  private final Map<String, List<ServiceDirectory.ServiceAddress>> places = new HashMap<>();
  private final Map<String, String> routes = new HashMap<>();
  private String base = ServiceDirectory.STABLE;

  private final ServiceDirectory directory =
      new ServiceDirectory() {
        @Override
        public Set<String> names() {
          return places.keySet();
        }

        @Override
        public List<ServiceAddress> of(String service) {
          return places.getOrDefault(service, List.of());
        }

        @Override
        public String base(String service) {
          return base;
        }

        @Override
        public Map<String, String> routes() {
          return routes;
        }
      };

  private static ServiceDirectory.ServiceAddress place(
      String version, String host, int at, boolean healthy) {
    return new ServiceDirectory.ServiceAddress("orders", version + at, version, host, at, healthy);
  }

  private void found(ServiceDirectory.ServiceAddress... all) {
    places.put("orders", List.of(all));
    gateway.discovered();
  }

  private void listen(String services) {
    gateway.discover(directory);
    gateway.follow(
        HiveConfig.parse(
                "hive.yaml",
                "version: 1\nservices: { orders: { run: x } }\ngateway: { port: %d, services: {%s} }\n"
                    .formatted(port, services))
            .gateway());
  }

  @Test
  void whatIsFoundIsLedToWhileItIsHealthy() throws Exception {
    int one = saying("one");
    listen("");
    assertThat(get("/orders/1").statusCode()).isEqualTo(404);
    routes.put("/orders", "orders");
    found(place("", "127.0.0.1", one, true), place("", "127.0.0.1", saying("two"), false));
    assertThat(shares(20, to("/orders/1"))).isEqualTo(Map.of("one", 20));
    assertThat(get("/api/v1/orders/1").body()).isEqualTo("one");
    var service = gateway.status().services().getFirst();
    assertThat(service.paths()).containsExactly("/api/v1/orders", "/orders");
    assertThat(service.versions()).extracting("name").containsExactly("stable");
    assertThat(service.versions().getFirst().instances()).hasSize(2);
    found(place("", "127.0.0.1", one, false));
    assertThat(get("/orders/1").statusCode()).isEqualTo(503);
    places.clear();
    routes.clear();
    gateway.discovered();
    assertThat(get("/orders/1").statusCode()).isEqualTo(404);
  }

  @Test
  void versionsThatAreFoundShareTheTrafficAsCodeSays() throws Exception {
    int one = saying("one");
    int two = saying("two");
    routes.put("/orders", "orders");
    listen("orders: { sticky: 'header:X-Tenant' }");
    found(place("stable", "127.0.0.1", one, true), place("v2", "127.0.0.1", two, true));
    var asked = to("/orders/1").header("X-Tenant", "acme");
    assertThat(shares(10, asked)).isEqualTo(Map.of("one", 10));
    gateway.traffic().weigh("orders", Map.of("v2", 100_000));
    assertThat(shares(10, asked)).isEqualTo(Map.of("two", 10));
    assertThat(gateway.status().services().getFirst().sticky()).isEqualTo("header:X-Tenant");
    found(place("stable", "127.0.0.1", one, true), place("v2", "127.0.0.1", two, false));
    assertThat(gateway.traffic().present("orders")).containsExactly("stable", "v2");
    // One that goes leaves its share to the base, and is counted to have missed it.
    found(place("stable", "127.0.0.1", one, true));
    assertThat(shares(10, asked)).isEqualTo(Map.of("one", 10));
    assertThat(gateway.traffic().counts("orders", "v2", Duration.ofSeconds(1)).missed())
        .isEqualTo(10);
    assertThat(gateway.traffic().present("orders")).containsExactly("stable");
  }

  @Test
  void whatIsDownIsStoodInForByTheVersionThatWasSaidBeforeTheBase() throws Exception {
    int one = saying("one");
    int two = saying("two");
    routes.put("/orders", "orders");
    listen("");
    found(
        place("stable", "127.0.0.1", one, true),
        place("v2", "127.0.0.1", two, true),
        place("v3", "127.0.0.1", port, false));
    gateway.traffic().weigh("orders", Map.of("v2", 0, "v3", 100_000));
    gateway.traffic().standIn("orders", "v2");
    assertThat(shares(10, to("/orders/1"))).isEqualTo(Map.of("two", 10));
    gateway.traffic().release("orders");
    assertThat(shares(10, to("/orders/1"))).isEqualTo(Map.of("one", 10));
  }

  @Test
  void aVersionIsWellOnceAllOfItsInstancesAre() throws Exception {
    int one = saying("one");
    int two = saying("two");
    routes.put("/orders", "orders");
    listen("");
    found(place("v2", "127.0.0.1", one, true), place("v2", "127.0.0.1", two, false));
    assertThat(gateway.traffic().health("orders", "v2"))
        .isEqualTo(new Traffic.Health(2, 1, 1, "not all instances of v2 are healthy"));
    found(place("v2", "127.0.0.1", one, false), place("v2", "127.0.0.1", two, false));
    assertThat(gateway.traffic().health("orders", "v2").well()).isZero();
    found(place("v2", "127.0.0.1", one, true), place("v2", "127.0.0.1", two, true));
    assertThat(gateway.traffic().health("orders", "v2").isWell()).isTrue();
    assertThat(gateway.traffic().health("orders", "v3").why()).contains("knows no v3");
    // One that registered and died holds nobody up, unless it was the only one.
    var lost = new ServiceDirectory.ServiceAddress("orders", "l", "v2", "::1", 4, false, true);
    found(place("v2", "127.0.0.1", saying("two"), true), lost);
    assertThat(gateway.traffic().health("orders", "v2").isWell()).isTrue();
    found(lost);
    assertThat(gateway.traffic().health("orders", "v2").well()).isZero();
  }

  @Test
  void oneThatRegisteredIsLedToByItsNameAlsoAtAnIpv6Address() throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("::1"), 0), 10);
    server.createContext(
        "/",
        x -> {
          try (x) {
            say(x, 200, "six");
          }
        });
    server.start();
    open.add(() -> server.stop(0));
    base = "7.1";
    listen("");
    found(place("7.1", "[::1]", server.getAddress().getPort(), true));
    assertThat(shares(5, to("/api/v1/orders/1"))).isEqualTo(Map.of("six", 5));
    var version = gateway.status().services().getFirst().versions().getFirst();
    assertThat(version.name()).isEqualTo("7.1");
    assertThat(version.requests()).isEqualTo(5);
    assertThat(version.weight()).isEqualTo(1);
  }

  @Test
  void aBaseThatIsAwaitedHasItsTrafficBackOnceItIsThere() throws Exception {
    int one = saying("one");
    int two = saying("two");
    base = "v1";
    listen("");
    found(place("v1", "127.0.0.1", one, true), place("v2", "127.0.0.1", two, true));
    assertThat(shares(4, to("/api/v1/orders/1"))).isEqualTo(Map.of("one", 4));
    found(place("v2", "127.0.0.1", two, true));
    assertThat(shares(4, to("/api/v1/orders/1"))).isEqualTo(Map.of("two", 4));
    found(place("v2", "127.0.0.1", two, true), place("v1", "127.0.0.1", one, true));
    assertThat(shares(4, to("/api/v1/orders/1"))).isEqualTo(Map.of("one", 4));
  }

  @Test
  void nothingIsLedToWhileTheGatewayIsOff() {
    gateway.discover(directory);
    found(place("", "127.0.0.1", 1, true));
    assertThat(gateway.status().services()).isEmpty();
    gateway.follow(GatewayConfig.OFF);
    assertThat(gateway.status().on()).isFalse();
  }

  @Test
  void onlyThisMachineIsHere() {
    for (String here : List.of("localhost", "127.0.0.1", "127.9.8.7", "[::1]", "::1")) {
      assertThat(place("", here, 1, true).isHere()).as(here).isTrue();
    }
    for (String there : List.of("127.example.com", "10.0.0.1", "[2001:db8::1]", "example.com")) {
      assertThat(place("", there, 1, true).isHere()).as(there).isFalse();
    }
  }
}
