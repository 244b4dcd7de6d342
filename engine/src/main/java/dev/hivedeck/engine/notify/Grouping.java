package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.notify.AlertGroup.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which alerts are told together, when, and again after how long: the dispatcher and the
 * notification log of Alertmanager ({@code dispatch.go}, {@code notify.go}), as a pure function of
 * time.
 */
final class Grouping {
  /** For how long it is remembered what was told of a group without alerts. */
  static final Duration MEMORY = Duration.ofDays(5);

  /** Why a message is sent. */
  enum Reason {
    FIRST,
    CHANGED,
    REPEATED,
    ESCALATED,
    RESOLVED
  }

  /**
   * Something to be told.
   *
   * @param episode since when the group's alerts have been told
   */
  record Send(
      String channel,
      String group,
      Labels labels,
      Instant episode,
      Reason reason,
      List<RoutedAlert> firing,
      List<RoutedAlert> resolved) {}

  /** The groups as they are then, and what is to be told. */
  record Step(Map<String, AlertGroup> groups, List<Send> sends) {}

  private final Routes routes;
  private final Predicate<RoutedAlert> muted;
  private final Predicate<AlertGroup> acknowledged;
  private final Instant now;
  private final List<Send> sends = new ArrayList<>();

  private Grouping(
      Routes routes,
      Predicate<RoutedAlert> muted,
      Predicate<AlertGroup> acknowledged,
      Instant now) {
    this.routes = routes;
    this.muted = muted;
    this.acknowledged = acknowledged;
    this.now = now;
  }

  /**
   * What happens now.
   *
   * @param alerts that fire, and those that ended a short while ago
   * @param silenced alerts that are silenced
   * @param acknowledged groups that a person has read of in their episode
   */
  static Step step(
      Routes routes,
      Collection<RoutedAlert> alerts,
      Map<String, AlertGroup> before,
      Predicate<RoutedAlert> silenced,
      Predicate<AlertGroup> acknowledged,
      Instant now) {
    var firing = alerts.stream().filter(RoutedAlert::isFiring).map(RoutedAlert::labels).toList();
    var inhibited = routes.inhibited(firing);
    return new Grouping(
            routes, a -> inhibited.test(a.labels()) || silenced.test(a), acknowledged, now)
        .step(alerts, before);
  }

  private Step step(Collection<RoutedAlert> alerts, Map<String, AlertGroup> before) {
    var after = new TreeMap<String, AlertGroup>();
    var members = new LinkedHashMap<String, List<RoutedAlert>>();
    var routeOf = new HashMap<String, Routes.Compiled>();
    var sorted = alerts.stream().sorted(Comparator.comparing(RoutedAlert::labels)).toList();
    for (var alert : sorted) {
      for (var route : routes.of(alert.labels())) {
        String name = route.groupName(alert.labels());
        var group = after.getOrDefault(name, before.get(name));
        boolean settled =
            group != null
                && !alert.isFiring()
                && alert.ended().equals(group.settled().get(alert.labels()));
        if (settled || group == null && !alert.isFiring()) {
          continue; // its end is told already, or nobody was told that it began
        }
        after.put(name, joined(group, route, alert));
        routeOf.put(name, route);
        members.computeIfAbsent(name, _ -> new ArrayList<>()).add(alert);
      }
    }
    before.forEach(
        (name, group) -> {
          if (!after.containsKey(name)) {
            var idle = group.idle() == null ? group.idleSince(now) : group;
            if (idle.idle().plus(MEMORY).isAfter(now)) {
              after.put(name, idle);
            }
          }
        });
    members.forEach(
        (name, inside) -> {
          var group = after.get(name);
          var route = routeOf.get(name);
          if (group.told().isEmpty() && inside.stream().noneMatch(RoutedAlert::isFiring)) {
            after.remove(name); // it is over, and nobody was told that it began
            return;
          }
          if (!group.due().isAfter(now)) {
            group = flushed(group, route, inside);
          }
          after.put(name, escalated(group, route, inside));
        });
    return new Step(after, List.copyOf(sends));
  }

  /** A group with one more alert in it: what fired long before is not waited for. */
  private AlertGroup joined(AlertGroup group, Routes.Compiled route, RoutedAlert alert) {
    var wait = route.route().groupWait();
    boolean late = !alert.began().plus(wait).isAfter(now);
    var first = late ? now : now.plus(wait);
    if (group == null) {
      return AlertGroup.begun(route.name(), route.group(alert.labels()), first);
    }
    group = group.pulledIn(now, wait, route.route().groupInterval());
    if (group.idle() != null) {
      return group.resumed(first);
    }
    return !group.flushed() && late && group.due().isAfter(now) ? group.dueAt(now) : group;
  }

