package dev.hivedeck.engine.metric.store;

/** Reads what {@link ByteWriter} wrote. */
final class ByteReader {
  private final byte[] bytes;
  private int at;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  long number() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  long signed() {
    long value = number();
    return value >>> 1 ^ -(value & 1);
  }

  double real() {
    long bits = 0;
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      bits |= (get() & 0xffL) << shift;
    }
    return Double.longBitsToDouble(bits);
  }

  byte get() {
    return bytes[at++];
  }
}
