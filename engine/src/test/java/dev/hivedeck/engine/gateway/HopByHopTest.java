package dev.hivedeck.engine.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is for the gateway alone does not reach the service, nor the client from there. */
class HopByHopTest extends GatewayBench {
  private final AtomicReference<String> answer =
      new AtomicReference<>("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  private final AtomicReference<String> heard = new AtomicReference<>("");

  @BeforeEach
  void serve() throws Exception {
    int shop =
        socket(
            socket -> {
              while (true) {
                String head = head(socket);
                if (head.isEmpty()) {
                  return;
                }
                heard.set(head);
                socket.getOutputStream().write(answer.get().getBytes(StandardCharsets.ISO_8859_1));
              }
            });
    follow("route: /orders, versions: { v1: %s }".formatted(at(shop)));
  }

  private static String head(Socket socket) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = socket.getInputStream().read();
      if (b < 0) {
        return "";
      }
      head.append((char) b);
    }
    return head.toString();
  }

  private String send(String headers) throws IOException {
    return exchange("GET /orders/7 HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
  }

  private String exchange(String request) throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(15_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return head(socket);
    }
  }

  @Test
  void whatConnectionNamesStaysHere() throws IOException {
    send(
        "Connection: X-Forwarded-For, Authorization,x-SECRET, keep-alive\r\nConnection: X-Two\r\n"
            + "Authorization: Basic eDp5\r\nX-Secret: 1\r\nX-Two: 2\r\nX-Kept: 3\r\n"
            + "X-Forwarded-For: 1.2.3.4\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\n"
            + "TE: trailers\r\nUpgrade: foo/2\r\n");
    assertThat(heard.get())
        .contains("X-Kept: 3\r\n", "X-Forwarded-For: 127.0.0.1\r\n", "Host: a\r\n")
        .doesNotContain("Authorization", "X-Secret", "X-Two", "1.2.3.4", "Keep-Alive")
        .doesNotContain("Proxy-Connection", "TE:", "Upgrade", "X-SECRET", "Connection: X");
  }

  /** Nobody takes the length of a message away, nor what the gateway says. */
  @Test
  void whatAMessageNeedsAndTheGatewayAddsStays() throws IOException {
    String answered =
        exchange(
            "POST /api/v1/shop/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                + "X-Request-Id: abc-1\r\n"
                + "Connection: Host, Content-Length, Transfer-Encoding, X-Request-Id, "
                + "X-Forwarded-Prefix, X-Forwarded-Host, close\r\n\r\nabc");
    assertThat(answered).startsWith("HTTP/1.1 200").contains("Connection: close", "X-Request-Id");
    assertThat(heard.get())
        .contains("Host: a\r\n", "Content-Length: 3\r\n", "X-Request-Id: id-1\r\n")
        .contains("X-Forwarded-Prefix: /api/v1/shop\r\n", "X-Forwarded-Host: a\r\n")
        .doesNotContain("Transfer-Encoding", "close");
  }

  @Test
  void ofAnswersTooAndTheConnectionToTheClientStaysOpen() throws IOException {
    answer.set(
        "HTTP/1.1 200 OK\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nX-Kept: 2\r\n"
            + "Keep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok");
    assertThat(send(""))
        .contains("X-Kept: 2\r\n")
        .doesNotContain("X-Hop", "Keep-Alive", "Connection: close");
  }

  /** An upgrade to HTTP/2 would carry requests past the gateway; it makes one with the client. */
  @Test
  void noUpgradeButToWebSocketReachesTheService() throws IOException {
    for (String upgrade : new String[] {"H2C", "h2c, websocket", "websocket, h2c", "TLS/1.0"}) {
      send(
          "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: "
              + upgrade
              + "\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n");
      assertThat(heard.get())
          .as(upgrade)
          .startsWith("GET /orders/7 ")
          .doesNotContain("Upgrade", "HTTP2-Settings");
    }
    send("Upgrade: websocket\r\n");
    assertThat(heard.get()).as("not named in Connection").doesNotContain("Upgrade");
    send("Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n");
    assertThat(heard.get()).contains("Connection: Upgrade\r\n", "Upgrade: websocket\r\n");
  }

  @Test
  void aPathThatSomeServersReadAsAnotherIsRefused() throws IOException {
    for (String path :
        new String[] {
          "/orders/..;/m",
          "/orders/..;a=b/m",
          "/orders/.;/m",
          "/orders/..%3b/m",
          "/orders/%2e%2E;",
          "/orders/..",
          "/orders/./a"
        }) {
      assertThat(exchange("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"))
          .as(path)
          .startsWith("HTTP/1.1 400");
    }
    assertThat(heard.get()).isEmpty();
    for (String path :
        new String[] {"/orders/a..;b/m", "/orders/...", "/orders/;a=..", "/orders/.a"}) {
      assertThat(exchange("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"))
          .as(path)
          .startsWith("HTTP/1.1 200");
    }
  }
}
