package dev.hivedeck.engine.slo.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.promql.MemorySeries;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.alert.AlertMachine;
import dev.hivedeck.engine.slo.alert.AlertText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The states of alerts over time are those of Prometheus' own {@code promtool test rules}, though
 * our engine is started anew in the middle. Samples lie off the edges of windows, which Prometheus
 * 2 closed on both sides. Needs promtool, of Debian's package prometheus: {@code mvn -Ppromtool}.
 */
@Tag("promtool")
class PromtoolTest {
  /** Never on a whole minute within the time that is played. */
  private static final long STEP = 13_700;

  private static final int MINUTES = 130;
  private static final int INSTANCES = 60;

  private static final String RULES =
      """
      groups:
      - name: all
        interval: 1m
        rules:
        - record: job:errors:ratio_rate5m
          expr: sum by (job) (rate(errors_total[5m])) / sum by (job) (rate(requests_total[5m]))
        - record: job:errors:ratio_rate1h
          expr: sum by (job) (rate(errors_total[1h])) / sum by (job) (rate(requests_total[1h]))
          labels: {kind: recorded}
        - alert: Queue
          expr: queue > 40
          for: 3m
          keep_firing_for: 4m
          labels: {severity: ticket, where: "{{ $labels.job }}-{{ $labels.instance }}"}
        - alert: Errors
          expr: job:errors:ratio_rate5m > 0.055
          for: 2m
          labels: {severity: page}
        - alert: Burn
          expr: |
            max without (kind) (job:errors:ratio_rate5m > (1.05 * 0.05))
            and
            max without (kind) (job:errors:ratio_rate1h > (0.99 * 0.05))
          labels: {severity: page}
        - alert: Idle
          expr: increase(requests_total[2m]) < 4
          for: 1m
          keep_firing_for: 2m
        - alert: Slow
          expr: histogram_quantile(0.9, sum by (job, le) (rate(seconds_bucket[5m]))) > 0.8
          for: 1m
        - alert: Absent
          expr: absent(queue{instance="i0"})
      """;

  @TempDir Path folder;

