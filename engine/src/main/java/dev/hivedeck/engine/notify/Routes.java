package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.slo.alert.Inhibition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** The routes of a configuration, ready to be asked. */
final class Routes {
  /** Every label by itself, as Alertmanager writes it. */
  private static final String EACH = "...";

  private final List<Compiled> routes = new ArrayList<>();
  private final List<Inhibition> inhibitions = new ArrayList<>();
  private final Map<String, String> broken = new TreeMap<>();

  /** Channels that group and route by themselves. */
  private final Set<String> forwarding;

  /** A route, what it is known by, and its conditions. */
  record Compiled(
      String name,
      NotifyConfig.Route route,
      List<LabelMatcher> conditions,
      Set<String> forwarding) {
    boolean fits(Labels labels) {
      return conditions.stream().allMatch(c -> c.matches(labels));
    }

    /** The name of the group that an alert with these labels is in. */
    String groupName(Labels labels) {
      return AlertGroup.name(name, group(labels));
    }

    Labels group(Labels labels) {
      return route.groupBy().contains(EACH) ? labels : labels.only(route.groupBy());
    }

    /** Who is told in groups, at a level of the escalation; always the inbox too. */
    Set<String> channels(int level) {
      var channels = new LinkedHashSet<String>();
      channels.add(ChannelConfig.INBOX);
      channels.addAll(route.to());
      route.escalate().stream().limit(level).forEach(step -> channels.addAll(step.to()));
      channels.removeAll(forwarding);
      return channels;
    }
  }

  Routes(NotifyConfig config) {
    Map<String, Integer> seen = new HashMap<>();
    this.forwarding =
        config.channels().values().stream()
            .filter(ChannelConfig.Alertmanager.class::isInstance)
            .map(ChannelConfig::name)
            .collect(Collectors.toUnmodifiableSet());
    int number = 0;
    for (var route : config.routes()) {
      number++;
      try {
        var conditions = Inhibition.conditions(route.match());
        String text = conditions.toString();
        int nth = seen.merge(text, 1, Integer::sum);
        routes.add(new Compiled(nth == 1 ? text : text + "#" + nth, route, conditions, forwarding));
      } catch (PatternSyntaxException e) {
        broken.put("Route " + number, e.getDescription());
      }
    }
    number = 0;
    for (var inhibition : config.inhibitions()) {
      number++;
      try {
        inhibitions.add(Inhibition.of(inhibition));
      } catch (PatternSyntaxException e) {
        broken.put("Inhibition " + number, e.getDescription());
      }
    }
  }

  /** What is left out since its conditions cannot be read, and why; the others hold. */
  Map<String, String> broken() {
    return Collections.unmodifiableMap(broken);
  }

  List<Inhibition> inhibitions() {
    return List.copyOf(inhibitions);
  }

  /** Those that an alert takes: the first that fits, and more while they go on. */
  List<Compiled> of(Labels labels) {
    var taken = new ArrayList<Compiled>();
    for (var route : routes) {
      if (route.fits(labels)) {
        taken.add(route);
        if (!route.route().goesOn()) {
          break;
        }
      }
    }
    return taken;
  }

  /** Those of the groups that an alert is in. */
  List<AlertGroup> groups(Labels labels, Map<String, AlertGroup> groups) {
    return of(labels).stream()
        .map(route -> groups.get(route.groupName(labels)))
        .filter(Objects::nonNull)
        .toList();
  }

  /** Channels that group by themselves, and are to have this alert. */
  Set<String> forwardTo(Labels labels) {
    var channels = new LinkedHashSet<String>();
    of(labels).forEach(route -> channels.addAll(route.route().to()));
    channels.retainAll(forwarding);
    return channels;
  }

  /** Nobody is told by a channel that this channel is out of order. */
  static boolean isFor(String channel, Labels labels) {
    return !channel.equals(labels.get("channel"));
  }

  /** Which alerts those that fire keep back. */
  Predicate<Labels> inhibited(List<Labels> firing) {
    return Inhibition.by(inhibitions, firing);
  }
}
