package dev.hivedeck.engine.service.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.service.ServiceCommand.RegisterService;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.service.ServiceLedger;
import dev.hivedeck.engine.service.supervise.ServiceMeter;
import dev.hivedeck.engine.service.supervise.ServiceTeller;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who registers is known for as long as it is heard of. */
class RegisteredServicesTest {
  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Store store;
  private RegisteredServices services;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    services = services();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private RegisteredServices services() {
    var teller = new ServiceTeller(store, () -> UUID.randomUUID().toString(), text -> text);
    var meter =
        new ServiceMeter() {
          @Override
          public void up(String service, String instance, boolean healthy) {}

          @Override
          public void checked(String service, String instance, Double millis) {}

          @Override
          public void restarted(String service, String instance) {}
        };
    return new RegisteredServices(store, () -> Set.of("orders"), teller, meter, time, () -> {});
  }

  private static RegisterService cart(String instance, int port, String check) {
    return new RegisterService("cart", instance, null, port, "1.2", "10s", check);
  }

  private List<Service> told() {
    return store.read(ServiceLedger::all);
  }

  @Test
  void anInstanceThatIsNotHeardOfInItsTimeIsForgottenAndTheLastTakesTheServiceAlong() {
    services.register(cart("a", 7000, null));
    services.register(cart("b", 7001, null));
    time.advance(Duration.ofSeconds(9));
    services.heartbeat("cart", "a");
    services.look();
    assertThat(told().getFirst().healthy()).isEqualTo(2);
    time.advance(Duration.ofSeconds(1));
    services.look();
    assertThat(told().getFirst().instances()).extracting(i -> i.name()).containsExactly("a");
    assertThatThrownBy(() -> services.heartbeat("cart", "b")).hasMessageContaining("b of cart");
    time.advance(Duration.ofSeconds(9));
    services.look();
    assertThat(told()).isEmpty();
    assertThat(services.addresses().getOrDefault("cart", List.of())).isEmpty();
  }

  @Test
  void registeringAgainIsAHeartbeatAndTellsNothingNew() {
    services.register(cart("a", 7000, null));
    long events = store.seq();
    time.advance(Duration.ofSeconds(9));
    services.register(cart("a", 7000, null));
    time.advance(Duration.ofSeconds(9));
    services.look();
    assertThat(store.seq()).isEqualTo(events);
    assertThat(services.addresses().getOrDefault("cart", List.of())).hasSize(1);
    services.register(cart("a", 7002, null));
    assertThat(services.addresses().getOrDefault("cart", List.of()).getFirst().port())
        .isEqualTo(7002);
  }

  @Test
  void anEngineThatStartsAgainWaitsOnceMoreForEachToBeHeardOf() {
    services.register(cart("a", 7000, null));
    services.close();
    time.advance(Duration.ofSeconds(60));
    var next = services();
    next.start();
    next.look();
    assertThat(next.addresses().getOrDefault("cart", List.of())).hasSize(1);
    time.advance(Duration.ofSeconds(10));
    next.look();
    assertThat(told()).isEmpty();
  }

  @Test
  void whatWasRefusedLeavesNothingAndEachKeepsItsOwnCheckOverARestart() {
    var never = new RegisterService("cart", "a", null, 7000, null, "never", null);
    assertThatThrownBy(() -> services.register(never)).hasMessageContaining("time to live");
    services.look();
    assertThatThrownBy(() -> services.deregister("cart", null)).hasMessageContaining("no service");
    assertThat(services.figures()).isEmpty();
    services.register(cart("a", 1, null));
    services.register(cart("b", 1, "/up"));
    services.register(cart("c", 1, "tcp"));
    services.close();
    var next = services();
    next.start();
    assertThat(next.register(cart("d", 1, null)).instances())
        .extracting(i -> i.name() + " " + i.check())
        .containsExactly("a null", "b /up", "c tcp", "d null");
  }

