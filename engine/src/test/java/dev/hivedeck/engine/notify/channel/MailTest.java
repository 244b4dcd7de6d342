package dev.hivedeck.engine.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.ChannelConfig.Tls;
import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.security.Redactor;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail goes to a real server, which is not always a good one. */
class MailTest {
  private static final String SECRET = "tulip-in-the-window";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path folder;
  private static SSLContext tls;

  @BeforeAll
  static void makeCertificate() throws Exception {
    tls = SmtpServer.certificate(folder);
  }

  private static Message message(String title) {
    var item =
        new Message.Item(Map.of("alertname", "A"), Map.of("summary", title), Instant.EPOCH, null);
    return new Message(
        "g",
        Map.of(),
        "first",
        title,
        "Grüße\n.\nEnde",
        "page",
        "hivedeck",
        "",
        "",
        List.of(item),
        List.of(),
        0,
        null);
  }

  private static Outcome send(SmtpServer server, Tls mode, String user, Duration longest)
      throws InterruptedException {
    return send(
        "localhost", server.port(), mode, user, message("The disk is full\r\nBcc: x@y"), longest);
  }

  private static Outcome send(
      String host, int port, Tls mode, String user, Message message, Duration longest)
      throws InterruptedException {
    var channel =
        new ChannelConfig.Email(
            "mail",
            host,
            port,
            mode,
            "hive@example.com",
            List.of("a@example.com", "b@example.com"),
            user,
            user == null ? null : new SecretRef.Stored("smtp"));
    var clock = Clock.fixed(Instant.parse("2026-01-05T12:00:00Z"), ZoneOffset.UTC);
    try (var sender =
        new ChannelSender(
            r -> SECRET, new Redactor(Set.of(SECRET)), clock, tls, longest, longest)) {
      return sender.send(channel, message, "key-1");
    }
  }

  @Test
  void aMailIsSentOnceTheConnectionIsSecure() throws Exception {
    for (Tls mode : List.of(Tls.STARTTLS, Tls.TLS)) {
      try (var server = new SmtpServer(tls, mode == Tls.TLS, "hive\0" + SECRET)) {
        var outcome = send(server, mode, "hive", PATIENCE);
        assertThat(outcome).isEqualTo(new Outcome.Sent("Taken by localhost."));
        var mail = server.mails.getFirst();
        assertThat(mail.secure()).isTrue();
        assertThat(mail.user()).isEqualTo("hive");
        assertThat(mail.from()).isEqualTo("hive@example.com");
        assertThat(mail.to()).containsExactly("a@example.com", "b@example.com");
        assertThat(mail.text())
            .contains("Message-ID: <key-1@hivedeck.local>\n")
            .contains("Subject: [page] The disk is full")
            .doesNotContain("\nBcc:");
      }
    }
  }

  @Test
  void nothingIsSaidWhereTheConnectionCannotBeMadeSecure() throws Exception {
    try (var server = new SmtpServer(null, false, "hive\0" + SECRET)) {
      assertThat(send(server, Tls.STARTTLS, "hive", PATIENCE))
          .isInstanceOf(Outcome.Failed.class)
          .matches(o -> o.answer().contains("STARTTLS") && !((Outcome.Failed) o).doubtful());
      assertThat(server.mails).isEmpty();
    }
    // The certificate is of another name.
    try (var server = new SmtpServer(tls, false, null)) {
      var outcome = send("127.0.0.1", server.port(), Tls.STARTTLS, null, message("x"), PATIENCE);
      assertThat(outcome).isNotInstanceOf(Outcome.Sent.class);
      assertThat(server.mails).isEmpty();
    }
  }

