package dev.hivedeck.engine.metric.intake;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Samples that were not taken in.
 *
 * @param reasons why, each with how many, in the order in which they are told
 */
public record Refused(Map<String, Integer> reasons) {
  public static final Refused NONE = new Refused(Map.of());

  public int count() {
    return reasons.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** As people read it; empty when nothing was refused. */
  public String text() {
    return reasons.entrySet().stream()
        .map(
            r ->
                r.getValue()
                    + (r.getValue() == 1 ? " sample" : " samples")
                    + " left out: "
                    + r.getKey())
        .collect(Collectors.joining("; "));
  }
}
