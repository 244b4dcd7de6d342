package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import java.util.Collection;
import java.util.List;

/**
 * Alerts that are not told while a graver one of the same thing fires.
 *
 * @param source conditions on the graver one
 * @param target conditions on those that are kept back
 * @param equal labels that both must have alike
 */
public record Inhibition(List<LabelMatcher> source, List<LabelMatcher> target, List<String> equal) {
  /** A page says all that a ticket of the same objective would. */
  public static final Inhibition PAGE_OVER_TICKET =
      new Inhibition(
          List.of(LabelMatcher.equal("severity", "page")),
          List.of(
              LabelMatcher.equal("severity", "ticket"),
              new LabelMatcher("objective", LabelMatcher.Type.NOT_EQUAL, "")),
          List.of("objective"));

  public Inhibition {
    source = List.copyOf(source);
    target = List.copyOf(target);
    equal = List.copyOf(equal);
  }

  /** Whether one of these alerts keeps that one back. */
  public boolean holdsBack(Labels alert, Collection<Alert> alerts) {
    if (!target.stream().allMatch(m -> m.matches(alert))) {
      return false;
    }
    return alerts.stream()
        .filter(a -> a.state() == Alert.State.FIRING && !a.labels().equals(alert))
        .filter(a -> source.stream().allMatch(m -> m.matches(a.labels())))
        .anyMatch(a -> a.labels().only(equal).equals(alert.only(equal)));
  }
}
