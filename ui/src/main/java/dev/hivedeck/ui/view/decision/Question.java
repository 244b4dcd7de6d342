package dev.hivedeck.ui.view.decision;

import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;

/**
 * A decision, and the repository in which it was asked: numbers alone are not unique.
 *
 * @param live what is known of that repository: what shows the decision hangs on it, and is made
 *     anew where there is another
 */
public record Question(OpenWorkspace workspace, LiveModel live, DecisionViews.Decision decision) {
  Question(OpenWorkspace workspace, DecisionViews.Decision decision) {
    this(workspace, workspace.live(), decision);
  }

  public String id() {
    return decision.id();
  }

  boolean isOpen() {
    return decision.state() == DecisionState.OPEN;
  }

  boolean isSame(Question other) {
    return workspace == other.workspace && id().equals(other.id());
  }

  /** As it is by now; as it was, where it is there no more. */
  Question now() {
    return workspace
        .live()
        .decisions()
        .get(id())
        .map(fresh -> new Question(workspace, fresh))
        .orElse(this);
  }

  /** What is given there to work with. */
  ScreenContext in(ScreenContext context) {
    return context.in(workspace);
  }

  /** What is asked, in the person's language. */
  String asked(Texts texts) {
    return texts.asked(decision, decision.question());
  }

  /** What it is found by. */
  String[] words() {
    var d = decision;
    return new String[] {
      d.id(), d.question(), d.detail(), d.agent(), d.task(), d.kind(), workspace.name()
    };
  }
}