  private final MemorySeries series = new MemorySeries();
  private final StringBuilder input = new StringBuilder();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {101, 102, 103})
  void statesOfAlertsAreThoseOfPromtool(long seed) throws Exception {
    var random = new Random(seed);
    int count = load(random);
    assertThat(count).isGreaterThanOrEqualTo(200);
    var group = RuleFile.read(RULES, Duration.ofMinutes(1)).getFirst();
    var evaluation = evaluation(group, RuleEvaluation.State.NONE);
    var expected = new StringBuilder();
    int states = 0;
    int restarts = 0;
    for (int minute = 0; minute <= MINUTES; minute++) {
      var now = Instant.EPOCH.plus(Duration.ofMinutes(minute));
      if (random.nextInt(10) == 0) {
        evaluation = evaluation(group, afterRestart(evaluation.state(), now));
        restarts++;
      }
      evaluation.evaluate(now, GracePeriod.NONE);
      expected.append(expectation(minute, evaluation.active()));
      states += evaluation.active().size();
    }
    System.out.printf(
        "seed %d: %d series, %d states of alerts at %d times, %d restarts%n",
        seed, count, states, MINUTES, restarts);
    assertThat(states).as("something must happen").isGreaterThan(1_000);
    Files.writeString(folder.resolve("rules.yml"), RULES);
    Files.writeString(
        folder.resolve("test.yml"),
        """
        rule_files: [rules.yml]
        evaluation_interval: 1m
        tests:
        - interval: 13s700ms
          input_series:
        %s  promql_expr_test:
        %s\
        """
            .formatted(input, expected));
    assertThat(promtool("test", "rules", "test.yml")).contains("SUCCESS");
  }

  /** All that is known goes through its written form. */
  private static RuleEvaluation.State afterRestart(RuleEvaluation.State state, Instant now) {
    var alerts = new ArrayList<Map<Labels, Alert>>();
    for (var rule : state.alerts()) {
      var read = new HashMap<Labels, Alert>();
      rule.values().stream()
          .map(a -> AlertText.read(AlertText.write(a)))
          .forEach(a -> read.put(a.labels(), a));
      alerts.add(AlertMachine.resumed(read, Duration.ofMinutes(1), now));
    }
    return new RuleEvaluation.State(alerts, state.recorded());
  }

  private RuleEvaluation evaluation(RuleGroup group, RuleEvaluation.State state) {
    return new RuleEvaluation(group, series, series::add, state);
  }

  private String promtool(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return output.length() > 5_000 ? output.substring(0, 5_000) : output;
  }

  private static String expectation(int minute, List<Alert> active) {
    var text = new StringBuilder();
    text.append("  - expr: ALERTS\n    eval_time: %dm\n    exp_samples:\n".formatted(minute));
    if (active.isEmpty()) {
      return text.toString().replace("exp_samples:\n", "exp_samples: []\n");
    }
    for (var alert : active) {
      var labels =
          alert
              .labels()
              .with(Labels.NAME, "ALERTS")
              .with("alertstate", alert.state().name().toLowerCase(Locale.ROOT));
      text.append("    - labels: '").append(labels).append("'\n      value: 1\n");
    }
    return text.toString();
  }

  private int load(Random random) {
    int count = 0;
    for (int i = 0; i < INSTANCES; i++) {
      String[] labels = {"instance", "i" + i, "job", "j" + i % 7};
      gauge(random, Labels.metric("queue", labels));
      counters(random, labels);
      count += 3;
    }
    for (int job = 0; job < 7; job++) {
      histogram(random, "j" + job);
      count += 4;
    }
    return count;
  }

  private void gauge(Random random, Labels labels) {
    var values = new Double[samples()];
    double level = 20;
    for (int i = 1; i < values.length; i++) {
      level = Math.max(0, level + random.nextGaussian() * 4 + (20 - level) * 0.02);
      values[i] = random.nextInt(40) == 0 ? null : Math.rint(level);
    }
    if (random.nextInt(4) == 0) { // gone for a while
      int from = random.nextInt(values.length);
      for (int i = from; i < Math.min(values.length, from + 60); i++) {
        values[i] = null;
      }
    }
    add(labels, values);
  }

  private void counters(Random random, String... labels) {
    var requests = new Double[samples()];
    var errors = new Double[samples()];
    double all = 10_000 + random.nextInt(5_000);
    double bad = 10_000 + random.nextInt(5_000);
    double share = 0.03;
    double traffic = 1 + random.nextInt(20);
    for (int i = 1; i < requests.length; i++) {
      share = Math.clamp(share + random.nextGaussian() * 0.006, 0, 0.3);
      if (random.nextInt(300) == 0) { // it began anew
        all = 0;
        bad = 0;
      }
      if (random.nextInt(200) == 0) {
        traffic = random.nextInt(20);
      }
      int more = traffic == 0 ? 0 : random.nextInt((int) traffic * 2);
      all += more;
      for (int k = 0; k < more; k++) {
        bad += random.nextDouble() < share ? 1 : 0;
      }
      requests[i] = all;
      errors[i] = bad;
    }
    add(Labels.metric("requests_total", labels), requests);
    add(Labels.metric("errors_total", labels), errors);
  }

  private void histogram(Random random, String job) {
    var bounds = new TreeMap<Double, Double[]>();
    for (double bound : new double[] {0.1, 0.5, 1, Double.POSITIVE_INFINITY}) {
      bounds.put(bound, new Double[samples()]);
    }
    // Near zero Prometheus 2 leads a counter on to it a little further than Prometheus 3 does.
    double[] counts = {10_000, 20_000, 30_000, 40_000};
    double middle = 0.4;
    for (int i = 1; i < samples(); i++) {
      middle = Math.clamp(middle + random.nextGaussian() * 0.03, 0.05, 0.8);
      for (int k = 0; k < 10; k++) {
        double seconds = middle * -Math.log(random.nextDouble());
        int b = 0;
        for (double bound : bounds.keySet()) {
          counts[b++] += seconds <= bound ? 1 : 0;
        }
      }
      int b = 0;
      for (var values : bounds.values()) {
        values[i] = counts[b++];
      }
    }
    bounds.forEach(
        (bound, values) ->
            add(
                Labels.metric(
                    "seconds_bucket",
                    "job",
                    job,
                    "le",
                    Double.isInfinite(bound) ? "+Inf" : Double.toString(bound)),
                values));
  }

  private static int samples() {
    return (int) (MINUTES * 60_000 / STEP) + 1;
  }

  private void add(Labels labels, Double[] values) {
    input.append("  - series: '").append(labels).append("'\n    values: '");
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        series.add(labels, new Point(i * STEP, values[i]));
      }
      input.append(values[i] == null ? "_" : Long.toString(values[i].longValue())).append(' ');
    }
    input.append("'\n");
  }
}
