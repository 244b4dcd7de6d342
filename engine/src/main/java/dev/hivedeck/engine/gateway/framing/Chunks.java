package dev.hivedeck.engine.gateway.framing;

/** A body in chunks, byte by byte: until it ends, or is wrong. */
final class Chunks {
  private static final int LONGEST_SIZE = 15;
  private static final int LONGEST_EXTENSION = 4_096;
  private static final int LONGEST_TRAILER = 16_384;

  private enum At {
    SIZE,
    EXTENSION_START,
    EXTENSION,
    SIZE_END,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_END,
    LAST_LF,
    DONE,
    WRONG
  }

  private At at = At.SIZE;
  private long size;
  private int digits;
  private int extra;

  /** Looks at bytes, and says up to where they are right and of this body. */
  int accept(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && at != At.DONE && at != At.WRONG) {
      if (at == At.DATA) {
        int some = (int) Math.min(size, to - i);
        size -= some;
        i += some;
        if (size == 0) {
          at = At.DATA_CR;
        }
      } else {
        at = next(bytes[i] & 0xff);
        if (at != At.WRONG) {
          i++;
        }
      }
    }
    return i;
  }

  boolean isDone() {
    return at == At.DONE;
  }

  boolean isWrong() {
    return at == At.WRONG;
  }

  private At next(int b) {
    return switch (at) {
      case SIZE -> size(b);
      case EXTENSION_START -> isToken(b) ? At.EXTENSION : At.WRONG;
      case EXTENSION ->
          b == '\r'
              ? At.SIZE_END
              : isText(b) && ++extra <= LONGEST_EXTENSION ? At.EXTENSION : At.WRONG;
      case SIZE_END -> b == '\n' ? sized() : At.WRONG;
      case DATA_CR -> b == '\r' ? At.DATA_LF : At.WRONG;
      case DATA_LF -> b == '\n' ? begin() : At.WRONG;
      case TRAILER_START -> b == '\r' ? At.LAST_LF : trailerName(b);
      case TRAILER_NAME -> b == ':' ? At.TRAILER_VALUE : trailerName(b);
      case TRAILER_VALUE ->
          b == '\r'
              ? At.TRAILER_END
              : isText(b) && ++extra <= LONGEST_TRAILER ? At.TRAILER_VALUE : At.WRONG;
      case TRAILER_END -> b == '\n' ? At.TRAILER_START : At.WRONG;
      case LAST_LF -> b == '\n' ? At.DONE : At.WRONG;
      case DATA, DONE, WRONG -> At.WRONG;
    };
  }

  private At begin() {
    size = 0;
    digits = 0;
    extra = 0;
    return At.SIZE;
  }

  private At size(int b) {
    int digit = Character.digit(b, 16);
    if (digit >= 0 && b < 128) {
      size = size << 4 | digit;
      return ++digits <= LONGEST_SIZE ? At.SIZE : At.WRONG;
    }
    if (digits == 0) {
      return At.WRONG;
    }
    return b == ';' ? At.EXTENSION_START : b == '\r' ? At.SIZE_END : At.WRONG;
  }

  private At sized() {
    extra = 0;
    return size == 0 ? At.TRAILER_START : At.DATA;
  }

  private At trailerName(int b) {
    return isToken(b) && ++extra <= LONGEST_TRAILER ? At.TRAILER_NAME : At.WRONG;
  }

  private static boolean isToken(int b) {
    return b > ' ' && b < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(b) < 0;
  }

  private static boolean isText(int b) {
    return b == '\t' || b >= ' ' && b != 0x7f;
  }
}
