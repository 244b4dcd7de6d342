package dev.hivedeck.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.view.View;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One write in progress: statements, the events that tell of them, and what follows the commit. */
public final class Tx {
  private final Sql sql;
  private final Instant now;
  private final String correlation;
  private long seq;
  final List<Event> events = new ArrayList<>();
  final List<Runnable> mirrors = new ArrayList<>();
  final List<Runnable> after = new ArrayList<>();

  Tx(Sql sql, Instant now, String correlation, long seq) {
    this.sql = sql;
    this.now = now;
    this.correlation = correlation;
    this.seq = seq;
  }

  public Sql sql() {
    return sql;
  }

  /** When this write happens; the same for all of it. */
  public Instant now() {
    return now;
  }

  public String correlation() {
    return correlation;
  }

  /** Tells of a thing's new state; published once durable. */
  public void emit(EventType type, String text, View view) throws SQLException {
    emit(type, view.id(), text, Json.tree(view));
  }

  /** Tells of something without a new view. */
  public void emit(EventType type, String id, String text, JsonNode data) throws SQLException {
    var event = new Event(++seq, now, correlation, type, type.topic(), id, text, data);
    sql.update(
        "INSERT INTO event(seq, at, correlation, type, topic, id, text, data)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        event.seq(),
        now,
        correlation,
        type.word(),
        type.topic(),
        id,
        text,
        data == null ? null : data.toString());
    events.add(event);
  }

  /**
   * Brings memory that mirrors the ledger up to date once the write is durable, on the writer's
   * thread, before any later write sees it: assignments, nothing that may wait.
   */
  public void mirror(Runnable action) {
    mirrors.add(action);
  }

  /**
   * Runs once the write is durable and its events are told, in the order of the writes, on the
   * thread of the listeners.
   */
  public void after(Runnable action) {
    after.add(action);
  }

  long seq() {
    return seq;
  }
}
