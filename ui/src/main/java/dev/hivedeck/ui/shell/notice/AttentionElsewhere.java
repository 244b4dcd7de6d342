package dev.hivedeck.ui.shell.notice;

import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.OpenWorkspace;
import java.util.List;

/**
 * What needs a person in the other repositories of the window.
 *
 * @param decisions open ones
 * @param alerts things that are wrong
 * @param unread notices
 */
public record AttentionElsewhere(int decisions, int alerts, long unread) {
  public static final AttentionElsewhere NONE = new AttentionElsewhere(0, 0, 0);

  /**
   * Counts it.
   *
   * @param here is left out
   */
  public static AttentionElsewhere than(LiveModel here, List<OpenWorkspace> all) {
    int decisions = 0;
    int alerts = 0;
    long unread = 0;
    for (var workspace : all) {
      if (workspace.live() != here) {
        var counts = AttentionCounts.of(workspace.live());
        decisions += counts.decisions();
        alerts += counts.alerts();
        unread += Notices.unread(workspace.live());
      }
    }
    return new AttentionElsewhere(decisions, alerts, unread);
  }

  /** How much of that waits for a person. */
  public int needs() {
    return decisions + alerts;
  }
}
