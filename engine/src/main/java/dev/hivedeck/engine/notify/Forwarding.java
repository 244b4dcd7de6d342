package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.notify.channel.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Alerts for an Alertmanager, which groups by itself: sent when they change, and again each minute,
 * those that ended for fifteen minutes, as Prometheus sends its own ({@code rules/alerting.go}).
 * One that is not heard of for four minutes counts there as ended.
 */
final class Forwarding {
  /** How often what has not changed is sent again. */
  static final Duration AGAIN = Duration.ofMinutes(1);

  /** How long the end of an alert is sent. */
  static final Duration ENDED = Duration.ofMinutes(15);

  /** How long an alert is taken to go on without news of it. */
  static final Duration VALID = AGAIN.multipliedBy(4);

  /** Of one request, as in Prometheus' {@code notifier}. */
  static final int BATCH = 256;

  private Forwarding() {}

  /**
   * What is posted for these alerts, in batches; each replaces all that was to be posted before.
   */
  static List<Message> messages(String channel, List<RoutedAlert> alerts, Instant now) {
    var messages = new ArrayList<Message>();
    for (int from = 0; from < alerts.size(); from += BATCH) {
      var batch = alerts.subList(from, Math.min(alerts.size(), from + BATCH));
      var message =
          MessageText.of(
              BATCH,
              NotifyStore.FORWARD + channel + "/" + from / BATCH,
              Labels.NONE,
              "forwarded",
              batch.stream().filter(RoutedAlert::isFiring).toList(),
              batch.stream().filter(a -> !a.isFiring()).toList());
      messages.add(message.until(now.plus(VALID)));
    }
    return messages;
  }

  /** What was sent of an alert last. */
  record Sent(Instant at, Instant ended) {}

  /**
   * @param sent what each alert was when it was sent last
   * @param alerts to be sent now; empty for nothing
   */
  record Step(Map<Labels, Sent> sent, List<RoutedAlert> alerts) {}

  static Step step(
      Routes routes,
      String channel,
      Collection<RoutedAlert> alerts,
      Map<Labels, Sent> before,
      Predicate<RoutedAlert> silenced,
      Instant now) {
    var known = new ArrayList<RoutedAlert>();
    boolean due = false;
    var sorted = alerts.stream().sorted(Comparator.comparing(RoutedAlert::labels)).toList();
    for (var alert : sorted) {
      var sent = before.get(alert.labels());
      if (!routes.forwardTo(alert.labels()).contains(channel)
          || !Routes.isFor(channel, alert.labels())
          || silenced.test(alert)
          || !alert.isFiring() && (sent == null || alert.ended().plus(ENDED).isBefore(now))) {
        continue;
      }
      known.add(alert);
      boolean changed =
          sent == null
              || (alert.ended() == null
                  ? sent.ended() != null
                  : !alert.ended().equals(sent.ended()));
      boolean ahead = sent != null && sent.at().isAfter(now); // the clock was set back
      due |= changed || ahead || !sent.at().plus(AGAIN).isAfter(now);
    }
    var after = new TreeMap<Labels, Sent>();
    for (var alert : known) {
      after.put(alert.labels(), due ? new Sent(now, alert.ended()) : before.get(alert.labels()));
    }
    return new Step(after, due ? known : List.of());
  }
}
