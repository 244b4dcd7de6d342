package dev.hivedeck.engine.slo;

import java.math.BigDecimal;
import java.time.Duration;

/** What the budget is counted in; OpenSLO's budgeting methods. */
public sealed interface Budgeting {
  /** Each event counts. */
  record Occurrences() implements Budgeting {}

  /**
   * Each slice of time counts, good when enough of its events are.
   *
   * @param slice how long it is
   * @param target the share of its events that must be good
   */
  record TimeSlices(Duration slice, BigDecimal target) implements Budgeting {}

  /** Each slice of time counts, by the share of its events that are good. */
  record RatioTimeSlices(Duration slice) implements Budgeting {}

  Budgeting OCCURRENCES = new Occurrences();
}
