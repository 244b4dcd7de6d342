package dev.hivedeck.engine.slo.exchange;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.metric.promql.Expr.Operator;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Indicator.Comparison;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds which events queries of others count, where they count events at all. */
final class EventQueries {
  private static final Pattern TEMPLATE = Pattern.compile("\\{\\{-?\\s*\\.window\\s*-?}}");
  private static final Pattern VALUE =
      Pattern.compile(
          "1 - avg_over_time\\(\\((.+) (<=?|>=?) bool (\\S+)\\)\\[[^\\]]+:1m]\\)", Pattern.DOTALL);
  private static final String BUCKET = "_bucket";
  private static final String COUNT = "_count";

  private EventQueries() {}

  /**
   * @param error a query of bad events
   * @param total a query of all events
   * @throws HiveException {@code promql-invalid}, or {@code import-unsupported} where they do not
   *     sum counters
   */
  static Indicator ofErrors(String error, String total) {
    String all = summed(parse(total)).orElseThrow(() -> unsupported(total));
    return bad(parse(error), all).orElseThrow(() -> unsupported(error));
  }

  /**
   * @param ratio a query of the share of bad events
   * @throws HiveException as {@link #ofErrors}
   */
  static Indicator ofRatio(String ratio) {
    String plain = outer(ratio.strip());
    Matcher value = VALUE.matcher(plain);
    if (value.matches()) {
      return new Indicator.Threshold(
          value.group(1).strip(), comparison(value.group(2)), Double.parseDouble(value.group(3)));
    }
    Expr expr = parse(plain);
    Optional<Indicator> found = Optional.empty();
    if (expr instanceof Expr.Binary(var operator, var left, var right, _, _)) {
      if (operator == Operator.DIVIDE) {
        found = summed(right).flatMap(all -> bad(left, all));
      } else if (operator == Operator.MINUS
          && left.equals(new Expr.Number(1))
          && right instanceof Expr.Binary(var inner, var good, var total, _, _)
          && inner == Operator.DIVIDE) {
        found = summed(total).flatMap(all -> summed(unlessNone(good)).map(g -> good(g, all)));
      }
    }
    return found.orElseThrow(() -> unsupported(ratio));
  }

  /** Good events of all. */
  static Indicator good(String good, String total) {
    return latency(good, total).orElseGet(() -> new Indicator.Ratio(good, null, total));
  }

  private static Optional<Indicator> bad(Expr error, String total) {
    if (error instanceof Expr.Binary(var operator, var all, var good, _, _)
        && operator == Operator.MINUS
        && summed(all).filter(total::equals).isPresent()) {
      return summed(good).map(g -> good(g, total));
    }
    return summed(error).map(b -> new Indicator.Ratio(null, b, total));
  }

  /** What good events are where there may be no series of them. */
  private static Expr unlessNone(Expr good) {
    return good instanceof Expr.Binary(var operator, var some, _, _, _) && operator == Operator.OR
        ? some
        : good;
  }

  /** A histogram and its limit, where the bucket of the limit is held against the count. */
  private static Optional<Indicator> latency(String good, String total) {
    var bucket = Selectors.parse(good);
    var count = Selectors.parse(total);
    String name = Selectors.name(bucket);
    var limit =
        bucket.matchers().stream()
            .filter(m -> m.name().equals("le") && m.type() == LabelMatcher.Type.EQUAL)
            .findFirst();
    if (limit.isEmpty()
        || !name.endsWith(BUCKET)
        || !Selectors.name(count)
            .equals(name.substring(0, name.length() - BUCKET.length()) + COUNT)) {
      return Optional.empty();
    }
    String histogram = Selectors.named(count, "", Map.of()).replaceFirst(COUNT, "");
    try {
      double seconds = Double.parseDouble(limit.get().value());
      boolean same =
          Selectors.text(Selectors.upTo(histogram, seconds)).equals(good)
              && Selectors.text(Selectors.count(histogram)).equals(total);
      return same ? Optional.of(new Indicator.Latency(histogram, seconds)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> summed(Expr expr) {
    return Selectors.ofSummedRate(expr);
  }

  static Expr parse(String query) {
    return Parser.parse(TEMPLATE.matcher(query).replaceAll("5m").strip());
  }

  private static String outer(String query) {
    if (!query.startsWith("(") || !query.endsWith(")")) {
      return query;
    }
    int open = 0;
    for (int i = 0; i < query.length(); i++) {
      open += query.charAt(i) == '(' ? 1 : query.charAt(i) == ')' ? -1 : 0;
      if (open == 0 && i < query.length() - 1) {
        return query;
      }
    }
    return outer(query.substring(1, query.length() - 1).strip());
  }

  private static Comparison comparison(String sign) {
    return Arrays.stream(Comparison.values())
        .filter(c -> c.sign().equals(sign))
        .findFirst()
        .orElseThrow();
  }

  private static HiveException unsupported(String query) {
    return new HiveException(
        ErrorCode.IMPORT_UNSUPPORTED,
        "Its events cannot be counted from the query " + query.strip().replaceAll("\\s+", " "),
        "Counted are sums of rates of counters, without a label that they are told apart by.");
  }
}
