package dev.hivedeck.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import java.sql.SQLException;
import java.util.List;

/** What a workspace's database tells, whoever writes it. */
public interface Ledger {

  /** Work to do on a snapshot. */
  @FunctionalInterface
  interface Look<T> {
    T run(Sql sql) throws SQLException;
  }

  /** Reads from one snapshot. */
  <T> T read(Look<T> look);

  /** The sequence number of the last durable event. */
  long seq();

  /** Events after {@code after}, oldest first. */
  default List<Event> events(long after, int limit) {
    return read(
        sql ->
            sql.list(
                "SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
                row ->
                    Event.of(
                        row.number("seq"),
                        row.instant("at"),
                        row.text("correlation"),
                        row.text("type"),
                        row.topic("topic"),
                        row.text("id"),
                        row.text("text"),
                        row.text("data") == null
                            ? null
                            : Json.read(row.text("data"), JsonNode.class)),
                after,
                limit));
  }
}
