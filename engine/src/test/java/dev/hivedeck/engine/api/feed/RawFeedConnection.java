package dev.hivedeck.engine.api.feed;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A line to the feed made by hand, for what no well-behaved client would send or leave unread. */
final class RawFeedConnection implements AutoCloseable {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int PING = 9;
  private static final int LAST = 0x80;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  RawFeedConnection(String feed) throws IOException {
    // Little room for what is not read, so that a stalled line is one at once.
    socket.setReceiveBufferSize(4_096);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), URI.create(feed).getPort()));
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  RawFeedConnection open() throws IOException {
    bytes(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    return this;
  }

  RawFeedConnection hello(String token) throws IOException {
    return ask(1, "hello", "{\"token\":\"" + token + "\"}");
  }

  RawFeedConnection ask(int id, String method, String params) throws IOException {
    return frame(
        TEXT,
        true,
        ("{\"jsonrpc\":\"2.0\",\"id\":"
                + id
                + ",\"method\":\""
                + method
                + "\",\"params\":"
                + params
                + "}")
            .getBytes(StandardCharsets.UTF_8));
  }

  /** A masked frame (RFC 6455, 5.2) with a mask of zeros. */
  RawFeedConnection frame(int opcode, boolean last, byte[] payload) throws IOException {
    var frame = new byte[payload.length + 14];
    int head = head(frame, opcode, last, payload.length);
    System.arraycopy(payload, 0, frame, head, payload.length);
    out.write(frame, 0, head + payload.length);
    return this;
  }

  /** The head of a frame whose payload may never come. */
  RawFeedConnection announce(int opcode, long length) throws IOException {
    var frame = new byte[14];
    out.write(frame, 0, head(frame, opcode, true, length));
    return this;
  }

  private static int head(byte[] frame, int opcode, boolean last, long length) {
    frame[0] = (byte) ((last ? LAST : 0) | opcode);
    int at = 2;
    if (length < 126) {
      frame[1] = (byte) (0x80 | length);
    } else {
      int size = length < 1 << 16 ? 2 : 8;
      frame[1] = (byte) (0x80 | (size == 2 ? 126 : 127));
      for (int i = size - 1; i >= 0; i--) {
        frame[at++] = (byte) (length >> 8 * i);
      }
    }
    return at + 4;
  }

  RawFeedConnection bytes(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  RawFeedConnection bytes(byte[] bytes) throws IOException {
    out.write(bytes);
    return this;
  }

  /** Reads until the other side has ended the line. */
  void drain() throws IOException {
    var buffer = new byte[1 << 16];
    while (in.read(buffer) >= 0) {
      // Thrown away.
    }
  }

  /** Reads until that was heard,. */
  RawFeedConnection await(String text) throws IOException {
    var heard = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (heard.append((char) next).indexOf(text, heard.length() - text.length()) >= 0) {
        return this;
      }
    }
    throw new EOFException("never heard " + text + " but " + heard);
  }

  /** Whether the other side ends the line; false when it has not for long. */
  boolean isCut() throws IOException {
    long end = System.nanoTime() + 20_000_000_000L;
    var buffer = new byte[1 << 16];
    try {
      patience(20_000);
      while (in.read(buffer) >= 0) {
        if (System.nanoTime() > end) {
          return false;
        }
      }
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      // Cut while there were bytes on their way.
    }
    return true;
  }

  /** Gives up reading with a {@link java.net.SocketTimeoutException} after that long. */
  RawFeedConnection patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
    return this;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
