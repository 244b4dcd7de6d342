package dev.hivedeck.engine.protocol.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an objective would have done with what was counted, as clients see it. */
public final class ReplayViews {

  private ReplayViews() {}

  /**
   * What an objective, as it is and as it would be, had done in a time.
   *
   * @param known when its first event was counted, null when none was
   * @param now as it is declared; null when it is not
   * @param then as it would be
   */
  public record Replay(
      String objective,
      Instant from,
      Instant until,
      @Nullable Instant known,
      @Nullable Outcome now,
      Outcome then) {}

  /**
   * How it would stand at the end of that time, and what would have alerted within.
   *
   * @param good share of good events in the window, null without events
   * @param left share of the budget, null without events
   * @param state in a word
   */
  public record Outcome(
      String target,
      String window,
      @Nullable Double good,
      long bad,
      long total,
      double allowed,
      @Nullable Double left,
      String state,
      int pages,
      int tickets,
      List<Episode> episodes) {}

  /**
   * A time in which an alert would have fired.
   *
   * @param ended null when it still would
   * @param window the long one of the pair that began it, in seconds
   * @param factor what was exceeded
   * @param rate how fast it burnt then
   */
  public record Episode(
      String severity,
      Instant began,
      @Nullable Instant ended,
      long window,
      double factor,
      Double rate) {}
}
