package dev.hivedeck.engine.rollout.bucketing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How versions share the buckets. One of them, the base, has what no other has. A version that
 * grows takes from the base alone, and one that shrinks gives to the base alone, so that a weight
 * that is changed moves nobody but those who have to move: whoever has a growing version keeps it.
 * The only version beside the base has the buckets from 0 up to its weight.
 */
public final class Split {
  private final String base;
  private final List<Part> parts;

  /** Where each part begins, for a quick look. */
  private final int[] starts;

  /**
   * Buckets of one version that lie together.
   *
   * @param from the first
   * @param to the first after them
   */
  public record Part(String version, int from, int to) {}

  private Split(String base, List<Part> parts) {
    this.base = base;
    this.parts = List.copyOf(parts);
    this.starts = parts.stream().mapToInt(Part::from).toArray();
  }

  /** All for the base. */
  public static Split all(String base) {
    return new Split(base, List.of(new Part(base, 0, Bucket.COUNT)));
  }

  /** As {@link #to}, from a split where the base has all. */
  public static Split of(String base, Map<String, Integer> weights) {
    return all(base).to(weights);
  }

  /**
   * One that was written down.
   *
   * @throws IllegalArgumentException when the parts leave a bucket out, or have it twice
   */
  public static Split restored(String base, List<Part> parts) {
    int next = 0;
    for (var part : parts) {
      if (part.from() != next || part.to() <= part.from()) {
        throw new IllegalArgumentException("The buckets from " + next + " are not in " + parts);
      }
      next = part.to();
    }
    if (next != Bucket.COUNT) {
      throw new IllegalArgumentException("The buckets from " + next + " are not in " + parts);
    }
    return new Split(base, parts);
  }

  /**
   * With these weights, in buckets; a version that is not named has none, and the base has the
   * rest.
   *
   * @throws IllegalArgumentException when a weight is below zero, is one of the base, or there is
   *     more than all
   */
  public Split to(Map<String, Integer> weights) {
    var wanted = new TreeMap<>(weights);
    long sum = 0;
    for (var weight : wanted.entrySet()) {
      sum += weight.getValue();
      if (weight.getValue() < 0 || weight.getKey().equals(base) || sum > Bucket.COUNT) {
        throw new IllegalArgumentException(
            "No split of " + Bucket.COUNT + " with " + base + " as base: " + weights);
      }
    }
    var owners = owners();
    for (String version : versions()) {
      shrink(owners, version, weight(version) - wanted.getOrDefault(version, 0));
    }
    wanted.forEach((version, weight) -> grow(owners, version, weight - weight(version)));
    return new Split(base, parts(owners));
  }

  /** The same with another base: everybody keeps what they have. */
  public Split onto(String base) {
    return new Split(base, parts);
  }

  /** Whether everybody has the same as by another, also once weights change. */
  public boolean isSame(Split other) {
    return base.equals(other.base) && parts.equals(other.parts);
  }

  private String[] owners() {
    var owners = new String[Bucket.COUNT];
    parts.forEach(part -> Arrays.fill(owners, part.from(), part.to(), part.version()));
    return owners;
  }

  /** The last that came are the first to go. */
  private void shrink(String[] owners, String version, int by) {
    int left = by;
    for (int bucket = Bucket.COUNT - 1; left > 0 && !version.equals(base); bucket--) {
      if (owners[bucket].equals(version)) {
        owners[bucket] = base;
        left--;
      }
    }
  }

  private void grow(String[] owners, String version, int by) {
    int left = by;
    for (int bucket = 0; left > 0; bucket++) {
      if (owners[bucket].equals(base)) {
        owners[bucket] = version;
        left--;
      }
    }
  }

  private static List<Part> parts(String[] owners) {
    var parts = new ArrayList<Part>();
    int from = 0;
    for (int bucket = 1; bucket <= owners.length; bucket++) {
      if (bucket == owners.length || !owners[bucket].equals(owners[from])) {
        parts.add(new Part(owners[from], from, bucket));
        from = bucket;
      }
    }
    return parts;
  }

  /** Who has the bucket that this key falls into. */
  public String version(String key) {
    return at(Bucket.of(key));
  }

  /** Who has a bucket. */
  public String at(int bucket) {
    int found = Arrays.binarySearch(starts, bucket);
    return parts.get(found >= 0 ? found : -found - 2).version();
  }

  public String base() {
    return base;
  }

  /** Those that have at least one bucket. */
  public TreeSet<String> versions() {
    var versions = new TreeSet<String>();
    parts.forEach(part -> versions.add(part.version()));
    return versions;
  }

  /** How many buckets a version has. */
  public int weight(String version) {
    return parts.stream()
        .filter(part -> part.version().equals(version))
        .mapToInt(part -> part.to() - part.from())
        .sum();
  }

  /** All buckets in order, so that the split can be written down and {@link #restored}. */
  public List<Part> parts() {
    return parts;
  }

  @Override
  public String toString() {
    return parts.toString();
  }
}
