package dev.hivedeck.app.cli.load;

/** Latencies, counted in classes that are at most 1/64 wide of what they hold. */
final class LatencyCounts {
  private static final int FINE = 6;
  private static final int PARTS = 1 << FINE;

  /** Microseconds, up to days. */
  private final long[] counts = new long[(Long.SIZE - FINE) * PARTS];

  private long all;
  private long longest;

  synchronized void add(long micros) {
    long value = Math.max(0, micros);
    counts[index(value)]++;
    all++;
    longest = Math.max(longest, value);
  }

  private static int index(long value) {
    if (value < PARTS) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - FINE;
    return (shift + 1) * PARTS + (int) ((value >>> shift) - PARTS);
  }

  /** The largest value of a class. */
  private static long upper(int index) {
    if (index < PARTS) {
      return index;
    }
    int shift = index / PARTS - 1;
    return (index % PARTS + PARTS + 1L << shift) - 1;
  }

  /** Milliseconds that so many of them take at most; 0 where there are none. */
  synchronized double quantile(double share) {
    long wanted = (long) Math.ceil(share * all);
    long seen = 0;
    for (int i = 0; i < counts.length && wanted > 0; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return Math.min(upper(i), longest) / 1e3;
      }
    }
    return 0;
  }

  synchronized double longest() {
    return longest / 1e3;
  }
}
