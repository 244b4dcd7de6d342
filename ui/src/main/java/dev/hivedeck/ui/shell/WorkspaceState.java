package dev.hivedeck.ui.shell;

import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.feed.Connection;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.theme.Tone;

/** What a repository that is open does, in a word. */
public enum WorkspaceState {
  LOADING(Tone.NEUTRAL),
  RUNNING(Tone.GREEN),
  PAUSED(Tone.NEUTRAL),
  UNTRUSTED(Tone.AMBER),
  /** Its engine cannot be reached: this is how things were. */
  CUT(Tone.RED);

  private final Tone tone;

  WorkspaceState(Tone tone) {
    this.tone = tone;
  }

  static WorkspaceState of(LiveModel live) {
    WorkspaceViews.Workspace w = live.workspace().get();
    Connection.State connection = live.connection().get().state();
    if (connection == Connection.State.RECONNECTING || connection == Connection.State.FAILED) {
      return CUT;
    }
    if (w == null) {
      return LOADING;
    }
    return !w.trusted() ? UNTRUSTED : w.started() ? RUNNING : PAUSED;
  }

  public Tone tone() {
    return tone;
  }
}
