package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.view.WorkspaceViews;

/** How main stands to the remote's branch that it follows, in words. */
public final class UpstreamText {
  private UpstreamText() {}

  /** For example {@code 3 commits behind origin/main}. */
  public static String standing(WorkspaceViews.Upstream upstream) {
    if (upstream.behind() == 0) {
      return upstream.ahead() == 0
          ? "as " + upstream.name() + " when it was fetched last"
          : commits(upstream.ahead()) + " ahead of " + upstream.name();
    }
    return (upstream.ahead() == 0 ? "" : commits(upstream.ahead()) + " ahead of and ")
        + commits(upstream.behind())
        + " behind "
        + upstream.name()
        + " as it was fetched last; agents start without them";
  }

  /** What to do where main lacks commits. */
  public static String remedy(WorkspaceViews.Workspace workspace) {
    var upstream = workspace.upstream();
    if (upstream.ahead() > 0) {
      return "Bring both together where "
          + workspace.main()
          + " is checked out: git rebase "
          + upstream.name()
          + ", or git merge.";
    }
    return workspace.main().equals(workspace.checkout())
        ? "Bring it up: git pull --ff-only."
        : "Bring it up: git fetch . " + upstream.name() + ":" + workspace.main() + ".";
  }

  private static String commits(int count) {
    return count == 1 ? "1 commit" : count + " commits";
  }
}
