package dev.hivedeck.engine.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.metric.MetricRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A gateway on a free port, with real services behind it and real clients before it. */
abstract class GatewayBench {
  final List<AutoCloseable> open = new ArrayList<>();
  final MetricRegistry registry = new MetricRegistry();
  final AtomicInteger ids = new AtomicInteger();
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  Gateway gateway;
  int port;

  @BeforeEach
  void start() throws IOException {
    gateway = new Gateway(registry, Clock.systemUTC(), () -> "id-" + ids.incrementAndGet());
    port = freePort();
  }

  @AfterEach
  void stop() throws Exception {
    client.shutdownNow();
    gateway.close();
    for (var one : open) {
      one.close();
    }
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  interface Answer {
    void to(HttpExchange x) throws IOException, InterruptedException;
  }

  /** A service on a free port. */
  int service(Answer answer) throws IOException {
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 100);
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext(
        "/",
        x -> {
          try (x) {
            answer.to(x);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    open.add(
        () -> {
          server.stop(0);
          threads.shutdownNow();
        });
    return server.getAddress().getPort();
  }

  int saying(String text) throws IOException {
    return service(x -> say(x, 200, text));
  }

  static void say(HttpExchange x, int status, String text) throws IOException {
    x.getRequestBody().readAllBytes();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    x.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    x.getResponseBody().write(bytes);
  }

  /** What {@code hive.yaml} would say. */
  void follow(String service) {
    gateway.follow(
        HiveConfig.parse(
                "hive.yaml",
                "version: 1\ngateway:\n  port: %d\n  services:\n    shop: { %s }\n"
                    .formatted(port, service))
            .gateway());
    assertThat(gateway.status().problem()).isNull();
  }

  static String at(int... ports) {
    var all = new ArrayList<String>();
    for (int p : ports) {
      all.add("127.0.0.1:" + p);
    }
    return all.toString();
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(to(path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  Map<String, Integer> shares(int requests, HttpRequest.Builder request) throws Exception {
    var shares = new HashMap<String, Integer>();
    for (int i = 0; i < requests; i++) {
      shares.merge(send(request).body(), 1, Integer::sum);
    }
    return shares;
  }

  interface Talk {
    void with(Socket socket) throws IOException;
  }

  /** A service that writes its bytes by itself. */
  int socket(Talk talk) throws IOException {
    var server = new ServerSocket(0);
    open.add(server);
    Thread.startVirtualThread(
        () -> {
          while (!server.isClosed()) {
            try {
              var socket = server.accept();
              Thread.startVirtualThread(
                  () -> {
                    try (socket) {
                      talk.with(socket);
                    } catch (IOException e) {
                      // the other side is gone
                    }
                  });
            } catch (IOException e) {
              return;
            }
          }
        });
    return server.getLocalPort();
  }
}
