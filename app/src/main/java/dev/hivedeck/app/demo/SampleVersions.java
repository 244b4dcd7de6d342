package dev.hivedeck.app.demo;

import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutOffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two services of the shop behind the gateway, each with a new version: that of the catalogue is
 * fine, that of payments fails one time in three. They are asked forty times a second each, for as
 * long as this is open.
 */
final class SampleVersions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SampleVersions.class);
  private static final List<String> SERVICES = List.of("catalog", "payments");
  private static final String NEW = "v2";
  private static final Duration BEAT = Duration.ofMillis(25);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration LEAST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** For how long the gateway may take until a version can be exposed. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** For how long what goes on here may take to end. */
  private static final Duration ENDS = Duration.ofSeconds(5);

  private static final double FAILS = 0.33;

  private final List<HttpServer> servers = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<Thread> asking = new ArrayList<>();
  private final RandomGenerator random;
  private final int port;
  private Thread exposing;

  /**
   * @param random what fails
   */
  SampleVersions(RandomGenerator random) {
    this.random = random;
    try {
      int last = 2 * SERVICES.size() - 1;
      for (int i = 0; i <= last; i++) {
        servers.add(server(i == last ? FAILS : 0));
      }
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        this.port = socket.getLocalPort();
      }
    } catch (IOException e) {
      servers.forEach(server -> server.stop(0));
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "No port for the services of the demo: " + e.getMessage(),
          "Try again; other programs may have taken all of them.",
          e);
    }
  }

  private HttpServer server(double fails) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "ok\n".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(fails() < fails ? 500 : 200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    return server;
  }

  private synchronized double fails() {
    return random.nextDouble();
  }

  /**
   * What {@code hive.yaml} says of them.
   *
   * @param speed pace; 1 is real
   */
  String configuration(double speed) {
    var hold = Duration.ofMillis((long) (LONGEST.toMillis() / speed));
    long seconds = Math.max(LEAST.toSeconds(), hold.toSeconds());
    var text = new StringBuilder("gateway:\n  port: " + port + "\n  services:\n");
    for (int i = 0; i < SERVICES.size(); i++) {
      text.append(
          String.format(
              Locale.ROOT,
              """
                  %s:
                    versions: { v1: ["127.0.0.1:%d"], v2: ["127.0.0.1:%d"] }
                    weights: { v2: 0%% }
              """,
              SERVICES.get(i),
              servers.get(2 * i).getAddress().getPort(),
              servers.get(2 * i + 1).getAddress().getPort()));
    }
    text.append("rollouts:\n");
    for (String service : SERVICES) {
      text.append(
          "  "
              + service
              + ": { steps: [20%, 50%, 100%], hold: "
              + seconds
              + "s, rollback: [error-rate > 20%, p95 > 2s] }\n");
    }
    return text.toString();
  }

  /** Asks them, and exposes their new versions as soon as the gateway leads to them. */
  void begin(EngineApi engine) {
    for (String service : SERVICES) {
      asking.add(Thread.ofVirtual().name("demo-" + service).start(() -> ask(service)));
    }
    exposing = Thread.ofVirtual().name("demo-rollouts").start(() -> expose(engine));
  }

  private void expose(EngineApi engine) {
    try {
      for (String service : SERVICES) {
        var problem = problem(engine, service);
        for (long i = 0; i < PATIENCE.dividedBy(LOOK) && problem.isPresent(); i++) {
          if (closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
          problem = problem(engine, service);
        }
        if (problem.isPresent()) {
          LOG.warn("the demo exposes no version of {}: {}", service, problem.get());
        } else {
          engine.execute(new RolloutCommand.StartRollout(service, NEW, null), null);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (HiveException e) {
      LOG.warn("the demo exposes no version: {}", e.getMessage());
    }
  }

  /** Why no version of it can be exposed now; empty where one can. */
  private static Optional<String> problem(EngineApi engine, String service) {
    for (var node : engine.query(new RolloutQuery.Offers())) {
      var offer = Json.as(node, RolloutOffer.class);
      if (offer.name().equals(service)) {
        return Optional.ofNullable(offer.problem());
      }
    }
    return Optional.of("the gateway does not know it");
  }

  private void ask(String service) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + service + "/"))
            .timeout(LONGEST)
            .build();
    try {
      while (!closing.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          client.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
          LOG.debug("{} is not there: {}", service, e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether each of them was decided. */
  static boolean areDecided(EngineApi engine) {
    var rollouts = engine.query(new RolloutQuery.Rollouts());
    for (var node : rollouts) {
      if (!Json.as(node, Rollout.class).state().isOver()) {
        return false;
      }
    }
    return rollouts.size() == SERVICES.size();
  }

  @Override
  public void close() {
    closing.countDown();
    asking.forEach(Thread::interrupt);
    client.shutdownNow();
    try {
      for (var thread : asking) {
        thread.join(ENDS);
      }
      if (exposing != null) {
        exposing.join(ENDS); // it is in the engine, which nobody interrupts
      }
      client.awaitTermination(ENDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      servers.forEach(server -> server.stop(0));
    }
  }
}
