package dev.hivedeck.ui.control.chart;

import java.time.Instant;
import java.util.List;

/**
 * The time across a {@link StepChart}.
 *
 * @param from the left end
 * @param until the right end, which may lie in the future
 * @param now where the known part ends
 * @param stretches the steps, in the order of time; each lasts until the next
 */
public record StepSpan(Instant from, Instant until, Instant now, List<Stretch> stretches) {
  public StepSpan {
    stretches = List.copyOf(stretches);
  }

  /** A step: when it began, and what stands above it. */
  public record Stretch(Instant from, String label) {}
}
