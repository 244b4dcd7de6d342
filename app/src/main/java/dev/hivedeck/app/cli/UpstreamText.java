package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.remote.RemoteViews;
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

  /** What was fetched, in words. */
  public static String fetched(RemoteViews.Fetched fetched) {
    if (fetched.behind() == 0) {
      return fetched.ahead() == 0
          ? "Main is as " + fetched.upstream() + "."
          : "Main is " + commits(fetched.ahead()) + " ahead of " + fetched.upstream() + ".";
    }
    return "Main is %s%s behind %s%s"
        .formatted(
            fetched.ahead() == 0 ? "" : commits(fetched.ahead()) + " ahead of and ",
            commits(fetched.behind()),
            fetched.upstream(),
            fetched.ahead() == 0
                ? "; hivedeck fetch --forward brings it up."
                : ". Bring both together: git rebase, or git merge.");
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
    return "Bring it up: hivedeck fetch --forward.";
  }

  private static String commits(int count) {
    return count == 1 ? "1 commit" : count + " commits";
  }
}
