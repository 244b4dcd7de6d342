package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The gateway before services that Hivedeck runs. */
@DisabledOnOs(OS.WINDOWS)
class GatewayServicesTest {
  @TempDir Path folder;

  private static String echo() {
    return "exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' %s"
        .formatted(
            ProcessHandle.current().info().command().orElseThrow(),
            Path.of(
                URI.create(
                    EchoService.class.getProtectionDomain().getCodeSource().getLocation() + "")),
            EchoService.class.getName());
  }

  private static Service orders(Engine engine) {
    return (Service)
        engine.snapshot(Set.of(Topic.of("service"))).things().get(Topic.of("service")).stream()
            .findFirst()
            .orElse(null);
  }

  private static Set<Long> pids(Service service) {
    return service.instances().stream().map(ServiceInstance::pid).collect(Collectors.toSet());
  }

  /** Each answer of clients on other threads is counted. */
  @Test
  void noRequestIsLostWhileInstancesAreBegunAnewOneAfterAnother() throws Exception {
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        gateway: { port: %d }
        services:
          orders:
            run: "%s"
            instances: 2
            route: /orders
            health: { http: /, every: 200ms, rise: 1 }
        """
            .formatted(port, echo()));
    sandbox.commit("Set up");
    try (Engine engine = sandbox.open(100, false)) {
      TestRepository.trust(engine);
      TestRepository.await(
          "healthy", engine, () -> orders(engine) != null && orders(engine).healthy() == 2);
      TestRepository.await("listens", engine, () -> status(engine).on());
      var before = pids(orders(engine));
      var answers = new ConcurrentHashMap<String, Integer>();
      var over = new AtomicBoolean();
      var clients =
          Stream.generate(() -> Thread.ofVirtual().start(() -> ask(port, over, answers)))
              .limit(2)
              .toList();
      engine.execute(new ServiceCommand.RestartService("orders"), null);
      TestRepository.await(
          "anew",
          engine,
          () ->
              orders(engine).healthy() == 2
                  && pids(orders(engine)).stream().noneMatch(before::contains));
      over.set(true);
      for (var client : clients) {
        client.join();
      }
      assertThat(answers.keySet()).containsExactlyInAnyOrder("200 orders-1", "200 orders-2");
      var version = status(engine).services().getFirst().versions().getFirst();
      assertThat(version.name()).isEqualTo("stable");
      assertThat(version.requests()).isEqualTo(answers.values().stream().mapToInt(i -> i).sum());
      assertThat(version.errors()).isZero();
    }
  }

  private static GatewayStatus status(Engine engine) {
    return Json.as(engine.query(new GatewayQuery.Status()), GatewayStatus.class);
  }

  private static void ask(int port, AtomicBoolean over, Map<String, Integer> answers) {
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders/7"))
              .POST(BodyPublishers.ofString("order"))
              .build();
      while (!over.get()) {
        String answer;
        try {
          var got = client.send(request, BodyHandlers.ofString());
          answer = got.statusCode() + " " + got.body();
        } catch (IOException e) {
          answer = e.toString();
        }
        answers.merge(answer, 1, Integer::sum);
        Thread.sleep(2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
