package dev.hivedeck.engine.slo.exchange;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo.AlertTexts;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo.Sli;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes unit tests for exported rules, as {@code promtool test rules} runs them: when everything
 * fails each alert must fire, and when nothing does none may.
 */
public final class RuleUnitTest {
  private static final String MINUTES = "30m";

  private RuleUnitTest() {}

  /**
   * @param file where the rules are, beside the test
   */
  public static String write(String file, List<PrometheusSlo> slos) {
    var tests = new ArrayList<Map<String, Object>>();
    for (var slo : slos) {
      failing(slo).ifPresent(series -> tests.add(test(slo, series, true)));
      healthy(slo).ifPresent(series -> tests.add(test(slo, series, false)));
    }
    var root = new LinkedHashMap<String, Object>();
    root.put("rule_files", List.of(file));
    root.put("evaluation_interval", "1m");
    root.put("tests", tests);
    return Yaml.write(root);
  }

  /** A series that counts bad events only; empty where no such can be told from the query. */
  private static Optional<Labels> failing(PrometheusSlo slo) {
    return switch (slo.sli()) {
      case Sli.Events e -> both(e.error(), e.total()).map(p -> Selectors.example(merged(p), null));
      case Sli.Good g ->
          both(g.good(), g.total()).map(p -> Selectors.example(p.getLast(), p.getFirst()));
      case Sli.Raw _ -> Optional.empty();
    };
  }

  private static Optional<Labels> healthy(PrometheusSlo slo) {
    return switch (slo.sli()) {
      case Sli.Events e ->
          both(e.error(), e.total()).map(p -> Selectors.example(p.getLast(), p.getFirst()));
      case Sli.Good g -> both(g.good(), g.total()).map(p -> Selectors.example(merged(p), null));
      case Sli.Raw _ -> Optional.empty();
    };
  }

  private static Expr.Selector merged(List<Expr.Selector> pair) {
    var all = new ArrayList<>(pair.getLast().matchers());
    all.addAll(pair.getFirst().matchers());
    return new Expr.Selector(all, 0, null);
  }

  /** The selectors of both, where they are of one metric, so that one series can stand for both. */
  private static Optional<List<Expr.Selector>> both(String some, String total) {
    var first = Selectors.ofSummedRate(some).map(Selectors::parse);
    var second = Selectors.ofSummedRate(total).map(Selectors::parse);
    return first.isPresent()
            && second.isPresent()
            && Selectors.name(first.get()).equals(Selectors.name(second.get()))
        ? Optional.of(List.of(first.get(), second.get()))
        : Optional.empty();
  }

  private static Map<String, Object> test(PrometheusSlo slo, Labels series, boolean fires) {
    var input = new LinkedHashMap<String, Object>();
    input.put("series", series.toString());
    input.put("values", "0+60x40");
    var alerts = new ArrayList<Map<String, Object>>();
    slo.alerts().stream()
        .map(AlertTexts::name)
        .distinct()
        .forEach(name -> alerts.add(expectation(slo, name, fires)));
    var test = new LinkedHashMap<String, Object>();
    test.put("interval", "1m");
    test.put("input_series", List.of(input));
    test.put("alert_rule_test", alerts);
    return test;
  }

  private static Map<String, Object> expectation(PrometheusSlo slo, String name, boolean fires) {
    var expected = new ArrayList<Map<String, Object>>();
    for (var alert : slo.alerts()) {
      if (fires && alert.name().equals(name)) {
        String severity = alert.severity().name().toLowerCase(Locale.ROOT);
        var labels = new TreeMap<>(slo.labels());
        labels.putAll(alert.labels());
        labels.put("sloth_id", slo.id());
        labels.put("sloth_service", slo.service());
        labels.put("sloth_slo", slo.name());
        labels.put("sloth_severity", severity);
        String who = slo.service() + " " + slo.name() + " SLO error budget burn rate is";
        var annotations = new TreeMap<>(alert.annotations());
        annotations.putIfAbsent("summary", who + " over expected.");
        annotations.putIfAbsent("title", "(" + severity + ") " + who + " too fast.");
        var one = new LinkedHashMap<String, Object>();
        one.put("exp_labels", labels);
        one.put("exp_annotations", annotations);
        expected.add(one);
      }
    }
    var expectation = new LinkedHashMap<String, Object>();
    expectation.put("eval_time", MINUTES);
    expectation.put("alertname", name);
    expectation.put("exp_alerts", expected);
    return expectation;
  }
}
