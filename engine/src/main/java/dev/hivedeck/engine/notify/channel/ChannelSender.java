package dev.hivedeck.engine.notify.channel;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.security.Redactor;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** Sends a message by whichever channel; it takes as long as the other side does. */
public final class ChannelSender implements AutoCloseable {
  /** Within which a mail server must have taken a message, however slowly it talks. */
  private static final Duration MAIL = Duration.ofMinutes(1);

  /** Within which a server must say how it takes a message over HTTP. */
  private static final Duration HTTP = Duration.ofSeconds(15);

  /** Of what the other side says. */
  private static final int LONGEST_ANSWER = 300;

  private final Secrets secrets;
  private final Redactor redactor;
  private final Clock clock;
  private final HttpSender http;
  private final MailSender mail;

  /**
   * @param redactor masks secrets in what the other side says, which is kept and shown
   */
  public ChannelSender(Secrets secrets, Redactor redactor, Clock clock) {
    this(secrets, redactor, clock, null, HTTP, MAIL);
  }

  /**
   * @param trust whose certificates are believed; null for those of the platform
   * @param answer within which a server must answer over HTTP
   * @param taken within which a mail must be taken
   */
  ChannelSender(
      Secrets secrets,
      Redactor redactor,
      Clock clock,
      SSLContext trust,
      Duration answer,
      Duration taken) {
    this.secrets = secrets;
    this.redactor = redactor;
    this.clock = clock;
    this.http = new HttpSender(clock, trust, answer);
    this.mail = new MailSender(trust, taken);
  }

  /**
   * Sends once.
   *
   * @param key the same however often this message is sent
   */
  public Outcome send(ChannelConfig channel, Message message, String key)
      throws InterruptedException {
    return sent(channel, message, key).map(this::fit);
  }

  private String fit(String answer) {
    String masked = redactor.redact(answer);
    return masked.length() <= LONGEST_ANSWER ? masked : masked.substring(0, LONGEST_ANSWER) + "…";
  }

  private Outcome sent(ChannelConfig channel, Message message, String key)
      throws InterruptedException {
    try {
      return switch (channel) {
        case ChannelConfig.Webhook c -> webhook(c, message, key);
        case ChannelConfig.Slack c ->
            http.post(secrets.value(c.url()), key, Map.of(), Payloads.slack(message));
        case ChannelConfig.Alertmanager c -> alertmanager(c, message, key);
        case ChannelConfig.Email c ->
            mail.send(
                c,
                c.password() == null ? null : secrets.value(c.password()),
                message,
                key,
                clock.instant());
        case ChannelConfig.Inbox _, ChannelConfig.Desktop _ ->
            throw new IllegalArgumentException(channel.name() + " is the engine's own");
      };
    } catch (HiveException e) {
      return new Outcome.Refused(e.getMessage() + " " + e.hint());
    } catch (RuntimeException e) {
      // Its text may have the secret in it, as that of a header that cannot be sent.
      return new Outcome.Refused(
          "It cannot be sent ("
              + e.getClass().getSimpleName()
              + "): look at its address and secret.");
    }
  }

  private Outcome webhook(ChannelConfig.Webhook c, Message message, String key)
      throws InterruptedException {
    String body = Json.write(Payloads.webhook(message, c.name()));
    var headers = new LinkedHashMap<String, String>();
    if (c.sign() != null) {
      headers.putAll(HttpSender.signature(secrets.value(c.sign()), key, clock.instant(), body));
    }
    return http.post(secrets.value(c.url()), key, headers, body);
  }

  private Outcome alertmanager(ChannelConfig.Alertmanager c, Message message, String key)
      throws InterruptedException {
    String url = secrets.value(c.url()).replaceAll("/+$", "") + "/api/v2/alerts";
    Map<String, String> headers =
        c.bearer() == null
            ? Map.of()
            : Map.of("Authorization", "Bearer " + secrets.value(c.bearer()));
    return http.post(url, key, headers, Payloads.alerts(message));
  }

  @Override
  public void close() {
    http.close();
  }
}
