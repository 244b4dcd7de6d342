package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.config.notify.Matcher;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Alerts that are not told while a graver one of the same thing fires, as Alertmanager means it.
 *
 * @param source conditions on the graver one
 * @param target conditions on those that are kept back
 * @param equal labels that both must have alike
 */
public record Inhibition(List<LabelMatcher> source, List<LabelMatcher> target, List<String> equal) {
  public Inhibition {
    source = List.copyOf(source);
    target = List.copyOf(target);
    equal = List.copyOf(equal);
  }

  /**
   * One as it is written.
   *
   * @throws java.util.regex.PatternSyntaxException as {@link LabelMatcher}
   */
  public static Inhibition of(NotifyConfig.Inhibit written) {
    return new Inhibition(
        conditions(written.source()), conditions(written.target()), written.equal());
  }

  /**
   * Conditions as they are written, ready to be asked.
   *
   * @throws java.util.regex.PatternSyntaxException as {@link LabelMatcher}
   */
  public static List<LabelMatcher> conditions(List<Matcher> written) {
    var conditions = new ArrayList<LabelMatcher>();
    for (var matcher : written) {
      for (var type : LabelMatcher.Type.values()) {
        if (type.sign().equals(matcher.operator())) {
          conditions.add(new LabelMatcher(matcher.name(), type, matcher.value()));
        }
      }
    }
    return List.copyOf(conditions);
  }

  /**
   * Which alerts those that fire keep back. Sources are looked through once, however many are asked
   * about.
   */
  public static Predicate<Labels> by(List<Inhibition> inhibitions, Collection<Labels> firing) {
    return inhibitions.stream().map(i -> i.by(firing)).reduce(_ -> false, Predicate::or);
  }

  private Predicate<Labels> by(Collection<Labels> firing) {
    var sources =
        firing.stream()
            .filter(alert -> matches(source, alert))
            .collect(Collectors.groupingBy(alert -> alert.only(equal), Collectors.toSet()));
    return alert -> {
      var alike = matches(target, alert) ? sources.get(alert.only(equal)) : null;
      return alike != null && (alike.size() > 1 || !alike.contains(alert)); // none by itself
    };
  }

  private static boolean matches(List<LabelMatcher> conditions, Labels alert) {
    return conditions.stream().allMatch(m -> m.matches(alert));
  }
}
