package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Rates;
import dev.hivedeck.engine.metric.promql.Functions.Arguments;
import dev.hivedeck.engine.metric.promql.Functions.Registry;
import dev.hivedeck.engine.metric.promql.Value.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Functions of a series over a window. */
final class RangeFunctions {

  /** What a window comes to; nothing where it tells too little. */
  @FunctionalInterface
  private interface Window {
    Optional<Point> of(List<Point> points, long start, long end);
  }

  private RangeFunctions() {}

  static void register(Registry registry) {
    for (var kind : Rates.Kind.values()) {
      window(
          registry, kind.name().toLowerCase(Locale.ROOT), (p, s, e) -> Rates.over(kind, p, s, e));
    }
    window(registry, "irate", (p, s, e) -> lastStep(p, true));
    window(registry, "idelta", (p, s, e) -> lastStep(p, false));
    window(registry, "resets", (p, s, e) -> number(e, count(p, RangeFunctions::isReset)));
    window(registry, "changes", (p, s, e) -> number(e, count(p, RangeFunctions::isChange)));
    window(registry, "count_over_time", (p, s, e) -> number(e, p.size()));
    window(registry, "present_over_time", (p, s, e) -> number(e, 1));
    window(registry, "sum_over_time", (p, s, e) -> total(p, e, false));
    window(registry, "avg_over_time", (p, s, e) -> total(p, e, true));
    numbers(registry, "min_over_time", Sums::min);
    numbers(registry, "max_over_time", Sums::max);
    numbers(registry, "stdvar_over_time", Sums::variance);
    numbers(registry, "stddev_over_time", n -> Math.sqrt(Sums.variance(n)));
    registry.add("last_over_time", 1, 1, a -> named(a, List::getLast));
    registry.add("first_over_time", 1, 1, a -> named(a, List::getFirst));
    registry.add(
        "quantile_over_time",
        2,
        2,
        a -> apply(a, 1, (p, s, e) -> ofNumbers(p, e, n -> Sums.quantile(a.number(0), n))));
    registry.add("deriv", 1, 1, a -> apply(a, 0, (p, s, e) -> trend(p, e, Double.NaN)));
    registry.add(
        "predict_linear",
        2,
        2,
        a -> apply(a, 0, (p, s, e) -> trend(p, a.context().time(), a.number(1))));
  }

  private static void window(Registry registry, String name, Window window) {
    registry.add(name, 1, 1, a -> apply(a, 0, window));
  }

  private static void numbers(Registry registry, String name, ToDoubleFunction<double[]> function) {
    window(registry, name, (p, s, e) -> ofNumbers(p, e, function));
  }

  private static Value apply(Arguments arguments, int matrix, Window window) {
    var windows = arguments.matrix(matrix);
    var samples = new ArrayList<Sample>();
    for (var series : windows.series()) {
      window
          .of(series.points(), windows.start(), windows.end())
          .ifPresent(
              p ->
                  samples.add(
                      new Sample(
                          series.labels().withoutName(),
                          arguments.context().time(),
                          p.value(),
                          p.histogram())));
    }
    return Evaluator.unique(samples);
  }

  /** A sample of the series itself keeps the series' name. */
  private static Value named(Arguments arguments, Function<List<Point>, Point> choice) {
    return new Value.Vector(
        arguments.matrix(0).series().stream()
            .map(
                s -> {
                  var point = choice.apply(s.points());
                  return new Sample(
                      s.labels(), arguments.context().time(), point.value(), point.histogram());
                })
            .toList());
  }

  private static Optional<Point> number(long time, double value) {
    return Optional.of(new Point(time, value));
  }

  /** Of the numbers alone; histograms among them are left out. */
  private static Optional<Point> ofNumbers(
      List<Point> points, long end, ToDoubleFunction<double[]> function) {
    double[] numbers =
        points.stream().filter(p -> !p.isHistogram()).mapToDouble(Point::value).toArray();
    return numbers.length == 0 ? Optional.empty() : number(end, function.applyAsDouble(numbers));
  }

