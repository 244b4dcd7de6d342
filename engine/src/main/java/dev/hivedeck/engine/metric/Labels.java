package dev.hivedeck.engine.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The identity of a series: its metric's name, as the label {@code __name__}, and its other labels,
 * sorted by name. A label with an empty value is a label that is not there.
 */
public final class Labels implements Comparable<Labels> {
  /** The label that holds the metric's name. */
  public static final String NAME = "__name__";

  public static final Labels NONE = new Labels(new String[0]);

  /** Names and values by turns. */
  private final String[] pairs;

  private final int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
    this.hash = Arrays.hashCode(pairs);
  }

  public static Labels of(Map<String, String> labels) {
    SortedMap<String, String> sorted =
        labels instanceof SortedMap<String, String> s && s.comparator() == null
            ? s
            : new TreeMap<>(labels);
    var pairs = new ArrayList<String>(2 * sorted.size());
    sorted.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            pairs.add(name);
            pairs.add(value);
          }
        });
    return new Labels(pairs.toArray(String[]::new));
  }

  /**
   * @param namesAndValues by turns, for example {@code "code", "200"}
   */
  public static Labels of(String... namesAndValues) {
    var labels = new TreeMap<String, String>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      labels.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return of(labels);
  }

  /** The labels of a metric. */
  public static Labels metric(String name, String... namesAndValues) {
    return of(namesAndValues).with(NAME, name);
  }

  public int size() {
    return pairs.length / 2;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  /** The value, empty when there is none. */
  public String get(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  public boolean has(String name) {
    return !get(name).isEmpty();
  }

  /** The metric's name, empty when there is none. */
  public String name() {
    return get(NAME);
  }

  public SortedMap<String, String> toMap() {
    var map = new TreeMap<String, String>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  public List<String> names() {
    var names = new ArrayList<String>(size());
    for (int i = 0; i < pairs.length; i += 2) {
      names.add(pairs[i]);
    }
    return names;
  }

  /** With that value; an empty one takes the label away. */
  public Labels with(String name, String value) {
    if (get(name).equals(value)) {
      return this;
    }
    var map = toMap();
    map.put(name, value);
    return of(map);
  }

  /** With all of others; theirs win. */
  public Labels with(Labels others) {
    if (others.isEmpty()) {
      return this;
    }
    var map = toMap();
    map.putAll(others.toMap());
    return of(map);
  }

  public Labels without(String name) {
    return has(name) ? with(name, "") : this;
  }

  public Labels without(Collection<String> names) {
    var map = toMap();
    map.keySet().removeAll(names);
    return of(map);
  }

  public Labels only(Collection<String> names) {
    var map = toMap();
    map.keySet().retainAll(names);
    return of(map);
  }

  public Labels withoutName() {
    return without(NAME);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels l && hash == l.hash && Arrays.equals(pairs, l.pairs);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public int compareTo(Labels other) {
    return Arrays.compare(pairs, other.pairs);
  }

  /** As Prometheus writes it: {@code requests_total{code="200"}}. */
  @Override
  public String toString() {
    var text = new StringBuilder(name());
    String separator = "{";
    for (int i = 0; i < pairs.length; i += 2) {
      if (!pairs[i].equals(NAME)) {
        text.append(separator).append(pairs[i]).append("=\"").append(escape(pairs[i + 1]));
        text.append('"');
        separator = ", ";
      }
    }
    if (separator.equals(", ")) {
      text.append('}');
    }
    return text.isEmpty() ? "{}" : text.toString();
  }

  static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
