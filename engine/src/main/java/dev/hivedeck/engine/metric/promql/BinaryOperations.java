package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.promql.Evaluator.Context;
import dev.hivedeck.engine.metric.promql.Expr.Cardinality;
import dev.hivedeck.engine.metric.promql.Expr.Operator;
import dev.hivedeck.engine.metric.promql.Value.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Operations on two numbers or vectors. */
final class BinaryOperations {
  private BinaryOperations() {}

  static Value apply(Expr.Binary operation, Value left, Value right, Context context) {
    Operator operator = operation.operator();
    if (left instanceof Value.Scalar a && right instanceof Value.Scalar b) {
      if (operator.isSet() || operator.compares() && !operation.bool()) {
        throw Evaluator.failed("two numbers are compared with bool");
      }
      return new Value.Scalar(operator.apply(a.value(), b.value()));
    }
    if (left instanceof Value.Vector v && right instanceof Value.Scalar s) {
      return withNumber(operation, v, s.value(), false);
    }
    if (left instanceof Value.Scalar s && right instanceof Value.Vector v) {
      return withNumber(operation, v, s.value(), true);
    }
    if (left instanceof Value.Vector a && right instanceof Value.Vector b) {
      return operator.isSet() ? set(operation, a, b) : pairs(operation, a, b, context.time());
    }
    throw Evaluator.failed("\"" + operator.sign() + "\" takes numbers and vectors");
  }

  private static Value withNumber(
      Expr.Binary operation, Value.Vector vector, double number, boolean numberFirst) {
    Operator operator = operation.operator();
    if (operator.isSet()) {
      throw Evaluator.failed("\"" + operator.sign() + "\" takes vectors");
    }
    boolean filters = operator.compares() && !operation.bool();
    var samples = new ArrayList<Sample>();
    for (var sample : vector.samples()) {
      Labels labels = filters ? sample.labels() : sample.labels().withoutName();
      if (sample.isHistogram()) {
        scaled(operator, sample.histogram(), number, numberFirst)
            .ifPresent(h -> samples.add(new Sample(labels, sample.time(), 0, h)));
        continue;
      }
      double a = numberFirst ? number : sample.value();
      double b = numberFirst ? sample.value() : number;
      if (!filters) {
        samples.add(new Sample(labels, sample.time(), operator.apply(a, b)));
      } else if (operator.holds(a, b)) {
        samples.add(sample);
      }
    }
    return Evaluator.unique(samples);
  }

  /** Histograms can be multiplied and divided by a number, nothing else. */
  private static Optional<Histogram> scaled(
      Operator operator, Histogram histogram, double number, boolean numberFirst) {
    if (operator == Operator.TIMES) {
      return Optional.of(histogram.times(number));
    }
    return operator == Operator.DIVIDE && !numberFirst
        ? Optional.of(histogram.times(1 / number))
        : Optional.empty();
  }

  private static Value set(Expr.Binary operation, Value.Vector left, Value.Vector right) {
    var rights = new HashSet<Labels>();
    right.samples().forEach(s -> rights.add(key(operation, s.labels())));
    var samples = new ArrayList<Sample>();
    if (operation.operator() == Operator.OR) {
      var lefts = new HashSet<Labels>();
      left.samples().forEach(s -> lefts.add(key(operation, s.labels())));
      samples.addAll(left.samples());
      for (var sample : right.samples()) {
        if (!lefts.contains(key(operation, sample.labels()))) {
          samples.add(sample);
        }
      }
      return new Value.Vector(samples);
    }
    boolean both = operation.operator() == Operator.AND;
    for (var sample : left.samples()) {
      if (rights.contains(key(operation, sample.labels())) == both) {
        samples.add(sample);
      }
    }
    return new Value.Vector(samples);
  }

  /** What the two sides must have in common. */
  private static Labels key(Expr.Binary operation, Labels labels) {
    var matching = operation.matching();
    return matching.on()
        ? labels.only(matching.labels())
        : labels.withoutName().without(matching.labels());
  }

  private static Value pairs(
      Expr.Binary operation, Value.Vector left, Value.Vector right, long time) {
    var cardinality = operation.matching().cardinality();
    boolean swapped = cardinality == Cardinality.ONE_TO_MANY;
    var ones = swapped ? left : right;
    var manies = swapped ? right : left;
    Map<Labels, Sample> partners = new HashMap<>();
    for (var one : ones.samples()) {
      if (partners.put(key(operation, one.labels()), one) != null) {
        throw Evaluator.failed(
            "many-to-many matching: several series on one side have the labels "
                + key(operation, one.labels()));
      }
    }
    var matched = new HashSet<Labels>();
    var samples = new ArrayList<Sample>();
    for (var many : manies.samples()) {
      Labels key = key(operation, many.labels());
      Sample one = partners.get(key);
      if (one == null) {
        continue;
      }
      if (cardinality == Cardinality.ONE_TO_ONE && !matched.add(key)) {
        throw Evaluator.failed(
            "several series match one with the labels "
                + key
                + "; group_left or group_right says"
                + " that they may");
      }
      var result = result(operation, swapped ? one : many, swapped ? many : one);
      if (result.isEmpty()) {
        continue;
      }
      samples.add(
          new Sample(
              labels(operation, many.labels(), one.labels()),
              time,
              result.get().value(),
              result.get().histogram()));
    }
    return Evaluator.unique(samples);
  }

  private static Labels labels(Expr.Binary operation, Labels many, Labels one) {
    var matching = operation.matching();
    boolean filters = operation.operator().compares() && !operation.bool();
    Labels labels = filters ? many : many.withoutName();
    if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
      labels = matching.on() ? labels.only(matching.labels()) : labels.without(matching.labels());
    }
    for (String name : matching.include()) {
      labels = labels.with(name, one.get(name));
    }
    return labels;
  }

  private static Optional<Sample> result(Expr.Binary operation, Sample left, Sample right) {
    Operator operator = operation.operator();
    if (!left.isHistogram() && !right.isHistogram()) {
      if (!operator.compares() || operation.bool()) {
        return Optional.of(new Sample(Labels.NONE, 0, operator.apply(left.value(), right.value())));
      }
      return operator.holds(left.value(), right.value()) ? Optional.of(left) : Optional.empty();
    }
    if (left.isHistogram() && right.isHistogram()) {
      Histogram a = left.histogram();
      Histogram b = right.histogram();
      return switch (operator) {
        case PLUS -> a.plus(b).map(BinaryOperations::sample);
        case MINUS -> a.minus(b).map(BinaryOperations::sample);
        case EQUAL, NOT_EQUAL -> {
          boolean holds = a.equals(b) == (operator == Operator.EQUAL);
          yield operation.bool()
              ? Optional.of(new Sample(Labels.NONE, 0, holds ? 1 : 0))
              : Optional.of(left).filter(s -> holds);
        }
        default -> Optional.empty();
      };
    }
    if (left.isHistogram()) {
      return scaled(operator, left.histogram(), right.value(), false).map(BinaryOperations::sample);
    }
    return scaled(operator, right.histogram(), left.value(), true).map(BinaryOperations::sample);
  }

  private static Sample sample(Histogram histogram) {
    return new Sample(Labels.NONE, 0, 0, histogram);
  }

  static List<Sample> numbers(Value.Vector vector) {
    return vector.samples().stream().filter(s -> !s.isHistogram()).toList();
  }
}
