package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.notify.channel.Message;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Messages that wait for a channel, in the engine's database: {@code pending → sent | failed},
 * {@code failed → sent | dead}, {@code dead → pending} by a person. Messages of one group go to one
 * channel in their order. A newer one takes the place of those that surely have not arrived.
 */
final class Outbox {
  private static final String OPEN = "state IN ('pending', 'failed')";

  /** What cannot be so, unless the clock was set back. */
  private static final String AHEAD =
      OPEN
          + " AND (created > ? OR state = 'pending' AND due > CASE WHEN due <= created THEN ? ELSE"
          + " ? END OR state = 'failed' AND due > ?)";

  private Outbox() {}

  /**
   * A message on its way.
   *
   * @param key the same however often it is sent
   * @param message null where it cannot be read
   * @param attempts with the one that begins
   */
  record Row(
      long id,
      String key,
      String channel,
      String group,
      Message message,
      Instant created,
      int attempts) {}

  /**
   * Puts a message in.
   *
   * @param due not sent before
   */
  static void add(Sql sql, String key, String channel, Message message, Instant due, Instant now)
      throws SQLException {
    String group = message.group();
    // What takes the place of one that failed has failed since then, and waits as long.
    var failed =
        sql.one(
            "SELECT created, due, attempts FROM notification WHERE channel = ? AND grouped = ?"
                + " AND doubtful = 0 AND sending = 0 AND state = 'failed' ORDER BY id LIMIT 1",
            Outbox::failed,
            channel,
            group);
    sql.update(
        "DELETE FROM notification WHERE channel = ? AND grouped = ? AND doubtful = 0"
            + " AND sending = 0 AND "
            + OPEN,
        channel,
        group);
    if (!message.fires() && !isKnown(sql, channel, group)) {
      return; // nobody was told that it began
    }
    insert(sql, key, channel, message, failed, due, now);
  }

  /**
   * Puts messages in that say all there is to say to a channel: they take the place of whatever was
   * to be sent there, also of what is being sent or may have arrived.
   *
   * @param ids gives each its key
   */
  static void replace(
      Sql sql, Supplier<String> ids, String channel, List<Message> messages, Instant now)
      throws SQLException {
    var failed =
        sql.one(
            "SELECT created, due, attempts FROM notification WHERE channel = ?"
                + " AND state = 'failed' ORDER BY id LIMIT 1",
            Outbox::failed,
            channel);
    sql.update("DELETE FROM notification WHERE channel = ? AND " + OPEN, channel);
    sql.update(
        "DELETE FROM notification WHERE channel = ? AND state = 'sent' AND id <"
            + " (SELECT max(id) FROM notification WHERE channel = ? AND state = 'sent')",
        channel,
        channel);
    for (var message : messages) {
      insert(sql, ids.get(), channel, message, failed, now, now);
    }
  }

  /** Alerts whose end is told by messages that {@link #add} would replace. */
  static List<RoutedAlert> endings(Sql sql, String channel, String group) throws SQLException {
    var messages =
        sql.list(
            "SELECT message FROM notification WHERE channel = ? AND grouped = ? AND doubtful = 0"
                + " AND sending = 0 AND "
                + OPEN
                + " ORDER BY id DESC",
            Outbox::message,
            channel,
            group);
    return messages.stream()
        .filter(Objects::nonNull)
        .flatMap(
            m ->
                m.resolved().stream()
                    .map(
                        i ->
                            new RoutedAlert(
                                Labels.of(i.labels()),
                                i.annotations(),
                                m.source(),
                                i.began(),
                                i.ended(),
                                null,
                                m.topic(),
                                m.target())))
        .toList();
  }

  private static void insert(
      Sql sql,
      String key,
      String channel,
      Message message,
      Optional<Failed> failed,
      Instant due,
      Instant now)
      throws SQLException {
    sql.update(
        "INSERT INTO notification(key, channel, grouped, firing, message, state, created, due,"
            + " attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        key,
        channel,
        message.group(),
        message.fires(),
        Json.write(message),
        failed.isPresent() ? "failed" : "pending",
        failed.map(Failed::created).orElse(now),
        failed.map(Failed::due).filter(due::isBefore).orElse(due),
        failed.map(Failed::attempts).orElse(0));
  }

