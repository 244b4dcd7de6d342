package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.LabelMatcher;
import java.util.List;

/** A query, parsed. */
public sealed interface Expr {

  /** A number, also a duration in seconds. */
  record Number(double value) implements Expr {}

  /** A text, as some functions take one. */
  record Text(String value) implements Expr {}

  /**
   * Series by conditions.
   *
   * @param offset how far to look back from when, in milliseconds
   * @param at when to look: a fixed time, or null for the time of evaluation
   */
  record Selector(List<LabelMatcher> matchers, long offset, At at) implements Expr {}

  /** Series over a window that ends at the selector's time. */
  record Range(Selector selector, long millis) implements Expr {}

  /**
   * Any expression, evaluated step by step over a window.
   *
   * @param step 0 for the default
   */
  record Subquery(Expr of, long millis, long step, long offset, At at) implements Expr {}

  /** A call; the names are Prometheus'. */
  record Call(String function, List<Expr> arguments) implements Expr {}

  /**
   * An aggregation, for example {@code sum by (code) (…)}.
   *
   * @param parameter of those that take one, else null
   */
  record Aggregation(
      String operator, Expr of, Expr parameter, List<String> grouping, boolean without)
      implements Expr {}

  /** An operation on two. */
  record Binary(Operator operator, Expr left, Expr right, boolean bool, Matching matching)
      implements Expr {}

  /** The negative. */
  record Negation(Expr of) implements Expr {}

  /** A time that is given, not that of the evaluation. */
  sealed interface At {
    record Time(long millis) implements At {}

    record Start() implements At {}

    record End() implements At {}
  }

  /** Which side of an operation may have several partners. */
  enum Cardinality {
    ONE_TO_ONE,
    MANY_TO_ONE,
    ONE_TO_MANY,
    MANY_TO_MANY
  }

  /**
   * How the two sides of an operation find each other.
   *
   * @param on whether by these labels, or by all but these
   * @param include labels to take from the side that is one
   */
  record Matching(Cardinality cardinality, boolean on, List<String> labels, List<String> include) {
    static final Matching ALL = new Matching(Cardinality.ONE_TO_ONE, false, List.of(), List.of());

    Matching with(Cardinality cardinality) {
      return new Matching(cardinality, on, labels, include);
    }
  }

  /** What binds tighter has the higher precedence. */
  enum Operator {
    OR("or", 1),
    AND("and", 2),
    UNLESS("unless", 2),
    EQUAL("==", 3),
    NOT_EQUAL("!=", 3),
    LESS("<", 3),
    GREATER(">", 3),
    AT_MOST("<=", 3),
    AT_LEAST(">=", 3),
    PLUS("+", 4),
    MINUS("-", 4),
    TIMES("*", 5),
    DIVIDE("/", 5),
    MODULO("%", 5),
    ATAN2("atan2", 5),
    POWER("^", 7);

    private final String sign;
    private final int precedence;

    Operator(String sign, int precedence) {
      this.sign = sign;
      this.precedence = precedence;
    }

    public String sign() {
      return sign;
    }

    int precedence() {
      return precedence;
    }

    boolean compares() {
      return precedence == 3;
    }

    boolean isSet() {
      return precedence <= 2;
    }

    boolean holds(double left, double right) {
      return switch (this) {
        case EQUAL -> left == right;
        case NOT_EQUAL -> left != right;
        case LESS -> left < right;
        case GREATER -> left > right;
        case AT_MOST -> left <= right;
        default -> left >= right;
      };
    }

    double apply(double left, double right) {
      return switch (this) {
        case PLUS -> left + right;
        case MINUS -> left - right;
        case TIMES -> left * right;
        case DIVIDE -> left / right;
        case MODULO -> left % right;
        case ATAN2 -> Math.atan2(left, right);
        case POWER -> Math.pow(left, right);
        default -> holds(left, right) ? 1 : 0;
      };
    }
  }
}
