package dev.hivedeck.engine.change;

import static dev.hivedeck.engine.change.ChangeStateMachine.Step.*;
import static dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState.*;

import dev.hivedeck.engine.area.StateMachine;
import dev.hivedeck.engine.area.StateMachine.Transition;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.util.List;
import java.util.Set;

/** The life of a change. */
public final class ChangeStateMachine {
  private ChangeStateMachine() {}

  /** What may happen to a change. */
  public enum Step {
    /** An attempt with this work passed its gates. */
    VERIFY,
    /** Approved, or its kind needs no approval: into the merge queue. */
    ENQUEUE,
    /** Its turn to merge. */
    BEGIN,
    /** It is on main. */
    LAND,
    /** Its user moved main, which has it no more. */
    TAKE_OFF,
    /** Git could not merge it onto the present main, or onto the change below it. */
    CONFLICT,
    /** A gate refused the merged result. */
    REFUSE,
    /** What it would bring to main needs a person's approval, which it has not. */
    HOLD,
    /** The merge did not come to an end; it keeps its place in the queue. */
    YIELD,
    /** Back with its agent for another attempt. */
    RETURN,
    CLOSE
  }

  private static Transition<ChangeState, Step> on(ChangeState from, Step step, ChangeState to) {
    return new Transition<>(from, step, to);
  }

  public static final StateMachine<ChangeState, Step> TABLE =
      new StateMachine<>(
          "change",
          DRAFT,
          Set.of(MERGED, CLOSED),
          List.of(
              on(DRAFT, VERIFY, OPEN),
              on(DRAFT, LAND, MERGED),
              on(DRAFT, CLOSE, CLOSED),
              on(OPEN, ENQUEUE, QUEUED),
              on(OPEN, LAND, MERGED),
              on(OPEN, CONFLICT, CONFLICTED),
              on(OPEN, RETURN, DRAFT),
              on(OPEN, CLOSE, CLOSED),
              on(QUEUED, BEGIN, MERGING),
              on(QUEUED, LAND, MERGED),
              on(QUEUED, CONFLICT, CONFLICTED),
              on(QUEUED, HOLD, OPEN),
              on(QUEUED, RETURN, DRAFT),
              on(QUEUED, CLOSE, CLOSED),
              on(MERGING, LAND, MERGED),
              on(MERGING, CONFLICT, CONFLICTED),
              on(MERGING, REFUSE, BLOCKED),
              on(MERGING, HOLD, OPEN),
              on(MERGING, YIELD, QUEUED),
              on(MERGING, RETURN, DRAFT),
              on(CONFLICTED, VERIFY, OPEN),
              on(CONFLICTED, ENQUEUE, QUEUED),
              on(CONFLICTED, LAND, MERGED),
              on(CONFLICTED, RETURN, DRAFT),
              on(CONFLICTED, CLOSE, CLOSED),
              on(MERGED, TAKE_OFF, BLOCKED),
              on(BLOCKED, LAND, MERGED),
              on(BLOCKED, VERIFY, OPEN),
              on(BLOCKED, ENQUEUE, QUEUED),
              on(BLOCKED, CONFLICT, CONFLICTED),
              on(BLOCKED, RETURN, DRAFT),
              on(BLOCKED, CLOSE, CLOSED),
              on(CLOSED, VERIFY, OPEN),
              on(CLOSED, LAND, MERGED)));
}
