package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.WebSocketListener;
import org.java_websocket.drafts.Draft;
import org.java_websocket.enums.ReadyState;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.TextFrame;

/** A socket of the feed, within the bounds that the library does not set. */
final class FeedSocket extends WebSocketImpl {
  /** How large a message may be while nobody knows whose it is. */
  private static final int STRANGERS = 16 << 10;

  /**
   * How long a line is left unheard before its end: who dials again at once shall not gain by it.
   */
  private static final Duration PENANCE = Duration.ofMillis(500);

  /** How long a line that was told of its end may take to hear of it. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final Timers timers;
  private final Semaphore pen;
  private final AtomicBoolean held = new AtomicBoolean();
  private final FrameLimiter frameLimiter = new FrameLimiter();
  private volatile int largest = STRANGERS;
  private final AtomicReference<Timers.Timer> patience = new AtomicReference<>(() -> {});
  private volatile boolean ended;

  /**
   * @param pen has room for the lines that are held before their end
   */
  FeedSocket(WebSocketListener listener, List<Draft> drafts, Timers timers, Semaphore pen) {
    super(listener, drafts);
    this.timers = timers;
    this.pen = pen;
  }

  /** How large a message may be from now on. */
  void allow(int characters) {
    largest = characters;
  }

  /** What happens to it when it stays silent; takes the place of what was to happen before. */
  void patience(Timers.Timer timer) {
    patience.getAndSet(timer).cancel();
  }

  /** Whether nothing more is taken from it. */
  boolean ended() {
    return ended || !isOpen();
  }

  /**
   * Ends the line. First it is left unheard for a moment, where there is room to hold it: a program
   * that floods, is cut and dials again at once would else keep the engine busy with that alone.
   */
  void end(int code, String why) {
    if (ended) {
      return;
    }
    ended = true;
    if (pen.tryAcquire()) {
      held.set(true);
      hush();
      patience(timers.after(PENANCE, () -> bye(code, why)));
      if (isClosed()) {
        left();
      }
    } else {
      bye(code, why);
    }
  }

  /** Who does not read would never hear of its end and keep the line for ever, so it is cut. */
  private void bye(int code, String why) {
    letGo();
    if (getReadyState() == ReadyState.NOT_YET_CONNECTED) {
      closeConnection(code, why);
    } else {
      close(code, why);
      patience(timers.after(FAREWELL, () -> closeConnection(code, why)));
    }
  }

  /** Called when it is closed. */
  void left() {
    patience(() -> {});
    letGo();
  }

  private void letGo() {
    if (held.compareAndSet(true, false)) {
      pen.release();
    }
  }

  /** Asks the selector for nothing of this line. */
  private void hush() {
    try {
      getSelectionKey().interestOps(0);
    } catch (CancelledKeyException e) {
      // Closed.
    }
  }

  @Override
  public void decode(ByteBuffer bytes) {
    if (ended) {
      return;
    }
    FrameLimiter.Refusal refusal = frameLimiter.measure(bytes, largest, timers.clock().millis());
    if (refusal == null) {
      super.decode(bytes);
    } else {
      end(refusal.code(), refusal.why());
    }
  }

  /**
   * Whether something is being written. That includes the moment after the last byte in which the
   * library says that it has nothing to write: what is put then is forgotten.
   */
  boolean busy() {
    try {
      return hasBufferedData() || (getSelectionKey().interestOps() & SelectionKey.OP_WRITE) != 0;
    } catch (CancelledKeyException e) {
      return false; // Closed.
    }
  }

  /** Sends text that is encoded already, and may be being sent to others too. */
  void sendText(byte[] utf8) {
    var frame = new TextFrame();
    frame.setPayload(ByteBuffer.wrap(utf8));
    sendFrame(frame);
  }

  /** Answers as many pings as it can get rid of: who pings and does not read fills no memory. */
  boolean answersPings() {
    return outQueue.size() < 16;
  }

  /** A silent end, for a line that never was one. */
  void drop(String why) {
    ended = true;
    closeConnection(CloseFrame.POLICY_VALIDATION, why);
  }

  /**
   * Writes a little at a time. Where much is waiting, the library would write it all before it
   * looks at another client, and the socket would copy all of it again for each bit it can take.
   */
  record Trickle(FeedSocket line, SocketChannel channel) implements ByteChannel {
    private static final int SIP = 64 << 10;

    @Override
    public int read(ByteBuffer bytes) throws IOException {
      if (line.held.get()) {
        line.hush(); // The library asks for bytes again whenever it has nothing to write.
        return 0;
      }
      return channel.read(bytes);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      if (bytes.remaining() <= SIP) {
        return channel.write(bytes);
      }
      int end = bytes.limit();
      bytes.limit(bytes.position() + SIP);
      try {
        return channel.write(bytes);
      } finally {
        bytes.limit(end);
      }
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
