package dev.hivedeck.engine.metric.promql;

import com.google.re2j.Matcher;
import dev.hivedeck.engine.metric.promql.Functions.Arguments;
import dev.hivedeck.engine.metric.promql.Functions.Registry;
import dev.hivedeck.engine.metric.promql.Value.Sample;
import dev.hivedeck.engine.protocol.RegularExpression;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Functions that change or sort by labels. */
final class LabelFunctions {
  private static final Pattern NAME = Pattern.compile("[\\p{Print}&&[^\"]]+");
  private static final int MOST_JOINED = 20;

  private LabelFunctions() {}

  static void register(Registry registry) {
    registry.add("label_replace", 5, 5, LabelFunctions::replace);
    registry.add("label_join", 3, MOST_JOINED, LabelFunctions::join);
    var byValue = Comparator.comparingDouble(Sample::value);
    var numbersFirst = Comparator.comparing((Sample s) -> Double.isNaN(s.value()));
    registry.add("sort", 1, 1, a -> sorted(a, numbersFirst.thenComparing(byValue)));
    registry.add("sort_desc", 1, 1, a -> sorted(a, numbersFirst.thenComparing(byValue.reversed())));
  }

  private static Value sorted(Arguments arguments, Comparator<Sample> order) {
    return new Value.Vector(
        BinaryOperations.numbers(arguments.vector(0)).stream().sorted(order).toList());
  }

  private static Value replace(Arguments arguments) {
    String target = label(arguments.text(1));
    String replacement = arguments.text(2);
    String from = arguments.text(3);
    RegularExpression pattern;
    try {
      pattern = RegularExpression.of(arguments.text(4));
    } catch (PatternSyntaxException e) {
      throw Evaluator.failed("no regular expression, " + e.getDescription());
    }
    var samples = new ArrayList<Sample>();
    for (var sample : arguments.vector(0).samples()) {
      var matcher = pattern.matcher(sample.labels().get(from));
      samples.add(
          matcher.matches()
              ? sample.with(sample.labels().with(target, expand(replacement, matcher)))
              : sample);
    }
    return Evaluator.unique(samples);
  }

  /** Puts in what groups have matched, for {@code $1}, {@code ${1}} or a name. */
  private static String expand(String replacement, Matcher matched) {
    return Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))")
        .matcher(replacement)
        .replaceAll(
            r ->
                java.util.regex.Matcher.quoteReplacement(
                    group(matched, r.group(1) == null ? r.group(2) : r.group(1))));
  }

  private static String group(Matcher matched, String name) {
    try {
      String group =
          name.chars().allMatch(Character::isDigit)
              ? matched.group(Integer.parseInt(name))
              : matched.group(name);
      return group == null ? "" : group;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return ""; // there is no such group
    }
  }

  private static Value join(Arguments arguments) {
    String target = label(arguments.text(1));
    String separator = arguments.text(2);
    var samples = new ArrayList<Sample>();
    for (var sample : arguments.vector(0).samples()) {
      var parts = new ArrayList<String>();
      for (int i = 3; i < arguments.size(); i++) {
        parts.add(sample.labels().get(arguments.text(i)));
      }
      samples.add(sample.with(sample.labels().with(target, String.join(separator, parts))));
    }
    return Evaluator.unique(samples);
  }

  private static String label(String name) {
    if (!NAME.matcher(name).matches()) {
      throw Evaluator.failed("\"" + name + "\" is no name of a label");
    }
    return name;
  }
}
