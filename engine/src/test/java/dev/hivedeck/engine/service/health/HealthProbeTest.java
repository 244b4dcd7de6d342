package dev.hivedeck.engine.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One check against a socket of this machine, whatever that answers. */
class HealthProbeTest {
  private static final String HERE = "127.0.0.1";
  private static final HealthRule RULE =
      new HealthRule(
          CheckKind.HTTP,
          "/health?x=1",
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          1,
          3,
          Duration.ofSeconds(30));

  private static HealthProbe.Checked ask(String answer) throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var one = server.accept()) {
                      one.getInputStream().read(new byte[1_000]);
                      one.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                    } catch (IOException e) {
                      // the check has gone
                    }
                  });
      var checked = HealthProbe.check(RULE, HERE, server.getLocalPort());
      thread.interrupt();
      return checked;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK\\r\\n\\r\\n | true | 200",
        "HTTP/1.0 204\\r\\n\\r\\n | true | 204",
        "HTTP/1.1 302 Found\\r\\n\\r\\n | true | 302",
        "HTTP/1.1 404 Not Found\\r\\n\\r\\n | false | answers 404",
        "HTTP/1.1 500 Oops\\r\\n\\r\\n | false | answers 500",
        "SSH-2.0-OpenSSH\\r\\n | false | does not speak HTTP",
        "'' | false | hangs up without an answer"
      })
  void whatAnAnswerSaysItsFirstLineTells(String answer, boolean good, String said)
      throws IOException {
    var checked = ask(answer.replace("\\r\\n", "\r\n"));
    assertThat(checked.said()).isEqualTo(said);
    assertThat(checked.good()).isEqualTo(good);
    assertThat(checked.millis() != null).isEqualTo(good);
  }

  @Test
  void aLineThatNeverEndsIsNoAnswer() throws IOException {
    assertThat(ask("x".repeat(5_000)).said()).isEqualTo("does not speak HTTP");
  }

  @Test
  void oneThatDoesNotAnswerIsGivenUpInTime() throws IOException {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var rule =
          new HealthRule(
              CheckKind.HTTP,
              "/",
              Duration.ofSeconds(1),
              Duration.ofMillis(50),
              1,
              1,
              Duration.ofSeconds(1));
      assertThat(HealthProbe.check(rule, HERE, silent.getLocalPort()).said())
          .isEqualTo("no answer within 50 ms");
      assertThat(HealthProbe.check(rule.of(CheckKind.TCP, ""), HERE, silent.getLocalPort()).said())
          .isEqualTo("open");
    }
  }

  @Test
  void aPortThatNobodyListensAtIsClosed() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThat(HealthProbe.check(RULE, HERE, port).said()).isEqualTo("port " + port + " is closed");
  }
}
