package dev.hivedeck.engine.protocol.view;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** How objectives and their alerts stand, as clients see it. */
public final class SloViews {
  private SloViews() {}

  /** States by how urgent they are, the most urgent first. */
  private static final List<String> URGENCY =
      List.of(
          "broken",
          "page",
          "ticket",
          "impossible",
          "exhausted",
          "watching",
          "no-data",
          "not-enough-data",
          "burning",
          "healthy");

  /** What burns first first, then by name. */
  public static final Comparator<Objective> BY_URGENCY =
      Comparator.comparingInt((Objective o) -> URGENCY.indexOf(o.state()))
          .thenComparing(Objective::name);

  /**
   * An objective; {@code name} is its id.
   *
   * @param target in percent, as it was written
   * @param window in words
   * @param good share of good events in the window, null without events
   * @param bad events that were bad, of {@code total}
   * @param allowed how many of them may be; not rounded
   * @param left share of the budget that is left, null without events
   * @param state in a word
   * @param forecast when the budget is gone at the speed of late, null when it lasts or nothing can
   *     be said
   * @param problem why it counts nothing or cannot alert, empty when all is well
   */
  public record Objective(
      String name,
      String description,
      String service,
      String kind,
      String target,
      String window,
      Instant at,
      Double good,
      long bad,
      long total,
      double allowed,
      Double left,
      String state,
      long enough,
      List<Burn> burns,
      Forecast forecast,
      List<Alert> alerts,
      String runbook,
      String problem)
      implements View {
    @Override
    public String id() {
      return name;
    }
  }

  /**
   * A pair of windows.
   *
   * @param severity page or ticket
   * @param window the long one, in seconds
   * @param shortWindow in seconds
   * @param factor what both must exceed
   * @param longRate how many times faster than allowed, null without events
   * @param gone in how many seconds a whole budget is gone at this speed, null when never
   */
  public record Burn(
      String severity,
      long window,
      long shortWindow,
      double factor,
      Double longRate,
      Double shortRate,
      String state,
      Long gone) {}

  /**
   * When a budget is gone.
   *
   * @param at null when it lasts
   * @param latest null when it may last
   */
  public record Forecast(Instant at, Instant earliest, Instant latest) {}

  /**
   * An alert, now or in the past.
   *
   * @param id the same whenever its rule finds the same labels
   * @param objective its objective, or the rule that it is of
   * @param labels who it is
   * @param texts for people: summary, meaning, windows, runbook_url
   * @param state pending, firing or resolved
   * @param ended null while it lasts
   * @param muted silenced or inhibited, empty when it is told
   */
  public record Alert(
      String id,
      String objective,
      Map<String, String> labels,
      Map<String, String> texts,
      String state,
      Instant began,
      Instant ended,
      String muted)
      implements View {}

  /**
   * Alerts that nobody is told of for a while.
   *
   * @param matchers conditions on their labels
   */
  public record Silence(
      long id, String matchers, Instant starts, Instant ends, String author, String comment) {}
}
