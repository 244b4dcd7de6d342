package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Series as Prometheus' own tests write them: {@code up{job="a"} 0+1x5 _ stale}. */
final class SeriesNotation {
  private static final Pattern ITEM =
      Pattern.compile(
          "(?<a>\\{\\{.*?}}|_|stale|[+-]?(?:[\\d.]+(?:e[+-]?\\d+)?|NaN|Inf))"
              + "(?:(?<sign>[+-])(?<b>\\{\\{.*?}}|[+-]?[\\d.]+(?:e[+-]?\\d+)?))?(?:x(?<times>\\d+))?(?=\\s|$)",
          Pattern.CASE_INSENSITIVE);

  /**
   * @param points without times; null where there is none
   */
  record Line(Labels labels, List<Point> points) {}

  private SeriesNotation() {}

  static Line parse(String line) {
    String text = line.strip();
    int end = 0;
    if (text.contains("{") && !text.startsWith("{{")) {
      int open = text.indexOf('{');
      if (text.substring(0, open).matches("[\\w:]*\\s*") && text.charAt(open + 1) != '{') {
        end = closing(text, open) + 1;
      }
    }
    if (end == 0 && !text.matches("[-+\\d.{N_I].*")) {
      end = text.split("\\s", 2)[0].length();
    }
    return new Line(labels(text.substring(0, end)), points(text.substring(end)));
  }

  private static int closing(String text, int open) {
    boolean quoted = false;
    for (int i = open; i < text.length(); i++) {
      if (text.charAt(i) == '"' && text.charAt(i - 1) != '\\') {
        quoted = !quoted;
      } else if (text.charAt(i) == '}' && !quoted) {
        return i;
      }
    }
    throw new IllegalArgumentException(text);
  }

  static Labels labels(String text) {
    if (text.isBlank() || text.strip().equals("{}")) {
      return Labels.NONE;
    }
    String selector = text.strip();
    int open = selector.indexOf('{');
    var labels = new TreeMap<String, String>();
    if (open > 0 || open < 0) {
      labels.put(Labels.NAME, selector.substring(0, open < 0 ? selector.length() : open).strip());
    }
    if (open >= 0 && !selector.substring(open).replaceAll("\\s", "").equals("{}")) {
      // What a series is called is a selector of equal signs, and may do without a name.
      var expr = (Expr.Selector) Parser.parse("__any__" + selector.substring(open));
      for (LabelMatcher m : expr.matchers().subList(1, expr.matchers().size())) {
        labels.put(m.name(), m.value());
      }
    }
    return Labels.of(labels);
  }

  static List<Point> points(String text) {
    var points = new ArrayList<Point>();
    Matcher m = ITEM.matcher(text);
    int end = 0;
    while (m.find()) {
      if (!text.substring(end, m.start()).isBlank()) {
        throw new IllegalArgumentException(text.substring(end, m.start()));
      }
      end = m.end();
      int times = m.group("times") == null ? 0 : Integer.parseInt(m.group("times"));
      String a = m.group("a");
      int sign = "-".equals(m.group("sign")) ? -1 : 1;
      if (a.equals("_")) {
        for (int i = 0; i < Math.max(1, times); i++) {
          points.add(null);
        }
        continue;
      }
      for (int i = 0; i <= times; i++) {
        points.add(item(a, m.group("b"), sign * i));
      }
    }
    if (!text.substring(end).isBlank()) {
      throw new IllegalArgumentException(text.substring(end));
    }
    return points;
  }

  private static Point item(String a, String b, int factor) {
    if (a.equals("stale")) {
      return Point.stale(0);
    }
    if (a.startsWith("{{")) {
      var histogram = histogram(a);
      return new Point(
          0, b == null ? histogram : histogram.plus(histogram(b).times(factor)).orElseThrow());
    }
    return new Point(0, number(a) + (b == null ? 0 : factor * number(b)));
  }

  static double number(String text) {
    String sign = text.startsWith("-") ? "-" : "";
    String rest = text.replaceFirst("^[+-]", "");
    return switch (rest.toLowerCase(java.util.Locale.ROOT)) {
      case "inf" -> Double.parseDouble(sign + "Infinity");
      case "nan" -> Double.NaN;
      default -> Double.parseDouble(sign + rest);
    };
  }

  static Histogram histogram(String text) {
    var fields = new TreeMap<String, String>();
    Matcher m =
        Pattern.compile("(\\w+):(\\[[^]]*]|[^\\s}]+)")
            .matcher(text.substring(2, text.length() - 2));
    while (m.find()) {
      fields.put(m.group(1), m.group(2));
    }
    var bounds = numbers(fields.get("custom_values"));
    var builder =
        fields.getOrDefault("schema", "0").equals("-53")
            ? new Histogram.Builder(bounds)
            : new Histogram.Builder((int) field(fields, "schema"));
    builder.total(field(fields, "count"), field(fields, "sum"));
    builder.zero(field(fields, "z_bucket_w"), field(fields, "z_bucket"));
    var positive = numbers(fields.get("buckets"));
    for (int i = 0; i < positive.size(); i++) {
      builder.positive((int) field(fields, "offset") + i, positive.get(i));
    }
    var negative = numbers(fields.get("n_buckets"));
    for (int i = 0; i < negative.size(); i++) {
      builder.negative((int) field(fields, "n_offset") + i, negative.get(i));
    }
    builder.hint(
        switch (fields.getOrDefault("counter_reset_hint", "unknown")) {
          case "gauge" -> Histogram.ResetHint.GAUGE;
          case "reset" -> Histogram.ResetHint.RESET;
          case "not_reset" -> Histogram.ResetHint.NOT_RESET;
          default -> Histogram.ResetHint.UNKNOWN;
        });
    return builder.build();
  }

  private static double field(Map<String, String> fields, String name) {
    return number(fields.getOrDefault(name, "0"));
  }

  private static List<Double> numbers(String list) {
    if (list == null || list.equals("[]")) {
      return List.of();
    }
    return Arrays.stream(list.substring(1, list.length() - 1).strip().split("\\s+"))
        .map(SeriesNotation::number)
        .toList();
  }
}
