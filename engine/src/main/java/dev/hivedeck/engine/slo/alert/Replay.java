package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.Burn;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Objective;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What an objective would have paged about, had it been there: the same evaluation, over events of
 * the past, whenever there was one. What is kept an hour apart tells of hours, not of minutes.
 */
public final class Replay {
  /**
   * A time in which an alert would have fired.
   *
   * @param end null when it still would
   * @param burn the pair of windows that began it
   */
  public record Episode(Severity severity, Instant start, Instant end, Burn burn) {}

  private Replay() {}

  public static List<Episode> over(
      Objective objective, EventLog events, Instant from, Instant until) {
    var episodes = new ArrayList<Episode>();
    Map<Severity, Episode> open = new EnumMap<>(Severity.class);
    for (int i = 0; i < events.size(); i++) {
      var now = Instant.ofEpochMilli(events.time(i));
      if (now.isBefore(from) || now.isAfter(until)) {
        continue;
      }
      var assessment = Assessment.of(objective, events, now);
      for (var severity : Severity.values()) {
        var worst = assessment.worst(severity);
        var episode = open.get(severity);
        if (worst.isPresent() && episode == null) {
          open.put(severity, new Episode(severity, now, null, worst.get()));
        } else if (worst.isEmpty() && episode != null) {
          episodes.add(new Episode(severity, episode.start(), now, episode.burn()));
          open.remove(severity);
        }
      }
    }
    episodes.addAll(open.values());
    episodes.sort((a, b) -> a.start().compareTo(b.start()));
    return episodes;
  }
}
