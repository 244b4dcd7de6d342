package dev.hivedeck.engine.notify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.store.Sql;
import java.net.URI;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Messages, notices and channels as clients see them. */
public final class NotifyAnswers {
  private static final Set<String> STATES = Set.of("pending", "failed", "sent", "dead");

  private NotifyAnswers() {}

  /**
   * The newest first.
   *
   * @param state null for all
   */
  public static List<NotifyViews.Notification> notifications(Sql sql, String state, int limit)
      throws SQLException {
    if (state != null && !STATES.contains(state)) {
      throw new HiveException(
          ErrorCode.BAD_PARAMETER,
          "A notification is never \"" + state + "\".",
          "It is pending, failed, sent or dead.");
    }
    return sql.list(
        "SELECT * FROM notification WHERE state = coalesce(?, state) ORDER BY id DESC LIMIT ?",
        row -> {
          var message = Json.read(row.text("message"), JsonNode.class);
          return new NotifyViews.Notification(
              row.number("id"),
              row.text("key"),
              row.text("channel"),
              message.path("title").asText(),
              message.path("severity").asText(),
              row.flag("firing"),
              row.text("state"),
              row.instant("created"),
              row.instant("due"),
              row.integer("attempts"),
              row.text("answer") == null ? "" : row.text("answer"),
              row.instant("ended"));
        },
        state,
        limit);
  }

  public static List<NotifyViews.Notice> notices(Sql sql) throws SQLException {
    return Inbox.views(sql);
  }

  public static NotifyViews.Notice notice(Sql sql, String id) throws SQLException {
    return Inbox.view(sql, id);
  }

  private record Counts(long pending, long failed, long dead, Instant sentAt, String answer) {}

  /** Ways out and how they stand, the engine's own first. */
  public static List<NotifyViews.Channel> channels(Sql sql, NotifyConfig config)
      throws SQLException {
    var counts = new TreeMap<String, Counts>();
    sql.list(
        "SELECT channel, sum(state = 'pending') AS pending, sum(state = 'failed') AS failed,"
            + " sum(state = 'dead') AS dead,"
            + " max(CASE WHEN state = 'sent' THEN ended END) AS sent,"
            + " max(CASE WHEN state IN ('failed', 'dead') THEN answer END) AS answer"
            + " FROM notification GROUP BY channel",
        row ->
            counts.put(
                row.text("channel"),
                new Counts(
                    row.number("pending"),
                    row.number("failed"),
                    row.number("dead"),
                    row.instant("sent"),
                    row.text("answer"))));
    var none = new Counts(0, 0, 0, null, null);
    return config.channels().values().stream()
        .sorted(
            Comparator.comparing((ChannelConfig c) -> !c.isOwn())
                .thenComparing(ChannelConfig::name))
        .map(c -> view(c, counts.getOrDefault(c.name(), none)))
        .toList();
  }

  private static NotifyViews.Channel view(ChannelConfig channel, Counts c) {
    String state =
        c.dead() > 0
            ? "dead letters"
            : c.failed() > 0 ? "failing" : c.sentAt() == null ? "unused" : "ok";
    return new NotifyViews.Channel(
        channel.name(),
        channel.type(),
        target(channel),
        state,
        c.pending() + c.failed(),
        c.dead(),
        c.sentAt(),
        c.dead() + c.failed() > 0 && c.answer() != null ? c.answer() : "");
  }

  /** Where it leads, without what is secret in it. */
  private static String target(ChannelConfig channel) {
    return switch (channel) {
      case ChannelConfig.Inbox _, ChannelConfig.Desktop _ -> "";
      case ChannelConfig.Webhook c -> host(c.url());
      case ChannelConfig.Slack c -> host(c.url());
      case ChannelConfig.Alertmanager c -> host(c.url());
      case ChannelConfig.Email c -> String.join(", ", c.to());
    };
  }

  private static String host(SecretRef url) {
    return switch (url) {
      case SecretRef.Plain p -> {
        var at = URI.create(p.value());
        yield at.getHost() + (at.getPort() < 0 ? "" : ":" + at.getPort());
      }
      case SecretRef.Stored s -> "secret " + s.name();
      case SecretRef.Variable v -> "variable " + v.name();
    };
  }
}
