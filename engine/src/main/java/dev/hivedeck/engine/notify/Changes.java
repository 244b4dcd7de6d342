package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.notify.Forwarding.Sent;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.Silence;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What has become of alerts and their groups by a time, and is to be written and told.
 *
 * @param put alerts that began, ended, or were not known
 * @param removed alerts that ended long ago, and whose end is dealt with
 * @param groups that are other than they are kept
 * @param gone names of groups without alerts, which nobody needs to remember
 * @param forwards what each Alertmanager is sent, by its channel
 * @param notices that say how it was, as they are to be; without those that are told anew
 * @param local whether the engine's own channels have something due
 */
record Changes(
    List<RoutedAlert> put,
    List<RoutedAlert> removed,
    List<AlertGroup> groups,
    List<String> gone,
    List<Grouping.Send> sends,
    Map<String, Forwarding.Step> forwards,
    List<NotifyViews.Notice> notices,
    boolean local) {
  /** How long an alert that ended is remembered, and its end told to those who ask again. */
  private static final Duration RETENTION = Forwarding.ENDED;

  boolean isEmpty() {
    return put.isEmpty()
        && removed.isEmpty()
        && groups.isEmpty()
        && gone.isEmpty()
        && sends.isEmpty()
        && forwards.isEmpty()
        && notices.isEmpty()
        && !local;
  }

  /**
   * What there is to be written at a time; it writes nothing.
   *
   * @param sources raise the engine's own alerts
   * @param began since when the engine hears other systems
   */
  static Changes of(
      Sql sql, NotifyConfig config, List<AlertSource> sources, Instant began, Instant now)
      throws SQLException {
    var routes = new Routes(config);
    var stored = NotifyStore.alerts(sql);
    var alerts = new TreeMap<>(stored);
    raise(sql, sources, now, alerts);
    boolean deaf = !began.isAfter(now) && began.plus(ForeignAlerts.RESOLVE_TIMEOUT).isAfter(now);
    alerts.replaceAll(
        (labels, alert) ->
            alert.isFiring() && alert.expires() != null && !alert.expires().isAfter(now) && !deaf
                ? alert.ended(now)
                : alert);
    var silences = alerts.isEmpty() ? List.<Silence>of() : AlertStore.silences(sql, now);
    var before = NotifyStore.groups(sql);
    var read = new HashSet<String>();
    for (var group : before.values()) {
      if (group.episode() != null && Inbox.isRead(sql, group.name(), group.episode())) {
        read.add(group.name());
      }
    }
    Predicate<RoutedAlert> silenced =
        a -> silences.stream().anyMatch(s -> s.covers(a.labels(), now));
    var step =
        Grouping.step(routes, alerts.values(), before, silenced, g -> read.contains(g.name()), now);
    var forwards = new HashMap<String, Forwarding.Step>();
    for (var channel : config.channels().values()) {
      if (channel instanceof ChannelConfig.Alertmanager) {
        Map<Labels, Sent> sent = NotifyStore.forwarded(sql, channel.name());
        var forward = Forwarding.step(routes, channel.name(), alerts.values(), sent, silenced, now);
        if (!forward.sent().equals(sent)) {
          forwards.put(channel.name(), forward);
        }
      }
    }
    var removed = new ArrayList<RoutedAlert>();
    for (var alert : alerts.values()) {
      if (!alert.isFiring()
          && alert.ended().plus(RETENTION).isBefore(now)
          && isSettled(alert, routes, step.groups())) {
        removed.add(alert);
      }
    }
    return new Changes(
        alerts.values().stream()
            .filter(a -> !a.equals(stored.get(a.labels())) && !removed.contains(a))
            .toList(),
        removed.stream().filter(a -> stored.containsKey(a.labels())).toList(),
        step.groups().values().stream().filter(g -> !g.equals(before.get(g.name()))).toList(),
        before.keySet().stream().filter(name -> !step.groups().containsKey(name)).toList(),
        step.sends(),
        forwards,
        notices(sql, alerts.values(), routes, step),
        Outbox.due(sql, now).contains(ChannelConfig.DESKTOP));
  }

  private static List<NotifyViews.Notice> notices(
      Sql sql, Collection<RoutedAlert> alerts, Routes routes, Grouping.Step step)
      throws SQLException {
    var firing = new HashMap<String, Instant>();
    for (var alert : alerts) {
      if (alert.isFiring()) {
        routes.groups(alert.labels(), step.groups()).stream()
            .filter(group -> group.episode() != null)
            .forEach(group -> firing.put(group.name(), group.episode()));
      }
    }
    var told = step.sends().stream().map(Grouping.Send::group).collect(Collectors.toSet());
    return Inbox.unsettled(sql, firing, told);
  }

  private static void raise(
      Sql sql, List<AlertSource> sources, Instant now, Map<Labels, RoutedAlert> alerts)
      throws SQLException {
    for (var source : sources) {
      var firing = new HashMap<Labels, RoutedAlert>();
      source.firing(sql, now).forEach(a -> firing.put(a.labels(), a));
      alerts.replaceAll(
          (labels, alert) ->
              alert.isFiring()
                      && alert.source().equals(RoutedAlert.OWN)
                      && !alert.isWatched() // a rule may have the name of a source
                      && labels.get("alertname").equals(source.name())
                      && !firing.containsKey(labels)
                  ? alert.ended(now)
                  : alert);
      firing.forEach(
          (labels, alert) -> {
            var known = alerts.get(labels);
            if (known == null || !known.isFiring()) {
              alerts.put(labels, alert);
            }
          });
    }
  }

  private static boolean isSettled(
      RoutedAlert alert, Routes routes, Map<String, AlertGroup> groups) {
    return routes.groups(alert.labels(), groups).stream()
        .allMatch(group -> alert.ended().equals(group.settled().get(alert.labels())));
  }
}
