package dev.hivedeck.engine.notify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command.ReceiveAlerts;
import dev.hivedeck.engine.protocol.Command.ReceivedAlert;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/** Alerts as Alertmanager and Prometheus send them. */
public final class AlertPayloads {
  private static final int MOST = 5_000;
  private static final int LONGEST = 4_096;

  private AlertPayloads() {}

  /**
   * The body of a webhook of Alertmanager, version 4.
   *
   * @throws HiveException {@code alerts-invalid} with the place
   */
  public static ReceiveAlerts webhook(JsonNode body) {
    if (!body.path("alerts").isArray()) {
      throw invalid("There is no list alerts", "Send what a webhook_config of Alertmanager sends.");
    }
    String version = body.path("version").asText("4");
    if (!version.equals("4")) {
      throw invalid("Version " + version + " is not known here", "Send version 4.");
    }
    var alerts = new ArrayList<ReceivedAlert>();
    for (var alert : some(body.path("alerts"))) {
      String at = "alerts[" + alerts.size() + "]";
      boolean resolved = alert.path("status").asText("firing").equals("resolved");
      var ended = time(alert, "endsAt", at);
      if (resolved && ended == null) {
        ended = Instant.EPOCH;
      }
      alerts.add(
          new ReceivedAlert(
              texts(alert, "labels", at),
              texts(alert, "annotations", at),
              time(alert, "startsAt", at),
              resolved ? ended : null,
              true));
    }
    return new ReceiveAlerts(host(body.path("externalURL").asText(""), "alertmanager"), alerts);
  }

  /**
   * The body of a POST to {@code /api/v2/alerts} of an Alertmanager.
   *
   * @throws HiveException {@code alerts-invalid} with the place
   */
  public static ReceiveAlerts posted(JsonNode body) {
    if (!body.isArray()) {
      throw invalid("This is no list of alerts", "Send what Prometheus sends an Alertmanager.");
    }
    var alerts = new ArrayList<ReceivedAlert>();
    String url = "";
    for (var alert : some(body)) {
      String at = "[" + alerts.size() + "]";
      url = url.isEmpty() ? alert.path("generatorURL").asText("") : url;
      alerts.add(
          new ReceivedAlert(
              texts(alert, "labels", at),
              texts(alert, "annotations", at),
              time(alert, "startsAt", at),
              time(alert, "endsAt", at),
              false));
    }
    return new ReceiveAlerts(host(url, "prometheus"), alerts);
  }

  private static JsonNode some(JsonNode list) {
    if (list.size() > MOST) {
      throw invalid("There are " + list.size() + " alerts", "Send at most " + MOST + " at once.");
    }
    return list;
  }

  private static String host(String url, String otherwise) {
    try {
      String host = url.isEmpty() ? null : URI.create(url).getHost();
      return host == null ? otherwise : host;
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }

  private static Map<String, String> texts(JsonNode alert, String key, String at) {
    var texts = new TreeMap<String, String>();
    for (var e : alert.path(key).properties()) {
      if (!e.getValue().isTextual()) {
        throw invalid(at + "." + key + "." + e.getKey() + " is no text", "Send labels as texts.");
      }
      String text = e.getValue().asText();
      texts.put(e.getKey(), text.length() <= LONGEST ? text : text.substring(0, LONGEST));
    }
    return texts;
  }

  /** Null for none, which Go writes as the year 1. */
  private static Instant time(JsonNode alert, String key, String at) {
    String text = alert.path(key).asText("");
    if (text.isEmpty()) {
      return null;
    }
    try {
      var time = OffsetDateTime.parse(text);
      return time.getYear() <= 1 ? null : time.toInstant();
    } catch (DateTimeException e) {
      throw invalid(at + "." + key + " is no time", "Write it as 2026-01-31T12:00:00Z.");
    }
  }

  private static HiveException invalid(String what, String remedy) {
    return new HiveException(ErrorCode.ALERTS_INVALID, what + "; none was taken.", remedy);
  }
}
