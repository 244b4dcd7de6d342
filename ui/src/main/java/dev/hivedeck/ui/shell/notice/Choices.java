package dev.hivedeck.ui.shell.notice;

import dev.hivedeck.engine.protocol.alternative.AlternativeRegistration;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternatives;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.ui.live.LiveModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which alternatives wait for a choice. */
public final class Choices {
  private Choices() {}

  /**
   * A choice that a person is to make.
   *
   * @param changes of which one is to be chosen, the healthiest first
   */
  public record Choice(Alternatives group, List<Change> changes) {}

  /** Those that a person can make now, one for each task. */
  public static List<Choice> open(LiveModel live) {
    var all = new ArrayList<Choice>();
    for (var group : live.things(AlternativeRegistration.TOPIC, Alternatives.class).all()) {
      if (group.chosen() != null && !lost(live, group) || merged(live, group)) {
        continue;
      }
      var changes =
          group.tasks().stream()
              .map(id -> change(live, id))
              .flatMap(Optional::stream)
              .filter(c -> choosable(live, group, c))
              .sorted((a, b) -> Integer.compare(b.health(), a.health()))
              .toList();
      if (!changes.isEmpty()) {
        all.add(new Choice(group, changes));
      }
    }
    return all;
  }

  private static Optional<Change> change(LiveModel live, String task) {
    return live.tasks().get(task).flatMap(t -> live.changes().get(t.change()));
  }

  /** Those that a task belongs to. */
  public static Optional<Alternatives> of(LiveModel live, String task) {
    return live.things(AlternativeRegistration.TOPIC, Alternatives.class).all().stream()
        .filter(g -> g.tasks().contains(task))
        .findFirst();
  }

  /** Whether a change may be chosen now, in place of another one too. */
  public static boolean choosable(LiveModel live, Alternatives group, Change change) {
    var task = live.tasks().get(change.task()).map(TaskViews.Task::state).orElse(null);
    if (merged(live, group) || change.task().equals(group.chosen())) {
      return false;
    }
    return change.state() == ChangeState.CLOSED
        ? group.aside().contains(change.task())
        : task == TaskState.DONE;
  }

  /** Whether the chosen one was cancelled, closed or failed since, so that none is on its way. */
  public static boolean lost(LiveModel live, Alternatives group) {
    return group.chosen() != null
        && live.tasks()
            .get(group.chosen())
            .map(t -> t.state() == TaskState.CANCELLED || t.state() == TaskState.DEAD)
            .orElse(false);
  }

  /** Whether one is on main. */
  public static boolean merged(LiveModel live, Alternatives group) {
    return live.tasks().get(group.id()).map(TaskViews.Task::merged).orElse(false);
  }

  /** Whether a task may still come to something by itself. */
  public static boolean works(TaskViews.Task task) {
    return switch (task.state()) {
      case DONE, DEAD, CANCELLED -> false;
      default -> true;
    };
  }

  /** Whether nobody misses a task that failed: another does the same, or has done it. */
  static boolean covered(LiveModel live, TaskViews.Task dead) {
    return of(live, dead.id())
        .filter(
            g ->
                !g.id().equals(dead.id())
                    || g.tasks().stream()
                        .flatMap(id -> live.tasks().get(id).stream())
                        .anyMatch(t -> works(t) || t.state() == TaskState.DONE))
        .isPresent();
  }
}
