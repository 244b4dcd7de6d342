package dev.hivedeck.engine.slo;

import java.util.List;

/** What is counted as good, and of what. */
public sealed interface Indicator {
  /**
   * Events by counters.
   *
   * @param good selector of the good events, or null where bad ones are counted
   * @param bad selector of the bad events, or null
   * @param total selector of all events
   */
  record Ratio(String good, String bad, String total) implements Indicator {}

  /**
   * Answers within a time. They are counted as they come, so that the threshold is exact, whatever
   * the buckets of the histogram are.
   *
   * @param histogram selector of what was observed
   * @param seconds what is good at most
   */
  record Latency(String histogram, double seconds) implements Indicator {}

  /**
   * A value that is looked at again and again: each look is an event, good while the value is as it
   * should be. For lag, saturation, freshness, cost.
   *
   * @param query PromQL; without a result nothing is counted
   */
  record Threshold(String query, Comparison comparison, double value) implements Indicator {}

  /**
   * A chain across services. It fails as often as its parts do together, at most each time: each
   * bad event of a part is a bad event of the chain, whose events are those of its first part.
   *
   * @param objectives of the parts, in order
   */
  record Composite(List<String> objectives) implements Indicator {
    public Composite {
      objectives = List.copyOf(objectives);
    }

    /** The chain's events from those of its parts. */
    public static Counts together(List<Counts> parts) {
      if (parts.isEmpty()) {
        return Counts.NONE;
      }
      long total = parts.getFirst().total();
      long bad = parts.stream().mapToLong(Counts::bad).sum();
      return Counts.ofBad(Math.min(bad, total), total);
    }
  }

  /** How a value is held against a limit. */
  enum Comparison {
    BELOW("<"),
    AT_MOST("<="),
    ABOVE(">"),
    AT_LEAST(">=");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }

    public boolean holds(double value, double limit) {
      return switch (this) {
        case BELOW -> value < limit;
        case AT_MOST -> value <= limit;
        case ABOVE -> value > limit;
        case AT_LEAST -> value >= limit;
      };
    }
  }
}
