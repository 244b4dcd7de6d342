package dev.hivedeck.engine.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Takes from a damaged database what it still tells beyond a copy of it. What is only a record,
 * events and comments, goes into the copy. States do not: one without all that hangs together with
 * it would make a ledger that never was, so they are told to a person, who decides.
 */
public final class DatabaseRecovery {
  /** Events in a row that are stood in for when they cannot be read. */
  private static final long LONGEST_GAP = 10_000;

  /** What is compared, what a person asks for first before the rest. */
  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "task",
              "id",
              "",
              "state || CASE merged WHEN 1 THEN ', merged' ELSE '' END",
              "state, merged, title, prompt, agent, priority"),
          new Kind(
              "change",
              "number",
              "C-",
              "state || coalesce(' as ' || substr(merge, 1, 7), '')",
              "task, state, head, merge, review"),
          new Kind(
              "decision",
              "number",
              "D-",
              "state || coalesce(': ' || answer, '')",
              "task, state, question, answer, comment"),
          new Kind(
              "comment", "id", "", "author || ': ' || text", "change, author, text, file, line"),
          new Kind("attempt", "id", "", "state", "state, head"),
          new Kind("requirement", "id", "", "title", "title, priority, acceptance"),
          new Kind(
              "agent",
              "name",
              "",
              "CASE paused WHEN 1 THEN 'paused' ELSE 'not paused' END",
              "paused"));

  /**
   * @param standing how a thing stands, in words
   * @param telling the columns by which it is another
   */
  private record Kind(String table, String key, String prefix, String standing, String telling) {
    String select() {
      return "SELECT rowid AS place, %s AS key, %s AS standing, json_array(%s) AS print FROM %s"
          .formatted(key, standing, telling, table);
    }
  }

  private record Found(long place, String key, String standing, String print) {}

  private record Raw(
      long seq,
      long at,
      String correlation,
      String type,
      String topic,
      String id,
      String text,
      String data) {

    /** Pages that were written over can be read as rows that make no sense. */
    boolean sound() {
      if (at <= 0
          || correlation == null
          || type == null
          || id == null
          || Topic.all().stream().noneMatch(t -> t.word().equals(topic))) {
        return false;
      }
      try {
        return data == null || Json.MAPPER.readTree(data) != null;
      } catch (JsonProcessingException e) {
        return false;
      }
    }
  }

  /**
   * What came of it.
   *
   * @param after the copy's last event
   * @param events that came after it and are put back, for the record
   * @param lost events between those that could not be read; another stands in for each
   * @param comments that are put back
   * @param newer what stands otherwise in the damaged database; none of it is put back
   * @param unreadable what else could not be had, in words
   */
  public record Report(
      long after,
      long events,
      long lost,
      long comments,
      List<Difference> newer,
      List<String> unreadable) {}

  /**
   * A thing that the damaged database knows otherwise than the copy.
   *
   * @param copy how it stands in the copy; null when it is not there
   * @param damaged how it stands in the damaged database
   * @param row all of it there, as far as it can be read
   */
  public record Difference(
      String kind, String name, String copy, String damaged, Map<String, String> row) {}

  private final CorruptDatabaseReader from;
  private final Sql to;
  private final long after;
  private long next;
  private long at;
  private long events;
  private long lost;
  private long beyond;
  private long comments;
  private final List<Difference> newer = new ArrayList<>();
  private final List<String> unreadable = new ArrayList<>();

  private DatabaseRecovery(CorruptDatabaseReader from, Sql to) throws SQLException {
    this.from = from;
    this.to = to;
    this.after = to.number("SELECT max(seq) FROM event");
    this.at = to.number("SELECT at FROM event WHERE seq = ?", after);
    this.next = after + 1;
  }

  /** Reads the one and adds to the other what is safe to add: all of that, or nothing. */
  static Report merge(Path damaged, Path copy, Instant now) {
    try (var to = Backups.writable(copy);
        var from = new CorruptDatabaseReader(damaged)) {
      to.begin();
      var databaseRecovery = new DatabaseRecovery(from, to);
      try {
        databaseRecovery.events();
        for (Kind kind : KINDS) {
          databaseRecovery.compare(kind);
        }
        databaseRecovery.askToLookAnew(now);
        to.commit();
        return databaseRecovery.report();
      } catch (SQLException e) {
        to.rollback();
        return nothing("nothing is put back: " + e.getMessage());
      }
    } catch (SQLException e) {
      return nothing("any of it: " + e.getMessage());
    }
  }

  static Report nothing(String why) {
    return new Report(0, 0, 0, 0, List.of(), List.of(why));
  }

  private Report report() {
    return new Report(after, events, lost, comments, List.copyOf(newer), List.copyOf(unreadable));
  }

  // ── events ──────────────────────────────────────────────────────────────────────────────────

  private void events() throws SQLException {
    var spans =
        from.read("event", "SELECT * FROM event", after, DatabaseRecovery::raw, this::event);
    if (beyond > 0) {
      unreadable.add(
          "%d events: more than %d are missing between them and event %d"
              .formatted(beyond, LONGEST_GAP, next - 1));
    }
    // Those before the last that was read have others in their place.
    var rest = spans.stream().filter(span -> span.from() >= next).toList();
    if (!rest.isEmpty()) {
      unreadable.add("events " + words(rest));
    }
  }

  private static Raw raw(Sql.Row row) throws SQLException {
    return new Raw(
        row.number("seq"),
        row.number("at"),
        row.text("correlation"),
        row.text("type"),
        row.text("topic"),
        row.text("id"),
        row.text("text"),
        row.text("data"));
  }

  private void event(Raw raw) throws SQLException {
    if (raw.seq() - next > LONGEST_GAP || beyond > 0) {
      beyond++;
      return;
    }
    while (next < raw.seq()) {
      standIn();
    }
    if (raw.seq() == next && raw.sound()) {
      put(raw);
      events++;
    } else if (raw.seq() == next) {
      standIn();
    }
  }

  /** The numbers of events have no gap; whoever reads them relies on it. */
  private void standIn() throws SQLException {
    put(note(at, WorkspaceEvent.EVENT_LOST, null));
    lost++;
  }

  /** Clients that heard of what is undone now take a new snapshot. */
  private void askToLookAnew(Instant now) throws SQLException {
    String text =
        "The database was damaged. All is as it was at event %d; later ones are for the record."
            .formatted(after);
    put(note(now.toEpochMilli(), PlanEvent.RELOADED, text));
  }

  /** What the recovery itself tells. */
  private Raw note(long at, EventType type, String text) {
    return new Raw(
        next,
        at,
        "recover",
        type.word(),
        type.topic().word(),
        WorkspaceViews.Workspace.ID,
        text,
        null);
  }

  private void put(Raw raw) throws SQLException {
    to.update(
        "INSERT INTO event(seq, at, correlation, type, topic, id, text, data)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        raw.seq(),
        raw.at(),
        raw.correlation(),
        raw.type(),
        raw.topic(),
        raw.id(),
        raw.text(),
        raw.data());
    next = raw.seq() + 1;
    at = raw.at();
  }

  // ── the ledger ──────────────────────────────────────────────────────────────────────────────

  private void compare(Kind kind) throws SQLException {
    var columns = to.list("PRAGMA table_info(" + kind.table() + ")", row -> row.text("name"));
    var spans =
        from.read(
            kind.table(),
            kind.select(),
            0,
            DatabaseRecovery::found,
            found -> compare(kind, columns, found));
    if (!spans.isEmpty()) {
      unreadable.add("rows of " + kind.table() + " " + words(spans));
    }
  }

  private static Found found(Sql.Row row) throws SQLException {
    return new Found(row.number("place"), row.text("key"), row.text("standing"), row.text("print"));
  }

  private void compare(Kind kind, List<String> columns, Found found) throws SQLException {
    var copy =
        to.one(
            kind.select() + " WHERE " + kind.key() + " = ?", DatabaseRecovery::found, found.key());
    if (copy.map(Found::print).equals(Optional.of(found.print()))) {
      return;
    }
    var row = row(kind, columns, found.place());
    if (kind.table().equals("comment") && copy.isEmpty() && comment(row)) {
      return;
    }
    newer.add(
        new Difference(
            kind.table(),
            kind.prefix() + found.key(),
            copy.map(Found::standing).orElse(null),
            found.standing(),
            row));
  }

  private Map<String, String> row(Kind kind, List<String> columns, long place) {
    var rows =
        from.row(
            kind.table(),
            place,
            row -> {
              var all = new LinkedHashMap<String, String>();
              for (String column : columns) {
                if (row.has(column) && row.text(column) != null) {
                  all.put(column, row.text(column));
                }
              }
              return all;
            });
    return rows.isEmpty() ? Map.of() : rows.getFirst();
  }

  /** What a person said of a change that the copy has too changes nothing but what can be read. */
  private boolean comment(Map<String, String> row) throws SQLException {
    if (to.number("SELECT count(*) FROM change WHERE number = ?", row.get("change")) == 0) {
      return false;
    }
    to.update(
        "INSERT INTO comment(id, change, author, file, line, text, at, start_line, suggestion,"
            + " parent, resolved_by, outside, head, placed, outdated) VALUES (?, ?, ?, ?, ?, ?, ?,"
            + " ?, ?, (SELECT id FROM comment WHERE id = ?), ?, coalesce(?, 0), coalesce(?, ''),"
            + " coalesce(?, ''), coalesce(?, 0))",
        row.get("id"),
        row.get("change"),
        row.get("author"),
        row.get("file"),
        row.get("line"),
        row.get("text"),
        row.get("at"),
        row.get("start_line"),
        row.get("suggestion"),
        row.get("parent"),
        row.get("resolved_by"),
        row.get("outside"),
        row.get("head"),
        row.get("placed"),
        row.get("outdated"));
    comments++;
    return true;
  }

  private static String words(List<CorruptDatabaseReader.Span> spans) {
    String first =
        spans.stream()
            .limit(10)
            .map(CorruptDatabaseReader.Span::words)
            .collect(Collectors.joining(", "));
    return spans.size() > 10 ? first + " and more" : first;
  }
}
