package dev.hivedeck.engine.slo.rule;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.promql.Evaluator;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.slo.exchange.Selectors;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whether an alerting rule can fire at all. Its query is evaluated on made-up series, each absent,
 * still, rising, or at and around the numbers that the query names, until some of them fulfil it.
 * One that only series fulfil which nobody has ever seen is broken: a label is wrong, or the metric
 * is absent.
 */
public final class RuleFireCheck {
  private static final long NOW = Duration.ofDays(400).toMillis();
  private static final long STEP = 15_000;
  private static final int MOST = 4_000;

  /** A subquery is evaluated thousands of times over by itself. */
  private static final int MOST_SUBQUERIES = 50;

  private static final double RISE = 10;
  private static final double LARGE = 1e12;
  private static final Duration LONGEST = Duration.ofDays(40);
  private static final List<Long> TIMES = times();

  /**
   * @param rule its name
   * @param state {@code can-fire}, {@code cannot-fire}, or {@code unchecked} where the query is
   *     over native histograms or cannot be evaluated
   * @param why empty where it can
   */
  public record Check(String rule, String state, String why) {}

  private final Predicate<Expr.Selector> known;

  /**
   * @param known whether there is a series that a selector takes
   */
  public RuleFireCheck(Predicate<Expr.Selector> known) {
    this.known = known;
  }

  /** Of each alerting rule, in order. */
  public List<Check> of(List<RuleGroup> groups) {
    var recorded = new ArrayList<Rule.Recording>();
    for (var group : groups) {
      for (var rule : group.rules()) {
        if (rule instanceof Rule.Recording recording) {
          recorded.add(recording);
        }
      }
    }
    var checks = new ArrayList<Check>();
    for (var group : groups) {
      for (var rule : group.rules()) {
        if (rule instanceof Rule.Alerting alerting) {
          checks.add(check(alerting, recorded));
        }
      }
    }
    return List.copyOf(checks);
  }

  private Check check(Rule.Alerting rule, List<Rule.Recording> recorded) {
    String name = rule.alert().name();
    var found = new Parts();
    found.look(rule.expr());
    var selectors = List.copyOf(found.selectors);
    var unseen =
        selectors.stream()
            .filter(s -> !known.test(s) && recorded.stream().noneMatch(r -> records(r, s)))
            .collect(Collectors.toSet());
    try {
      if (found.histograms) {
        return new Check(name, "unchecked", "its query is over native histograms");
      }
      if (fires(rule.expr(), selectors, unseen, found)) {
        return new Check(name, "can-fire", "");
      }
      if (!unseen.isEmpty() && fires(rule.expr(), selectors, Set.of(), found)) {
        return new Check(
            name,
            "cannot-fire",
            "nothing was ever seen of "
                + unseen.stream().map(Selectors::text).sorted().collect(Collectors.joining(", "))
                + ": the metric is absent, or a label is wrong");
      }
      return new Check(name, "cannot-fire", "whatever is measured, its condition is not met");
    } catch (HiveException e) {
      return new Check(name, "unchecked", e.getMessage());
    }
  }

  /** Whether a rule may record such a series. */
  private static boolean records(Rule.Recording rule, Expr.Selector selector) {
    return selector.matchers().stream()
        .allMatch(
            m -> {
              if (m.name().equals(Labels.NAME)) {
                return m.matches(Labels.metric(rule.record()));
              }
              String label = rule.labels().get(m.name());
              if (label != null) {
                return m.matches(Labels.of(Map.of(m.name(), label)));
              }
              boolean dropped =
                  rule.expr() instanceof Expr.Aggregation a
                      && a.without() == a.grouping().contains(m.name());
              return !dropped || m.matches(Labels.NONE);
            });
  }

  /** What a query is made of. */
  private static final class Parts {
    private final Set<Expr.Selector> selectors = new LinkedHashSet<>();
    private final Set<Double> numbers = new LinkedHashSet<>();
    private boolean histograms;
    private boolean subqueries;

    void look(Expr expr) {
      switch (expr) {
        case Expr.Number n -> numbers.add(n.value());
        case Expr.Text _ -> {}
        case Expr.Selector s -> selectors.add(new Expr.Selector(s.matchers(), 0, null));
        case Expr.Range r -> look(r.selector());
        case Expr.Subquery s -> {
          subqueries = true;
          look(s.of());
        }
        case Expr.Negation n -> look(n.of());
        case Expr.Binary b -> {
          look(b.left());
          look(b.right());
        }
        case Expr.Aggregation a -> {
          look(a.of());
          if (a.parameter() != null) {
            look(a.parameter());
          }
        }
        case Expr.Call c -> {
          int before = selectors.size();
          c.arguments().forEach(this::look);
          histograms |=
              c.function().startsWith("histogram_")
                  && selectors.stream()
                      .skip(before)
                      .anyMatch(s -> !Selectors.name(s).endsWith("_bucket"));
        }
      }
    }
  }

