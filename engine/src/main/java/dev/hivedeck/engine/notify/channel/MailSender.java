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
import java.time.Instant;
import java.util.Date;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.util.MailConnectException;

/** Sends mail by SMTP; the server's certificate and name are checked. */
final class MailSender {
  private static final String CONNECT = "10000";
  private static final String ANSWER = "20000";

  private MailSender() {}

  /**
   * @param password null where nobody logs in
   * @param trust whose certificates are believed; null for those of the platform
   */
  static Outcome send(
      Email channel, String password, Message m, String key, Instant now, SSLContext trust) {
    var session = Session.getInstance(properties(channel, trust));
    try (var transport = session.getTransport("smtp")) {
      var mail = mail(session, channel, m, key, now);
      transport.connect(channel.host(), channel.port(), channel.user(), password);
      transport.sendMessage(mail, mail.getAllRecipients());
      return new Outcome.Sent("Taken by " + channel.host() + ".");
    } catch (AuthenticationFailedException e) {
      return new Outcome.Refused("The login was refused: " + said(e));
    } catch (MailConnectException e) {
      return new Outcome.Unreachable(said(e));
    } catch (SendFailedException e) {
      return code(e) / 100 == 4
          ? new Outcome.Failed(said(e), null, false)
          : new Outcome.Refused(said(e));
    } catch (MessagingException e) {
      return new Outcome.Failed(said(e), null, true);
    }
  }

  private static Properties properties(Email channel, SSLContext trust) {
    var p = new Properties();
    p.put("mail.smtp.connectiontimeout", CONNECT);
    p.put("mail.smtp.timeout", ANSWER);
    p.put("mail.smtp.writetimeout", ANSWER);
    p.put("mail.smtp.ssl.checkserveridentity", "true");
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

  private static int code(SendFailedException e) {
    for (Exception each = e; each instanceof MessagingException m; each = m.getNextException()) {
      switch (each) {
        case SMTPAddressFailedException a -> {
          return a.getReturnCode();
        }
        case SMTPSenderFailedException s -> {
          return s.getReturnCode();
        }
        case SMTPSendFailedException s when s.getReturnCode() > 0 -> {
          return s.getReturnCode();
        }
        default -> {}
      }
    }
    return 0;
  }

  private static String said(MessagingException e) {
    String text = e.getMessage() == null ? e.toString() : e.getMessage();
    return Printable.line(text.lines().findFirst().orElse("").strip());
  }
}
