package dev.hivedeck.engine.slo.alert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.alert.AlertMachine.Transition;
import dev.hivedeck.engine.store.Sql;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Alerts, their past and silences in the engine's database. */
public final class AlertStore {
  private static final int ID_BYTES = 8;

  private AlertStore() {}

  /**
   * An alert that fired once.
   *
   * @param ended null while it fires
   * @param outcome how far it has come
   * @param source what raised it: {@code hivedeck}, or the name of another system
   */
  public record Past(
      String rule,
      Labels labels,
      Instant began,
      Instant ended,
      AlertState outcome,
      String note,
      String source) {}

  /** An alert's id: the same rule and labels have the same one, here and everywhere. */
  public static String id(String rule, Labels labels) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((rule + '\0' + text(labels)).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends what a rule that there is no more had open. */
  public static void forget(Sql sql, String rule, Instant now) throws SQLException {
    sql.update("DELETE FROM alert WHERE rule = ?", rule);
    sql.update(
        "UPDATE alert_history SET ended = ?, outcome = 'removed' WHERE rule = ? AND ended IS NULL",
        now,
        rule);
  }

  /** Keeps a rule's alerts as they are now. */
  public static void save(Sql sql, String rule, Map<Labels, Alert> alerts) throws SQLException {
    sql.update("DELETE FROM alert WHERE rule = ?", rule);
    for (var alert : alerts.values()) {
      sql.update(
          "INSERT INTO alert(rule, labels, alert) VALUES (?, ?, ?)",
          rule,
          text(alert.labels()),
          AlertText.write(alert));
    }
  }

  /** All alerts, by their rule. */
  public static Map<String, Map<Labels, Alert>> load(Sql sql) throws SQLException {
    var all = new HashMap<String, Map<Labels, Alert>>();
    for (var row :
        sql.list(
            "SELECT rule, alert FROM alert",
            row -> Map.entry(row.text("rule"), AlertText.read(row.text("alert"))))) {
      all.computeIfAbsent(row.getKey(), k -> new HashMap<>())
          .put(row.getValue().labels(), row.getValue());
    }
    return all;
  }

  /** Adds to the past what has begun or ended. */
  public static void record(Sql sql, String rule, List<Transition> transitions)
      throws SQLException {
    for (var transition : transitions) {
      var alert = transition.alert();
      if (transition.to() == AlertState.FIRING) {
        sql.update(
            "INSERT INTO alert_history(rule, labels, began, outcome, note)"
                + " VALUES (?, ?, ?, 'firing', ?)",
            rule,
            text(alert.labels()),
            alert.firedAt(),
            alert.annotations().getOrDefault("summary", ""));
      } else if (transition.from() == AlertState.FIRING) {
        sql.update(
            "UPDATE alert_history SET ended = ?, outcome = 'resolved'"
                + " WHERE rule = ? AND labels = ? AND ended IS NULL",
            alert.resolvedAt() == null ? alert.seenAt() : alert.resolvedAt(),
            rule,
            text(alert.labels()));
      }
    }
  }

  /** An alert of another system began, or ended where {@code ended} is not null. */
  public static void record(
      Sql sql, String source, Labels labels, String note, Instant began, Instant ended)
      throws SQLException {
    String rule = labels.get("alertname");
    if (ended == null) {
      sql.update(
          "INSERT INTO alert_history(rule, labels, began, outcome, note, source)"
              + " VALUES (?, ?, ?, 'firing', ?, ?)",
          rule,
          text(labels),
          began,
          note,
          source);
    } else {
      sql.update(
          "UPDATE alert_history SET ended = ?, outcome = 'resolved'"
              + " WHERE rule = ? AND labels = ? AND source = ? AND ended IS NULL",
          ended,
          rule,
          text(labels),
          source);
    }
  }

  /**
   * The newest first.
   *
   * @param rule null for all
   */
  public static List<Past> history(Sql sql, String rule, int most) throws SQLException {
    return sql.list(
        "SELECT * FROM alert_history WHERE rule = coalesce(?, rule)"
            + " ORDER BY began DESC, id DESC LIMIT ?",
        row ->
            new Past(
                row.text("rule"),
                AlertText.labels(Json.read(row.text("labels"), JsonNode.class)),
                row.instant("began"),
                row.instant("ended"),
                row.word("outcome", AlertState.class),
                row.text("note"),
                row.has("source") ? row.text("source") : "hivedeck"),
        rule,
        most);
  }

  public static long silence(Sql sql, Silence silence) throws SQLException {
    var matchers = Json.MAPPER.createArrayNode();
    for (var matcher : silence.matchers()) {
      matchers
          .addObject()
          .put("name", matcher.name())
          .put("type", matcher.type().sign())
          .put("value", matcher.value());
    }
    sql.update(
        "INSERT INTO silence(matchers, starts, ends, author, comment) VALUES (?, ?, ?, ?, ?)",
        matchers.toString(),
        silence.starts(),
        silence.ends(),
        silence.author(),
        silence.comment());
    return sql.number("SELECT max(id) FROM silence");
  }

  /** Ends a silence now. */
  public static boolean expire(Sql sql, long id, Instant now) throws SQLException {
    return sql.update(
            "UPDATE silence SET ends = max(starts + 1, ?) WHERE id = ? AND ends > ?", now, id, now)
        > 0;
  }

  /** Silences that are not over. */
  public static List<Silence> silences(Sql sql, Instant now) throws SQLException {
    return sql.list(
        "SELECT * FROM silence WHERE ends > ? ORDER BY ends",
        row ->
            new Silence(
                row.number("id"),
                matchers(Json.read(row.text("matchers"), JsonNode.class)),
                row.instant("starts"),
                row.instant("ends"),
                row.text("author"),
                row.text("comment")),
        now);
  }

  private static List<LabelMatcher> matchers(JsonNode node) {
    var matchers = new ArrayList<LabelMatcher>();
    for (var each : node) {
      for (var type : LabelMatcher.Type.values()) {
        if (type.sign().equals(each.path("type").asText())) {
          matchers.add(
              new LabelMatcher(each.path("name").asText(), type, each.path("value").asText()));
        }
      }
    }
    return matchers;
  }

  private static String text(Labels labels) {
    return Json.tree(labels.toMap()).toString();
  }
}
