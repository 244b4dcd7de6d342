package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.promql.Expr.At;
import dev.hivedeck.engine.metric.promql.Expr.Cardinality;
import dev.hivedeck.engine.metric.promql.Expr.Matching;
import dev.hivedeck.engine.metric.promql.Expr.Operator;
import dev.hivedeck.engine.metric.promql.Lexer.Kind;
import dev.hivedeck.engine.metric.promql.Lexer.Token;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads a query. */
public final class Parser {
  static final Set<String> AGGREGATIONS =
      Set.of(
          "sum",
          "avg",
          "min",
          "max",
          "count",
          "group",
          "stddev",
          "stdvar",
          "topk",
          "bottomk",
          "quantile",
          "count_values");
  private static final Set<String> WITH_PARAMETER =
      Set.of("topk", "bottomk", "quantile", "count_values");
  private static final Set<String> WORDS =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset");
  private static final Pattern STEP = Pattern.compile("(\\d+)(ms|[smhdwy])");
  private static final Map<String, Long> UNITS =
      Map.of(
          "ms", 1L,
          "s", 1_000L,
          "m", 60_000L,
          "h", 3_600_000L,
          "d", 86_400_000L,
          "w", 604_800_000L,
          "y", 31_536_000_000L);

  /** Deeper than anybody writes; what follows would not fit the stack. */
  private static final int DEEPEST = 100;

  private final String query;
  private final List<Token> tokens;
  private int next;
  private int depth;

  private Parser(String query) {
    this.query = query;
    this.tokens = Lexer.tokens(query);
  }

  /**
   * @throws HiveException {@code promql-invalid}, with the column and what was not understood
   */
  public static Expr parse(String query) {
    var parser = new Parser(query);
    var expr = parser.expression(0);
    if (parser.peek().kind() != Kind.END) {
      throw parser.unexpected();
    }
    return expr;
  }

  /** As long as Prometheus counts: nanoseconds in 63 bits. */
  private static final long LONGEST = Long.MAX_VALUE / 1_000_000;

  /** Milliseconds of a duration as Prometheus writes it, for example {@code 1h30m}. */
  public static long duration(String text) {
    Matcher matcher = STEP.matcher(text);
    long millis = 0;
    int end = 0;
    while (matcher.lookingAt()) {
      double part = Double.parseDouble(matcher.group(1)) * UNITS.get(matcher.group(2));
      millis = (long) Math.min(millis + part, LONGEST + 1);
      end = matcher.end();
      matcher.region(end, text.length());
    }
    if (end == 0 || end != text.length()) {
      throw invalid(text, end + 1, "no duration");
    }
    if (millis > LONGEST) {
      throw invalid(text, 1, "a duration of more than 292 years");
    }
    return millis;
  }

  static HiveException invalid(String query, int column, String what) {
    return new HiveException(
        ErrorCode.PROMQL_INVALID,
        "The query is not understood at column %d, %s: %s".formatted(column, what, query),
        "Queries are Prometheus' PromQL; promtool check rules says more. Parts that Hivedeck does"
            + " not evaluate are named in the guide.");
  }

  private HiveException unexpected() {
    return invalid(query, peek().column(), "unexpected \"" + peek().text() + "\"");
  }

  private Token peek() {
    return tokens.get(next);
  }

  private Token take() {
    return tokens.get(next++);
  }

  private boolean takeIf(String word) {
    if (peek().is(word)) {
      next++;
      return true;
    }
    return false;
  }

  private void expect(String sign) {
    if (!takeIf(sign)) {
      throw invalid(query, peek().column(), "\"" + sign + "\" expected");
    }
  }

  private Expr expression(int least) {
    if (++depth > DEEPEST) {
      throw invalid(query, peek().column(), "nested too deep");
    }
    var left = unary();
    for (var operator = operator(); operator != null && operator.precedence() > least; ) {
      take();
      boolean bool = takeIf("bool");
      if (bool && !operator.compares()) {
        throw invalid(query, peek().column(), "bool belongs to a comparison");
      }
      var matching = matching(operator);
      // A power binds to the right, all others to the left.
      int rest = operator == Operator.POWER ? operator.precedence() - 1 : operator.precedence();
      left = new Expr.Binary(operator, left, expression(rest), bool, matching);
      operator = operator();
    }
    depth--;
    return left;
  }

