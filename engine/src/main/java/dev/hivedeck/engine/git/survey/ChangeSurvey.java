package dev.hivedeck.engine.git.survey;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a difference means to others, as far as it can be seen without running anything.
 *
 * @param contracts what it takes from those who rely on an API, a schema or a protocol
 * @param migrations what it does to a database, or to what a database went through already
 * @param hot files that are large and change often, each with how often
 * @param owners whom CODEOWNERS of main names for its files
 * @param unread contracts that are too large to be compared
 */
public record ChangeSurvey(
    List<String> contracts,
    List<String> migrations,
    List<String> hot,
    List<String> owners,
    List<String> unread) {
  public static final ChangeSurvey NOTHING =
      new ChangeSurvey(List.of(), List.of(), List.of(), List.of(), List.of());

  public ChangeSurvey {
    contracts = List.copyOf(contracts);
    migrations = List.copyOf(migrations);
    hot = List.copyOf(hot);
    owners = List.copyOf(owners);
    unread = unread == null ? List.of() : List.copyOf(unread); // not told of older ones
  }

  /** The same with other names for all that a change names itself. */
  public ChangeSurvey map(UnaryOperator<String> names) {
    return new ChangeSurvey(
        contracts.stream().map(names).toList(),
        migrations.stream().map(names).toList(),
        hot.stream().map(names).toList(),
        owners.stream().map(names).toList(),
        unread.stream().map(names).toList());
  }
}
