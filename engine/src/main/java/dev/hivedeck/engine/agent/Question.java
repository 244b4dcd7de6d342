package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.protocol.view.DecisionViews;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What an agent asks a person.
 *
 * @param kind looks up the decision matrix; null for the task's kind
 * @param options to choose from; empty for yes or no
 * @param fallback the option when nobody answers in time, or null
 */
public record Question(
    String kind, String question, String detail, List<String> options, String fallback) {

  /** Whether an agent may ask a question of this kind. */
  public static boolean isOpen(String kind) {
    return !DecisionViews.Decision.isOwn(kind);
  }

  /** The same with each of its texts changed. */
  public Question map(UnaryOperator<String> change) {
    return new Question(
        kind,
        change.apply(question),
        detail == null ? null : change.apply(detail),
        options == null ? null : options.stream().map(change).toList(),
        fallback == null ? null : change.apply(fallback));
  }
}