  private static boolean fires(
      Expr expr, List<Expr.Selector> selectors, Set<Expr.Selector> absent, Parts parts) {
    return fires(expr, selectors, absent, parts, false)
        || fires(expr, selectors, absent, parts, true);
  }

  /**
   * @param alike whether series have the labels that others are asked for, where they may
   */
  private static boolean fires(
      Expr expr,
      List<Expr.Selector> selectors,
      Set<Expr.Selector> absent,
      Parts parts,
      boolean alike) {
    int most = parts.subqueries ? MOST_SUBQUERIES : MOST;
    var shapes = shapes(parts.numbers, selectors.size(), most);
    var labels = selectors.stream().map(s -> labels(s, selectors, alike)).toList();
    int[] choice = new int[selectors.size()];
    for (int tried = 0; tried < most; tried++) {
      var series = new HashMap<Labels, Shape>();
      for (int i = 0; i < choice.length; i++) {
        var shape = shapes.get(choice[i]);
        if (shape != Shape.NONE && !absent.contains(selectors.get(i))) {
          add(series, labels.get(i), shape);
        }
      }
      if (!evaluator(series).vectorAt(expr, Instant.ofEpochMilli(NOW)).samples().isEmpty()) {
        return true;
      }
      int i = 0;
      while (i < choice.length && ++choice[i] == shapes.size()) {
        choice[i++] = 0;
      }
      if (i == choice.length) {
        return false;
      }
    }
    return false;
  }

  /** How a series goes: {@code level} now, {@code rise} a second. */
  private record Shape(double level, double rise) {
    static final Shape NONE = new Shape(Double.NaN, 0);

    Point at(long time) {
      return new Point(time, level - rise * (NOW - time) / 1e3);
    }
  }

  private static List<Shape> shapes(Set<Double> numbers, int selectors, int combinations) {
    var shapes = new ArrayList<Shape>();
    shapes.add(new Shape(LARGE, RISE));
    shapes.add(new Shape(0, 0));
    shapes.add(Shape.NONE);
    shapes.add(new Shape(LARGE, 0));
    shapes.add(new Shape(-LARGE, 0));
    shapes.add(new Shape(-LARGE, -RISE));
    shapes.add(new Shape(1, 0));
    for (double number : numbers) {
      for (double near : new double[] {number, number + 1, number - 1, number / 2}) {
        shapes.add(new Shape(near, 0));
        shapes.add(new Shape(LARGE, near));
      }
    }
    int most = Math.max(2, (int) Math.pow(combinations, 1.0 / Math.max(1, selectors)));
    return shapes.stream().distinct().limit(most).toList();
  }

  private static Labels labels(Expr.Selector selector, List<Expr.Selector> others, boolean alike) {
    var labels = new TreeMap<>(Selectors.example(selector, null).toMap());
    if (alike) {
      for (var other : others) {
        Selectors.example(other, null)
            .toMap()
            .forEach(
                (name, value) -> {
                  if (!name.equals(Labels.NAME) && !labels.containsKey(name)) {
                    labels.put(name, value);
                  }
                });
      }
    }
    return Labels.of(labels);
  }

  /** A bucket without a limit stands for all of its histogram, whose last one takes everything. */
  private static void add(Map<Labels, Shape> series, Labels labels, Shape shape) {
    if (labels.name().endsWith("_bucket") && !labels.has("le")) {
      series.put(labels.with("le", "0.001"), new Shape(0, 0));
      series.put(labels.with("le", "1000000"), shape);
      series.put(labels.with("le", "+Inf"), shape);
    } else {
      series.put(labels, shape);
    }
  }

  private static Evaluator evaluator(Map<Labels, Shape> shapes) {
    var all =
        shapes.entrySet().stream()
            .map(e -> new Series(e.getKey(), TIMES.stream().map(t -> e.getValue().at(t)).toList()))
            .toList();
    return new Evaluator(
        (matchers, after, until) ->
            all.stream()
                .filter(s -> matches(matchers, s.labels()))
                .map(
                    s ->
                        new Series(
                            s.labels(),
                            s.points().stream()
                                .filter(p -> p.time() > after && p.time() <= until)
                                .toList()))
                .filter(s -> !s.points().isEmpty())
                .toList());
  }

  private static boolean matches(List<LabelMatcher> matchers, Labels labels) {
    return matchers.stream().allMatch(m -> m.matches(labels));
  }

  /** Dense where queries look closely, sparse where they look far back. */
  private static List<Long> times() {
    var times = new ArrayList<Long>();
    long back = 0;
    while (back < LONGEST.toMillis()) {
      times.add(NOW - back);
      back += Math.max(STEP, back / 20);
    }
    times.sort(Comparator.naturalOrder());
    return List.copyOf(times);
  }
}
