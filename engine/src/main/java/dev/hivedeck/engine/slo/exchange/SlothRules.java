package dev.hivedeck.engine.slo.exchange;

import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo.AlertTexts;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo.Sli;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes Prometheus rules in the shape that Sloth gives them (<a
 * href="https://sloth.dev">Sloth</a>), so that dashboards and alerts made for it work: a record of
 * the share of errors for each window, records about the objective, and an alert for each severity.
 */
public final class SlothRules {
  private static final String BY = "on(sloth_id, sloth_slo, sloth_service) group_left";

  private SlothRules() {}

  /** A rule file. */
  public static String write(List<PrometheusSlo> slos) {
    var groups = new ArrayList<Map<String, Object>>();
    for (var slo : slos) {
      groups.add(group("sloth-slo-sli-recordings-" + slo.id(), recordings(slo)));
      groups.add(group("sloth-slo-meta-recordings-" + slo.id(), about(slo)));
      if (!slo.alerts().isEmpty()) {
        groups.add(
            group(
                "sloth-slo-alerts-" + slo.id(),
                slo.alerts().stream().map(a -> alert(slo, a)).toList()));
      }
    }
    return "# Written by Hivedeck in the shape of Sloth's rules. Change the objective, not this.\n"
        + Yaml.write(Map.of("groups", groups));
  }

  private static Map<String, Object> group(String name, List<Map<String, Object>> rules) {
    var group = new LinkedHashMap<String, Object>();
    group.put("name", name);
    group.put("rules", rules);
    return group;
  }

  private static List<Map<String, Object>> recordings(PrometheusSlo slo) {
    var windows = new TreeSet<Duration>();
    for (var window : slo.windows()) {
      windows.add(window.length());
      windows.add(window.shortLength());
    }
    windows.add(shortest(slo)); // the period is told from it
    var rules = new ArrayList<Map<String, Object>>();
    for (var window : windows) {
      String text = text(window);
      rules.add(
          record(
              slo,
              "slo:sli_error:ratio_rate" + text,
              query(slo.sli()).replace(PrometheusSlo.WINDOW, text),
              Map.of("sloth_window", text)));
    }
    String period = text(slo.period());
    String shortest = series(slo, "slo:sli_error:ratio_rate" + text(windows.first()));
    rules.add(
        record(
            slo,
            "slo:sli_error:ratio_rate" + period,
            "sum_over_time(%s[%s])\n/ ignoring (sloth_window)\ncount_over_time(%s[%s])\n"
                .formatted(shortest, period, shortest, period),
            Map.of("sloth_window", period)));
    return rules;
  }

  private static String query(Sli sli) {
    return switch (sli) {
      case Sli.Events e -> "(%s)\n/\n(%s)\n".formatted(e.error(), e.total());
      case Sli.Good g ->
          "(\n  1 - (\n    (\n      %s\n    )\n    /\n    (\n      %s\n    )\n  )\n)"
              .formatted(g.good(), g.total());
      case Sli.Raw r -> "(" + r.errorRatio() + ")";
    };
  }

  private static List<Map<String, Object>> about(PrometheusSlo slo) {
    String ratio = slo.target().ratio().toPlainString();
    String budget = series(slo, "slo:error_budget:ratio");
    String shortest = "slo:sli_error:ratio_rate" + text(shortest(slo));
    String period = "slo:sli_error:ratio_rate" + text(slo.period());
    var rules = new ArrayList<Map<String, Object>>();
    rules.add(record(slo, "slo:objective:ratio", "vector(" + ratio + ")", Map.of()));
    rules.add(record(slo, "slo:error_budget:ratio", "vector(1-" + ratio + ")", Map.of()));
    rules.add(
        record(slo, "slo:time_period:days", "vector(" + slo.period().toDays() + ")", Map.of()));
    rules.add(
        record(
            slo,
            "slo:current_burn_rate:ratio",
            series(slo, shortest) + "\n/ " + BY + "\n" + budget + "\n",
            Map.of()));
    rules.add(
        record(
            slo,
            "slo:period_burn_rate:ratio",
            series(slo, period) + "\n/ " + BY + "\n" + budget + "\n",
            Map.of()));
    rules.add(
        record(
            slo,
            "slo:period_error_budget_remaining:ratio",
            "1 - " + series(slo, "slo:period_burn_rate:ratio"),
            Map.of()));
    rules.add(
        record(
            slo,
            "sloth_slo_info",
            "vector(1)",
            Map.of(
                "sloth_mode", "hivedeck",
                "sloth_objective", slo.target().percent().replace("%", ""),
                "sloth_spec", "prometheus/v1",
                "sloth_version", "hivedeck")));
    return rules;
  }

