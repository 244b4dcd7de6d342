package dev.hivedeck.ui.shell;

import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.live.Live;
import java.util.List;
import java.util.Objects;

/**
 * What needs a person, counted.
 *
 * @param decisions open ones
 * @param reviews changes that wait for an approval
 * @param stuck changes that are blocked
 * @param dead ids of tasks that exhausted their ways
 * @param failing names of agents of which most attempts fail
 * @param drift differences between ledger and world
 * @param problems of the configuration
 */
public record Attention(
    int decisions,
    List<String> reviews,
    List<String> stuck,
    List<String> dead,
    List<String> failing,
    int drift,
    int problems) {

  public static final Attention NONE =
      new Attention(0, List.of(), List.of(), List.of(), List.of(), 0, 0);

  /** Below this health an agent counts as failing. */
  private static final int SICK = 50;

  public static Attention of(Live live) {
    var decisions =
        (int)
            live.decisions().all().stream()
                .filter(d -> d.state() == Views.DecisionState.OPEN)
                .count();
    var workspace = live.workspace().get();
    return new Attention(
        decisions,
        live.changes().all().stream().filter(Attention::wantsReview).map(Views.Change::id).toList(),
        live.changes().all().stream()
            .filter(c -> c.state() == Views.ChangeState.BLOCKED)
            .map(Views.Change::id)
            .toList(),
        live.tasks().all().stream()
            .filter(t -> t.state() == Views.TaskState.DEAD)
            .map(Views.Task::id)
            .toList(),
        live.agents().all().stream().filter(Attention::failing).map(Views.Agent::id).toList(),
        live.drift().size(),
        workspace == null ? 0 : Objects.requireNonNullElse(workspace.problems(), List.of()).size());
  }

  public static boolean wantsReview(Views.Change c) {
    return "wanted".equals(c.review())
        && (c.state() == Views.ChangeState.OPEN || c.state() == Views.ChangeState.BLOCKED);
  }

  public static boolean failing(Views.Agent a) {
    return a.health().below(SICK);
  }

  /** How many things are wrong. */
  public int alerts() {
    return dead.size() + failing.size() + stuck.size() + drift + problems;
  }
}
