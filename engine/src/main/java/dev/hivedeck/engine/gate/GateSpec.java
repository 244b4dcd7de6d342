package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.config.gate.CoverageRule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gate to run.
 *
 * @param command for {@code run}, else null
 * @param at the checkpoints it belongs to: {@code attempt}, {@code merge}
 * @param place where its command runs at {@code attempt}; a merge is always checked out clean
 * @param limits for {@code size}
 * @param coverage of the changed lines, which its command measures; null where it measures none
 */
public record GateSpec(
    String name,
    Kind kind,
    String command,
    List<String> at,
    Duration timeout,
    Place place,
    Limits limits,
    @Nullable CoverageRule coverage) {

  /** One that measures nothing. */
  public GateSpec(
      String name,
      Kind kind,
      String command,
      List<String> at,
      Duration timeout,
      Place place,
      Limits limits) {
    this(name, kind, command, at, timeout, place, limits, null);
  }

  /** How a gate judges. */
  public enum Kind {
    RUN,
    OWNERS,
    SIZE,
    PLACEHOLDERS
  }

  /** Where the commit lies that a command judges. */
  public enum Place {
    /** A clean checkout; where it fails there, the attempt's folder shows whether that is why. */
    EITHER,
    /** A clean checkout. */
    CLEAN,
    /** The folder of the attempt, with what it ignores, if it holds the commit. */
    ATTEMPT
  }

  /**
   * How large a change may be.
   *
   * @param warn changed lines from which it warns; 0 for never
   * @param max changed lines above which it fails; 0 for never
   * @param warnBytes bytes that come with it from which it warns
   * @param maxBytes bytes above which it fails; 0 for never
   */
  public record Limits(long warn, long max, long warnBytes, long maxBytes) {
    /** Hosts of repositories warn of files beyond this, and refuse them at twice as much. */
    public static final long WARN_BYTES = 50L << 20;

    /** What binary files, which have no lines, may bring where {@code maxBytes} says nothing. */
    public static final long BINARY_BYTES = 5L << 20;

    public static final Limits NONE = new Limits(0, 0, WARN_BYTES, 0);
  }
}
