package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * What an {@link OddsChart} shows: how many to one something is, over time.
 *
 * @param span the time
 * @param end the odds at which it is over
 * @param over what happens then
 * @param more said above even odds
 * @param less said below them
 * @param words how odds are said
 * @param alt all of it in a sentence, for those who do not see it
 */
public record OddsPlot(
    StepSpan span,
    double end,
    String over,
    String more,
    String less,
    List<Line> lines,
    DoubleFunction<String> words,
    String alt)
    implements StepPlot {
  public OddsPlot {
    lines = List.copyOf(lines);
  }

  /**
   * The odds of one thing.
   *
   * @param part whether it is only a part of what is looked at, and drawn thin
   */
  public record Line(String name, Tone tone, boolean part, List<Point> points) {
    public Line {
      points = List.copyOf(points);
    }
  }

  /** Odds at a moment; no line leads from one stretch to the next. */
  public record Point(Instant at, int stretch, double odds) {}
}
