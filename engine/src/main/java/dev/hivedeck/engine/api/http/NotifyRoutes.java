package dev.hivedeck.engine.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Body;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.notify.AlertPayloads;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import java.util.List;
import java.util.function.Function;

/** Operations on channels, messages and the inbox, and alerts of others. */
final class NotifyRoutes extends RouteGroup {

  @Override
  void register() {
    get(
        "/v1/notifications",
        "listNotifications",
        "Messages to channels, the newest first",
        List.of(
            new Parameter(
                "state",
                "string",
                List.of("pending", "failed", "sent", "dead"),
                "Only those in this state."),
            limit(PAGE)),
        new Answer(NotifyViews.Notification.class, true),
        (engine, call) ->
            engine.query(new Query.Notifications(text(call, "state"), (int) limit(call, PAGE))));
    steer(
        "/v1/notifications/{id}/retry",
        "retryNotification",
        "Send a message now that failed or is dead",
        "notification.retry",
        "id",
        Object.class,
        null);
    steer(
        "/v1/notifications/{id}/drop",
        "dropNotification",
        "Let go of a message that is dead",
        "notification.drop",
        "id",
        Object.class,
        null);
    several(
        "/v1/channels",
        "listChannels",
        "The ways out, and how they stand",
        NotifyViews.Channel.class,
        (engine, call) -> engine.query(new Query.Channels()));
    steer(
        "/v1/channels/{id}/test",
        "testChannel",
        "Send a test message, and hear what the other side said",
        "channel.test",
        "name",
        NotifyViews.Tested.class,
        null);
    steer(
        "/v1/alerts/{id}/acknowledge",
        "acknowledgeAlert",
        "Take care of an alert: nobody else is told of it",
        "alert.acknowledge",
        "id",
        NotifyViews.Read.class,
        null);
    steer(
        "/v1/inbox/{id}/read",
        "readNotice",
        "Mark a notice as read, which acknowledges its alerts",
        "notice.read",
        "id",
        NotifyViews.Notice.class,
        Topic.NOTICE);
    steer(
        "/v1/inbox/read",
        "readNotices",
        "Mark all notices as read",
        "notice.read-all",
        NotifyViews.Read.class,
        null);
    steer(
        "/v1/alerts",
        "receiveAlerts",
        "Take alerts of another system in, named by its source",
        "alert.receive",
        NotifyViews.Received.class,
        null);
    alerts(
        "/v1/alerts/webhook",
        "receiveWebhook",
        "Take alerts in as a webhook_config of Alertmanager sends them",
        Body.WEBHOOK,
        AlertPayloads::webhook);
    alerts(
        "/api/v2/alerts",
        "postAlerts",
        "Take alerts in as Prometheus sends them to an Alertmanager",
        Body.ALERTS,
        AlertPayloads::posted);
  }

  private void alerts(
      String path,
      String id,
      String summary,
      String body,
      Function<JsonNode, Command.ReceiveAlerts> reader) {
    add(
        new HttpRoute(
            "POST",
            path,
            id,
            summary,
            List.of(),
            new Body(body, null),
            new Answer(NotifyViews.Received.class, false),
            null,
            (engine, call) -> call.execute(reader.apply(call.sent()))));
  }
}
