package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.promql.Evaluator.Context;
import dev.hivedeck.engine.metric.promql.Value.Sample;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** The functions that a query may call, by Prometheus' names. */
final class Functions {
  /** What a function does with its arguments. */
  @FunctionalInterface
  interface Function {
    Value apply(Arguments arguments);
  }

  /** The arguments of a call, evaluated, and when. */
  record Arguments(Expr.Call call, List<Value> values, Context context) {
    int size() {
      return values.size();
    }

    double number(int index) {
      if (values.get(index) instanceof Value.Scalar s) {
        return s.value();
      }
      throw expected(index, "a number");
    }

    String text(int index) {
      if (values.get(index) instanceof Value.Text t) {
        return t.value();
      }
      throw expected(index, "a text");
    }

    Value.Vector vector(int index) {
      if (values.get(index) instanceof Value.Vector v) {
        return v;
      }
      throw expected(index, "a vector");
    }

    Value.Matrix matrix(int index) {
      if (values.get(index) instanceof Value.Matrix m) {
        return m;
      }
      throw expected(index, "a window as in x[5m]");
    }

    private RuntimeException expected(int index, String what) {
      return Evaluator.failed(
          "argument %d of %s must be %s".formatted(index + 1, call.function(), what));
    }

    /** The labels that a series would have, if it were there: those that must be equal. */
    Labels absent() {
      List<LabelMatcher> matchers =
          switch (call.arguments().getFirst()) {
            case Expr.Selector s -> s.matchers();
            case Expr.Range r -> r.selector().matchers();
            default -> List.of();
          };
      Map<String, String> labels = new HashMap<>();
      Set<String> seen = new HashSet<>();
      for (var matcher : matchers) {
        if (!matcher.name().equals(Labels.NAME)) {
          boolean first = seen.add(matcher.name());
          boolean only = first && matcher.type() == LabelMatcher.Type.EQUAL;
          labels.put(matcher.name(), only ? matcher.value() : "");
        }
      }
      return Labels.of(labels);
    }
  }

  private record Signature(int least, int most, Function function) {}

  private static final Map<String, Signature> ALL = new HashMap<>();

  static {
    math("abs", Math::abs);
    math("ceil", Math::ceil);
    math("floor", Math::floor);
    math("exp", Math::exp);
    math("sqrt", Math::sqrt);
    math("ln", Math::log);
    math("log2", x -> Math.log(x) / Math.log(2));
    math("log10", Math::log10);
    math("sgn", Math::signum);
    add(
        "round",
        1,
        2,
        a -> {
          double inverse = 1 / (a.size() > 1 ? a.number(1) : 1);
          return each(a.vector(0), x -> Math.floor(x * inverse + 0.5) / inverse);
        });
    add("clamp", 3, 3, a -> clamp(a.vector(0), a.number(1), a.number(2)));
    add("clamp_min", 2, 2, a -> clamp(a.vector(0), a.number(1), Double.POSITIVE_INFINITY));
    add("clamp_max", 2, 2, a -> clamp(a.vector(0), Double.NEGATIVE_INFINITY, a.number(1)));
    add("time", 0, 0, a -> new Value.Scalar(a.context().time() / 1e3));
    add("vector", 1, 1, a -> vector(Labels.NONE, a.context(), a.number(0)));
    add("scalar", 1, 1, Functions::scalar);
    add(
        "timestamp",
        1,
        1,
        a ->
            Evaluator.unique(
                a.vector(0).samples().stream()
                    .map(s -> new Sample(s.labels().withoutName(), s.time(), s.time() / 1e3))
                    .toList()));
    add(
        "absent",
        1,
        1,
        a ->
            a.vector(0).samples().isEmpty()
                ? vector(a.absent(), a.context(), 1)
                : Value.Vector.NONE);
    add(
        "absent_over_time",
        1,
        1,
        a ->
            a.matrix(0).series().isEmpty()
                ? vector(a.absent(), a.context(), 1)
                : Value.Vector.NONE);
    RangeFunctions.register(Functions::add);
    HistogramFunctions.register(Functions::add);
    LabelFunctions.register(Functions::add);
  }

  /** Takes a function in. */
  @FunctionalInterface
  interface Registry {
    void add(String name, int least, int most, Function function);
  }

  private Functions() {}

  static boolean isKnown(String name) {
    return ALL.containsKey(name);
  }

  static Value call(Expr.Call call, Evaluator evaluator, Context context) {
    var signature = ALL.get(call.function());
    int given = call.arguments().size();
    if (given < signature.least() || given > signature.most()) {
      throw Evaluator.failed(call.function() + " does not take " + given + " arguments");
    }
    var values = call.arguments().stream().map(e -> evaluator.eval(e, context)).toList();
    return signature.function().apply(new Arguments(call, values, context));
  }

  private static void add(String name, int least, int most, Function function) {
    ALL.put(name, new Signature(least, most, function));
  }

  private static void math(String name, DoubleUnaryOperator operator) {
    add(name, 1, 1, a -> each(a.vector(0), operator));
  }

  /** Of each number; histograms are left out. */
  static Value.Vector each(Value.Vector vector, DoubleUnaryOperator operator) {
    return Evaluator.unique(
        BinaryOperations.numbers(vector).stream()
            .map(
                s ->
                    new Sample(
                        s.labels().withoutName(), s.time(), operator.applyAsDouble(s.value())))
            .toList());
  }

  private static Value.Vector clamp(Value.Vector vector, double least, double most) {
    return most < least ? Value.Vector.NONE : each(vector, x -> Math.max(least, Math.min(most, x)));
  }

  private static Value.Vector vector(Labels labels, Context context, double value) {
    return new Value.Vector(List.of(new Sample(labels, context.time(), value)));
  }

  private static Value scalar(Arguments arguments) {
    var numbers = BinaryOperations.numbers(arguments.vector(0));
    return new Value.Scalar(numbers.size() == 1 ? numbers.getFirst().value() : Double.NaN);
  }
}