  private Operator operator() {
    Token token = peek();
    if (token.kind() == Kind.SIGN || token.kind() == Kind.NAME) {
      String text = token.text().toLowerCase(Locale.ROOT);
      for (var operator : Operator.values()) {
        if (operator.sign().equals(text)) {
          return operator;
        }
      }
    }
    return null;
  }

  private Matching matching(Operator operator) {
    var matching = operator.isSet() ? Matching.ALL.with(Cardinality.MANY_TO_MANY) : Matching.ALL;
    if (peek().is("on") || peek().is("ignoring")) {
      boolean on = take().is("on");
      matching = new Matching(matching.cardinality(), on, names(), List.of());
      if (peek().is("group_left") || peek().is("group_right")) {
        if (operator.isSet()) {
          throw unexpected();
        }
        var cardinality =
            take().is("group_left") ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
        var include = peek().is("(") ? names() : List.<String>of();
        matching = new Matching(cardinality, on, matching.labels(), include);
      }
    }
    return matching;
  }

  /** Label names in parentheses. */
  private List<String> names() {
    expect("(");
    var names = new ArrayList<String>();
    while (!takeIf(")")) {
      Token name = take();
      if (name.kind() != Kind.NAME && name.kind() != Kind.TEXT) {
        throw invalid(query, name.column(), "the name of a label expected");
      }
      names.add(name.text());
      if (!peek().is(")")) {
        expect(",");
      }
    }
    return names;
  }

  private Expr unary() {
    if (takeIf("-")) {
      // A power binds tighter than a sign: -2^2 is -4.
      var of = expression(Operator.TIMES.precedence());
      return of instanceof Expr.Number n ? new Expr.Number(-n.value()) : new Expr.Negation(of);
    }
    if (takeIf("+")) {
      return expression(Operator.TIMES.precedence());
    }
    return suffixed(primary());
  }

  private Expr primary() {
    Token token = take();
    switch (token.kind()) {
      case NUMBER:
        return new Expr.Number(number(token.text()));
      case DURATION:
        return new Expr.Number(duration(token.text()) / 1e3);
      case TEXT:
        return new Expr.Text(token.text());
      case NAME:
        return named(token);
      case SIGN:
        if (token.is("(")) {
          var inner = expression(0);
          expect(")");
          return inner;
        }
        if (token.is("{")) {
          return new Expr.Selector(matchers(new ArrayList<>()), 0, null);
        }
        break;
      default:
    }
    next--;
    throw unexpected();
  }

  private static double number(String text) {
    return text.startsWith("0x") || text.startsWith("0X")
        ? Long.parseLong(text.substring(2), 16)
        : Double.parseDouble(text.replace("_", ""));
  }

  private Expr named(Token token) {
    String word = token.text();
    String lower = word.toLowerCase(Locale.ROOT);
    if (!peek().is("{") && (lower.equals("nan") || lower.equals("inf"))) {
      return new Expr.Number(lower.equals("nan") ? Double.NaN : Double.POSITIVE_INFINITY);
    }
    if (AGGREGATIONS.contains(lower)
        && (peek().is("(") || peek().is("by") || peek().is("without"))) {
      return aggregation(lower);
    }
    if (peek().is("(") && !WORDS.contains(lower)) {
      if (!Functions.isKnown(word)) {
        throw invalid(query, token.column(), "the function " + word + " is not supported");
      }
      return new Expr.Call(word, arguments());
    }
    var matchers = new ArrayList<LabelMatcher>();
    matchers.add(LabelMatcher.equal(Labels.NAME, word));
    return new Expr.Selector(takeIf("{") ? matchers(matchers) : matchers, 0, null);
  }

  private List<Expr> arguments() {
    expect("(");
    var arguments = new ArrayList<Expr>();
    while (!takeIf(")")) {
      arguments.add(expression(0));
      if (!peek().is(")")) {
        expect(",");
      }
    }
    return arguments;
  }

