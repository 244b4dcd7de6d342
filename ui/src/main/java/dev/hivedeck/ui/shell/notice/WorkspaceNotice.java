package dev.hivedeck.ui.shell.notice;

import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.ui.shell.OpenWorkspace;

/** A notice, and the workspace whose it is: numbers alone are not unique. */
public record WorkspaceNotice(OpenWorkspace workspace, NotifyViews.Notice notice) {
  public String id() {
    return notice.id();
  }

  /** Whether it is the same one, maybe in another state. */
  public boolean isSame(WorkspaceNotice other) {
    return workspace == other.workspace && id().equals(other.id());
  }
}
