package dev.hivedeck.engine.metric.store;

import java.util.Arrays;

/** Numbers in as few bytes as they need. */
final class ByteWriter {
  private byte[] bytes = new byte[64];
  private int size;

  /** A number in seven bits a byte, the lowest first. */
  void number(long value) {
    long rest = value;
    while (rest < 0 || rest > 0x7f) {
      put((byte) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
  }

  /** A number that may be below zero; small ones are short either way. */
  void signed(long value) {
    number(value << 1 ^ value >> 63);
  }

  void real(double value) {
    long bits = Double.doubleToRawLongBits(value);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      put((byte) (bits >>> shift));
    }
  }

  void put(byte b) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = b;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }
}
