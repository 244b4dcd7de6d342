package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which alerts are told together, and which not at all.
 *
 * @param groupBy labels by which alerts belong together
 * @param again after how long what goes on firing is told again
 */
public record Routing(
    List<String> groupBy, List<Inhibition> inhibitions, Duration again, Escalation escalation) {
  public static final Routing DEFAULT =
      new Routing(
          List.of("objective"),
          List.of(Inhibition.PAGE_OVER_TICKET),
          Duration.ofHours(4),
          new Escalation(3, Duration.ofHours(1)));

  /**
   * When a group is told louder.
   *
   * @param count alerts that fire at once
   * @param after how long one has fired
   */
  public record Escalation(int count, Duration after) {}

  /** Why an alert is not told. */
  public enum Muted {
    NO,
    SILENCED,
    INHIBITED
  }

  /** Alerts that are told as one. */
  public record Group(Labels key, List<Alert> alerts, boolean escalated) {}

  public Routing {
    groupBy = List.copyOf(groupBy);
    inhibitions = List.copyOf(inhibitions);
  }

  public Muted muted(Alert alert, Collection<Alert> all, List<Silence> silences, Instant now) {
    if (silences.stream().anyMatch(s -> s.covers(alert.labels(), now))) {
      return Muted.SILENCED;
    }
    return inhibitions.stream().anyMatch(i -> i.holdsBack(alert.labels(), all))
        ? Muted.INHIBITED
        : Muted.NO;
  }

  /** What is to be told now. */
  public List<Group> due(Collection<Alert> all, List<Silence> silences, Instant now) {
    Map<Labels, List<Alert>> groups = new TreeMap<>();
    for (var alert : all) {
      if (alert.isDue(now, again) && muted(alert, all, silences, now) == Muted.NO) {
        groups.computeIfAbsent(alert.labels().only(groupBy), k -> new ArrayList<>()).add(alert);
      }
    }
    return groups.entrySet().stream()
        .map(e -> new Group(e.getKey(), e.getValue(), isEscalated(e.getValue(), now)))
        .toList();
  }

  private boolean isEscalated(List<Alert> alerts, Instant now) {
    var firing = alerts.stream().filter(a -> a.state() == Alert.State.FIRING).toList();
    return firing.size() >= escalation.count()
        || firing.stream().anyMatch(a -> !a.firedAt().plus(escalation.after()).isAfter(now));
  }
}