  @Test
  void whatIsRefusedIsToldAsTheServerSaysIt() throws Exception {
    try (var server = new SmtpServer(null, false, null)) {
      server.instead.put("MAIL", SmtpServer.line("550 not with " + SECRET));
      assertThat(send(server, Tls.NONE, null, PATIENCE))
          .isInstanceOf(Outcome.Refused.class)
          .matches(o -> o.answer().contains("550 not with •••"));
      server.instead.put("MAIL", SmtpServer.line("550-first of it\r\n550 and why"));
      assertThat(send(server, Tls.NONE, null, PATIENCE).answer())
          .contains("550-first of it")
          .contains("550 and why")
          .doesNotContain("nested exception");
      server.instead.put("MAIL", SmtpServer.line("451 later"));
      assertThat(send(server, Tls.NONE, null, PATIENCE))
          .isInstanceOf(Outcome.Failed.class)
          .matches(o -> !((Outcome.Failed) o).doubtful());
    }
    try (var server = new SmtpServer(tls, false, "hive\0another")) {
      assertThat(send(server, Tls.STARTTLS, "hive", PATIENCE))
          .isInstanceOf(Outcome.Refused.class)
          .matches(o -> o.answer().contains("login was refused"));
      server.instead.put("AUTH", SmtpServer.line("454 4.7.0 not now"));
      assertThat(send(server, Tls.STARTTLS, "hive", PATIENCE)).isInstanceOf(Outcome.Failed.class);
      assertThat(server.mails).isEmpty();
    }
    try (var nobody = new Socket()) { // has the port, and does not listen
      nobody.bind(new InetSocketAddress("127.0.0.1", 0));
      assertThat(send("127.0.0.1", nobody.getLocalPort(), Tls.NONE, null, message("x"), PATIENCE))
          .isInstanceOf(Outcome.Unreachable.class);
    }
  }

  /** Who can be told is told; the others are not passed over in silence. */
  @Test
  void aRefusedRecipientKeepsTheMailFromNoOther() throws Exception {
    try (var server = new SmtpServer(null, false, null)) {
      server.instead.put("RCPT TO:<b@", SmtpServer.line("550 no such user here"));
      var refused = send(server, Tls.NONE, null, PATIENCE);
      assertThat(refused)
          .isInstanceOf(Outcome.Refused.class)
          .matches(o -> ((Outcome.Refused) o).doubtful());
      assertThat(refused.answer()).contains("not for everybody").contains("550 no such user");
      assertThat(server.mails.getFirst().to()).containsExactly("a@example.com");
      server.instead.put("RCPT TO:<b@", SmtpServer.line("450 greylisted"));
      assertThat(send(server, Tls.NONE, null, PATIENCE))
          .isInstanceOf(Outcome.Failed.class)
          .matches(o -> ((Outcome.Failed) o).doubtful());
    }
  }

  @Test
  void aServerThatDripsIsGivenUp() throws Exception {
    SmtpServer.Saying drip =
        out -> {
          while (true) {
            out.write('2');
            out.flush();
            Thread.sleep(20);
          }
        };
    for (String where : List.of("", "EHLO", ".")) {
      try (var server = new SmtpServer(null, false, null)) {
        server.instead.put(where, drip);
        var outcome = send(server, Tls.NONE, null, Duration.ofMillis(700));
        assertThat(outcome).as(where).isInstanceOf(Outcome.Failed.class);
        assertThat(((Outcome.Failed) outcome).doubtful()).isEqualTo(where.equals("."));
      }
    }
  }

  @Test
  void aServerThatTalksWithoutEndIsCutShort() throws Exception {
    for (String end : List.of("", "\r\n250-")) {
      try (var server = new SmtpServer(null, false, null)) {
        var over = new CountDownLatch(1);
        byte[] much = ("x".repeat(1_000) + end).getBytes(StandardCharsets.US_ASCII);
        server.instead.put(
            "EHLO",
            out -> {
              try {
                for (int i = 0; i < 1_000_000; i++) {
                  out.write(much);
                }
              } finally {
                over.countDown(); // the connection was closed
              }
            });
        assertThat(send(server, Tls.NONE, null, PATIENCE)).isInstanceOf(Outcome.Failed.class);
        over.await();
      }
    }
  }
}
