package dev.hivedeck.engine.slo.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.SampleObjective;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A year with incidents of every kind that chapter 5 of the Site Reliability Workbook speaks of:
 * each is told within the time that it promises, nothing else is told, and no event is miscounted.
 */
class YearTest {
  private static final long MINUTE = 60_000;

  /** Minutes between evaluations while nothing has just begun. */
  private static final int QUIET = 5;

  /** Minutes from the beginning of an incident in which each is evaluated. */
  private static final int WATCHED = 60;

  private static final int MINUTES = 365 * 24 * 60;
  private static final long START = Duration.ofDays(19_000).toMillis();

  /**
   * Bad events that come so many times faster than allowed.
   *
   * @param promised within how many minutes it is told, -1 for never
   */
  private record Kind(double burn, int minutes, Severity severity, double promised) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(1_000, 10, Severity.PAGE, 14.4 / 1_000 * 60),
          new Kind(100, 30, Severity.PAGE, 14.4 / 100 * 60),
          new Kind(50, 60, Severity.PAGE, 14.4 / 50 * 60),
          new Kind(10, 6 * 60, Severity.PAGE, 6.0 / 10 * 360),
          new Kind(4.5, 24 * 60, Severity.TICKET, 3 / 4.5 * 1_440),
          new Kind(2, 3 * 24 * 60, Severity.TICKET, 1.0 / 2 * 4_320),
          new Kind(20, 5, null, -1),
          new Kind(0.6, 24 * 60, null, -1));

  private record Incident(Kind kind, int from, int until) {}

  private record Told(Severity severity, int from, int until) {}

  private final Objective objective = SampleObjective.of("99.9%", SampleObjective.days(30));

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {41, 42})
  void eachIncidentIsToldInTimeAndNothingElseIs(long seed) {
    var random = new Random(seed);
    var incidents = incidents(random);
    var burns = burns(incidents);
    var beginnings = beginnings(incidents);
    long[] bads = new long[MINUTES + 1];
    long[] totals = new long[MINUTES + 1];
    var events = new EventLog();
    var told = new ArrayList<Told>();
    Map<Labels, Alert> alerts = Map.of();
    int[] since = {-1, -1};
    for (int minute = 1; minute <= MINUTES; minute++) {
      long total = 500 + random.nextInt(200);
      double share = 0.001 * burns[minute];
      long bad = binomial(random, total, Math.min(1, share));
      bads[minute] = bads[minute - 1] + bad;
      totals[minute] = totals[minute - 1] + total;
      long time = START + minute * MINUTE;
      events.add(time, Counts.ofBad(bad, total));
      if (minute % 1_440 == 0) {
        events.thin(time - Duration.ofDays(8).toMillis(), 60 * MINUTE);
        events.forget(time - Duration.ofDays(100).toMillis());
      }
      if (minute % QUIET != 0 && !beginnings.get(minute)) {
        continue;
      }
      var assessment = Assessment.of(objective, events, Instant.ofEpochMilli(time));
      if (minute % 1_440 == 0) {
        int first = Math.max(0, minute - 30 * 1_440);
        assertThat(assessment.counts())
            .as("seed %d, day %d", seed, minute / 1_440)
            .isEqualTo(Counts.ofBad(bads[minute] - bads[first], totals[minute] - totals[first]));
      }
      alerts = ObjectiveAlerts.next(assessment, alerts, Instant.EPOCH).alerts();
      for (var severity : Severity.values()) {
        var alert = alerts.get(ObjectiveAlerts.labels(objective, severity));
        boolean fires = alert != null && alert.state() == AlertState.FIRING;
        int s = severity.ordinal();
        if (fires && since[s] < 0) {
          since[s] = minute;
        } else if (!fires && since[s] >= 0) {
          told.add(new Told(severity, since[s], minute));
          since[s] = -1;
        }
      }
    }
    check(seed, incidents, told);
  }

  private static void check(long seed, List<Incident> incidents, List<Told> told) {
    int inTime = 0;
    for (var incident : incidents) {
      var kind = incident.kind();
      var during =
          told.stream()
              .filter(t -> t.severity() == kind.severity())
              .filter(t -> t.until() > incident.from() && t.from() <= incident.until())
              .mapToInt(t -> Math.max(0, t.from() - incident.from()))
              .min();
      if (kind.severity() != null) {
        assertThat(during).as("seed %d: %s is told", seed, incident).isPresent();
        assertThat((double) during.getAsInt())
            .as("seed %d: %s is told in time", seed, incident)
            .isLessThanOrEqualTo(kind.promised() * 1.1 + (kind.promised() < WATCHED ? 1 : QUIET));
        inTime++;
      }
    }
    for (var alert : told) {
      assertThat(incidents)
          .as("seed %d: %s has a reason", seed, alert)
          .anyMatch(
              i ->
                  i.kind().burn() > 1
                      && i.kind().severity() != null
                      && (alert.severity() == Severity.TICKET
                          || i.kind().severity() == Severity.PAGE)
                      && alert.from() > i.from()
                      && alert.from() <= i.until() + limit(alert.severity())
                      && alert.until() <= i.until() + limit(alert.severity()));
    }
    assertThat(inTime).isGreaterThan(25);
  }

  /** An alert ends with its short window. */
  private static int limit(Severity severity) {
    return QUIET + (severity == Severity.PAGE ? 30 : 6 * 60);
  }

  /** How fast the budget burns, minute by minute. */
  private static double[] burns(List<Incident> incidents) {
    var burns = new double[MINUTES + 1];
    Arrays.fill(burns, 0.1);
    for (var incident : incidents) {
      Arrays.fill(burns, incident.from() + 1, incident.until() + 1, incident.kind().burn());
    }
    return burns;
  }

  private static BitSet beginnings(List<Incident> incidents) {
    var minutes = new BitSet(MINUTES + 1);
    incidents.forEach(i -> minutes.set(i.from(), i.from() + WATCHED));
    return minutes;
  }

  /** One after the other, with enough time between for windows to forget. */
  private static List<Incident> incidents(Random random) {
    var incidents = new ArrayList<Incident>();
    int at = 5 * 1_440;
    while (at < MINUTES - 10 * 1_440) {
      var kind = KINDS.get(incidents.size() % KINDS.size());
      incidents.add(new Incident(kind, at, at + kind.minutes()));
      at += kind.minutes() + 4 * 1_440 + random.nextInt(2 * 1_440);
    }
    return incidents;
  }

  private static long binomial(Random random, long n, double p) {
    if (p >= 1) {
      return n;
    }
    double mean = n * p;
    if (mean > 30) {
      double sigma = Math.sqrt(mean * (1 - p));
      return Math.clamp(Math.round(mean + sigma * random.nextGaussian()), 0, n);
    }
    long k = 0;
    double left = Math.exp(-mean);
    for (double u = random.nextDouble(); u > left && k < n; k++) {
      u -= left;
      left *= mean / (k + 1);
    }
    return k;
  }
}
