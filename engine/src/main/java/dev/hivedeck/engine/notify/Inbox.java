package dev.hivedeck.engine.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.notify.channel.Message;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.NoticeEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What people are told in the workspace: one notice for as long as its alerts go on. */
final class Inbox {
  private static final String PREFIX = "N-";
  private static final String FIRING = "firing";
  private static final String RESOLVED = "resolved";

  /** More nobody reads; the oldest go. */
  static final int MOST = 1_000;

  private Inbox() {}

  /** Tells of a message: a new notice, or more of the one that is there. */
  static void tell(Tx tx, Message message, Instant episode) throws SQLException {
    var known = of(tx.sql(), message.group(), episode);
    NotifyViews.Notice notice;
    if (known.isEmpty()) {
      if (!message.fires()) {
        return;
      }
      tx.sql()
          .update(
              "INSERT INTO notice(grouped, episode, content, at) VALUES (?, ?, '{}', ?)",
              message.group(),
              episode,
              tx.now());
      long id = tx.sql().number("SELECT max(id) FROM notice");
      notice = notice(PREFIX + id, message, 1, tx.now(), tx.now(), null, null);
      save(tx.sql(), notice);
      tx.emit(NoticeEvent.ADDED, null, notice);
    } else {
      var before = known.get();
      // Its end is no reason to be read again.
      notice =
          notice(
              before.id(),
              message,
              before.count() + (message.fires() ? 1 : 0),
              before.firstAt(),
              tx.now(),
              message.fires() && !message.reason().equals("changed") ? null : before.readAt(),
              before.shownAt());
      save(tx.sql(), notice);
      tx.emit(NoticeEvent.CHANGED, null, notice);
    }
  }

  private static NotifyViews.Notice notice(
      String id, Message m, int count, Instant first, Instant at, Instant read, Instant shown) {
    return new NotifyViews.Notice(
        id,
        m.title(),
        m.text(),
        m.severity(),
        m.fires() ? FIRING : RESOLVED,
        m.source(),
        m.topic(),
        m.target(),
        count,
        first,
        at,
        read,
        shown);
  }

  /**
   * Notices that say otherwise than it is, as they are to be: what ends before its group is told
   * again, or while nobody is told, has ended all the same.
   *
   * @param firing episodes of groups with alerts that fire, by the group
   * @param told groups that are left out, since they are told anew
   */
  static List<NotifyViews.Notice> unsettled(Sql sql, Map<String, Instant> firing, Set<String> told)
      throws SQLException {
    var unsettled = new ArrayList<NotifyViews.Notice>();
    sql.list(
        "SELECT * FROM notice WHERE json_extract(content, '$.state') = ?",
        row -> {
          String group = row.text("grouped");
          return !row.instant("episode").equals(firing.get(group))
              && !told.contains(group)
              && unsettled.add(view(row).in(RESOLVED));
        },
        FIRING);
    for (var group : firing.entrySet()) {
      of(sql, group.getKey(), group.getValue())
          .filter(n -> !n.state().equals(FIRING) && !told.contains(group.getKey()))
          .ifPresent(n -> unsettled.add(n.in(FIRING)));
    }
    return unsettled;
  }

  /** Says how it is, without telling it again. */
  static void settle(Tx tx, List<NotifyViews.Notice> unsettled) throws SQLException {
    for (var notice : unsettled) {
      save(tx.sql(), notice);
      tx.emit(NoticeEvent.CHANGED, null, notice);
    }
  }

  /** Asks the desktop to show what a message says; it is heard of once, with its event. */
  static void show(Tx tx, Message message) throws SQLException {
    var latest =
        tx.sql()
            .one(
                "SELECT * FROM notice WHERE grouped = ? ORDER BY id DESC LIMIT 1",
                Inbox::view,
                message.group());
    if (latest.isPresent()) {
      var shown = latest.get().marked(latest.get().readAt(), tx.now());
      save(tx.sql(), shown);
      tx.emit(NoticeEvent.SHOWN, null, shown);
    }
  }

  private static Optional<NotifyViews.Notice> of(Sql sql, String group, Instant episode)
      throws SQLException {
    return sql.one(
        "SELECT * FROM notice WHERE grouped = ? AND episode = ?", Inbox::view, group, episode);
  }

  /** Whether a person has read of a group's alerts. */
  static boolean isRead(Sql sql, String group, Instant episode) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM notice WHERE grouped = ? AND episode = ? AND read_at IS NOT NULL",
            group,
            episode)
        > 0;
  }

  /**
   * @throws HiveException {@code no-notice}
   */
  static void read(Tx tx, String id) throws SQLException {
    mark(tx, view(tx.sql(), id));
  }

  /**
   * Marks what tells of a group's alerts.
   *
   * @return whether it was unread
   */
  static boolean read(Tx tx, String group, Instant episode) throws SQLException {
    var notice = of(tx.sql(), group, episode).filter(n -> n.readAt() == null);
    if (notice.isPresent()) {
      mark(tx, notice.get());
    }
    return notice.isPresent();
  }

  static int readAll(Tx tx) throws SQLException {
    var unread =
        tx.sql().list("SELECT * FROM notice WHERE read_at IS NULL ORDER BY id", Inbox::view);
    for (var notice : unread) {
      mark(tx, notice);
    }
    return unread.size();
  }

  private static void mark(Tx tx, NotifyViews.Notice n) throws SQLException {
    if (n.readAt() == null) {
      var read = n.marked(tx.now(), n.shownAt());
      save(tx.sql(), read);
      tx.emit(NoticeEvent.READ, null, read);
    }
  }

  private static void save(Sql sql, NotifyViews.Notice notice) throws SQLException {
    sql.update(
        "UPDATE notice SET content = ?, at = ?, read_at = ? WHERE id = ?",
        Json.tree(notice).toString(),
        notice.at(),
        notice.readAt(),
        number(notice.id()));
  }

  private static NotifyViews.Notice view(Sql.Row row) throws SQLException {
    var content = Json.read(row.text("content"), ObjectNode.class);
    return Json.as(content, NotifyViews.Notice.class);
  }

  static NotifyViews.Notice view(Sql sql, String id) throws SQLException {
    return sql.one("SELECT * FROM notice WHERE id = ?", Inbox::view, number(id))
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_NOTICE,
                    "There is no notice " + id + ".",
                    "hivedeck inbox lists those there are."));
  }

  private static long number(String id) {
    return id.matches(PREFIX + "\\d{1,15}") ? Long.parseLong(id.substring(PREFIX.length())) : -1;
  }

  /** The newest last. */
  static List<NotifyViews.Notice> views(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM notice ORDER BY id", Inbox::view);
  }

  /** Lets the oldest go that were read, or are too many. */
  static void tidy(Tx tx, Instant before) throws SQLException {
    var gone =
        tx.sql()
            .list(
                "SELECT id FROM notice WHERE at < ? AND read_at IS NOT NULL"
                    + " OR id <= (SELECT max(id) FROM notice) - ?",
                row -> row.number("id"),
                before,
                MOST);
    for (long id : gone) {
      tx.sql().update("DELETE FROM notice WHERE id = ?", id);
      tx.emit(NoticeEvent.REMOVED, PREFIX + id, null, null);
    }
  }
}
