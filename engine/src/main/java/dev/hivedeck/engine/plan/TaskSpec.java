package dev.hivedeck.engine.plan;

import java.util.List;

/**
 * A task as planned.
 *
 * @param agent who does it; null when any agent with the capabilities may
 * @param needs tasks whose work must be on main first
 * @param priority 1 (first) to 9
 * @param kind looks up the decision matrix; may be null
 * @param produces files it is to leave
 * @param agents several that each do it, of whose work one is chosen (best of n); empty where it is
 *     one, and then {@code agent} says who
 */
public record TaskSpec(
    String id,
    String title,
    List<String> requirements,
    String agent,
    List<String> capabilities,
    List<String> needs,
    int priority,
    String kind,
    String prompt,
    List<String> produces,
    List<String> agents) {
  public TaskSpec {
    agents = List.copyOf(agents);
  }

  /** One that is done once. */
  public TaskSpec(
      String id,
      String title,
      List<String> requirements,
      String agent,
      List<String> capabilities,
      List<String> needs,
      int priority,
      String kind,
      String prompt,
      List<String> produces) {
    this(
        id,
        title,
        requirements,
        agent,
        capabilities,
        needs,
        priority,
        kind,
        prompt,
        produces,
        List.of());
  }

  /** The same, done by these. */
  public TaskSpec by(List<String> several) {
    return new TaskSpec(
        id,
        title,
        requirements,
        several.size() == 1 ? several.getFirst() : several.isEmpty() ? agent : null,
        capabilities,
        needs,
        priority,
        kind,
        prompt,
        produces,
        several.size() == 1 ? List.of() : several);
  }

  /** The same, done once by this one; null for any. */
  TaskSpec with(String one) {
    return new TaskSpec(
        id,
        title,
        requirements,
        one,
        capabilities,
        needs,
        priority,
        kind,
        prompt,
        produces,
        List.of());
  }

  /** Who does it, in the order of its alternatives; empty where any agent may. */
  List<String> doers() {
    return !agents.isEmpty() ? agents : agent == null ? List.of() : List.of(agent);
  }
}
