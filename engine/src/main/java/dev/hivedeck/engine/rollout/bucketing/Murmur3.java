package dev.hivedeck.engine.rollout.bucketing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** MurmurHash3_x86_32 by Austin Appleby, who placed it in the public domain. */
final class Murmur3 {
  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;

  private Murmur3() {}

  /** The hash, of which all 32 bits count; as an int it may be negative. */
  static int hash(byte[] data, int seed) {
    var words = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    int hash = seed;
    while (words.remaining() >= Integer.BYTES) {
      hash = Integer.rotateLeft(hash ^ mixed(words.getInt()), 13) * 5 + 0xe6546b64;
    }
    int tail = 0;
    for (int shift = 0; words.hasRemaining(); shift += Byte.SIZE) {
      tail |= (words.get() & 0xff) << shift;
    }
    hash ^= mixed(tail) ^ data.length;
    hash = (hash ^ hash >>> 16) * 0x85ebca6b;
    hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
    return hash ^ hash >>> 16;
  }

  private static int mixed(int word) {
    return Integer.rotateLeft(word * C1, 15) * C2;
  }
}