  private AlertGroup flushed(AlertGroup group, Routes.Compiled route, List<RoutedAlert> members) {
    var told = new HashMap<>(group.told());
    var open = members.stream().filter(a -> !muted.test(a)).toList();
    var firing = open.stream().filter(RoutedAlert::isFiring).toList();
    var resolved = open.stream().filter(a -> !a.isFiring()).toList();
    var episode = group.episode();
    int repeats = group.repeats();
    boolean repeated = false;
    if (!open.isEmpty()) {
      for (String channel : route.channels(group.level())) {
        var reason = reason(told.get(channel), labels(firing), labels(resolved), route);
        if (reason != null && Routes.isFor(channel, group.labels())) {
          episode = episode == null ? now : episode;
          repeated |= reason == Reason.REPEATED;
          tell(channel, group, episode, reason, firing, resolved);
        }
        if (reason != null) {
          told.put(channel, new Told(now, labels(firing), labels(resolved)));
        }
      }
    }
    var settled = new HashMap<>(group.settled());
    members.forEach(
        a -> {
          if (a.isFiring()) {
            settled.remove(a.labels());
          } else {
            settled.put(a.labels(), a.ended());
          }
        });
    settled.values().removeIf(ended -> ended.plus(MEMORY).isBefore(now));
    boolean over = told.values().stream().allMatch(t -> t.firing().isEmpty());
    return new AlertGroup(
        group.route(),
        group.labels(),
        now.plus(route.route().groupInterval()),
        true,
        over ? null : episode,
        over ? 0 : group.level(),
        over ? null : group.escalated() == null ? episode : group.escalated(),
        over ? 0 : repeats + (repeated ? 1 : 0),
        told,
        settled,
        null);
  }

  /**
   * Why a channel is to be told, as Alertmanager's {@code needsUpdate} decides it.
   *
   * @return null when it is not
   */
  private Reason reason(
      Told told, Set<Labels> firing, Set<Labels> resolved, Routes.Compiled route) {
    if (told == null) {
      return firing.isEmpty() ? null : Reason.FIRST;
    }
    if (!told.firing().containsAll(firing)) {
      return told.firing().isEmpty() ? Reason.FIRST : Reason.CHANGED;
    }
    if (firing.isEmpty()) {
      return told.firing().isEmpty() ? null : Reason.RESOLVED;
    }
    if (!told.resolved().containsAll(resolved)) {
      return Reason.CHANGED;
    }
    return told.at().isBefore(now.minus(route.route().repeatInterval())) ? Reason.REPEATED : null;
  }

  private static Set<Labels> labels(List<RoutedAlert> alerts) {
    return alerts.stream().map(RoutedAlert::labels).collect(Collectors.toSet());
  }

  private void tell(
      String channel,
      AlertGroup group,
      Instant episode,
      Reason reason,
      List<RoutedAlert> firing,
      List<RoutedAlert> resolved) {
    sends.add(new Send(channel, group.name(), group.labels(), episode, reason, firing, resolved));
  }

  /** Tells the next, when nobody has read of it for so long or so often. */
  private AlertGroup escalated(AlertGroup group, Routes.Compiled route, List<RoutedAlert> members) {
    var steps = route.route().escalate();
    var firing = members.stream().filter(a -> a.isFiring() && !muted.test(a)).toList();
    if (group.episode() == null
        || group.level() >= steps.size()
        || firing.isEmpty()
        || acknowledged.test(group)) {
      return group;
    }
    var next = steps.get(group.level());
    boolean waited = next.after() != null && !group.escalated().plus(next.after()).isAfter(now);
    boolean often = next.repeats() > 0 && group.repeats() >= next.repeats();
    if (!waited && !often) {
      return group;
    }
    var told = new HashMap<>(group.told());
    var known = new HashSet<>(route.channels(group.level()));
    for (String channel : next.to()) {
      if (Routes.isFor(channel, group.labels())) {
        tell(channel, group, group.episode(), Reason.ESCALATED, firing, List.of());
        if (known.add(channel) || told.containsKey(channel)) {
          told.put(channel, new Told(now, labels(firing), Set.of()));
        }
      }
    }
    return new AlertGroup(
        group.route(),
        group.labels(),
        group.due(),
        group.flushed(),
        group.episode(),
        group.level() + 1,
        now,
        0,
        told,
        group.settled(),
        group.idle());
  }
}
