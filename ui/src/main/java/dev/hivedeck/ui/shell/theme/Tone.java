package dev.hivedeck.ui.shell.theme;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.DecisionEvent;
import dev.hivedeck.engine.protocol.event.DriftEvent;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.GateViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.util.Locale;
import javafx.scene.Node;

/** What a colour means. A tone never stands alone: a word, shape or icon says the same. */
public enum Tone {
  /** Nothing to say. */
  NEUTRAL,
  /** Verified, done. */
  GREEN,
  /** Waiting or marginal. */
  AMBER,
  /** Failing. */
  RED,
  /** Running. */
  BLUE,
  /** Canary. */
  TEAL,
  /** Another way taken: fallback, edits. */
  PURPLE;

  /** The class that the stylesheet colours text, fill and stroke by. */
  public String style() {
    return "tone-" + name().toLowerCase(Locale.ROOT);
  }

  /** Gives a node this tone in place of any other. */
  public <N extends Node> N on(N node) {
    var classes = node.getStyleClass();
    if (!classes.contains(style())) {
      classes.removeIf(c -> c.startsWith("tone-"));
      classes.add(style());
    }
    return node;
  }

  public static Tone of(AgentViews.AgentState state) {
    return switch (state) {
      case IDLE, PAUSED -> NEUTRAL;
      case RUNNING -> BLUE;
      case VALIDATING -> GREEN;
      case WAITING -> AMBER;
      case RETRYING -> RED;
    };
  }

  public static Tone of(TaskViews.TaskState state) {
    return switch (state) {
      case BLOCKED, READY, PAUSED, CANCELLED -> NEUTRAL;
      case RUNNING -> BLUE;
      case VALIDATING, DONE -> GREEN;
      case WAITING, DELAYED -> AMBER;
      case DEAD -> RED;
    };
  }

  public static Tone of(ChangeViews.ChangeState state) {
    return switch (state) {
      case DRAFT, CLOSED -> NEUTRAL;
      case OPEN, QUEUED, MERGING -> BLUE;
      case MERGED -> GREEN;
      case CONFLICTED, BLOCKED -> RED;
    };
  }

  public static Tone of(AttemptViews.AttemptState state) {
    return switch (state) {
      case PREPARING, WORKING -> BLUE;
      case CHECKING, SUCCEEDED -> GREEN;
      case FAILED, LOST -> RED;
      case CANCELLED -> NEUTRAL;
    };
  }

  public static Tone of(GateViews.Outcome outcome) {
    return switch (outcome) {
      case PASSED -> GREEN;
      case WARNED -> AMBER;
      case FAILED -> RED;
    };
  }

  public static Tone of(DecisionViews.Decision decision) {
    return switch (decision.state()) {
      case OPEN, EXPIRED -> AMBER;
      case DECIDED -> GREEN;
      case WITHDRAWN -> NEUTRAL;
    };
  }

  /** What an event's first word is coloured by. */
  public static Tone ofEvent(EventType type) {
    return switch (type) {
      case DecisionEvent.OPENED, DriftEvent.FOUND -> AMBER;
      case ChangeEvent.BLOCKED -> RED;
      default ->
          switch (type.verb()) {
            case "merged", "succeeded", "done", "approved", "trusted", "restored", "repaired" ->
                GREEN;
            case "failed", "dead", "lost", "conflicted" -> RED;
            case "waiting", "retrying", "returned", "expired", "paused", "resting", "kept" -> AMBER;
            case "fallback", "decided", "told", "added", "imported", "reloaded" -> PURPLE;
            case "started", "working", "validating", "opened", "queued", "merging", "ready" -> BLUE;
            default -> NEUTRAL;
          };
    };
  }
}