  private static Duration shortest(PrometheusSlo slo) {
    return slo.windows().stream()
        .map(BurnWindow::shortLength)
        .min(Duration::compareTo)
        .orElse(Duration.ofMinutes(5));
  }

  private static Map<String, Object> record(
      PrometheusSlo slo, String name, String query, Map<String, String> more) {
    var labels = new TreeMap<>(slo.labels());
    labels.put("sloth_id", slo.id());
    labels.put("sloth_service", slo.service());
    labels.put("sloth_slo", slo.name());
    labels.putAll(more);
    var rule = new LinkedHashMap<String, Object>();
    rule.put("record", name);
    rule.put("expr", query);
    rule.put("labels", labels);
    return rule;
  }

  private static Map<String, Object> alert(PrometheusSlo slo, AlertTexts texts) {
    var conditions = new ArrayList<String>();
    for (var window : slo.windows()) {
      if (window.severity() == texts.severity()) {
        conditions.add(condition(slo, window));
      }
    }
    var labels = new TreeMap<>(texts.labels());
    String severity = texts.severity().name().toLowerCase(Locale.ROOT);
    labels.put("sloth_severity", severity);
    var annotations = new TreeMap<>(texts.annotations());
    String who = "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is";
    annotations.putIfAbsent("summary", who + " over expected.");
    annotations.putIfAbsent("title", "(" + severity + ") " + who + " too fast.");
    var rule = new LinkedHashMap<String, Object>();
    rule.put("alert", texts.name());
    rule.put("expr", String.join("or\n", conditions));
    rule.put("labels", labels);
    rule.put("annotations", annotations);
    return rule;
  }

  private static String condition(PrometheusSlo slo, BurnWindow window) {
    return "(\n    %s\n    and\n    %s\n)\n"
        .formatted(
            exceeded(slo, window, window.shortLength()), exceeded(slo, window, window.length()));
  }

  private static String exceeded(PrometheusSlo slo, BurnWindow window, Duration length) {
    return "max(%s > (%s * %s)) without (sloth_window)"
        .formatted(
            series(slo, "slo:sli_error:ratio_rate" + text(length)),
            plain(window.factor(slo.period())),
            plain(slo.target().budget()));
  }

  private static String plain(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }

  private static String series(PrometheusSlo slo, String name) {
    return "%s{sloth_id=\"%s\", sloth_service=\"%s\", sloth_slo=\"%s\"}"
        .formatted(name, slo.id(), slo.service(), slo.name());
  }

  /** As Prometheus writes it, in one unit. */
  static String text(Duration duration) {
    long minutes = duration.toMinutes();
    if (!duration.equals(Duration.ofMinutes(minutes))) {
      return duration.toMillis() % 1_000 == 0
          ? duration.toSeconds() + "s"
          : duration.toMillis() + "ms";
    }
    if (minutes % 10_080 == 0) {
      return minutes / 10_080 + "w";
    }
    if (minutes % 1_440 == 0) {
      return minutes / 1_440 + "d";
    }
    return minutes % 60 == 0 ? minutes / 60 + "h" : minutes + "m";
  }
}
