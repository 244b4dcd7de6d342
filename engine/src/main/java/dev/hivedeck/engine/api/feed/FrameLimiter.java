package dev.hivedeck.engine.api.feed;

import java.nio.ByteBuffer;
import org.java_websocket.framing.CloseFrame;

/**
 * What comes in on one line, measured before the library decodes it: that one keeps a handshake and
 * the pieces of a message however long they grow, and makes room for a frame as soon as it is
 * announced. Reads heads of frames (RFC 6455, 5.2) and skips what is in them.
 */
final class FrameLimiter {
  private static final int LONGEST_HANDSHAKE = 8 << 10;
  private static final int MOST_PIECES = 1_024;

  /** Pings, pongs and closes of one second; a client has use for one of them. */
  private static final int MOST_SIGNALS = 100;

  private static final int BINARY = 2;
  private static final int FIRST_SIGNAL = 8;
  private static final int LAST_SIGNAL = 10;
  private static final int LARGEST_SIGNAL = 125;

  /** Why a line must end. */
  record Refusal(int code, String why) {}

  private static final Refusal HANDSHAKE =
      new Refusal(CloseFrame.POLICY_VALIDATION, "the handshake is too long");
  private static final Refusal LARGE = new Refusal(CloseFrame.TOOBIG, "the message is too large");
  private static final Refusal PIECES =
      new Refusal(CloseFrame.POLICY_VALIDATION, "the message is in too many pieces");
  private static final Refusal UNKNOWN =
      new Refusal(CloseFrame.PROTOCOL_ERROR, "there is no such frame");
  private static final Refusal BYTES =
      new Refusal(CloseFrame.REFUSE, "only text is understood here");
  private static final Refusal SIGNALS =
      new Refusal(CloseFrame.POLICY_VALIDATION, "too many pings");

  private final byte[] head = new byte[10];
  private int handshake;
  private int ends;
  private boolean open;
  private int read;
  private long skip;
  private long message;
  private int pieces;
  private long second;
  private int signals;

  /**
   * Looks at bytes without taking them.
   *
   * @param largest how large a message may be by now
   * @return null when all is well
   */
  Refusal measure(ByteBuffer bytes, int largest, long millis) {
    int at = bytes.position();
    while (at < bytes.limit()) {
      if (!open) {
        at = handshake(bytes, at);
        if (at < 0) {
          return HANDSHAKE;
        }
      } else if (skip > 0) {
        long step = Math.min(skip, bytes.limit() - at);
        skip -= step;
        at += (int) step;
      } else {
        head[read++] = bytes.get(at++);
        if (read >= 2 && read == lengthEnds()) {
          Refusal refusal = frame(largest, millis);
          if (refusal != null) {
            return refusal;
          }
          read = 0;
        }
      }
    }
    return null;
  }

  /** Reads on to the empty line; where that ended, or -1 when it is too far. */
  private int handshake(ByteBuffer bytes, int from) {
    int at = from;
    while (at < bytes.limit() && !open) {
      byte next = bytes.get(at++);
      ends = next == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : next == '\r' ? 1 : 0;
      open = ends == 4;
      if (++handshake > LONGEST_HANDSHAKE) {
        return -1;
      }
    }
    return at;
  }

  private int lengthEnds() {
    int length = head[1] & 0x7f;
    return length == 127 ? 10 : length == 126 ? 4 : 2;
  }

  private long length() {
    int ends = lengthEnds();
    if (ends == 2) {
      return head[1] & 0x7f;
    }
    long length = 0;
    for (int i = 2; i < ends; i++) {
      length = length << 8 | head[i] & 0xff;
    }
    return length < 0 ? Long.MAX_VALUE : length;
  }

  private Refusal frame(int largest, long millis) {
    int kind = head[0] & 0x0f;
    boolean last = head[0] < 0;
    boolean masked = head[1] < 0;
    long length = length();
    boolean extended = (head[0] & 0x70) != 0;
    if (extended || kind > BINARY && kind < FIRST_SIGNAL || kind > LAST_SIGNAL) {
      return UNKNOWN;
    }
    if (kind >= FIRST_SIGNAL) {
      if (length > LARGEST_SIGNAL || !last) {
        return UNKNOWN;
      }
      if (second != millis / 1_000) {
        second = millis / 1_000;
        signals = 0;
      }
      if (++signals > MOST_SIGNALS) {
        return SIGNALS;
      }
    } else {
      if (kind == BINARY) {
        return BYTES;
      }
      if (length > largest - message) {
        return LARGE;
      }
      if (++pieces > MOST_PIECES) {
        return PIECES;
      }
      message += length;
      if (last) {
        message = 0;
        pieces = 0;
      }
    }
    skip = length + (masked ? 4 : 0);
    return null;
  }
}
