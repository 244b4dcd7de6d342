package dev.hivedeck.engine.rollout.bucketing;

import java.nio.charset.StandardCharsets;

/**
 * The bucket that a key falls into. It depends on the key alone, so that the same user is on the
 * same side of a split of traffic and of a flag.
 */
public final class Bucket {
  /** How many there are: each is a thousandth of a percent. */
  public static final int COUNT = 100_000;

  private Bucket() {}

  /** From 0 up to {@link #COUNT}, which is left out. */
  public static int of(String key) {
    return of(Murmur3.hash(key.getBytes(StandardCharsets.UTF_8), 0));
  }

  /** Of a hash, of which all bits count. */
  static int of(int hash) {
    return (int) (Integer.toUnsignedLong(hash) * COUNT >>> Integer.SIZE);
  }
}
