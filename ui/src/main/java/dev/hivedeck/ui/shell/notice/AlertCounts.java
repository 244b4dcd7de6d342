package dev.hivedeck.ui.shell.notice;

import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.text.Texts;
import java.util.Comparator;
import java.util.List;

/**
 * How alerts stand: those of objectives, of rules and of other systems. What is silenced, or left
 * out since another alert says it, is not counted.
 *
 * @param firing pages first, then the longest first
 * @param pending those that would fire if it went on
 */
public record AlertCounts(List<SloViews.Alert> firing, int pending) {
  private static final Comparator<SloViews.Alert> BY_NEED =
      Comparator.<SloViews.Alert, Boolean>comparing(a -> !"page".equals(a.labels().get("severity")))
          .thenComparing(SloViews.Alert::began);

  public static AlertCounts of(LiveModel live) {
    var told = live.alerts().all().stream().filter(AlertCounts::isTold).toList();
    return new AlertCounts(
        told.stream().filter(a -> a.state() == AlertState.FIRING).sorted(BY_NEED).toList(),
        (int) told.stream().filter(a -> a.state() == AlertState.PENDING).count());
  }

  /** Whether somebody is told of it, or was and has acknowledged it. */
  public static boolean isTold(SloViews.Alert alert) {
    return alert.muted() == Muted.NONE || alert.muted() == Muted.ACKNOWLEDGED;
  }

  /** As in 2 firing, 1 pending; empty when there is none. */
  public String words(Texts texts) {
    if (firing.isEmpty()) {
      return pending == 0 ? "" : texts.text("alerts.pending", pending);
    }
    return pending == 0
        ? texts.text("alerts.firing", firing.size())
        : texts.text("alerts.both", firing.size(), pending);
  }
}
