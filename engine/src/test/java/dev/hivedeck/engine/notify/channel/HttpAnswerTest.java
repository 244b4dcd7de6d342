package dev.hivedeck.engine.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.security.Redactor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is told over HTTP may answer without an end, or never: a message takes its time at most. */
@Timeout(60)
class HttpAnswerTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration PATIENCE = Duration.ofSeconds(50);
  private static final long MOST = 64 << 20;
  private static final Message MESSAGE =
      new Message(
          "g",
          Map.of(),
          "first",
          "The disk is full",
          "",
          "page",
          "hivedeck",
          "",
          "",
          List.of(new Message.Item(Map.of("alertname", "A"), Map.of(), Instant.EPOCH, null)),
          List.of(),
          0,
          null);

  /** What the other side does once it has been asked. */
  @FunctionalInterface
  private interface Answer {
    void to(Socket socket) throws Exception;
  }

  /**
   * @param outcome of the message
   * @param cutOff whether the other side was hung up on while it still spoke
   */
  private record Exchange(Outcome outcome, boolean cutOff) {}

  private static Exchange exchange(Duration longest, Answer answer) throws Exception {
    var over = new CompletableFuture<Boolean>();
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var listener =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var socket = server.accept()) {
                      asked(socket);
                      answer.to(socket);
                      over.complete(false);
                    } catch (IOException e) {
                      over.complete(true);
                    } catch (Exception e) {
                      over.completeExceptionally(e);
                    }
                  });
      var url = new SecretRef.Plain("http://127.0.0.1:" + server.getLocalPort() + "/alerts");
      var clock = Clock.fixed(Instant.parse("2026-01-05T12:00:00Z"), ZoneOffset.UTC);
      try (var sender =
          new ChannelSender(
              r -> ((SecretRef.Plain) r).value(),
              new Redactor(Set.of()),
              clock,
              null,
              longest,
              longest)) {
        var outcome = sender.send(new ChannelConfig.Webhook("hook", url, null), MESSAGE, "key-1");
        boolean cutOff = over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        listener.join();
        return new Exchange(outcome, cutOff);
      }
    }
  }

  /** Reads the request's head; of its body what is there. */
  private static void asked(Socket socket) throws IOException {
    var in = socket.getInputStream();
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("nobody asks");
      }
      head.append((char) c);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Says a text again and again until nobody listens. */
  private static void forever(OutputStream out, String text, Duration pause) throws Exception {
    var pauses = new CountDownLatch(1);
    long said = 0;
    while (said < MOST) {
      out.write(bytes(text));
      out.flush();
      said += text.length();
      pauses.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void anEndlessAnswerIsCutOffAndItsStatusCounts() throws Exception {
    var exchange =
        exchange(
            PATIENCE,
            socket -> {
              var out = socket.getOutputStream();
              out.write(bytes("HTTP/1.1 200 OK\r\n\r\n"));
              forever(out, "and so on ".repeat(1_000), Duration.ZERO);
            });
    assertThat(exchange.outcome()).isInstanceOf(Outcome.Sent.class);
    assertThat(exchange.outcome().answer()).startsWith("200 and so on").hasSizeLessThan(310);
    assertThat(exchange.cutOff()).isTrue();
  }

  @Test
  void anAnswerThatDripsIsNotWaitedForToItsEnd() throws Exception {
    var exchange =
        exchange(
            SHORT,
            socket -> {
              var out = socket.getOutputStream();
              out.write(bytes("HTTP/1.1 503 Busy\r\nContent-Length: 1000\r\n\r\n"));
              forever(out, ".", Duration.ofMillis(20));
            });
    assertThat(exchange.outcome()).isEqualTo(new Outcome.Failed("503", null, false));
    assertThat(exchange.cutOff()).isTrue();
  }

  @Test
  void whoSaysNothingMayHaveTakenIt() throws Exception {
    var exchange =
        exchange(
            SHORT,
            socket -> {
              while (socket.getInputStream().read() >= 0) {
                // Until the other side hangs up.
              }
              throw new IOException("hung up");
            });
    assertThat(exchange.outcome())
        .isEqualTo(new Outcome.Failed("No answer within 300 ms.", null, true));
  }

  @Test
  void headersThatDripAreNotWaitedFor() throws Exception {
    var exchange =
        exchange(
            SHORT,
            socket -> {
              var out = socket.getOutputStream();
              out.write(bytes("HTTP/1.1 200 OK\r\n"));
              forever(out, "X: y\r\n", Duration.ofMillis(20));
            });
    assertThat(exchange.outcome())
        .isEqualTo(new Outcome.Failed("No answer within 300 ms.", null, true));
    assertThat(exchange.cutOff()).isTrue();
  }

  @Test
  void endlessHeadersAreCutOff() throws Exception {
    var exchange =
        exchange(
            PATIENCE,
            socket -> {
              var out = socket.getOutputStream();
              out.write(bytes("HTTP/1.1 200 OK\r\nX: "));
              forever(out, "and so on ".repeat(1_000), Duration.ZERO);
            });
    assertThat(exchange.outcome()).isInstanceOf(Outcome.Failed.class);
    assertThat(((Outcome.Failed) exchange.outcome()).doubtful()).isTrue();
    assertThat(exchange.outcome().answer()).startsWith("The connection broke").hasSizeLessThan(310);
    assertThat(exchange.cutOff()).isTrue();
  }

  /** Nobody is asked but who was named, wherever that sends one. */
  @Test
  void aCircleOfRedirectsIsEndedAtItsBeginning() throws Exception {
    var exchange =
        exchange(
            PATIENCE,
            socket -> {
              var out = socket.getOutputStream();
              out.write(
                  bytes(
                      "HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:"
                          + socket.getLocalPort()
                          + "/alerts\r\nContent-Length: 0\r\n\r\n"));
              out.flush();
            });
    assertThat(exchange.outcome())
        .isEqualTo(
            new Outcome.Refused(
                "307: redirects are not followed; write the address that it leads to."));
  }
}
