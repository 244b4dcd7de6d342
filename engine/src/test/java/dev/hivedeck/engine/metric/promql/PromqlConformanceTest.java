package dev.hivedeck.engine.metric.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prometheus' own test scripts for its queries give the same values here. */
class PromqlConformanceTest {
  private static final Path FIXTURES =
      Path.of(System.getProperty("hivedeck.fixtures", "../../shared/fixtures")).resolve("promql");
  private static final double TOLERANCE = 1e-6;
  private static final Pattern INSTANT = Pattern.compile("eval(_\\w+)? instant at (\\S+)\\s+(.*)");
  private static final Pattern OVER =
      Pattern.compile("eval(_\\w+)? range from (\\S+) to (\\S+) step (\\S+)\\s+(.*)");

  private final MemorySeries series = new MemorySeries();
  private final Evaluator evaluator = new Evaluator(series);
  private final List<String> wrong = new ArrayList<>();
  private final Map<String, Integer> leftOut = new TreeMap<>();
  private int right;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "functions.test, 321",
    "histograms.test, 185",
    "aggregators.test, 153",
    "operators.test, 214"
  })
  void aScriptGivesTheSameValues(String script, int least) throws IOException {
    Path file = FIXTURES.resolve(script);
    assumeTrue(Files.exists(file), "no fixture " + file);
    run(Files.readAllLines(file));
    System.out.printf(
        "%s: %d cases the same, %d left out%n",
        script, right, leftOut.values().stream().mapToInt(i -> i).sum());
    leftOut.forEach((why, times) -> System.out.printf("  left out %d: %s%n", times, why));
    assertThat(wrong).isEmpty();
    assertThat(right).isGreaterThanOrEqualTo(least);
  }

  private void run(List<String> lines) {
    for (int i = 0; i < lines.size(); ) {
      String line = lines.get(i).strip();
      int first = i++;
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      var body = new ArrayList<String>();
      while (i < lines.size()
          && !lines.get(i).isBlank()
          && !lines.get(i).matches("(eval|load|clear).*")) {
        String part = lines.get(i++).strip();
        if (!part.startsWith("#")) {
          body.add(part);
        }
      }
      if (line.equals("clear")) {
        series.clear();
      } else if (line.startsWith("load")) {
        load(line, body);
      } else {
        eval(first + 1, line, body);
      }
    }
  }

  private void load(String line, List<String> body) {
    long step = Parser.duration(line.split("\\s+")[1]);
    var loaded = body.stream().map(SeriesNotation::parse).toList();
    for (var one : loaded) {
      for (int i = 0; i < one.points().size(); i++) {
        Point p = one.points().get(i);
        if (p != null) {
          series.add(one.labels(), new Point(i * step, p.value(), p.histogram(), p.stale()));
        }
      }
    }
    if (line.startsWith("load_with_nhcb")) {
      series.addNative(loaded, step);
    }
  }

  private void eval(int at, String line, List<String> body) {
    Matcher instant = INSTANT.matcher(line);
    Matcher over = OVER.matcher(line);
    boolean isInstant = instant.matches();
    if (!isInstant && !over.matches()) {
      leave("no such command: " + line);
      return;
    }
    String query = isInstant ? instant.group(3) : over.group(5);
    boolean fails =
        line.startsWith("eval_fail") || body.stream().anyMatch(b -> b.startsWith("expect fail"));
    if (body.stream()
        .anyMatch(b -> b.startsWith("expect range vector") || b.startsWith("expect string"))) {
      leave("a window or a text as result");
      return;
    }
    var expected = body.stream().filter(b -> !b.startsWith("expect")).toList();
    if (body.stream().anyMatch(b -> b.contains("=\"{count:"))) {
      leave("count_values of histograms");
      return;
    }
    Expr expr;
    try {
      expr = Parser.parse(query);
    } catch (HiveException e) {
      if (fails && !e.getMessage().contains("not supported")) {
        right++;
      } else {
        leave(
            e.getMessage()
                .replaceFirst("The query is not understood at column \\d+, ", "")
                .replaceFirst(": .*", ""));
      }
      return;
    }
    try {
      String difference =
          isInstant
              ? instant(expr, time(instant.group(2)), expected)
              : over(expr, time(over.group(2)), time(over.group(3)), time(over.group(4)), expected);
      if (fails) {
        difference = "should fail";
      }
      judge(at, query, difference);
    } catch (HiveException e) {
      judge(at, query, fails ? null : e.getMessage());
    }
  }

  private void judge(int at, String query, String difference) {
    if (difference == null) {
      right++;
    } else {
      wrong.add("line " + at + ": " + query + ": " + difference);
    }
  }

  private void leave(String why) {
    leftOut.merge(why, 1, Integer::sum);
  }

  private static long time(String text) {
    return text.matches("[\\d.]+")
        ? Math.round(Double.parseDouble(text) * 1e3)
        : Parser.duration(text);
  }

  private String instant(Expr expr, long at, List<String> expected) {
    var value = evaluator.at(expr, Instant.ofEpochMilli(at));
    if (value instanceof Value.Scalar s) {
      var points = SeriesNotation.points(expected.getFirst());
      return same(points.getFirst(), new Point(at, s.value())) ? null : "is " + s.value();
    }
    var found = new TreeMap<Labels, Point>();
    if (value instanceof Value.Vector v) {
      v.samples().forEach(s -> found.put(s.labels(), s.point(at)));
    } else {
      return "a vector expected, not " + value;
    }
    for (String line : expected) {
      var wanted = SeriesNotation.parse(line);
      Point actual = found.remove(wanted.labels());
      if (!same(wanted.points().getFirst(), actual)) {
        return wanted.labels() + " is " + actual + ", not " + line;
      }
    }
    return found.isEmpty() ? null : "too much: " + found;
  }

  private String over(Expr expr, long start, long end, long step, List<String> expected) {
    var found = new TreeMap<Labels, Series>();
    evaluator
        .over(expr, Instant.ofEpochMilli(start), Instant.ofEpochMilli(end), Duration.ofMillis(step))
        .forEach(s -> found.put(s.labels(), s));
    for (String line : expected) {
      var wanted = SeriesNotation.parse(line);
      var actual = found.remove(wanted.labels());
      for (int i = 0; start + i * step <= end; i++) {
        long t = start + i * step;
        Point want = i < wanted.points().size() ? wanted.points().get(i) : null;
        Point is =
            actual == null
                ? null
                : actual.points().stream().filter(p -> p.time() == t).findFirst().orElse(null);
        if (!same(want, is)) {
          return wanted.labels() + " at " + t + " is " + is + ", not " + want;
        }
      }
    }
    return found.isEmpty() ? null : "too much: " + found;
  }

  private static boolean same(Point a, Point b) {
    if (a == null || b == null) {
      return a == b;
    }
    if (a.isHistogram() != b.isHistogram()) {
      return false;
    }
    return a.isHistogram() ? same(a.histogram(), b.histogram()) : near(a.value(), b.value());
  }

  private static boolean same(Histogram a, Histogram b) {
    var left = a.buckets();
    var right = b.buckets();
    if (left.size() != right.size()
        || a.schema() != b.schema()
        || !a.bounds().equals(b.bounds())
        || !near(a.count(), b.count())
        || !near(a.sum(), b.sum())
        || !near(a.zeroThreshold(), b.zeroThreshold())) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!near(left.get(i).upper(), right.get(i).upper())
          || !near(left.get(i).count(), right.get(i).count())) {
        return false;
      }
    }
    return true;
  }

  private static boolean near(double a, double b) {
    return a == b
        || Double.isNaN(a) && Double.isNaN(b)
        || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  }
}
