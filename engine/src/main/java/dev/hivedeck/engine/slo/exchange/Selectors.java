package dev.hivedeck.engine.slo.exchange;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Selectors of series as text, and what series they would take. */
public final class Selectors {
  private Selectors() {}

  public static Expr.Selector parse(String text) {
    if (Parser.parse(text) instanceof Expr.Selector selector && selector.offset() == 0) {
      return selector;
    }
    throw new HiveException(
        ErrorCode.SELECTOR_INVALID,
        "This is no selector of series: " + text,
        "Write one as in requests_total{code!~\"5..\"}");
  }

  /** As it is written. */
  public static String text(Expr.Selector selector) {
    return text(name(selector), selector.matchers());
  }

  private static String text(String name, List<LabelMatcher> matchers) {
    String conditions =
        matchers.stream()
            .filter(m -> !m.name().equals(Labels.NAME) || m.type() != LabelMatcher.Type.EQUAL)
            .map(LabelMatcher::toString)
            .collect(Collectors.joining(","));
    return conditions.isEmpty() ? name : name + "{" + conditions + "}";
  }

  /** The metric, empty when it is not named. */
  public static String name(Expr.Selector selector) {
    return selector.matchers().stream()
        .filter(m -> m.name().equals(Labels.NAME) && m.type() == LabelMatcher.Type.EQUAL)
        .map(LabelMatcher::value)
        .findFirst()
        .orElse("");
  }

  /** With something behind the metric's name, and more conditions. */
  static String named(Expr.Selector selector, String suffix, Map<String, String> more) {
    var matchers = new ArrayList<>(selector.matchers());
    more.forEach((name, value) -> matchers.add(LabelMatcher.equal(name, value)));
    return text(name(selector) + suffix, matchers);
  }

  /** What a histogram counts up to a limit. */
  public static Expr.Selector upTo(String histogram, double limit) {
    return parse(named(parse(histogram), "_bucket", Map.of("le", number(limit))));
  }

  /** What a histogram counts in all. */
  public static Expr.Selector count(String histogram) {
    return parse(named(parse(histogram), "_count", Map.of()));
  }

  /** The selector of a query that sums the rate of a counter, and nothing else. */
  public static Optional<String> ofSummedRate(String query) {
    return ofSummedRate(EventQueries.parse(query));
  }

  static Optional<String> ofSummedRate(Expr query) {
    var expr = query;
    if (expr instanceof Expr.Aggregation sum
        && sum.operator().equals("sum")
        && sum.grouping().isEmpty()
        && !sum.without()) {
      expr = sum.of();
    }
    if (expr instanceof Expr.Call call
        && (call.function().equals("rate") || call.function().equals("increase"))
        && call.arguments().getFirst() instanceof Expr.Range range) {
      expr = range.selector();
    }
    return expr instanceof Expr.Selector selector && selector.offset() == 0
        ? Optional.of(text(selector))
        : Optional.empty();
  }

  /** The series of all that some leave out; empty where no one selector says so. */
  static Optional<String> others(Expr.Selector some, Expr.Selector all) {
    var known = all.matchers().stream().map(LabelMatcher::toString).toList();
    var more = some.matchers().stream().filter(m -> !known.contains(m.toString())).toList();
    if (more.size() != 1 || some.matchers().size() != all.matchers().size() + 1) {
      return Optional.empty();
    }
    var matchers = new ArrayList<>(all.matchers());
    var only = more.getFirst();
    matchers.add(new LabelMatcher(only.name(), opposite(only.type()), only.value()));
    return Optional.of(text(name(all), matchers));
  }

  private static LabelMatcher.Type opposite(LabelMatcher.Type type) {
    return switch (type) {
      case EQUAL -> LabelMatcher.Type.NOT_EQUAL;
      case NOT_EQUAL -> LabelMatcher.Type.EQUAL;
      case REGEX -> LabelMatcher.Type.NOT_REGEX;
      case NOT_REGEX -> LabelMatcher.Type.REGEX;
    };
  }

  static String number(double value) {
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  /** Labels that meet the conditions of one selector, and break the others of another. */
  public static Labels example(Expr.Selector meets, Expr.Selector breaks) {
    var labels = new TreeMap<String, String>();
    for (var matcher : meets.matchers()) {
      labels.put(matcher.name(), meeting(matcher));
    }
    if (breaks != null) {
      var known = meets.matchers().stream().map(LabelMatcher::toString).toList();
      for (var matcher : breaks.matchers()) {
        if (!known.contains(matcher.toString())) {
          labels.put(matcher.name(), breaking(matcher));
        }
      }
    }
    return Labels.of(labels);
  }

  private static String meeting(LabelMatcher matcher) {
    return switch (matcher.type()) {
      case EQUAL -> matcher.value();
      case NOT_EQUAL -> "other-than-" + matcher.value();
      case REGEX -> sample(matcher.value());
      case NOT_REGEX -> "none";
    };
  }

  private static String breaking(LabelMatcher matcher) {
    return switch (matcher.type()) {
      case EQUAL -> "other-than-" + matcher.value();
      case NOT_EQUAL -> matcher.value();
      case REGEX -> "none";
      case NOT_REGEX -> sample(matcher.value());
    };
  }

  /**
   * A text that a plain regular expression takes: of alternatives the first, of any character 0.
   */
  private static String sample(String regex) {
    String first = regex.replaceAll("[()^$]", "").split("\\|")[0];
    return first.replaceAll("\\.[*+]", "x").replace('.', '0').replaceAll("[\\\\?*+]", "");
  }
}
