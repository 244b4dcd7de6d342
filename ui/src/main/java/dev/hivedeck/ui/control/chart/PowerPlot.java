package dev.hivedeck.ui.control.chart;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * What a {@link PowerChart} shows: how often a fault is found, the longer one waits.
 *
 * @param until the right end
 * @param hold how long one waits
 * @param held what stands beside that
 * @param needed when the chosen fault is found often enough; null for never
 * @param words how a time is said
 * @param alt all of it in a sentence, for those who do not see it
 */
public record PowerPlot(
    Duration until,
    Duration hold,
    String held,
    Duration needed,
    List<Curve> curves,
    Function<Duration, String> words,
    String alt) {
  public PowerPlot {
    curves = List.copyOf(curves);
  }

  /**
   * How often a fault is found.
   *
   * @param chosen whether it is what is asked about
   * @param percents of cases, at even distances from the left end to the right
   */
  public record Curve(String name, boolean chosen, List<Double> percents) {
    public Curve {
      percents = List.copyOf(percents);
    }
  }
}
