package dev.hivedeck.ui.shell.notice;

import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.ScreenId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What needs a person, counted.
 *
 * @param decisions open ones
 * @param reviews changes that wait for an approval, and one for each choice between alternatives
 * @param stuck changes that are blocked
 * @param dead ids of tasks that exhausted their ways
 * @param failing names of agents of which most attempts fail
 * @param burning names of objectives whose alert fires, or that cannot alert
 * @param firing ids of other alerts that fire: of rules, and of other systems
 * @param drift differences between ledger and world
 * @param problems of the configuration
 */
public record AttentionCounts(
    int decisions,
    List<String> reviews,
    List<String> stuck,
    List<String> dead,
    List<String> failing,
    List<String> burning,
    List<String> firing,
    int drift,
    int problems) {

  public static final AttentionCounts NONE =
      new AttentionCounts(
          0, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), 0, 0);

  /** Below this health an agent counts as failing. */
  private static final int SICK = 50;

  public static AttentionCounts of(LiveModel live) {
    var decisions =
        (int)
            live.decisions().all().stream()
                .filter(d -> d.state() == DecisionViews.DecisionState.OPEN)
                .count();
    var workspace = live.workspace().get();
    return new AttentionCounts(
        decisions,
        reviews(live),
        live.changes().all().stream()
            .filter(c -> c.state() == ChangeViews.ChangeState.BLOCKED)
            .map(ChangeViews.Change::id)
            .toList(),
        live.tasks().all().stream()
            .filter(t -> t.state() == TaskViews.TaskState.DEAD && !Choices.covered(live, t))
            .map(TaskViews.Task::id)
            .toList(),
        live.agents().all().stream()
            .filter(AttentionCounts::failing)
            .map(AgentViews.Agent::id)
            .toList(),
        live.objectives().get().stream()
            .filter(AttentionCounts::burning)
            .map(SloViews.Objective::name)
            .toList(),
        live.alerts().all().stream()
            .filter(SloViews.Alert::isTold)
            .filter(a -> live.objectives().get().stream().noneMatch(o -> isOf(a, o)))
            .map(SloViews.Alert::id)
            .toList(),
        live.drift().size(),
        workspace == null ? 0 : Objects.requireNonNullElse(workspace.problems(), List.of()).size());
  }

  /** Of alternatives the healthiest stands for all. */
  private static List<String> reviews(LiveModel live) {
    return Stream.concat(
            Choices.open(live).stream().map(c -> c.changes().getFirst()),
            live.changes().all().stream().filter(AttentionCounts::wantsReview))
        .map(ChangeViews.Change::id)
        .toList();
  }

  /** A thing that waits for a person, and where it is. */
  public record Waiting(ScreenId place, String id) {}

  /** What waits for a person, the most pressing first. */
  public static List<Waiting> waiting(LiveModel live) {
    var all = new ArrayList<Waiting>();
    live.decisions().all().stream()
        .filter(d -> d.state() == DecisionViews.DecisionState.OPEN)
        .sorted(
            Comparator.comparing(
                    DecisionViews.Decision::dueAt,
                    Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
                .thenComparing(DecisionViews.Decision::openedAt))
        .forEach(d -> all.add(new Waiting(ScreenId.DECISIONS, d.id())));
    var now = of(live);
    now.reviews().forEach(id -> all.add(new Waiting(ScreenId.CHANGES, id)));
    now.stuck().stream()
        .filter(id -> !now.reviews().contains(id))
        .forEach(id -> all.add(new Waiting(ScreenId.CHANGES, id)));
    now.dead().forEach(id -> all.add(new Waiting(ScreenId.TASKS, id)));
    return all;
  }

  public static boolean wantsReview(ChangeViews.Change c) {
    return c.review() == ChangeViews.ReviewState.WANTED
        && (c.state() == ChangeViews.ChangeState.OPEN
            || c.state() == ChangeViews.ChangeState.BLOCKED);
  }

  /** Whether an alert of it fires, or none can. */
  public static boolean burning(SloViews.Objective o) {
    return !o.problem().isEmpty()
        || o.alerts().stream().anyMatch(a -> a.state() == AlertState.FIRING);
  }

  public static boolean failing(AgentViews.Agent a) {
    return a.health().below(SICK);
  }

  private static boolean isOf(SloViews.Alert alert, SloViews.Objective objective) {
    return alert.isOwn() && alert.objective().equals(objective.name());
  }

  /** How many things are wrong. */
  public int alerts() {
    return dead.size()
        + failing.size()
        + stuck.size()
        + burning.size()
        + firing.size()
        + drift
        + problems;
  }
}
