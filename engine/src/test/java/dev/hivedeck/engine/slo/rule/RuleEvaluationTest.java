package dev.hivedeck.engine.slo.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.SeriesSource;
import dev.hivedeck.engine.metric.promql.MemorySeries;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rule that fails, whatever by, is told as its own fault, and the others of its group go on. */
class RuleEvaluationTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  private static final String RULES =
      """
      groups:
        - name: g
          rules:
            - { alert: First, expr: lag > 1 }
            - { alert: Broken, expr: broken > 1 }
            - { record: lag:double, expr: lag * 2 }
            - { record: broken:double, expr: broken * 2 }
            - { alert: Last, expr: 'lag:double > 3' }
      """;

  private final MemorySeries series = new MemorySeries();
  private Throwable fault;
  private final SeriesSource source =
      (matchers, after, until) -> {
        if (fault != null && matchers.stream().anyMatch(m -> m.value().equals("broken"))) {
          throw unchecked(fault);
        }
        return series.select(matchers, after, until);
      };

  private final RuleEvaluation evaluation =
      new RuleEvaluation(
          RuleFile.read(RULES, Duration.ofMinutes(1)).getFirst(),
          source,
          series::add,
          RuleEvaluation.State.NONE);

  private static RuntimeException unchecked(Throwable fault) {
    if (fault instanceof Error error) {
      throw error;
    }
    return (RuntimeException) fault;
  }

  private List<String> active(int seconds) {
    var now = NOW.plusSeconds(seconds);
    series.add(Labels.metric("lag"), new Point(now.toEpochMilli(), 2));
    series.add(Labels.metric("broken"), new Point(now.toEpochMilli(), 2));
    evaluation.evaluate(now, GracePeriod.NONE);
    return evaluation.active().stream()
        .filter(a -> a.state() == AlertState.FIRING)
        .map(a -> a.labels().get("alertname"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
  void itsAlertsStayAndTheOthersGoOn(Class<? extends Throwable> kind) throws Exception {
    assertThat(active(0)).containsExactly("First", "Broken", "Last");
    fault = kind.getDeclaredConstructor().newInstance();
    assertThat(active(10)).as("what fires goes on").containsExactly("First", "Broken", "Last");
    assertThat(evaluation.problems()).containsOnlyKeys(1, 3);
    assertThat(evaluation.problems().get(1))
        .hasMessageStartingWith("The rule cannot be evaluated: ")
        .hasMessageContaining(kind.getSimpleName());
    fault = null;
    assertThat(active(20)).hasSize(3);
    assertThat(evaluation.problems()).isEmpty();
  }

  @Test
  void oneThatFailsFromTheBeginningHasNoAlerts() {
    fault = new IllegalStateException("no disk");
    assertThat(active(0)).containsExactly("First", "Last");
    assertThat(evaluation.problems()).containsOnlyKeys(1, 3);
  }
}
