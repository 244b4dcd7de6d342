package dev.hivedeck.engine.metric.intake;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Samples that were not taken in.
 *
 * @param reasons in the order in which they came up
 */
public record Refused(List<Reason> reasons) {
  public static final Refused NONE = new Refused(List.of());

  private static final int LONGEST = 120;

  /** Reasons that are told apart. */
  private static final int MOST_REASONS = 20;

  public Refused {
    reasons = List.copyOf(reasons);
  }

  /**
   * Why samples were not taken in.
   *
   * @param count how many of them
   * @param example the first of them: its series, or its place in what was sent; cut when it is
   *     long, empty when there is none to show
   */
  public record Reason(String why, int count, String example) {
    public Reason {
      example = example.length() > LONGEST ? example.substring(0, LONGEST) + "…" : example;
    }

    private Reason plus(Reason more) {
      return new Reason(why, count + more.count, example);
    }

    /** As people read it. */
    public String text() {
      return count
          + (count == 1 ? " sample" : " samples")
          + " left out: "
          + why
          + (example.isEmpty() ? "" : ", as " + example);
    }
  }

  public int count() {
    return reasons.stream().mapToInt(Reason::count).sum();
  }

  /** As people read it; empty when nothing was refused. */
  public String text() {
    return reasons.stream().map(Reason::text).collect(Collectors.joining("; "));
  }

  /** These and others, each reason once. */
  public Refused plus(Refused others) {
    var both = new Builder();
    reasons.forEach(both::add);
    others.reasons.forEach(both::add);
    return both.build();
  }

  /** Gathers what is refused. */
  public static final class Builder {
    private static final String OTHERWISE = "for other reasons";

    private final Map<String, Reason> reasons = new LinkedHashMap<>();

    /** One more sample. */
    public void add(String why, Object example) {
      add(new Reason(why, 1, example.toString()));
    }

    private void add(Reason reason) {
      boolean apart = reasons.size() < MOST_REASONS || reasons.containsKey(reason.why());
      var told = apart ? reason : new Reason(OTHERWISE, reason.count(), reason.example());
      reasons.merge(told.why(), told, Reason::plus);
    }

    public Refused build() {
      return new Refused(List.copyOf(reasons.values()));
    }
  }
}
