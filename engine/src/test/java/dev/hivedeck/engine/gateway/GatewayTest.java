package dev.hivedeck.engine.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.gateway.framing.LlhttpCases;
import dev.hivedeck.engine.metric.EngineMetric;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The gateway between real clients and real services, over sockets. */
class GatewayTest extends GatewayBench {
  @Test
  void aRequestReachesItsServiceByNameAndByRoute() throws Exception {
    int shop = service(x -> say(x, 200, x.getRequestMethod() + " " + x.getRequestURI()));
    follow("route: /orders, versions: { v1: %s }".formatted(at(shop)));
    assertThat(get("/api/v1/shop/a/b?c=d%20e").body()).isEqualTo("GET /a/b?c=d%20e");
    assertThat(get("/api/v1/shop").body()).isEqualTo("GET /");
    assertThat(get("/orders/7").body()).isEqualTo("GET /orders/7");
    assertThat(get("/orders").body()).isEqualTo("GET /orders");
    assertThat(get("/ordersx").statusCode()).isEqualTo(404);
    assertThat(get("/api/v1/nothing/").body()).contains("no-service", "hivedeck gateway");
    assertThat(get("/orders/..%2fadmin").statusCode()).isEqualTo(400);
    assertThat(get("/orders/%2e%2E/admin").statusCode()).isEqualTo(400);
  }

  @Test
  void aRequestKeepsItsNumberAndTellsItsVersion() throws Exception {
    int shop = service(x -> say(x, 200, x.getRequestHeaders().getFirst("X-Request-Id")));
    follow("versions: { v1: %s }".formatted(at(shop)));
    var kept = send(to("/api/v1/shop/").header("X-Request-Id", "abc-1"));
    assertThat(kept.body()).isEqualTo("abc-1");
    assertThat(kept.headers().firstValue("X-Request-Id")).contains("abc-1");
    assertThat(kept.headers().firstValue("X-Hivedeck-Version")).contains("v1");
    var made = get("/api/v1/shop/");
    assertThat(made.headers().firstValue("X-Request-Id")).contains(made.body());
    assertThat(made.body()).startsWith("id-");
    assertThat(send(to("/api/v1/shop/").header("X-Request-Id", "x y")).body()).startsWith("id-");
  }

  @Test
  void trafficIsSplitByWeightAtOnceAndCountedByVersion() throws Exception {
    String versions = "versions: { v1: %s, v2: %s }".formatted(at(saying("v1")), at(saying("v2")));
    follow(versions + ", weights: { v2: 20% }");
    int canary = shares(200, to("/api/v1/shop/")).get("v2");
    assertThat(canary / 200.0).isCloseTo(0.2, within(0.01));
    follow(versions + ", weights: { v2: 0% }");
    assertThat(shares(50, to("/api/v1/shop/"))).isEqualTo(Map.of("v1", 50));
    follow(versions + ", weights: { v2: 100% }");
    assertThat(shares(50, to("/api/v1/shop/"))).isEqualTo(Map.of("v2", 50));
    var status = gateway.status().services().getFirst();
    assertThat(status.versions())
        .extracting("requests")
        .containsExactly(250L - canary, 50L + canary);
    assertThat(
            registry.counter(EngineMetric.GATEWAY_REQUESTS.of("shop", "v2", "200")).read(0).value())
        .isEqualTo(50 + canary);
  }

  @Test
  void aVisitorKeepsTheirVersionByCookieHeaderOrUser() throws Exception {
    String versions = "versions: { v1: %s, v2: %s }".formatted(at(saying("v1")), at(saying("v2")));
    follow(versions + ", sticky: cookie, weights: { v2: 50% }");
    var first = get("/api/v1/shop/");
    String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    assertThat(shares(30, to("/api/v1/shop/").header("Cookie", cookie)))
        .containsOnlyKeys(first.body());
    follow(versions + ", sticky: 'header:X-Tenant', weights: { v2: 50% }");
    assertThat(shares(20, to("/api/v1/shop/").header("X-Tenant", "acme"))).hasSize(1);
    follow(versions + ", sticky: user, weights: { v2: 50% }");
    // The same user by another password.
    String one = "Basic YW5uOm9uZQ==";
    String two = "Basic YW5uOnR3bw==";
    var user = shares(10, to("/api/v1/shop/").header("Authorization", one)).keySet();
    assertThat(shares(10, to("/api/v1/shop/").header("Authorization", two)).keySet())
        .hasSize(1)
        .isEqualTo(user);
  }

  @Test
  void aHeaderForcesAVersionAndAnUnknownOneIsTold() throws Exception {
    follow("base: v1, versions: { v1: %s, v2: %s }".formatted(at(saying("v1")), at(saying("v2"))));
    assertThat(send(to("/api/v1/shop/").header("X-Hivedeck-Version", "v2")).body()).isEqualTo("v2");
    var unknown = send(to("/api/v1/shop/").header("X-Hivedeck-Version", "v3"));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("shop has no version v3", "hivedeck gateway");
  }

