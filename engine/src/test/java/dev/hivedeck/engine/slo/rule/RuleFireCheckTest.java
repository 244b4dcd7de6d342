package dev.hivedeck.engine.slo.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.slo.SampleObjective;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo;
import dev.hivedeck.engine.slo.exchange.SlothRules;
import dev.hivedeck.engine.slo.rule.RuleFireCheck.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rule that cannot fire is found before it was needed. */
class RuleFireCheckTest {
  private static final List<Labels> SEEN =
      List.of(
          Labels.metric("up", "job", "api"),
          Labels.metric("lag_seconds", "queue", "outbox"),
          Labels.metric("requests_total", "code", "500", "job", "api"),
          Labels.metric("seconds_bucket", "le", "0.5", "job", "api"));

  private static boolean seen(Expr.Selector selector) {
    return SEEN.stream().anyMatch(l -> selector.matchers().stream().allMatch(m -> m.matches(l)));
  }

  private static List<Check> checks(String rules) {
    return new RuleFireCheck(RuleFireCheckTest::seen)
        .of(RuleFile.read(rules, Duration.ofMinutes(1)));
  }

  private static Check check(String query) {
    return checks(
            "groups: [{name: g, rules: [{alert: A, expr: '" + query.replace("'", "''") + "'}]}]")
        .getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "up == 0 | can-fire |",
        "lag_seconds > 30 | can-fire |",
        "max by (queue) (lag_seconds) > 30 < 60 | can-fire |",
        "absent(never_seen{job=\"api\"}) | can-fire |",
        "sum(rate(requests_total{code=~\"5..\"}[5m])) / sum(rate(requests_total[5m])) > 0.05"
            + "| can-fire |",
        "requests_total{code=\"500\"} > on (job) lag_seconds | can-fire |",
        "histogram_quantile(0.99, sum by (le) (rate(seconds_bucket[5m]))) > 0.5 | can-fire |",
        "predict_linear(lag_seconds[1h], 4 * 3600) < 0 | can-fire |",
        "lag_second > 30 | cannot-fire | lag_second:",
        "rate(requests_total{code=\"5xx\"}[5m]) > 0 | cannot-fire | requests_total{code=\"5xx\"}",
        "lag_seconds > 5 and lag_seconds < 3 | cannot-fire | condition is not met",
        "up and on (queue) lag_seconds > 1 unless up | cannot-fire | condition is not met",
        "histogram_count(rate(lag_seconds[5m])) > 1 | unchecked | native histograms"
      })
  void whatCanFireIsToldFromWhatCannot(String query, String state, String why) {
    var check = check(query);
    assertThat(check.state()).as("%s: %s", query, check.why()).isEqualTo(state);
    if (why != null) {
      assertThat(check.why()).contains(why);
    }
  }

  @Test
  void whatRulesRecordIsThereWithTheLabelsThatItHas() {
    String rules =
        """
        groups:
          - name: g
            rules:
              - { record: job:lag, expr: max by (job) (lag_seconds), labels: { team: a } }
              - { alert: Right, expr: 'job:lag{team="a"} > 1' }
              - { alert: WrongTeam, expr: 'job:lag{team="b"} > 1' }
              - { alert: Dropped, expr: 'job:lag{queue="outbox"} > 1' }
        """;
    assertThat(checks(rules))
        .extracting(Check::rule, Check::state)
        .containsExactly(
            tuple("Right", "can-fire"),
            tuple("WrongTeam", "cannot-fire"),
            tuple("Dropped", "cannot-fire"));
  }

  @Test
  void everyExportedRuleCanFire() {
    var slo =
        PrometheusSlo.of(SampleObjective.of("99.9%", SampleObjective.days(30)), Instant.EPOCH);
    assertThat(checks(SlothRules.write(List.of(slo))))
        .hasSize(2)
        .allMatch(c -> c.state().equals("can-fire"));
  }
}
