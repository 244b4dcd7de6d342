package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Alerts that are told together, and what was told of them last.
 *
 * @param route whose group it is
 * @param labels that its alerts have alike
 * @param due when it is looked at next
 * @param flushed whether it was looked at since it began
 * @param episode since when its alerts have been told without a break; null while none is
 * @param level how many steps of the escalation are reached
 * @param escalated when the last of them was, or the episode began
 * @param repeats how often it was told again since then
 * @param told what each channel was told last
 * @param settled alerts whose end is dealt with, by when they ended
 * @param idle since when it has had no alerts; null while it has
 */
record AlertGroup(
    String route,
    Labels labels,
    Instant due,
    boolean flushed,
    Instant episode,
    int level,
    Instant escalated,
    int repeats,
    Map<String, Told> told,
    Map<Labels, Instant> settled,
    Instant idle) {

  /** What a channel was told. */
  record Told(Instant at, Set<Labels> firing, Set<Labels> resolved) {
    Told {
      firing = Set.copyOf(firing);
      resolved = Set.copyOf(resolved);
    }
  }

  AlertGroup {
    told = Map.copyOf(told);
    settled = Map.copyOf(settled);
  }

  static AlertGroup begun(String route, Labels labels, Instant due) {
    return new AlertGroup(route, labels, due, false, null, 0, null, 0, Map.of(), Map.of(), null);
  }

  /** What it is known by. */
  String name() {
    return name(route, labels);
  }

  static String name(String route, Labels labels) {
    return route + labels;
  }

  AlertGroup dueAt(Instant time) {
    return new AlertGroup(
        route, labels, time, flushed, episode, level, escalated, repeats, told, settled, idle);
  }

  /**
   * As of a clock that was set back: nothing was told later than now, and it is looked at no later
   * than it would be if that happened now.
   */
  AlertGroup pulledIn(Instant now, Duration wait, Duration interval) {
    var latest = now.plus(flushed ? interval : wait);
    var toldBy = new HashMap<String, Told>();
    told.forEach(
        (channel, t) ->
            toldBy.put(channel, t.at().isAfter(now) ? new Told(now, t.firing(), t.resolved()) : t));
    return new AlertGroup(
        route,
        labels,
        due.isAfter(latest) ? latest : due,
        flushed,
        episode,
        level,
        escalated != null && escalated.isAfter(now) ? now : escalated,
        repeats,
        toldBy,
        settled,
        idle != null && idle.isAfter(now) ? now : idle);
  }

  /** With alerts again after it was idle: it waits for more of them as a new one does. */
  AlertGroup resumed(Instant due) {
    return new AlertGroup(
        route, labels, due, false, episode, level, escalated, repeats, told, settled, null);
  }

  AlertGroup idleSince(Instant time) {
    return new AlertGroup(
        route, labels, due, flushed, episode, level, escalated, repeats, told, settled, time);
  }
}
