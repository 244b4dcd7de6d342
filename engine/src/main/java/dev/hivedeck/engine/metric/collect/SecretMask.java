package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Masks secrets in what others give: a service may say the token back that it was asked with. A
 * sample with a secret in a name is left out, as are further ones that are alike once masked.
 *
 * @param mask of a text
 */
public record SecretMask(UnaryOperator<String> mask) {
  private record Key(Labels labels, long time) {}

  /** The samples as they may be kept and shown; the same list when there is nothing to mask. */
  public List<Reading> of(List<Reading> readings) {
    var masks = new HashMap<String, String>(); // most values are those of many series
    var masked = new ArrayList<Reading>(readings.size());
    var met = new HashSet<Key>();
    boolean changed = false;
    for (var reading : readings) {
      var labels = of(reading.labels(), masks);
      if (labels == reading.labels()) {
        masked.add(reading);
        continue;
      }
      changed = true;
      if (labels != null && met.add(new Key(labels, reading.point().time()))) {
        masked.add(new Reading(labels, reading.kind(), reading.point()));
      }
    }
    return changed ? masked : readings;
  }

  /** Masks a text. */
  String of(String text) {
    return text == null ? null : mask.apply(text);
  }

  /** The same labels when there is nothing to mask; null when it is in a name. */
  private Labels of(Labels labels, HashMap<String, String> masks) {
    var masked = new TreeMap<>(labels.toMap());
    boolean changed = false;
    for (var label : labels.toMap().entrySet()) {
      String name = label.getKey();
      String value = masks.computeIfAbsent(label.getValue(), mask);
      boolean differs = !value.equals(label.getValue());
      if (differs && name.equals(Labels.NAME) || !masks.computeIfAbsent(name, mask).equals(name)) {
        return null;
      }
      if (differs) {
        masked.put(name, value);
        changed = true;
      }
    }
    return changed ? Labels.of(masked) : labels;
  }
}
