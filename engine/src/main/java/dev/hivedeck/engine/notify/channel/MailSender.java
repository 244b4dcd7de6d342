package dev.hivedeck.engine.notify.channel;

import dev.hivedeck.engine.config.notify.ChannelConfig.Email;
import dev.hivedeck.engine.protocol.Printable;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Properties;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.util.MailConnectException;

/**
 * Sends mail by SMTP; the server's certificate and name are checked. However slowly the server
 * talks, it takes no longer than a time, and what it says is bounded.
 */
final class MailSender {
  private static final String CONNECT = "10000";
  private static final String ANSWER = "20000";

  /** Characters of what a server says that are looked at. */
  private static final int SAID = 2_000;

  private final SSLContext trust;
  private final Duration longest;

  /**
   * @param trust whose certificates are believed; null for those of the platform
   * @param longest of one message, from connecting until it is taken
   */
  MailSender(SSLContext trust, Duration longest) {
    this.trust = trust;
    this.longest = longest;
  }

  /**
   * @param password null where nobody logs in
   */
  Outcome send(Email channel, String password, Message m, String key, Instant now)
      throws InterruptedException {
    var exchange = new Exchange();
    var thread =
        Thread.ofVirtual()
            .name("mail")
            .start(() -> exchange.run(session(channel), channel, password, m, key, now));
    try {
      if (!thread.join(longest)) {
        // On a virtual thread this closes the connection, too.
        thread.interrupt();
        return new Outcome.Failed(
            "Not taken within " + longest.toSeconds() + " s.", null, exchange.began);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      throw e;
    }
    return exchange.outcome;
  }

  private Session session(Email channel) {
    return Session.getInstance(properties(channel, trust));
  }

  /** One message and what became of it. */
  private static final class Exchange {
    /** Whether the message may have been said. */
    private volatile boolean began;

    private volatile Outcome outcome;

    void run(Session session, Email channel, String password, Message m, String key, Instant now) {
      try (var transport = session.getTransport("smtp")) {
        var mail = mail(session, channel, m, key, now);
        transport.connect(channel.host(), channel.port(), channel.user(), password);
        began = true;
        transport.sendMessage(mail, mail.getAllRecipients());
        outcome = new Outcome.Sent("Taken by " + channel.host() + ".");
      } catch (MessagingException e) {
        // What went wrong after it was taken, such as the goodbye, does not matter.
        outcome = outcome == null ? judged(e) : outcome;
      } catch (RuntimeException | LinkageError e) {
        outcome =
            new Outcome.Refused("It cannot be sent (" + e.getClass().getSimpleName() + ").", began);
      }
    }

    private Outcome judged(MessagingException e) {
      return switch (e) {
        case AuthenticationFailedException a ->
            said(a).startsWith("4")
                ? new Outcome.Failed("The login was refused: " + said(a), null, false)
                : new Outcome.Refused("The login was refused: " + said(a));
        case MailConnectException c -> new Outcome.Unreachable(said(c));
        case SendFailedException s -> judged(s);
        default -> new Outcome.Failed(said(e), null, began);
      };
    }

    /** Who has it has it; a repeat, for those who have not yet, has the same id. */
    private static Outcome judged(SendFailedException e) {
      boolean some = e.getValidSentAddresses() != null && e.getValidSentAddresses().length > 0;
      String text = (some ? "Taken, but not for everybody: " : "") + said(deepest(e));
      return code(e) / 100 == 4
          ? new Outcome.Failed(text, null, some)
          : new Outcome.Refused(text, some);
    }
  }

  private static Properties properties(Email channel, SSLContext trust) {
    var p = new Properties();
    p.put("mail.smtp.connectiontimeout", CONNECT);
    p.put("mail.smtp.timeout", ANSWER);
    p.put("mail.smtp.writetimeout", ANSWER);
    p.put("mail.smtp.ssl.checkserveridentity", "true");
    p.put("mail.smtp.socketFactory", new BoundedSockets());
    p.put("mail.smtp.socketFactory.fallback", "false");
    // One wrong address does not keep a message from the others.
    p.put("mail.smtp.sendpartial", "true");
    // The connection is given up without waiting for a last word.
    p.put("mail.smtp.quitwait", "false");
    if (trust != null) {
      p.put("mail.smtp.ssl.socketFactory", trust.getSocketFactory());
    }
    switch (channel.tls()) {
      case TLS -> p.put("mail.smtp.ssl.enable", "true");
      case STARTTLS -> {
        p.put("mail.smtp.starttls.enable", "true");
        p.put("mail.smtp.starttls.required", "true");
      }
      case NONE -> p.put("mail.smtp.starttls.enable", "false");
    }
    p.put("mail.smtp.auth", Boolean.toString(channel.user() != null));
    p.put("mail.smtp.localhost", "hivedeck.local");
    return p;
  }

  private static MimeMessage mail(
      Session session, Email channel, Message m, String key, Instant now)
      throws MessagingException {
    var mail =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + key + "@hivedeck.local>");
          }
        };
    mail.setFrom(new InternetAddress(channel.from()));
    for (String to : channel.to()) {
      mail.addRecipient(jakarta.mail.Message.RecipientType.TO, new InternetAddress(to));
    }
    mail.setSubject(subject(m), StandardCharsets.UTF_8.name());
    mail.setSentDate(Date.from(now));
    mail.setHeader("Auto-Submitted", "auto-generated");
    mail.setHeader("X-Hivedeck-Key", key);
    mail.setText(m.text().isEmpty() ? m.title() : m.text(), StandardCharsets.UTF_8.name());
    mail.saveChanges();
    return mail;
  }

  /** On one line, whatever an alert's text has. */
  private static String subject(Message m) {
    return (m.fires() ? "[" + (m.severity().isEmpty() ? "alert" : m.severity()) + "] " : "")
        + Printable.line(m.title());
  }

  /** The gravest that a server said: one that is for now is tried again for all. */
  private static int code(SendFailedException e) {
    int gravest = 0;
    for (Exception each = e; each instanceof MessagingException m; each = m.getNextException()) {
      int code =
          switch (each) {
            case SMTPAddressFailedException a -> a.getReturnCode();
            case SMTPSenderFailedException s -> s.getReturnCode();
            case SMTPSendFailedException s -> s.getReturnCode();
            default -> 0;
          };
      if (code / 100 == 4) {
        return code;
      }
      gravest = Math.max(gravest, code);
    }
    return gravest;
  }

  /** What a server said of one address or of the message, rather than that something went wrong. */
  private static MessagingException deepest(MessagingException e) {
    for (Exception each = e; each instanceof MessagingException m; each = m.getNextException()) {
      if (m instanceof SMTPAddressFailedException a && a.getReturnCode() / 100 > 2) {
        return a;
      }
    }
    return e;
  }

  /** All lines of the server's, without what the library adds of its own. */
  private static String said(MessagingException e) {
    String text = e.getMessage() == null ? e.toString() : e.getMessage();
    String all =
        text.lines()
            .map(String::strip)
            .takeWhile(line -> !line.startsWith("nested exception is"))
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining(" "));
    return Printable.line(all.length() <= SAID ? all : all.substring(0, SAID) + "…");
  }
}
