package dev.hivedeck.engine.slo.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.alert.AlertMachine.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pending, firing, resolved: as in Prometheus, and across restarts. */
class AlertMachineTest {
  private static final Instant START = Instant.parse("2026-11-18T14:00:00Z");
  private static final Labels FOUND = Labels.of("job", "api");

  private Map<Labels, Alert> alerts = Map.of();
  private Instant now = START;

  private static AlertRule rule(String holdFor, String keep) {
    return new AlertRule(
        "Slow",
        Duration.parse(holdFor),
        Duration.parse(keep),
        Map.of("team", "{{ $labels.job }}-team"),
        Map.of("summary", "{{ $labels.job }} is at {{ $value | humanizePercentage }}"));
  }

  /** One letter a minute: {@code t} true, {@code f} false, {@code u} unknown, {@code R} restart. */
  private String play(AlertRule rule, String course) {
    var states = new StringBuilder();
    for (char c : course.toCharArray()) {
      if (c == 'R') {
        restart();
        continue;
      }
      var observation = rule.observe(FOUND, 0.25);
      var step =
          AlertMachine.next(
              rule,
              alerts,
              c == 't' ? List.of(observation) : List.of(),
              c == 'u' ? Set.of(observation.labels()) : Set.of(),
              now);
      alerts = step.alerts();
      var state = alerts.values().stream().map(a -> a.state().name().substring(0, 1)).toList();
      states.append(state.isEmpty() ? "-" : state.getFirst());
      now = now.plusSeconds(60);
    }
    return states.toString();
  }

  /** All that is known goes through its written form, as after a crash. */
  private void restart() {
    var written = new ArrayList<String>();
    alerts.values().forEach(a -> written.add(AlertText.write(a)));
    var read = new HashMap<Labels, Alert>();
    written.forEach(
        w -> {
          var alert = AlertText.read(w);
          read.put(alert.labels(), alert);
        });
    assertThat(read).isEqualTo(alerts);
    alerts = AlertMachine.resumed(read, Duration.ofMinutes(1), now);
  }

  @ParameterizedTest(name = "for {0}, kept {1}: {2} is {3}")
  @CsvSource({
    "PT0S, PT0S, tft,            FRF",
    "PT2M, PT0S, ttttf,          PPFFR",
    "PT2M, PT0S, ttftttf,        PP-PPFR",
    "PT2M, PT3M, tttffff,        PPFFFFR", // kept for three minutes from the first miss
    "PT2M, PT3M, tttfftffff,     PPFFFFFFFR", // seen again: the three minutes begin anew
    "PT0S, PT0S, tffffffffffffffffff, FRRRRRRRRRRRRRRRR--",
    "PT0S, PT0S, tfft,           FRRF",
    // what cannot be known changes nothing
    "PT0S, PT0S, tuuf,           FFFR",
    "PT2M, PT0S, tut,            PPF",
    // restarts change nothing
    "PT2M, PT0S, tRtRttRf,       PPFFR",
    "PT2M, PT3M, tttRfRfRff,     PPFFFFR",
    "PT0S, PT0S, tfRffRt,        FRRRF",
  })
  void alertsAreWhatPrometheusWouldMakeOfThem(
      String holdFor, String keep, String course, String states) {
    assertThat(play(rule(holdFor, keep), course.strip())).isEqualTo(states.strip());
  }

  @Test
  void whoAnAlertIsComesFromItsLabelsAfterTemplates() {
    play(rule("PT0S", "PT0S"), "tR");
    var alert = alerts.values().iterator().next();
    assertThat(alert.labels())
        .isEqualTo(Labels.of("alertname", "Slow", "job", "api", "team", "api-team"));
    assertThat(alert.annotations()).containsEntry("summary", "api is at 25%");
    assertThat(play(rule("PT0S", "PT0S"), "t")).isEqualTo("F");
    assertThat(alerts).hasSize(1);
  }

  @Test
  void twoResultsOfOneIdentityAreRefused() {
    var rule = new AlertRule("Slow", Duration.ZERO, Duration.ZERO, Map.of("job", "x"), Map.of());
    var found = List.of(rule.observe(FOUND, 1), rule.observe(Labels.of("job", "web"), 1));
    assertThatThrownBy(() -> AlertMachine.next(rule, Map.of(), found, Set.of(), START))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("alerts-alike"));
  }

  @Test
  void theTimeInWhichNobodyLookedDoesNotMakeAPendingAlertFire() {
    var rule = rule("PT10M", "PT0S");
    assertThat(play(rule, "tt")).isEqualTo("PP");
    now = now.plus(Duration.ofHours(3));
    assertThat(play(rule, "Rtttttttt")).isEqualTo("PPPPPPPP");
    assertThat(play(rule, "t")).isEqualTo("F");
  }

  @Test
  void aClockThatIsSetBackTakesNoAlertBack() {
    var rule = rule("PT2M", "PT0S");
    assertThat(play(rule, "ttt")).isEqualTo("PPF");
    now = START.minus(Duration.ofHours(1));
    assertThat(play(rule, "tut")).isEqualTo("FFF");
  }

  @Test
  void aRestartInAnyStateTellsNothingTwiceAndTakesNothingBack() {
    var rule = rule("PT1M", "PT0S");
    for (String course : List.of("t", "ttt", "tttf", "tttff")) {
      alerts = Map.of();
      now = START;
      var told = new ArrayList<Transition>();
      play(rule, course);
      restart();
      var again =
          course.endsWith("t")
              ? List.of(rule.observe(FOUND, 0.25))
              : List.<AlertRule.Observation>of();
      var step = AlertMachine.next(rule, alerts, again, Set.of(), now);
      told.addAll(step.transitions());
      assertThat(told).as(course).allMatch(t -> t.from() == AlertState.PENDING);
    }
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = ';',
      value = {
        "{{ $value }}                                  ; 1234.5678",
        "{{ $value | humanize }}                       ; 1.235k",
        "{{ $value | humanizeDuration }}               ; 20m 34s",
        "{{ printf \"%.1f\" $value }}                  ; 1234.6",
        "{{ $labels.job }} in {{ .Labels.zone }}       ; api in ",
        "{{ query \"x\" }}                             ; <error expanding template: query \"x\" is"
            + " not supported>",
      })
  void templatesAreThoseOfPrometheus(String text, String expanded) {
    assertThat(Template.expand(text, FOUND, 1234.5678).strip())
        .isEqualTo(expanded == null ? "" : expanded.strip());
  }

  @Test
  void numbersAreWrittenAsGoWritesThem() {
    assertThat(Template.number(1e21)).isEqualTo("1e+21");
    assertThat(Template.number(1e20)).isEqualTo("100000000000000000000");
    assertThat(Template.number(0.0001)).isEqualTo("0.0001");
    assertThat(Template.number(0.00001)).isEqualTo("1e-05");
    assertThat(Template.number(1.5e-7)).isEqualTo("1.5e-07");
  }
}
