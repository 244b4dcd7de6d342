package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.SampleValue;
import dev.hivedeck.engine.metric.promql.Evaluator.Context;
import dev.hivedeck.engine.metric.promql.Value.Sample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes one series of many. */
final class Aggregations {
  private Aggregations() {}

  static Value apply(Expr.Aggregation aggregation, Evaluator evaluator, Context context) {
    if (!(evaluator.eval(aggregation.of(), context) instanceof Value.Vector vector)) {
      throw Evaluator.failed(aggregation.operator() + " takes a vector");
    }
    Value parameter =
        aggregation.parameter() == null ? null : evaluator.eval(aggregation.parameter(), context);
    if (aggregation.operator().equals("count_values")) {
      return values(aggregation, vector, parameter, context.time());
    }
    double number = parameter == null ? 0 : number(parameter);
    if (Double.isNaN(number) && !aggregation.operator().equals("quantile")) {
      throw Evaluator.failed(aggregation.operator() + " takes how many, which NaN does not say");
    }
    Map<Labels, List<Sample>> groups = new LinkedHashMap<>();
    for (var sample : vector.samples()) {
      groups.computeIfAbsent(key(aggregation, sample.labels()), k -> new ArrayList<>()).add(sample);
    }
    var results = new ArrayList<Sample>();
    groups.forEach(
        (labels, samples) -> {
          switch (aggregation.operator()) {
            case "topk", "bottomk" ->
                results.addAll(extremes(samples, number, aggregation.operator().equals("topk")));
            default ->
                one(aggregation.operator(), samples, number)
                    .ifPresent(
                        s ->
                            results.add(
                                new Sample(labels, context.time(), s.value(), s.histogram())));
          }
        });
    return Evaluator.unique(results);
  }

  private static Labels key(Expr.Aggregation aggregation, Labels labels) {
    return aggregation.without()
        ? labels.withoutName().without(aggregation.grouping())
        : labels.only(aggregation.grouping());
  }

  private static double number(Value parameter) {
    if (parameter instanceof Value.Scalar s) {
      return s.value();
    }
    throw Evaluator.failed("a number is expected as parameter");
  }

  private static Optional<Sample> one(String operator, List<Sample> samples, double parameter) {
    switch (operator) {
      case "count":
        return sample(samples.size());
      case "group":
        return sample(1);
      case "sum", "avg":
        if (samples.stream().anyMatch(Sample::isHistogram)) {
          return histograms(operator, samples);
        }
        break;
      default:
    }
    double[] numbers =
        samples.stream().filter(s -> !s.isHistogram()).mapToDouble(Sample::value).toArray();
    if (numbers.length == 0) {
      return Optional.empty();
    }
    return sample(
        switch (operator) {
          case "sum" -> Sums.sum(numbers);
          case "avg" -> Sums.mean(numbers);
          case "min" -> Sums.min(numbers);
          case "max" -> Sums.max(numbers);
          case "stddev" -> Math.sqrt(Sums.variance(numbers));
          case "stdvar" -> Sums.variance(numbers);
          default -> Sums.quantile(parameter, numbers);
        });
  }

  private static Optional<Sample> sample(double value) {
    return Optional.of(new Sample(Labels.NONE, 0, value));
  }

  /** Numbers and histograms together have no sum. */
  private static Optional<Sample> histograms(String operator, List<Sample> samples) {
    if (!samples.stream().allMatch(Sample::isHistogram)) {
      return Optional.empty();
    }
    var all = samples.stream().map(Sample::histogram).toList();
    var sum = sum(all);
    return (operator.equals("avg") ? sum.map(h -> h.times(1.0 / all.size())) : sum)
        .map(h -> new Sample(Labels.NONE, 0, 0, h));
  }

  static Optional<Histogram> sum(List<Histogram> histograms) {
    var sum = Optional.of(histograms.getFirst());
    for (var next : histograms.subList(1, histograms.size())) {
      sum = sum.flatMap(s -> s.plus(next));
    }
    return sum;
  }

  private static List<Sample> extremes(List<Sample> samples, double most, boolean highest) {
    if (!(most >= 1)) {
      return List.of();
    }
    var numbers = Comparator.comparingDouble((Sample s) -> s.value());
    // What is not a number comes last either way.
    var order =
        Comparator.comparing((Sample s) -> Double.isNaN(s.value()))
            .thenComparing(highest ? numbers.reversed() : numbers);
    return samples.stream().filter(s -> !s.isHistogram()).sorted(order).limit((long) most).toList();
  }

  /** How often each value is there. */
  private static Value values(
      Expr.Aggregation aggregation, Value.Vector vector, Value parameter, long time) {
    if (!(parameter instanceof Value.Text name)) {
      throw Evaluator.failed("count_values takes the name of a label");
    }
    Map<Labels, Integer> counts = new LinkedHashMap<>();
    for (var sample : BinaryOperations.numbers(vector)) {
      var key =
          key(aggregation, sample.labels()).with(name.value(), SampleValue.text(sample.value()));
      counts.merge(key, 1, Integer::sum);
    }
    return new Value.Vector(
        counts.entrySet().stream().map(e -> new Sample(e.getKey(), time, e.getValue())).toList());
  }
}
