package dev.hivedeck.engine.gate;

import java.time.Duration;
import java.util.List;

/**
 * A gate to run.
 *
 * @param at the checkpoints it belongs to: {@code attempt}, {@code merge}
 * @param warn for {@code size}: changed lines from which it warns; 0 for never
 * @param max for {@code size}: changed lines above which it fails; 0 for never
 */
public record GateSpec(
    String name, Kind kind, String command, List<String> at, Duration timeout, int warn, int max) {

  /** How a gate judges. */
  public enum Kind {
    RUN,
    OWNERS,
    SIZE,
    PLACEHOLDERS
  }
}
