package dev.hivedeck.engine.config.notify;

import dev.hivedeck.engine.protocol.RegularExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A condition on a label, as Alertmanager writes it.
 *
 * @param operator {@code =}, {@code !=}, {@code =~} or {@code !~}
 */
public record Matcher(String name, String operator, String value) {
  private static final Pattern FORM =
      Pattern.compile(
          "\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]++|\\\\.)*)\"\\s*(,|$)");

  /**
   * Several of them, separated by commas, with or without braces around them.
   *
   * @return empty when the text is none
   */
  public static Optional<List<Matcher>> parse(String text) {
    String plain = text.strip();
    if (plain.startsWith("{") && plain.endsWith("}")) {
      plain = plain.substring(1, plain.length() - 1).strip();
    }
    var matchers = new ArrayList<Matcher>();
    var form = FORM.matcher(plain);
    int at = 0;
    while (at < plain.length()) {
      if (!form.find(at) || form.start() != at) {
        return Optional.empty();
      }
      var matcher = new Matcher(form.group(1), form.group(2), unescaped(form.group(3)));
      if (matcher.operator().endsWith("~") && !isPattern(matcher.value())) {
        return Optional.empty();
      }
      matchers.add(matcher);
      at = form.end();
    }
    return matchers.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(matchers));
  }

  private static String unescaped(String value) {
    return value.replaceAll("\\\\(.)", "$1");
  }

  private static boolean isPattern(String value) {
    try {
      RegularExpression.of(value);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}