  @Test
  void aDeadInstanceCostsNoRequestAndADeadCanaryLeavesThemToTheBase() throws Exception {
    int dead = freePort();
    follow(
        "versions: { v1: %s, v2: %s }, weights: { v2: 50%% }, retries: 2"
            .formatted(at(dead, saying("v1")), at(dead)));
    assertThat(shares(60, to("/api/v1/shop/"))).isEqualTo(Map.of("v1", 60));
    assertThat(send(to("/api/v1/shop/").POST(HttpRequest.BodyPublishers.ofString("order"))).body())
        .isEqualTo("v1");
    var forced = send(to("/api/v1/shop/").header("X-Hivedeck-Version", "v2"));
    assertThat(forced.statusCode()).isIn(502, 503);
    assertThat(gateway.status().services().getFirst().versions().getFirst().instances())
        .anySatisfy(instance -> assertThat(instance.resting()).isTrue());
  }

  @Test
  void whoIsSlowIsToldAndNobodyThereToo() throws Exception {
    var never = new CountDownLatch(1);
    open.add(never::countDown);
    int slow = service(x -> never.await(20, TimeUnit.SECONDS));
    follow("versions: { v1: %s }, timeout: 200ms".formatted(at(slow)));
    var late = get("/api/v1/shop/");
    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(late.body()).contains("late", "did not begin to answer");
    follow("versions: { v1: %s }".formatted(at(freePort())));
    var gone = get("/api/v1/shop/");
    assertThat(gone.statusCode()).isEqualTo(502);
    assertThat(gone.body()).contains("gave no answer");
    assertThat(gone.headers().firstValue("Content-Type")).contains("application/json");
  }

  @Test
  void moreThanTheLimitIsAnswered429() throws Exception {
    follow(
        "versions: { v1: %s }, limit: { requests: 3, per: 10m, by: path }"
            .formatted(at(saying("v1"))));
    for (int left = 2; left >= 0; left--) {
      assertThat(get("/api/v1/shop/a").headers().firstValue("X-RateLimit-Remaining"))
          .contains(Integer.toString(left));
    }
    var refused = get("/api/v1/shop/a");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("3 requests came within 600 s");
    assertThat(refused.headers().firstValueAsLong("Retry-After").getAsLong()).isPositive();
    assertThat(get("/api/v1/shop/b").statusCode()).isEqualTo(200);
  }

