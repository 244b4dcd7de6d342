package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts labels and the value into a text, for {@code {{ $labels.job }}} and {@code {{ $value |
 * humanize }}}: the part of Prometheus' templates that rules in use are made of. What is not
 * understood says so in its place, as it does there.
 */
public final class Template {
  private static final Pattern PLACE = Pattern.compile("\\{\\{-?\\s*(.*?)\\s*-?}}");
  private static final Pattern LABEL =
      Pattern.compile("(?:\\$labels|\\.Labels)\\.([A-Za-z_][A-Za-z0-9_]*)");
  private static final Pattern INDEXED =
      Pattern.compile("index\\s+(?:\\$labels|\\.Labels)\\s+\"([^\"]*)\"");
  private static final Pattern FORMAT = Pattern.compile("printf\\s+\"(%[.0-9]*[fgesv]%?%?)\"(.*)");
  private static final String[] LARGE = {"", "k", "M", "G", "T", "P", "E", "Z", "Y"};
  private static final String[] SMALL = {"", "m", "u", "n", "p", "f", "a", "z", "y"};

  private Template() {}

  public static String expand(String text, Labels labels, double value) {
    if (!text.contains("{{")) {
      return text;
    }
    return PLACE
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(place(m.group(1), labels, value)));
  }

  private static String place(String expression, Labels labels, double value) {
    String[] parts = expression.split("\\s*\\|\\s*");
    Object result = operand(parts[0], labels, value);
    for (int i = 1; i < parts.length; i++) {
      result = result == null ? null : piped(parts[i], result);
    }
    return switch (result) {
      case null -> "<error expanding template: " + expression + " is not supported>";
      case Double number -> number(number);
      default -> result.toString();
    };
  }

  private static Object operand(String text, Labels labels, double value) {
    if (text.equals("$value") || text.equals(".Value")) {
      return value;
    }
    Matcher label = LABEL.matcher(text);
    if (label.matches()) {
      return labels.get(label.group(1));
    }
    Matcher indexed = INDEXED.matcher(text);
    if (indexed.matches()) {
      return labels.get(indexed.group(1));
    }
    Matcher format = FORMAT.matcher(text);
    if (format.matches()) {
      Object inner = operand(format.group(2).strip(), labels, value);
      return inner == null ? null : formatted(format.group(1), inner);
    }
    int space = text.indexOf(' ');
    Object inner = space < 0 ? null : operand(text.substring(space).strip(), labels, value);
    return inner == null ? null : piped(text.substring(0, space), inner);
  }

  private static Object piped(String function, Object value) {
    Matcher format = FORMAT.matcher(function);
    if (format.matches() && format.group(2).isBlank()) {
      return formatted(format.group(1), value);
    }
    if (value instanceof Double number) {
      return switch (function) {
        case "humanize" -> humanize(number);
        case "humanizePercentage" -> significant(number * 100) + "%";
        case "humanizeDuration" -> duration(number);
        default -> null;
      };
    }
    return switch (function) {
      case "toUpper" -> value.toString().toUpperCase(Locale.ROOT);
      case "toLower" -> value.toString().toLowerCase(Locale.ROOT);
      default -> null;
    };
  }

  private static String formatted(String format, Object value) {
    if (format.endsWith("v") || format.endsWith("s")) {
      return value instanceof Double number ? number(number) : value.toString();
    }
    return value instanceof Double number ? String.format(Locale.ROOT, format, number) : null;
  }

  /** As Go prints it. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return "0";
    }
    var decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 21) {
      return decimal.toPlainString();
    }
    String mantissa = decimal.movePointLeft(exponent).toPlainString();
    return String.format(
        Locale.ROOT, "%se%s%02d", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** With four significant digits. */
  private static String significant(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value) || value == 0) {
      return number(value);
    }
    return number(new BigDecimal(value).round(new MathContext(4)).doubleValue());
  }

  private static String humanize(double value) {
    if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      return significant(value);
    }
    double rest = value;
    int step = 0;
    if (Math.abs(value) >= 1) {
      while (Math.abs(rest) >= 1000 && step < LARGE.length - 1) {
        rest /= 1000;
        step++;
      }
      return significant(rest) + LARGE[step];
    }
    while (Math.abs(rest) < 1 && step < SMALL.length - 1) {
      rest *= 1000;
      step++;
    }
    return significant(rest) + SMALL[step];
  }

  private static String duration(double seconds) {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      return significant(seconds);
    }
    double size = Math.abs(seconds);
    if (size < 1) {
      return size == 0 ? "0s" : humanize(seconds) + "s";
    }
    if (size < 60) {
      return significant(seconds) + "s";
    }
    long whole = (long) size;
    String sign = seconds < 0 ? "-" : "";
    long days = whole / 86_400;
    long hours = whole / 3_600 % 24;
    long minutes = whole / 60 % 60;
    if (days > 0) {
      return "%s%dd %dh %dm %ds".formatted(sign, days, hours, minutes, whole % 60);
    }
    return hours > 0
        ? "%s%dh %dm %ds".formatted(sign, hours, minutes, whole % 60)
        : "%s%dm %ds".formatted(sign, minutes, whole % 60);
  }
}