  /** Numbers and histograms together have no sum. */
  private static Optional<Point> total(List<Point> points, long end, boolean mean) {
    if (points.stream().noneMatch(Point::isHistogram)) {
      return ofNumbers(points, end, mean ? Sums::mean : Sums::sum);
    }
    if (!points.stream().allMatch(Point::isHistogram)) {
      return Optional.empty();
    }
    return Aggregations.sum(points.stream().map(Point::histogram).toList())
        .map(h -> new Point(end, mean ? h.times(1.0 / points.size()) : h));
  }

  /** A condition on a sample and the one before. */
  @FunctionalInterface
  private interface Step {
    boolean holds(Point before, Point after);
  }

  private static int count(List<Point> points, Step step) {
    int count = 0;
    for (int i = 1; i < points.size(); i++) {
      if (step.holds(points.get(i - 1), points.get(i))) {
        count++;
      }
    }
    return count;
  }

  private static boolean isReset(Point before, Point after) {
    if (before.isHistogram() && after.isHistogram()) {
      return after.histogram().resetSince(before.histogram());
    }
    return before.isHistogram() || after.isHistogram() || after.value() < before.value();
  }

  private static boolean isChange(Point before, Point after) {
    if (before.isHistogram() && after.isHistogram()) {
      return !after
          .histogram()
          .with(Histogram.ResetHint.UNKNOWN)
          .equals(before.histogram().with(Histogram.ResetHint.UNKNOWN));
    }
    return before.isHistogram()
        || after.isHistogram()
        || after.value() != before.value()
            && !(Double.isNaN(after.value()) && Double.isNaN(before.value()));
  }

  /** From the last sample but one to the last. */
  private static Optional<Point> lastStep(List<Point> points, boolean rate) {
    if (points.size() < 2) {
      return Optional.empty();
    }
    Point after = points.getLast();
    Point before = points.get(points.size() - 2);
    if (after.isHistogram() != before.isHistogram() || after.time() == before.time()) {
      return Optional.empty();
    }
    double seconds = rate ? (after.time() - before.time()) / 1e3 : 1;
    boolean anew = rate && isReset(before, after);
    if (!after.isHistogram()) {
      double step = anew ? after.value() : after.value() - before.value();
      return number(after.time(), step / seconds);
    }
    var step = anew ? Optional.of(after.histogram()) : after.histogram().minus(before.histogram());
    return step.map(
        h -> new Point(after.time(), h.times(1 / seconds).with(Histogram.ResetHint.GAUGE)));
  }

  /**
   * The line through the samples by least squares: its slope, or its value {@code ahead} seconds
   * after {@code origin}.
   */
  private static Optional<Point> trend(List<Point> points, long origin, double ahead) {
    var numbers = points.stream().filter(p -> !p.isHistogram()).toList();
    if (numbers.size() < 2) {
      return Optional.empty();
    }
    boolean slopeOnly = Double.isNaN(ahead);
    double first = numbers.getFirst().value();
    if (numbers.stream().allMatch(p -> p.value() == first)) {
      double level = Double.isInfinite(first) ? Double.NaN : first;
      return number(origin, slopeOnly ? level - level : level);
    }
    int n = numbers.size();
    double[] x = numbers.stream().mapToDouble(p -> (p.time() - origin) / 1e3).toArray();
    double[] y = numbers.stream().mapToDouble(Point::value).toArray();
    double[] xy = new double[n];
    double[] xx = new double[n];
    for (int i = 0; i < n; i++) {
      xy[i] = x[i] * y[i];
      xx[i] = x[i] * x[i];
    }
    double sumX = Sums.sum(x);
    double sumY = Sums.sum(y);
    double slope = (Sums.sum(xy) - sumX * sumY / n) / (Sums.sum(xx) - sumX * sumX / n);
    double intercept = sumY / n - slope * sumX / n;
    return number(origin, slopeOnly ? slope : slope * ahead + intercept);
  }
}
