package dev.hivedeck.ui.shell.notice;

import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.OpenWorkspace;

/**
 * A notice, and the workspace whose it is: numbers alone are not unique.
 *
 * @param live what is known of that workspace: what shows the notice hangs on it, and is made anew
 *     where there is another
 */
public record WorkspaceNotice(OpenWorkspace workspace, LiveModel live, NotifyViews.Notice notice) {
  public WorkspaceNotice(OpenWorkspace workspace, NotifyViews.Notice notice) {
    this(workspace, workspace.live(), notice);
  }

  public String id() {
    return notice.id();
  }

  /** Whether it is the same one, maybe in another state. */
  public boolean isSame(WorkspaceNotice other) {
    return workspace == other.workspace && id().equals(other.id());
  }
}
