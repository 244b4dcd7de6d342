package dev.hivedeck.engine.config;

/**
 * Who gets what.
 *
 * @param choice whether a task without an agent goes to the one that is likely to verify it soonest
 *     and cheapest; else to the first in the file that is free and can
 */
public record ScheduleConfig(boolean choice) {
  static final ScheduleConfig STANDARD = new ScheduleConfig(true);
}