  private static Failed failed(Sql.Row row) throws SQLException {
    return new Failed(row.instant("created"), row.instant("due"), row.integer("attempts"));
  }

  private record Failed(Instant created, Instant due, int attempts) {}

  /** Whether the other side has, or may have, a message of this group that is not taken back. */
  private static boolean isKnown(Sql sql, String channel, String group) throws SQLException {
    var last =
        sql.one(
            "SELECT firing FROM notification WHERE channel = ? AND grouped = ?"
                + " AND (state = 'sent' OR doubtful = 1 OR sending = 1) ORDER BY id DESC LIMIT 1",
            row -> row.flag("firing"),
            channel,
            group);
    return last.isPresent() && last.get();
  }

  /**
   * Takes the next message that may be sent now. One that was being sent when the engine ended may
   * have arrived.
   */
  static Optional<Row> claim(Sql sql, String channel, Instant now) throws SQLException {
    var row = next(sql, channel, now);
    while (row.isPresent() && row.get().message() == null) {
      dead(sql, row.get().id(), "What was kept of this message cannot be read.", false, now);
      sql.update("UPDATE notification SET message = '{}' WHERE id = ?", row.get().id());
      row = next(sql, channel, now);
    }
    if (row.isPresent()) {
      sql.update(
          "UPDATE notification SET doubtful = max(doubtful, sending), sending = 1,"
              + " attempts = attempts + 1 WHERE id = ?",
          row.get().id());
    }
    return row;
  }

  private static Optional<Row> next(Sql sql, String channel, Instant now) throws SQLException {
    return sql.one(
        "SELECT * FROM notification AS n WHERE channel = ? AND due <= ? AND "
            + OPEN
            + " AND NOT EXISTS (SELECT 1 FROM notification AS e WHERE e.channel = n.channel"
            + " AND e.grouped = n.grouped AND e.id < n.id"
            + " AND e.state IN ('pending', 'failed')) ORDER BY id LIMIT 1",
        Outbox::row,
        channel,
        now);
  }

  private static Message message(Sql.Row row) throws SQLException {
    try {
      return Json.read(row.text("message"), Message.class);
    } catch (HiveException e) {
      return null;
    }
  }

  private static Row row(Sql.Row row) throws SQLException {
    return new Row(
        row.number("id"),
        row.text("key"),
        row.text("channel"),
        row.text("grouped"),
        message(row),
        row.instant("created"),
        row.integer("attempts") + 1);
  }

  static void sent(Sql sql, long id, String answer, Instant now) throws SQLException {
    sql.update(
        "UPDATE notification SET state = 'sent', sending = 0, answer = ?, ended = ? WHERE id = ?",
        answer,
        now,
        id);
  }

  /**
   * @param doubtful whether it may have arrived all the same
   */
  static void failed(Sql sql, long id, String answer, Instant due, boolean doubtful)
      throws SQLException {
    sql.update(
        "UPDATE notification SET state = 'failed', sending = 0, doubtful = max(doubtful, ?),"
            + " answer = ?, due = ? WHERE id = ?",
        doubtful,
        answer,
        due,
        id);
  }

  /**
   * @param doubtful whether somebody may have it all the same
   */
  static void dead(Sql sql, long id, String answer, boolean doubtful, Instant now)
      throws SQLException {
    sql.update(
        "UPDATE notification SET state = 'dead', sending = 0, doubtful = max(doubtful, ?),"
            + " answer = ?, ended = ? WHERE id = ?",
        doubtful,
        answer,
        now,
        id);
  }

  /** What was given up before a message that says all there is to say needs nobody's care. */
  static void supersede(Sql sql, String channel, long id) throws SQLException {
    sql.update(
        "DELETE FROM notification WHERE channel = ? AND state = 'dead' AND id < ?", channel, id);
  }

