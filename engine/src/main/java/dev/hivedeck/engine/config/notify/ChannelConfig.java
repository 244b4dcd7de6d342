package dev.hivedeck.engine.config.notify;

import java.util.List;

/** A way by which people or programs are told. */
public sealed interface ChannelConfig {
  /** What messages are kept in for people of this workspace; there is always one. */
  String INBOX = "inbox";

  /** Notifications of the person's desktop; there is always one. */
  String DESKTOP = "desktop";

  /** The engine's own, which nothing is sent to: what they are told is kept with its alerts. */
  List<String> OWN = List.of(INBOX, DESKTOP);

  String name();

  /** Whether it is one of {@link #OWN}; no other has such a name. */
  default boolean isOwn() {
    return OWN.contains(name());
  }

  /** In a word, as {@code hive.yaml} has it. */
  String type();

  /** The engine's own. */
  record Inbox() implements ChannelConfig {
    @Override
    public String name() {
      return INBOX;
    }

    @Override
    public String type() {
      return INBOX;
    }
  }

  /** The desktop's. */
  record Desktop() implements ChannelConfig {
    @Override
    public String name() {
      return DESKTOP;
    }

    @Override
    public String type() {
      return DESKTOP;
    }
  }

  /**
   * A JSON document by POST, in the form of Alertmanager's webhook.
   *
   * @param sign key of the signature, after the Standard Webhooks specification; null for none
   */
  record Webhook(String name, SecretRef url, SecretRef sign) implements ChannelConfig {
    @Override
    public String type() {
      return "webhook";
    }
  }

  /** An incoming webhook of Slack, or of what takes the same: Mattermost, Rocket.Chat, Discord. */
  record Slack(String name, SecretRef url) implements ChannelConfig {
    @Override
    public String type() {
      return "slack";
    }
  }

  /** How a connection to a mail server is protected. */
  enum Tls {
    /** From the first byte. */
    TLS,
    /** Asked for, and required, before anything else is said. */
    STARTTLS,
    /** Not at all: for a server on this machine. */
    NONE
  }

  /**
   * Mail by SMTP.
   *
   * @param user null where nobody has to log in
   */
  record Email(
      String name,
      String host,
      int port,
      Tls tls,
      String from,
      List<String> to,
      String user,
      SecretRef password)
      implements ChannelConfig {
    public Email {
      to = List.copyOf(to);
    }

    @Override
    public String type() {
      return "email";
    }
  }

  /**
   * A Prometheus Alertmanager, which groups and routes by itself.
   *
   * @param url where its API is, without {@code /api/v2}
   * @param bearer token; null for none
   */
  record Alertmanager(String name, SecretRef url, SecretRef bearer) implements ChannelConfig {
    @Override
    public String type() {
      return "alertmanager";
    }
  }
}
