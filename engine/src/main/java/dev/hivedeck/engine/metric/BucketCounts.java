package dev.hivedeck.engine.metric;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * How many observations each bucket holds, by its index in rising order. Empty buckets are left
 * out. Counts are whole numbers when recorded, and exact up to 2^53; rates make fractions of them.
 */
public final class BucketCounts {
  public static final BucketCounts NONE = new BucketCounts(new int[0], new double[0]);

  private final int[] indexes;
  private final double[] counts;

  private BucketCounts(int[] indexes, double[] counts) {
    this.indexes = indexes;
    this.counts = counts;
  }

  /**
   * @param indexes rising
   */
  public static BucketCounts of(int[] indexes, double[] counts, int size) {
    int kept = 0;
    var someIndexes = new int[size];
    var someCounts = new double[size];
    for (int i = 0; i < size; i++) {
      if (counts[i] != 0) {
        someIndexes[kept] = indexes[i];
        someCounts[kept++] = counts[i];
      }
    }
    return kept == 0
        ? NONE
        : new BucketCounts(Arrays.copyOf(someIndexes, kept), Arrays.copyOf(someCounts, kept));
  }

  public int size() {
    return indexes.length;
  }

  public boolean isEmpty() {
    return indexes.length == 0;
  }

  public int index(int position) {
    return indexes[position];
  }

  public double count(int position) {
    return counts[position];
  }

  double at(int index) {
    int position = Arrays.binarySearch(indexes, index);
    return position < 0 ? 0 : counts[position];
  }

  double total() {
    double total = 0;
    for (double count : counts) {
      total += count;
    }
    return total;
  }

  /** The sum of both, bucket by bucket, the other's times a factor. */
  BucketCounts plus(BucketCounts other, double factor) {
    if (other.isEmpty()) {
      return this;
    }
    int most = indexes.length + other.indexes.length;
    var sumIndexes = new int[most];
    var sums = new double[most];
    int size = 0;
    for (int i = 0, j = 0; i < indexes.length || j < other.indexes.length; size++) {
      boolean mine = i < indexes.length;
      boolean theirs = j < other.indexes.length;
      int index = !theirs || mine && indexes[i] <= other.indexes[j] ? indexes[i] : other.indexes[j];
      sumIndexes[size] = index;
      if (mine && indexes[i] == index) {
        sums[size] = counts[i++];
      }
      if (theirs && other.indexes[j] == index) {
        sums[size] += factor * other.counts[j++];
      }
    }
    return of(sumIndexes, sums, size);
  }

  BucketCounts times(double factor) {
    var products = new double[counts.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = counts[i] * factor;
    }
    return of(indexes, products, products.length);
  }

  /** Puts buckets together; the map must keep their order. */
  BucketCounts merged(IntUnaryOperator map) {
    var newIndexes = new int[indexes.length];
    var sums = new double[indexes.length];
    int size = 0;
    for (int i = 0; i < indexes.length; i++) {
      int index = map.applyAsInt(indexes[i]);
      if (size > 0 && newIndexes[size - 1] == index) {
        sums[size - 1] += counts[i];
      } else {
        newIndexes[size] = index;
        sums[size++] = counts[i];
      }
    }
    return of(newIndexes, sums, size);
  }

  /** Without the first so many. */
  BucketCounts skip(int first) {
    return first == 0
        ? this
        : of(
            Arrays.copyOfRange(indexes, first, indexes.length),
            Arrays.copyOfRange(counts, first, counts.length),
            counts.length - first);
  }

  /** Whether any of the former's buckets holds less now. */
  boolean fellFrom(BucketCounts former) {
    for (int i = 0; i < former.indexes.length; i++) {
      if (at(former.indexes[i]) < former.counts[i]) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BucketCounts b
        && Arrays.equals(indexes, b.indexes)
        && Arrays.equals(counts, b.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(indexes) + Arrays.hashCode(counts);
  }
}
