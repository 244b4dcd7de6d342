package dev.hivedeck.engine.gateway.http;

import dev.hivedeck.engine.gateway.framing.Malformed;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Protocols;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The body of a request that came by HTTP/2 and says how long it is. Its last byte is held back
 * until the body has ended there, so that a service has nothing whole of one that goes on.
 */
public final class HttpTwoBody extends AbstractStreamSourceConduit<StreamSourceConduit> {
  private final ByteBuffer last = ByteBuffer.allocate(2);
  private long left;
  private boolean over;

  private HttpTwoBody(StreamSourceConduit next, long length) {
    super(next);
    this.left = length;
  }

  /** Holds the body of a request to its length, where that is to be done. */
  public static void hold(HttpServerExchange exchange) {
    long length = exchange.getRequestContentLength();
    if (exchange.getProtocol().equals(Protocols.HTTP_2_0) && length > 0) {
      exchange.addRequestWrapper((factory, x) -> new HttpTwoBody(factory.create(), length));
    }
  }

  /**
   * Goes on once a body that is said to have no bytes has ended with none: nothing of it could be
   * held back.
   *
   * @param exceeded answers one that has some
   */
  public static void await(HttpServerExchange exchange, HttpHandler next, HttpHandler exceeded)
      throws Exception {
    if (!exchange.getProtocol().equals(Protocols.HTTP_2_0)
        || exchange.getRequestContentLength() != 0
        || exchange.isRequestComplete()) {
      next.handleRequest(exchange);
      return;
    }
    var receiver = exchange.getRequestReceiver();
    receiver.setMaxBufferSize(1);
    receiver.receiveFullBytes(
        (x, body) -> x.dispatch(SameThreadExecutor.INSTANCE, body.length == 0 ? next : exceeded),
        (x, e) -> x.dispatch(SameThreadExecutor.INSTANCE, exceeded));
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    if (!to.hasRemaining()) {
      return 0;
    }
    if (over) {
      return -1;
    }
    if (left > 1) {
      return front(to);
    }
    int came;
    do {
      came = next.read(last);
      if (last.position() > 1) {
        throw new IOException(Malformed.LENGTH_EXCEEDED.message());
      }
    } while (came > 0);
    if (came == 0) {
      return 0;
    }
    over = true;
    if (last.position() == 0) {
      return -1; // too short: whoever waits for the rest is broken off
    }
    to.put(last.get(0));
    left = 0;
    return 1;
  }

  private int front(ByteBuffer to) throws IOException {
    int limit = to.limit();
    to.limit((int) Math.min(limit, to.position() + left - 1));
    try {
      int came = next.read(to);
      left -= Math.max(came, 0);
      return came;
    } finally {
      to.limit(limit);
    }
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      if (to[i].hasRemaining()) {
        return read(to[i]);
      }
    }
    return 0;
  }

  @Override
  public long transferTo(long position, long count, FileChannel target) throws IOException {
    return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
  }

  @Override
  public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
      throws IOException {
    return Conduits.transfer(this, count, through, target);
  }

  @Override
  public void resumeReads() {
    if (over) {
      next.wakeupReads();
    } else {
      next.resumeReads();
    }
  }
}
