package dev.hivedeck.engine.metric;

import java.util.List;

/**
 * One series and its points.
 *
 * @param points in the order of time
 */
public record Series(Labels labels, List<Point> points) {
  public Series {
    points = List.copyOf(points);
  }

  public Series with(Labels others) {
    return new Series(others, points);
  }
}