  private Expr aggregation(String operator) {
    boolean grouped = peek().is("by") || peek().is("without");
    boolean without = grouped && take().is("without");
    var grouping = grouped ? names() : List.<String>of();
    int column = peek().column();
    var arguments = arguments();
    if (!grouped && (peek().is("by") || peek().is("without"))) {
      without = take().is("without");
      grouping = names();
    }
    int expected = WITH_PARAMETER.contains(operator) ? 2 : 1;
    if (arguments.size() != expected) {
      throw invalid(query, column, operator + " takes " + expected + " arguments");
    }
    return new Expr.Aggregation(
        operator,
        arguments.getLast(),
        expected == 2 ? arguments.getFirst() : null,
        grouping,
        without);
  }

  private List<LabelMatcher> matchers(List<LabelMatcher> matchers) {
    while (!takeIf("}")) {
      Token name = take();
      if (name.kind() == Kind.TEXT && (peek().is(",") || peek().is("}"))) {
        matchers.add(LabelMatcher.equal(Labels.NAME, name.text()));
      } else {
        matchers.add(matcher(name));
      }
      if (!peek().is("}")) {
        expect(",");
      }
    }
    if (matchers.stream().allMatch(m -> m.matches(""))) {
      throw invalid(query, peek().column(), "a selector needs a condition that excludes nothing");
    }
    return matchers;
  }

  private LabelMatcher matcher(Token name) {
    if (name.kind() != Kind.NAME && name.kind() != Kind.TEXT) {
      throw invalid(query, name.column(), "the name of a label expected");
    }
    Token sign = take();
    Token value = take();
    for (var type : LabelMatcher.Type.values()) {
      if (sign.is(type.sign()) && value.kind() == Kind.TEXT) {
        try {
          return new LabelMatcher(name.text(), type, value.text());
        } catch (PatternSyntaxException e) {
          throw invalid(query, value.column(), "no regular expression, " + e.getDescription());
        }
      }
    }
    throw invalid(query, sign.column(), "a condition as in code=\"200\" expected");
  }

  private Expr suffixed(Expr inner) {
    var expr = inner;
    while (true) {
      if (takeIf("[")) {
        expr = ranged(expr);
      } else if (takeIf("offset")) {
        boolean back = takeIf("-");
        expr = shifted(expr, (back ? -1 : 1) * millis(), null);
      } else if (takeIf("@")) {
        expr = shifted(expr, 0, at());
      } else {
        return expr;
      }
    }
  }

  private Expr ranged(Expr of) {
    int column = peek().column();
    long millis = millis();
    if (millis <= 0) {
      throw invalid(query, column, "a window must be longer than nothing");
    }
    if (takeIf(":")) {
      long step = peek().is("]") ? 0 : millis();
      expect("]");
      return new Expr.Subquery(of, millis, step, 0, null);
    }
    expect("]");
    if (of instanceof Expr.Selector selector) {
      return new Expr.Range(selector, millis);
    }
    throw invalid(query, column, "only a selector has a window without a step");
  }

  private long millis() {
    Token token = take();
    return switch (token.kind()) {
      case DURATION -> duration(token.text());
      case NUMBER -> Math.round(number(token.text()) * 1e3);
      default -> throw invalid(query, token.column(), "a duration expected");
    };
  }

  private At at() {
    if (takeIf("start")) {
      expect("(");
      expect(")");
      return new At.Start();
    }
    if (takeIf("end")) {
      expect("(");
      expect(")");
      return new At.End();
    }
    boolean minus = takeIf("-");
    long millis = millis();
    return new At.Time(minus ? -millis : millis);
  }

  private Expr shifted(Expr of, long offset, At at) {
    return switch (of) {
      case Expr.Selector s ->
          new Expr.Selector(s.matchers(), s.offset() + offset, at == null ? s.at() : at);
      case Expr.Range r ->
          new Expr.Range((Expr.Selector) shifted(r.selector(), offset, at), r.millis());
      case Expr.Subquery s ->
          new Expr.Subquery(
              s.of(), s.millis(), s.step(), s.offset() + offset, at == null ? s.at() : at);
      default -> throw invalid(query, peek().column(), "only a selector has a time of its own");
    };
  }
}