  @Test
  void oneThatSaysHowIsCheckedAndUnhealthyOnceItDoesNotAnswer() throws Exception {
    int port;
    try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
      assertThat(services.register(cart("a", port, "tcp")).state())
          .isEqualTo(ServiceState.STARTING);
      untilIs(ServiceState.HEALTHY);
    }
    untilIs(ServiceState.UNHEALTHY);
    assertThat(told().getFirst().why()).isEqualTo("port " + port + " is closed");
    assertThat(services.addresses().getOrDefault("cart", List.of()).getFirst().healthy()).isFalse();
  }

  private void untilIs(ServiceState state) throws InterruptedException {
    for (int i = 0; i < 20_000 && told().getFirst().state() != state; i++) {
      services.heartbeat("cart", "a");
      services.look();
      Thread.sleep(2); // checks take real time
      time.advance(Duration.ofSeconds(5));
    }
    assertThat(told().getFirst().state()).isEqualTo(state);
  }

  @Test
  void whoGoesIsForgottenAtOnceByItselfOrWithAll() {
    services.register(cart("a", 7000, null));
    services.register(cart("b", 7001, null));
    services.deregister("cart", "a");
    assertThat(services.addresses().getOrDefault("cart", List.of())).hasSize(1);
    services.deregister("cart", null);
    assertThat(told()).isEmpty();
    assertThatThrownBy(() -> services.deregister("cart", null)).hasMessageContaining("cart");
  }

  private void version(String instance, String version) {
    services.register(new RegisterService("cart", instance, null, 7000, version, "10s", null));
  }

  @Test
  void aVersionThatBeginsAnewStaysTheBaseAndOneThatDoesNotReturnLeavesItToAnother() {
    version("a", "v1");
    version("b", "v2");
    assertThat(services.bases()).containsEntry("cart", "v1");
    services.deregister("cart", "a");
    assertThat(services.bases()).containsEntry("cart", "v1");
    version("a", "v1");
    assertThat(services.bases()).containsEntry("cart", "v1");
    // It is not heard of in time.
    time.advance(Duration.ofSeconds(9));
    version("b", "v2");
    time.advance(Duration.ofSeconds(1));
    services.look();
    assertThat(services.bases()).containsEntry("cart", "v1");
    version("a", "v1");
    assertThat(services.bases()).containsEntry("cart", "v1");
    services.deregister("cart", "a");
    for (int i = 0; i < 20; i++) {
      assertThat(services.bases()).containsEntry("cart", "v1");
      time.advance(Duration.ofSeconds(5));
      version("b", "v2");
      services.look();
    }
    assertThat(services.bases()).containsEntry("cart", "v2");
    version("a", "v1");
    assertThat(services.bases()).containsEntry("cart", "v2");
  }

  @Test
  void theBaseIsForgottenWithTheServiceThatAPersonTakesAway() {
    version("a", "v1");
    services.deregister("cart", "a");
    version("b", "v2");
    assertThat(services.bases()).containsEntry("cart", "v1");
    services.deregister("cart", null);
    assertThat(services.bases()).isEmpty();
    version("b", "v2");
    assertThat(services.bases()).containsEntry("cart", "v2");
  }

  @Test
  void thereAreOnlySoManyInstances() {
    for (int i = 0; i < 100; i++) {
      services.register(cart("i" + i, 7000 + i, null));
    }
    assertThatThrownBy(() -> services.register(cart("more", 7999, null)))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("as many services as there may be");
    services.register(cart("i0", 7500, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "a b  | - | -         | 7000  | -  | -     | no name of a service",
        "cart | - | a b       | 7000  | -  | -     | no host",
        "cart | - | -         | 0     | -  | -     | no port",
        "cart | - | -         | 65536 | -  | -     | no port",
        "cart | - | -         | 7000  | 1d2 | -    | no time to live",
        "cart | - | -         | 7000  | 10ms | -   | no time to live",
        "cart | - | -         | 7000  | 2d | -     | no time to live",
        "cart | - | -         | 7000  | -  | soon  | no check",
        "cart | a b | -       | 7000  | -  | -     | no name of an instance",
        "orders | - | -       | 7000  | -  | -     | is configured"
      })
  void whatCannotBeIsRefused(
      String service, String instance, String host, int port, String ttl, String check, String why)
      throws IOException {
    assertThatThrownBy(
            () ->
                services.register(
                    new RegisterService(service, instance, host, port, null, ttl, check)))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining(why);
    assertThat(told()).isEmpty();
  }
}
