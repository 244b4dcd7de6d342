package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * What a {@link TimeChart} shows: one line over time, limits, marks, and where it leads.
 *
 * @param from the left end
 * @param until the right end, which may lie in the future
 * @param now where the known part ends
 * @param bottom the lowest value that is shown
 * @param top the highest
 * @param points in the order of time
 * @param cone where the line leads; null when nobody knows, or it is not told
 * @param words how a value is said
 * @param alt all of it in a sentence, for those who do not see it
 */
public record TimePlot(
    Instant from,
    Instant until,
    Instant now,
    double bottom,
    double top,
    Tone tone,
    List<Point> points,
    List<Limit> limits,
    List<Mark> marks,
    Cone cone,
    DoubleFunction<String> words,
    String alt) {

  /**
   * A value at a time; not a number where nothing is known.
   *
   * @param low the lowest since the point before
   * @param high the highest since then
   * @param more said of it under the pointer
   */
  public record Point(Instant at, double value, double low, double high, String more) {}

  /** A value that is not to be crossed. */
  public record Limit(double value, String name, Tone tone) {}

  /**
   * Something that happened.
   *
   * @param open leads to it; null for nowhere
   */
  public record Mark(Instant at, String label, String text, Tone tone, Runnable open) {}

  /**
   * Where a line meets a value.
   *
   * @param value what it leads to
   * @param at the likeliest
   * @param latest null when it may never
   */
  public record Cone(double value, Instant at, Instant earliest, Instant latest, String label) {}

  /** The last point whose value is known. */
  Optional<Point> last() {
    return points.reversed().stream().filter(p -> !Double.isNaN(p.value())).findFirst();
  }
}
