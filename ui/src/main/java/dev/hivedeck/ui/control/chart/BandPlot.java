package dev.hivedeck.ui.control.chart;

import java.time.Instant;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * What a {@link BandChart} shows: of two shares what is known of each, with a limit for each step.
 *
 * @param span the time
 * @param top the highest share that is shown, in percent; what is above is cut
 * @param limits percent that it may be, one for each stretch
 * @param limit what the last of them is called
 * @param samples in the order of time
 * @param words how a share is said
 * @param alt all of it in a sentence, for those who do not see it
 */
public record BandPlot(
    StepSpan span,
    double top,
    List<Double> limits,
    String limit,
    List<Sample> samples,
    DoubleFunction<String> words,
    String alt)
    implements StepPlot {
  public BandPlot {
    limits = List.copyOf(limits);
    samples = List.copyOf(samples);
  }

  /**
   * What was known at a moment.
   *
   * @param stretch the step it belongs to: no line leads from one to the next
   * @param canary null where nothing was counted
   * @param stable null where nothing was counted
   */
  public record Sample(Instant at, int stretch, Known canary, Known stable, List<String> said) {}

  /** A share, and between what it surely lies; all in percent. */
  public record Known(double value, double low, double high) {}
}