  @Test
  void aPageOfAnotherOriginIsAllowedOrNot() throws Exception {
    follow("versions: { v1: %s }, cors: ['http://a.example']".formatted(at(saying("v1"))));
    String preflight =
        raw(
            "OPTIONS /api/v1/shop/ HTTP/1.1\r\nHost: x\r\nOrigin: http://a.example\r\n"
                + "Access-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n");
    assertThat(preflight)
        .startsWith("HTTP/1.1 204")
        .contains("Access-Control-Allow-Origin: http://a.example")
        .contains("Access-Control-Allow-Methods: PUT");
    assertThat(
            raw(
                "OPTIONS /api/v1/shop/ HTTP/1.1\r\nHost: x\r\nOrigin: http://b.example\r\n"
                    + "Access-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 403");
    assertThat(
            raw(
                "GET /api/v1/shop/ HTTP/1.1\r\nHost: x\r\nOrigin: http://a.example\r\n"
                    + "Connection: close\r\n\r\n"))
        .contains("Access-Control-Allow-Origin: http://a.example");
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    follow("versions: { v1: %s }, maxBody: 1kB".formatted(at(saying("v1"))));
    var refused =
        send(to("/api/v1/shop/").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1_001])));
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body()).contains("1001 bytes");
    assertThat(
            send(to("/api/v1/shop/").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1_000])))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void whatIsStreamedComesAsItIsSent() throws Exception {
    var heard = new CountDownLatch(1);
    int shop =
        service(
            x -> {
              x.getResponseHeaders().set("Content-Type", "text/event-stream");
              x.sendResponseHeaders(200, 0);
              x.getResponseBody().write("data: one\n\n".getBytes(StandardCharsets.UTF_8));
              x.getResponseBody().flush();
              assertThat(heard.await(10, TimeUnit.SECONDS)).isTrue();
              x.getResponseBody().write("data: two\n\n".getBytes(StandardCharsets.UTF_8));
            });
    follow("versions: { v1: %s }".formatted(at(shop)));
    try (InputStream in =
        client.send(to("/api/v1/shop/").build(), BodyHandlers.ofInputStream()).body()) {
      assertThat(new String(in.readNBytes(11), StandardCharsets.UTF_8)).isEqualTo("data: one\n\n");
      heard.countDown();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("data: two\n\n");
    }
  }

  @Test
  void aConnectionThatIsUpgradedCarriesBytesBothWays() throws Exception {
    int shop = socket(GatewayTest::upgradeAndEcho);
    follow("versions: { v1: %s }".formatted(at(shop)));
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/shop/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                      + "Upgrade: websocket\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 101");
      for (int round = 0; round < 3; round++) {
        byte[] frame = ("\u0000\n\r GET / HTTP/9 " + round).getBytes(StandardCharsets.ISO_8859_1);
        socket.getOutputStream().write(frame);
        assertThat(socket.getInputStream().readNBytes(frame.length)).isEqualTo(frame);
      }
    }
  }

  private static void upgradeAndEcho(Socket socket) throws IOException {
    head(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    out.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    byte[] buffer = new byte[1_024];
    for (int n; (n = socket.getInputStream().read(buffer)) > 0; ) {
      out.write(buffer, 0, n);
    }
  }

  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        break;
      }
      head.append((char) b);
    }
    return head.toString();
  }

  /** Sends bytes, and reads all that comes back. */
  private String raw(String bytes) throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** Nothing of it reaches the service, and the connection is closed. */
  @Test
  void whatIsNoRequestIsAnswered400InItsTurn() throws Exception {
    var heard = new AtomicInteger();
    int shop =
        service(
            x -> {
              heard.incrementAndGet();
              say(x, 200, "fine");
            });
    follow("versions: { v1: %s }".formatted(at(shop)));
    String good = "GET /api/v1/shop/ HTTP/1.1\r\nHost: a\r\n\r\n";
    String answers = raw(good + good + "GET /api/v1/shop/ HTTP/1.1\nHost: a\n\n" + good);
    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(3);
    assertThat(answers.substring(answers.lastIndexOf("HTTP/1.1 400 Bad Request")))
        .contains("Connection: close", "bad-message", "does not end with CR and LF");
    assertThat(heard).hasValue(2);
    String chunks =
        raw(
            "POST /api/v1/shop/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "4\r\nabcd\r\nnonsense\r\n");
    assertThat(chunks).startsWith("HTTP/1.1 400").contains("not in chunks");
  }

  @Test
  void hostileRequestsAreAnswered400OrAsTheyShould() throws Exception {
    follow("versions: { v1: %s }".formatted(at(saying("fine"))));
    int refused = 0;
    for (var c : LlhttpCases.requests()) {
      if (c.lenient() || c.error().isEmpty() || c.error().contains("after `Connection: close`")) {
        continue;
      }
      String answer =
          rawUntilClosed(
              LlhttpCases.withHost(c.bytes()).replaceFirst("^([A-Z]+) /", "$1 /api/v1/shop/"));
      assertThat(answer.isEmpty() || answer.contains("HTTP/1.1 400"))
          .as("%s [%s]: %s", c, c.error(), answer)
          .isTrue();
      refused++;
    }
    assertThat(refused).isGreaterThan(50);
  }

  /** As {@link #raw}, ending what is sent. */
  private String rawUntilClosed(String bytes) throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void hostileAnswersAreNoAnswers() throws Exception {
    var bytes = new AtomicReference<String>("");
    int shop =
        socket(
            socket -> {
              head(socket.getInputStream());
              socket.getOutputStream().write(bytes.get().getBytes(StandardCharsets.ISO_8859_1));
            });
    follow("retries: 0, versions: { v1: %s }".formatted(at(shop)));
    int refused = 0;
    for (var c : LlhttpCases.responses()) {
      if (c.lenient() || c.error().isEmpty() || c.error().contains("after `Connection: close`")) {
        continue;
      }
      bytes.set(c.bytes());
      String answer = raw("POST /api/v1/shop/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      boolean broken = !answer.startsWith("HTTP/1.1 2") || !answer.endsWith("0\r\n\r\n");
      assertThat(broken).as("%s [%s]: %s", c, c.error(), answer).isTrue();
      refused++;
    }
    assertThat(refused).isGreaterThan(20);
  }

  @Test
  void aClientThatSpeaksHttp2IsAnsweredByIt() throws Exception {
    follow("versions: { v1: %s }".formatted(at(saying("v1"))));
    try (var two = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      var answer = two.send(to("/api/v1/shop/").build(), BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.body()).isEqualTo("v1");
    }
  }

  @Test
  void aPortThatIsTakenIsToldAndTakenOnceItIsFree() throws Exception {
    try (var taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress("127.0.0.1", port));
      gateway.follow(
          HiveConfig.parse("hive.yaml", "version: 1\ngateway: { port: %d }\n".formatted(port))
              .gateway());
      assertThat(gateway.status().on()).isFalse();
      assertThat(gateway.status().problem()).contains("Port " + port + " is taken by ");
      gateway.follow(GatewayConfig.OFF);
      assertThat(gateway.status().problem()).isNull();
    }
    follow("versions: { v1: %s }".formatted(at(saying("v1"))));
    assertThat(gateway.status().on()).isTrue();
  }

  @Test
  void headersThatAreTooLongAreAnsweredAsThat() throws Exception {
    follow("versions: { v1: %s }".formatted(at(saying("hello"))));
    var answer = send(to("/api/v1/shop/1").header("X-Long", "a".repeat(200_000)));
    assertThat(answer.statusCode()).isEqualTo(431);
    assertThat(answer.body()).contains("headers-too-large", "32,768");
    assertThat(send(to("/api/v1/shop/1").header("X-Long", "a".repeat(20_000))).body())
        .isEqualTo("hello");
  }
}
