package dev.hivedeck.engine.slo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What spent a budget, by the values of one label.
 *
 * @param others how many values are taken together in {@code otherBad}
 */
public record Spending(String label, long bad, List<Part> parts, int others, long otherBad) {

  /** One value and the bad events that it stands for. */
  public record Part(String value, long bad, long total, double share) {}

  /**
   * @param byValue events of each value
   * @param most how many values to name
   */
  public static Spending of(String label, Map<String, Counts> byValue, int most) {
    long bad = byValue.values().stream().mapToLong(Counts::bad).sum();
    var parts = new ArrayList<Part>();
    byValue.forEach(
        (value, counts) -> {
          if (counts.bad() > 0) {
            parts.add(new Part(value, counts.bad(), counts.total(), (double) counts.bad() / bad));
          }
        });
    parts.sort(Comparator.comparingLong(Part::bad).reversed().thenComparing(Part::value));
    int named = Math.min(most, parts.size());
    var rest = parts.subList(named, parts.size());
    return new Spending(
        label,
        bad,
        List.copyOf(parts.subList(0, named)),
        rest.size(),
        rest.stream().mapToLong(Part::bad).sum());
  }
}
