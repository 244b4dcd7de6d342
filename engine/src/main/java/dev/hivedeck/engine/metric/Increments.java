package dev.hivedeck.engine.metric;

import java.util.List;

/**
 * How many events a counter shows between samples: the plain differences, and from zero on where it
 * began anew. Nothing is led on to an edge or shared out, so events are counted once, and never in
 * parts.
 */
public final class Increments {
  private Increments() {}

  /**
   * Events from one sample to the next.
   *
   * @param before the level of the counter at the sample before
   */
  public static double between(double before, double after) {
    return after >= before ? after - before : after;
  }

  /** Events of a histogram from one sample to the next; of different kinds, all of the later. */
  public static Histogram between(Histogram before, Histogram after) {
    return after.resetSince(before) ? after : after.minus(before).orElse(after);
  }

  /** Events from the first to the last of these samples. */
  public static double of(List<Point> points) {
    double events = 0;
    for (int i = 1; i < points.size(); i++) {
      events += between(points.get(i - 1).value(), points.get(i).value());
    }
    return events;
  }
}
