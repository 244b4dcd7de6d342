package dev.hivedeck.engine.rollout.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HAProxy and the nginx of the system, steered under load. */
@Tag("proxies")
class RealProxiesTest {
  private static final Duration SLOW = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final AtomicInteger status = new AtomicInteger(200);
  private final Map<String, AtomicInteger> served =
      Map.of("v1", new AtomicInteger(), "v2", new AtomicInteger());
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final List<Thread> senders = new ArrayList<>();
  private volatile boolean load = true;
  private HttpServer one;
  private HttpServer two;
  private int port;
  private ProxyTraffic traffic;

  @BeforeEach
  void open() throws IOException {
    one = server("v1", new AtomicInteger(200));
    two = server("v2", status);
    port = freePort();
  }

  @AfterEach
  void close() throws InterruptedException {
    load = false;
    for (var sender : senders) {
      sender.join();
    }
    for (var process : processes) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    one.stop(0);
    two.stop(0);
  }

  private HttpServer server(String version, AtomicInteger code) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          served.get(version).incrementAndGet();
          byte[] body = version.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(code.get(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private Process begin(String... command) throws IOException {
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private void expose(String proxy) {
    var plans =
        HiveConfig.parse(
                "hive.yaml",
                "version: 1\nrollouts: { orders: { steps: [5%], traffic: " + proxy + " } }")
            .rollouts()
            .values();
    traffic = new ProxyTraffic(() -> plans, Runnable::run, check -> Optional.empty());
  }

  private void send(int clients) {
    for (int i = 0; i < clients; i++) {
      String user = "u" + i;
      senders.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var client = HttpClient.newHttpClient()) {
                      while (load) {
                        one(client, user);
                      }
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
  }

  private void one(HttpClient client, String user) throws InterruptedException {
    sent.incrementAndGet();
    try {
      int code =
          client
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                      .header("X-User", user + "-" + sent.get())
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .statusCode();
      if (code == status.get() || code == 200) {
        answered.incrementAndGet();
      }
    } catch (IOException e) {
      // Lost.
    }
  }

  private void requests(int more) throws InterruptedException {
    int until = answered.get() + more;
    long end = System.nanoTime() + 60_000_000_000L;
    while (answered.get() < until && System.nanoTime() < end) {
      Thread.sleep(5);
    }
  }

  private void ready() throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (System.nanoTime() < end) {
      traffic.look();
      if (!traffic.services().isEmpty() && isListening()) {
        return;
      }
      Thread.sleep(50);
    }
    assertThat(traffic.away("orders")).isEmpty();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean isListening() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private interface Reload {
    void reload() throws Exception;
  }

  /** Up and down, with reloads between, while each request is counted. */
  private void upAndDown(Reload reload) throws Exception {
    ready();
    send(4);
    requests(500);
    assertThat(served.get("v2").get()).isZero();
    traffic.weigh("orders", Map.of("v2", 20_000));
    Thread.sleep(500); // those that were under way
    int all = served.get("v1").get() + served.get("v2").get();
    int canary = served.get("v2").get();
    requests(5_000);
    int share = served.get("v2").get() - canary;
    int whole = served.get("v1").get() + served.get("v2").get() - all;
    System.out.printf("share %.4f of %d%n", share / (double) whole, whole);
    assertThat(share / (double) whole).isBetween(0.18, 0.22);
    reload.reload();
    Thread.sleep(1_000);
    traffic.look();
    requests(500);
    assertThat(traffic.split("orders").orElseThrow().weight("v2")).isEqualTo(20_000);
    traffic.look();
    traffic.weigh("orders", Map.of("v2", 100_000)); // all at once, as blue-green
    Thread.sleep(1_000);
    int stable = served.get("v1").get();
    requests(1_000);
    assertThat(served.get("v1").get()).as("switched").isEqualTo(stable);
    traffic.weigh("orders", Map.of("v2", 20_000));
    requests(500);
    status.set(500);
    var before = traffic.counts("orders", "v2", SLOW);
    requests(2_000);
    traffic.look();
    var after = traffic.counts("orders", "v2", SLOW);
    assertThat(after.errors() - before.errors()).isPositive();
    traffic.weigh("orders", Map.of("v2", 0));
    Thread.sleep(1_000);
    int last = served.get("v2").get();
    requests(1_000);
    assertThat(served.get("v2").get()).as("taken back").isEqualTo(last);
    reload.reload();
    traffic.look();
    Thread.sleep(1_000);
    traffic.look();
    last = served.get("v2").get();
    requests(1_000);
    assertThat(served.get("v2").get()).as("also over a reload").isEqualTo(last);
    load = false;
    for (var sender : senders) {
      sender.join();
    }
    traffic.look();
    System.out.printf(
        "sent %d, answered %d, counted %s and %s%n",
        sent.get(),
        answered.get(),
        Json.write(traffic.counts("orders", "v1", SLOW)),
        Json.write(traffic.counts("orders", "v2", SLOW)));
    assertThat(answered.get()).as("no request is lost").isEqualTo(sent.get());
  }

  @Test
  void haproxyLosesNoRequestOverWeightsAndReloads() throws Exception {
    Path socket = folder.resolve("s");
    Path config = folder.resolve("haproxy.cfg");
    Files.writeString(
        config,
        """
        global
          stats socket %s mode 600 level admin expose-fd listeners
        defaults
          mode http
          option redispatch
          timeout connect 5s
          timeout client 60s
          timeout server 60s
        frontend front
          bind 127.0.0.1:%d
          default_backend orders
        backend orders
          balance roundrobin
          server a 127.0.0.1:%d weight 100
          server b 127.0.0.1:%d weight 100 disabled
        """
            .formatted(socket, port, one.getAddress().getPort(), two.getAddress().getPort()));
    var process = begin("haproxy", "-W", "-f", config.toString());
    expose(
        "{ haproxy: { socket: '"
            + socket
            + "', backend: orders, versions: { v1: [a], v2: [b] } } }");
    upAndDown(
        () -> {
          new ProcessBuilder("kill", "-USR2", String.valueOf(process.pid())).start().waitFor();
          Thread.sleep(1_000);
        });
  }

  @Test
  void nginxLosesNoRequestOverWeightsAndReloads() throws Exception {
    Path file = folder.resolve("orders.conf");
    Path log = folder.resolve("orders.log");
    Path config = folder.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        pid %1$s/pid;
        error_log %1$s/error.log;
        events {}
        http {
          access_log off;
          client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2; fastcgi_temp_path %1$s/t3;
          uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5;
          include %2$s;
          upstream orders_v1 { server 127.0.0.1:%3$d; }
          upstream orders_v2 { server 127.0.0.1:%4$d; }
          server {
            listen 127.0.0.1:%5$d;
            location / {
              proxy_pass http://$hivedeck_orders;
              access_log %6$s hivedeck_orders;
            }
          }
        }
        """
            .formatted(
                folder, file, one.getAddress().getPort(), two.getAddress().getPort(), port, log));
    String nginx = "nginx -c " + config;
    expose(
        "{ nginx: { file: '%s', log: '%s', key: $http_x_user, versions: { v1: orders_v1, v2: orders_v2 }, test: '%s -t', reload: '%s -s reload', status: '127.0.0.1:%d' } }"
            .formatted(file, log, nginx, nginx, freePort()));
    traffic.look(); // the file is there before nginx is
    begin("nginx", "-c", config.toString(), "-g", "daemon off;");
    upAndDown(
        () ->
            new ProcessBuilder("nginx", "-c", config.toString(), "-s", "reload").start().waitFor());
  }
}
