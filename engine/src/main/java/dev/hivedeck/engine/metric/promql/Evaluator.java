package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.SeriesSource;
import dev.hivedeck.engine.metric.promql.Value.Sample;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Evaluates queries at a time. Windows are open on the left and closed on the right, as in
 * Prometheus 3; a selector takes the newest sample of the last five minutes, unless the series has
 * ended since.
 */
public final class Evaluator {
  /** How old a sample may be to stand for now. */
  public static final Duration LOOKBACK = Duration.ofMinutes(5);

  /** Steps of a subquery that names none. */
  public static final Duration STEP = Duration.ofMinutes(1);

  private static final long LOOKBACK_MILLIS = LOOKBACK.toMillis();

  /** Of one query, with those of the queries inside it: a few seconds of work. */
  private static final long MOST_STEPS = 1_000_000;

  private final SeriesSource source;
  private final long defaultStep;
  private final Clock clock;
  private final Duration limit;

  /** Steps of the query that is evaluated. */
  private long taken;

  private Instant deadline = Instant.MAX;

  /** When an expression is evaluated, within which whole. */
  record Context(long time, long start, long end) {}

  public Evaluator(SeriesSource source) {
    this(source, STEP);
  }

  public Evaluator(SeriesSource source, Duration defaultStep) {
    this(source, defaultStep, null, null);
  }

  /** For queries of others: one that takes longer than that fails. */
  public Evaluator(SeriesSource source, Clock clock, Duration limit) {
    this(source, STEP, clock, limit);
  }

  private Evaluator(SeriesSource source, Duration defaultStep, Clock clock, Duration limit) {
    this.source = source;
    this.defaultStep = defaultStep.toMillis();
    this.clock = clock;
    this.limit = limit;
  }

  private void begin() {
    taken = 0;
    deadline = limit == null ? Instant.MAX : clock.instant().plus(limit);
  }

  private List<Series> select(List<LabelMatcher> matchers, long after, long until) {
    if (limit != null && clock.instant().isAfter(deadline)) {
      throw failed("it takes longer than " + limit.toSeconds() + " s");
    }
    return source.select(matchers, after, until);
  }

  /**
   * @throws HiveException {@code promql-failed}, with the reason
   */
  public Value at(Expr query, Instant time) {
    begin();
    long millis = time.toEpochMilli();
    return eval(query, new Context(millis, millis, millis));
  }

  /** The vector that a query comes to; a number is one without labels. */
  public Value.Vector vectorAt(Expr query, Instant time) {
    return switch (at(query, time)) {
      case Value.Vector v -> v;
      case Value.Scalar s ->
          new Value.Vector(List.of(new Sample(Labels.NONE, time.toEpochMilli(), s.value())));
      default -> throw failed("the query gives neither a number nor a vector");
    };
  }

  /** Evaluates step by step. */
  public List<Series> over(Expr query, Instant start, Instant end, Duration step) {
    begin();
    return steps(
        query,
        new Context(start.toEpochMilli(), start.toEpochMilli(), end.toEpochMilli()),
        start.toEpochMilli(),
        end.toEpochMilli(),
        step.toMillis());
  }

  private List<Series> steps(Expr query, Context whole, long first, long last, long step) {
    Map<Labels, List<Point>> points = new LinkedHashMap<>();
    taken += last < first ? 0 : (last - first) / step + 1;
    if (taken > MOST_STEPS) {
      throw failed("it takes more than " + MOST_STEPS + " steps with those inside each other");
    }
    long end = last - step; // so that a step cannot go round to the beginning of time
    for (long t = first; t <= last; t = t > end ? Long.MAX_VALUE : t + step) {
      switch (eval(query, new Context(t, whole.start(), whole.end()))) {
        case Value.Scalar s ->
            points
                .computeIfAbsent(Labels.NONE, k -> new ArrayList<>())
                .add(new Point(t, s.value()));
        case Value.Vector v -> {
          for (var sample : v.samples()) {
            points.computeIfAbsent(sample.labels(), k -> new ArrayList<>()).add(sample.point(t));
          }
        }
        default -> throw failed("only a number or a vector can be evaluated step by step");
      }
    }
    return points.entrySet().stream().map(e -> new Series(e.getKey(), e.getValue())).toList();
  }

  Value eval(Expr expr, Context context) {
    return switch (expr) {
      case Expr.Number n -> new Value.Scalar(n.value());
      case Expr.Text t -> new Value.Text(t.value());
      case Expr.Selector s -> instant(s, context);
      case Expr.Range r -> window(r, context);
      case Expr.Subquery s -> subquery(s, context);
      case Expr.Negation n -> negative(eval(n.of(), context));
      case Expr.Aggregation a -> Aggregations.apply(a, this, context);
      case Expr.Binary b ->
          BinaryOperations.apply(b, eval(b.left(), context), eval(b.right(), context), context);
      case Expr.Call c -> Functions.call(c, this, context);
    };
  }

  private Value.Vector instant(Expr.Selector selector, Context context) {
    long until = time(selector.at(), context) - selector.offset();
    var samples = new ArrayList<Sample>();
    for (var series : select(selector.matchers(), until - LOOKBACK_MILLIS, until)) {
      var last = series.points().getLast();
      if (!last.stale()) {
        samples.add(Sample.of(series.labels(), last));
      }
    }
    return new Value.Vector(samples);
  }

  private Value.Matrix window(Expr.Range range, Context context) {
    long end = time(range.selector().at(), context) - range.selector().offset();
    long start = end - range.millis();
    var windows = new ArrayList<Series>();
    for (var series : select(range.selector().matchers(), start, end)) {
      var points = series.points().stream().filter(p -> !p.stale()).toList();
      if (!points.isEmpty()) {
        windows.add(new Series(series.labels(), points));
      }
    }
    return new Value.Matrix(windows, start, end);
  }

  private Value.Matrix subquery(Expr.Subquery query, Context context) {
    long end = time(query.at(), context) - query.offset();
    long start = end - query.millis();
    long step = query.step() == 0 ? defaultStep : query.step();
    long first = (Math.floorDiv(start, step) + 1) * step;
    return new Value.Matrix(steps(query.of(), context, first, end, step), start, end);
  }

  private static long time(Expr.At at, Context context) {
    return switch (at) {
      case null -> context.time();
      case Expr.At.Time t -> t.millis();
      case Expr.At.Start _ -> context.start();
      case Expr.At.End _ -> context.end();
    };
  }

  private static Value negative(Value value) {
    return switch (value) {
      case Value.Scalar s -> new Value.Scalar(-s.value());
      case Value.Vector v ->
          unique(
              v.samples().stream()
                  .map(
                      s ->
                          new Sample(
                              s.labels().withoutName(),
                              s.time(),
                              -s.value(),
                              s.isHistogram() ? s.histogram().times(-1) : null))
                  .toList());
      default -> throw failed("only numbers have a negative");
    };
  }

  /** A vector in which no two samples have the same labels. */
  static Value.Vector unique(List<Sample> samples) {
    var seen = new HashSet<Labels>();
    for (var sample : samples) {
      if (!seen.add(sample.labels())) {
        throw failed("vector cannot contain metrics with the same labelset " + sample.labels());
      }
    }
    return new Value.Vector(samples);
  }

  static HiveException failed(String why) {
    return new HiveException(
        ErrorCode.PROMQL_FAILED,
        "The query cannot be evaluated: " + why + ".",
        "Aggregate or match by other labels, as Prometheus would ask for too.");
  }
}