  /**
   * Sends it as soon as may be.
   *
   * @throws HiveException {@code no-notification}, {@code not-now}
   */
  static void retry(Sql sql, long id, Instant now) throws SQLException {
    String state = state(sql, id);
    if (!state.equals("dead") && !state.equals("failed")) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "Notification " + id + " is " + state + ".",
          "Only one that failed or is dead is sent again.");
    }
    sql.update(
        "UPDATE notification SET state = 'pending', due = ?, created = ?, ended = NULL,"
            + " attempts = 0 WHERE id = ?",
        now,
        now,
        id);
  }

  /**
   * @throws HiveException {@code no-notification}, {@code not-now}
   */
  static void drop(Sql sql, long id) throws SQLException {
    String state = state(sql, id);
    if (!state.equals("dead")) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "Notification " + id + " is " + state + ".",
          "Only one that is dead is let go of.");
    }
    forget(sql, id);
  }

  static void forget(Sql sql, long id) throws SQLException {
    sql.update("DELETE FROM notification WHERE id = ?", id);
  }

  private static String state(Sql sql, long id) throws SQLException {
    return sql.one("SELECT state FROM notification WHERE id = ?", r -> r.text("state"), id)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_NOTIFICATION,
                    "There is no notification " + id + ".",
                    "hivedeck notify list shows those there are."));
  }

  /** Whether times are kept that {@link #pullIn} would change. */
  static boolean isAhead(Sql sql, Instant now, Instant quiet, Instant failed) throws SQLException {
    return sql.number("SELECT count(*) FROM notification WHERE " + AHEAD, now, now, quiet, failed)
        > 0;
  }

  /**
   * After the clock was set back: nothing was made later than now, and nothing waits for longer
   * than it would from now on.
   *
   * @param quiet when what waits for the end of the quiet hours is sent
   * @param failed until when what failed may wait; what waits for longer is tried at once
   */
  static void pullIn(Sql sql, Instant now, Instant quiet, Instant failed) throws SQLException {
    sql.update(
        "UPDATE notification SET due = CASE WHEN state = 'pending' AND due > created"
            + " THEN min(due, ?) ELSE min(due, ?) END, created = min(created, ?) WHERE "
            + AHEAD,
        quiet,
        now,
        now,
        now,
        now,
        quiet,
        failed);
  }

  /** Channels with something that may be sent now. */
  static List<String> due(Sql sql, Instant now) throws SQLException {
    return sql.list(
        "SELECT DISTINCT channel FROM notification WHERE due <= ? AND " + OPEN,
        row -> row.text("channel"),
        now);
  }

  /** Since when a channel has failed without a message that it took; by channel. */
  static List<Trouble> failing(Sql sql) throws SQLException {
    return sql.list(
        "SELECT channel, min(created) AS since, max(answer) AS answer FROM notification"
            + " WHERE state = 'failed' AND attempts > 1 GROUP BY channel",
        row -> new Trouble(row.text("channel"), row.instant("since"), row.text("answer"), 0));
  }

  /** Channels whose messages were given up. */
  static List<Trouble> dead(Sql sql) throws SQLException {
    return sql.list(
        "SELECT channel, min(ended) AS since, max(answer) AS answer, count(*) AS many"
            + " FROM notification WHERE state = 'dead' GROUP BY channel",
        row ->
            new Trouble(
                row.text("channel"), row.instant("since"), row.text("answer"), row.number("many")));
  }

  /** A channel that does not take what it is sent. */
  record Trouble(String channel, Instant since, String answer, long many) {}

  /** What is over for so long is forgotten, but for the last that a channel knows of a group. */
  static void tidy(Sql sql, Instant before) throws SQLException {
    sql.update(
        "DELETE FROM notification WHERE state IN ('sent', 'dead') AND ended < ? AND id <"
            + " (SELECT max(l.id) FROM notification AS l WHERE l.channel ="
            + " notification.channel AND l.grouped = notification.grouped)",
        before);
  }
}
