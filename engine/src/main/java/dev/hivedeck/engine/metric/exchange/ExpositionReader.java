package dev.hivedeck.engine.metric.exchange;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.SampleValue;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads what a service shows at {@code /metrics}: Prometheus' text format 0.0.4 and OpenMetrics 1.0
 * (<a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition formats</a>).
 * Buckets of classic histograms are counters, as they are in Prometheus.
 */
public final class ExpositionReader {
  /** No service has more to show; what does is no list of metrics. */
  public static final int MOST_SAMPLES = 50_000;

  private final String line;
  private final int number;
  private int at;

  private ExpositionReader(String line, int number) {
    this.line = line;
    this.number = number;
  }

  /**
   * @param added labels of all that is read, such as the service's; they win over its own
   * @param time of samples that have none
   * @throws HiveException {@code exposition-invalid}, with the line
   */
  public static List<Reading> read(String text, Labels added, long time) {
    var readings = new ArrayList<Reading>();
    Map<String, String> types = new HashMap<>();
    boolean openMetrics = text.stripTrailing().endsWith("# EOF");
    int number = 0;
    for (String line : text.split("\\n", -1)) {
      number++;
      String plain = line.strip();
      if (plain.startsWith("#")) {
        String[] words = plain.split("\\s+", 4);
        if (words.length == 4 && words[1].equals("TYPE")) {
          types.put(words[2], words[3]);
        }
      } else if (!plain.isEmpty()) {
        var reading = new ExpositionReader(plain, number).sample(types, openMetrics, added, time);
        if (reading != null) {
          readings.add(reading);
        }
        if (readings.size() > MOST_SAMPLES) {
          throw new HiveException(
              ErrorCode.EXPOSITION_INVALID,
              "There are more than " + MOST_SAMPLES + " samples.",
              "Drop the label that has no end, or scrape a part.");
        }
      }
    }
    return readings;
  }

  private Reading sample(Map<String, String> types, boolean openMetrics, Labels added, long time) {
    var labels = new TreeMap<String, String>();
    String name = word();
    if (name.isEmpty()) {
      throw invalid("the name of a metric expected");
    }
    labels.put(Labels.NAME, name);
    if (peek() == '{') {
      at++;
      labels(labels);
    }
    blanks();
    double value = number(token(), "a value");
    blanks();
    String stamp = at < line.length() && peek() != '#' ? token() : "";
    long when =
        stamp.isEmpty() ? time : Math.round(number(stamp, "a time") * (openMetrics ? 1e3 : 1));
    blanks();
    if (at < line.length() && peek() != '#') {
      throw invalid("nothing more expected");
    }
    if (name.endsWith("_created") && !types.containsKey(name)) {
      return null;
    }
    return new Reading(Labels.of(labels).with(added), kind(name, types), new Point(when, value));
  }

  /** Of OpenMetrics the type is that of the family, without the ending of the sample. */
  private static MetricKind kind(String name, Map<String, String> types) {
    String type = types.get(name);
    for (String ending : List.of("_total", "_bucket", "_count", "_sum")) {
      if (type == null && name.endsWith(ending)) {
        type = types.get(name.substring(0, name.length() - ending.length()));
        if ("summary".equals(type) || "histogram".equals(type)) {
          return MetricKind.COUNTER;
        }
      }
    }
    return "counter".equals(type) ? MetricKind.COUNTER : MetricKind.GAUGE;
  }

  private void labels(Map<String, String> labels) {
    for (blanks(); peek() != '}'; blanks()) {
      String name = word();
      blanks();
      if (name.isEmpty() || peek() != '=') {
        throw invalid("a label as in code=\"200\" expected");
      }
      at++;
      blanks();
      labels.put(name, quoted());
      blanks();
      if (peek() == ',') {
        at++;
      } else if (peek() != '}') {
        throw invalid("a comma or } expected");
      }
    }
    at++;
  }

  private String quoted() {
    if (peek() != '"') {
      throw invalid("a value in quotes expected");
    }
    at++;
    var text = new StringBuilder();
    while (peek() != '"') {
      char c = line.charAt(at++);
      if (c == '\\') {
        char escaped = peek();
        at++;
        text.append(escaped == 'n' ? '\n' : escaped);
      } else {
        text.append(c);
      }
    }
    at++;
    return text.toString();
  }

  private String word() {
    int start = at;
    while (at < line.length()
        && (Character.isLetterOrDigit(line.charAt(at)) || "_:.".indexOf(line.charAt(at)) >= 0)) {
      at++;
    }
    return line.substring(start, at);
  }

  private String token() {
    int start = at;
    while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
      at++;
    }
    return line.substring(start, at);
  }

  private void blanks() {
    while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
      at++;
    }
  }

  private char peek() {
    if (at >= line.length()) {
      throw invalid("the line ends too early");
    }
    return line.charAt(at);
  }

  private double number(String text, String what) {
    try {
      return SampleValue.parse(text);
    } catch (NumberFormatException e) {
      throw invalid(what + " expected, not \"" + text + "\"");
    }
  }

  private HiveException invalid(String why) {
    return new HiveException(
        ErrorCode.EXPOSITION_INVALID,
        "Line " + number + " is no sample, column " + (at + 1) + ": " + why + ".",
        "promtool check metrics says more.");
  }
}
