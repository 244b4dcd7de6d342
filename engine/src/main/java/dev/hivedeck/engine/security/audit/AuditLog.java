package dev.hivedeck.engine.security.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.hivedeck.engine.area.CommandObserver;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Sender.EntryPoint;
import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.engine.protocol.audit.AuditQuery;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.UnaryOperator;

/** The table of commands that were sent. The oldest go when there are too many. */
final class AuditLog implements CommandObserver {
  /** How many are kept. */
  static final int KEPT = 10_000;

  /** How many are told unasked. */
  static final int SHOWN = 500;

  /** Longer texts of a command are cut. */
  private static final int LONGEST = 200;

  /** More of a command is left out. */
  private static final int WHOLE = 4_000;

  /** Fields that say what a command is about, the first that it has. */
  private static final List<String> ABOUT =
      List.of("id", "name", "task", "attempt", "objective", "agent", "source");

  private static final String PREFIX = "E-";

  private static final String COLUMNS =
      "SELECT id, at, who, entry_point, command, about, error, message, fields, correlation"
          + " FROM audit ";

  private final UnaryOperator<String> masked;

  /**
   * @param masked takes secrets out of a text
   */
  AuditLog(UnaryOperator<String> masked) {
    this.masked = masked;
  }

  @Override
  public void carriedOut(Tx tx, Sent sent) throws SQLException {
    write(tx, sent, null);
  }

  @Override
  public void refused(Tx tx, Sent sent, HiveException why) throws SQLException {
    write(tx, sent, why);
  }

  private void write(Tx tx, Sent sent, HiveException why) throws SQLException {
    var said = (ObjectNode) Json.tree(sent.command());
    said.remove("type");
    var fields = masked(said);
    String about = about(fields);
    String text = fields.toString();
    tx.sql()
        .update(
            "INSERT INTO audit(at, who, entry_point, command, about, error, message, fields,"
                + " correlation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            tx.now(),
            sent.sender().who(),
            sent.sender().entryPoint(),
            sent.word(),
            about,
            why == null ? null : why.code(),
            why == null ? null : cut(masked.apply(why.getMessage())),
            text.length() > WHOLE ? "{}" : text,
            tx.correlation());
    long id = tx.sql().number("SELECT max(id) FROM audit");
    tx.sql().update("DELETE FROM audit WHERE id <= ?", id - KEPT);
    tx.emit(
        AuditEvent.RECORDED,
        null,
        tx.sql().one(COLUMNS + "WHERE id = ?", AuditLog::entry, id).orElseThrow());
  }

  private static String about(JsonNode fields) {
    return ABOUT.stream()
        .map(fields::path)
        .filter(JsonNode::isValueNode)
        .map(JsonNode::asText)
        .findFirst()
        .orElse(null);
  }

  /** Masked before it is cut: half a secret would not be known again. */
  private JsonNode masked(JsonNode node) {
    return switch (node) {
      case TextNode text -> TextNode.valueOf(cut(masked.apply(text.textValue())));
      case ObjectNode object -> {
        var copy = Json.object();
        object.properties().forEach(e -> copy.set(e.getKey(), masked(e.getValue())));
        yield copy;
      }
      case ArrayNode array -> {
        var copy = array.arrayNode();
        array.forEach(element -> copy.add(masked(element)));
        yield copy;
      }
      default -> node;
    };
  }

  private static String cut(String text) {
    return text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  /** The latest, the oldest of them first. */
  static List<AuditEntry> latest(Sql sql) throws SQLException {
    return sql.list(COLUMNS + "ORDER BY id DESC LIMIT ?", AuditLog::entry, SHOWN).reversed();
  }

  /**
   * @throws HiveException {@code bad-time} when since is none
   */
  static List<AuditEntry> entries(Sql sql, AuditQuery.Entries query, Instant now)
      throws SQLException {
    if (query.limit() < 0) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER, "limit is " + query.limit() + ".", "Write 1 or more.");
    }
    String by = query.by() == null || query.by().isBlank() ? null : query.by().strip();
    return sql.list(
        COLUMNS
            + "WHERE at >= ? AND (? IS NULL OR who = ? COLLATE NOCASE OR entry_point = lower(?))"
            + " ORDER BY id DESC LIMIT ?",
        AuditLog::entry,
        since(query.since(), now),
        by,
        by,
        by,
        query.limit() == 0 ? SHOWN : Math.min(query.limit(), KEPT));
  }

  private static Instant since(String text, Instant now) {
    if (text == null || text.isBlank()) {
      return Instant.EPOCH;
    }
    var ago = Durations.parse(text);
    if (ago.isPresent()) {
      return now.minus(ago.get());
    }
    try {
      return Instant.parse(text.strip());
    } catch (DateTimeParseException e) {
      throw new HiveException(
          ErrorCode.BAD_TIME,
          "since is \"" + text + "\", which is no time.",
          "Write how long ago, as in 7d, or a time as in 2026-11-18T14:06:00Z.",
          e);
    }
  }

  private static AuditEntry entry(Sql.Row row) throws SQLException {
    return new AuditEntry(
        PREFIX + row.number("id"),
        row.instant("at"),
        row.text("who"),
        row.word("entry_point", EntryPoint.class),
        row.text("command"),
        row.text("about"),
        row.text("error"),
        row.text("message"),
        row.text("fields"),
        row.text("correlation"));
  }
}
