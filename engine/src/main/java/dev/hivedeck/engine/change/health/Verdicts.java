package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.config.health.HealthConfig;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.ChangeViews.NextAction;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import dev.hivedeck.engine.protocol.view.ChangeViews.Verdict;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.util.List;

/** One line on a change: what is next, and whose turn it is. */
public final class Verdicts {
  private Verdicts() {}

  /**
   * @param obstacles as {@link ChangeHealth} found them
   */
  public static Verdict of(ChangeFacts facts, List<Obstacle> obstacles) {
    long failed =
        obstacles.stream().filter(o -> o.kind() == ObstacleKind.GATE && o.blocks()).count();
    if (!facts.over() && stands(obstacles, ObstacleKind.QUESTION)) {
      return you(
          NextAction.ANSWER,
          "Answer " + Plural.of(facts.questions().size(), "question"),
          obstacles);
    }
    boolean waits = facts.state() == ChangeState.QUEUED || facts.task() == TaskState.DONE;
    if (facts.pull() != null && !facts.over() && waits && facts.state() != ChangeState.OPEN) {
      return you(NextAction.LOOK, "Look at its pull request", obstacles);
    }
    return switch (facts.state()) {
      case MERGED -> new Verdict("On main", NextAction.NONE, Holder.NOBODY, obstacles);
      case CLOSED -> new Verdict("Closed", NextAction.NONE, Holder.NOBODY, obstacles);
      case QUEUED ->
          new Verdict(
              facts.reason() == null
                  ? "In the merge queue"
                  : "In the merge queue, " + facts.reason(),
              NextAction.WAIT,
              Holder.QUEUE,
              obstacles);
      case MERGING -> new Verdict("Being merged", NextAction.WAIT, Holder.QUEUE, obstacles);
      case OPEN -> open(facts, obstacles);
      case DRAFT, CONFLICTED, BLOCKED -> {
        if (facts.task() != TaskState.DONE) {
          yield working(facts, obstacles);
        }
        yield you(
            NextAction.RETRY,
            failed > 0
                ? "Fix " + Plural.of(failed, "failing gate") + ", or merge again"
                : facts.reason() == null
                    ? "Merge again, or close"
                    : "Merge again, or close: " + facts.reason(),
            obstacles);
      }
    };
  }

  private static boolean stands(List<Obstacle> obstacles, ObstacleKind kind) {
    return obstacles.stream().anyMatch(o -> o.kind() == kind && o.blocks());
  }

  private static Verdict open(ChangeFacts facts, List<Obstacle> obstacles) {
    if (stands(obstacles, ObstacleKind.SIZE)) {
      return you(
          NextAction.EXPLAIN,
          "Split it: " + Plural.of(facts.diff().lines(), "line") + ", or say why it stays one",
          obstacles);
    }
    var first =
        obstacles.stream()
            .filter(o -> o.blocks() && HealthConfig.MAY_BLOCK.contains(o.kind()))
            .findFirst();
    if (first.isPresent()) {
      return you(NextAction.CLEAR, "Send it back, or clear: " + first.get().text(), obstacles);
    }
    return you(NextAction.APPROVE, "Review " + Plural.of(facts.diff().lines(), "line"), obstacles);
  }

  private static Verdict working(ChangeFacts facts, List<Obstacle> obstacles) {
    return switch (facts.task()) {
      case VALIDATING -> new Verdict("Gates run", NextAction.WAIT, Holder.GATES, obstacles);
      case DEAD -> you(NextAction.RETRY, "Retry its task, or close: no attempt is left", obstacles);
      case PAUSED -> you(NextAction.RETRY, "Resume its task, which is paused", obstacles);
      case CANCELLED -> you(NextAction.RETRY, "Close: its task is cancelled", obstacles);
      default ->
          new Verdict(
              "With " + facts.agent() + ", attempt " + Math.max(1, facts.spent().attempts()),
              NextAction.WAIT,
              Holder.AGENT,
              obstacles);
    };
  }

  private static Verdict you(NextAction action, String text, List<Obstacle> obstacles) {
    return new Verdict(text, action, Holder.YOU, obstacles);
  }
}
