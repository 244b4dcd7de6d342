package dev.hivedeck.engine.gateway.http;

import dev.hivedeck.engine.gateway.framing.Framing;
import dev.hivedeck.engine.gateway.framing.Malformed;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.conduits.StreamSourceConduit;

/**
 * What a client sends, held to HTTP/1.1. In the place of a head that is none, a plain one is read,
 * so that it is answered in its turn: by whoever asks {@link #of} why.
 */
public final class RequestGuard extends FramedSource {
  private static final byte[] IN_ITS_PLACE =
      "GET / HTTP/1.1\r\nHost: malformed\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  /** Seconds that a head may take, and that nothing of a body may come. */
  private static final int PATIENCE = 10;

  private XnioExecutor.@Nullable Key timer;
  private boolean inBody;
  private long given;
  private long givenAtLook;
  private boolean refusing;
  private @Nullable ByteBuffer instead;

  RequestGuard(StreamSourceConduit next) {
    super(next, Framing.ofRequests());
  }

  /** That of the connection of an exchange; null for one that has none. */
  private static @Nullable RequestGuard guard(HttpServerExchange exchange) {
    return exchange.getConnection() instanceof AbstractServerConnection connection
            && connection.getOriginalSourceConduit() instanceof RequestGuard guard
        ? guard
        : null;
  }

  /** Why what was sent is no request, or its body none; null where it is. */
  public static @Nullable Malformed of(HttpServerExchange exchange) {
    var guard = guard(exchange);
    if (guard == null) {
      return HttpTwoHead.malformed(exchange);
    }
    return guard.refusing ? guard.malformed() : null;
  }

  /** What comes from now on is no HTTP/1.1. */
  public static void raw(HttpServerExchange exchange) {
    var guard = guard(exchange);
    if (guard != null) {
      guard.framing.raw();
    }
  }

  /** A body that ends too soon is none: no fault of the service that waits for the rest. */
  @Override
  public int read(ByteBuffer to) throws IOException {
    int some;
    try {
      some = super.read(to);
    } catch (IOException e) {
      cut();
      throw e;
    }
    if (some < 0 && cut()) {
      throw new IOException(Malformed.CUT.message());
    }
    return some;
  }

  private boolean cut() {
    boolean cut = framing.isInBody() && framing.isWithin();
    if (cut) {
      framing.fail(Malformed.CUT);
      refusing = true;
      stop();
    }
    return cut;
  }

  @Override
  protected int failed(Malformed why, ByteBuffer to) throws IOException {
    refusing = true;
    stop();
    if (framing.isWithin()) {
      throw new IOException(why.message());
    }
    if (instead == null) {
      instead = ByteBuffer.wrap(IN_ITS_PLACE);
    }
    if (!instead.hasRemaining()) {
      return -1;
    }
    int some = Math.min(to.remaining(), instead.remaining());
    to.put(instead.array(), instead.position(), some);
    instead.position(instead.position() + some);
    return some;
  }

  @Override
  protected boolean hasMore() {
    return framing.hasRight()
        || framing.malformed() != null && (instead == null || instead.hasRemaining());
  }

  @Override
  protected void moved() {
    given++;
    inBody = framing.isInBody();
    boolean waits = framing.malformed() == null && (framing.isInHead() || inBody);
    if (!waits) {
      stop();
    } else if (timer == null) {
      givenAtLook = given;
      timer = getReadThread().executeAfter(this::look, PATIENCE, TimeUnit.SECONDS);
    }
  }

  /** A head must have come by now; of a body, something, unless nobody reads it. */
  private void look() {
    timer = null;
    boolean moves = inBody && (given != givenAtLook || !isReadResumed());
    if (moves) {
      givenAtLook = given;
      timer = getReadThread().executeAfter(this::look, PATIENCE, TimeUnit.SECONDS);
    } else {
      framing.fail(Malformed.SLOW);
      next.wakeupReads();
    }
  }

  private void stop() {
    if (timer != null) {
      timer.remove();
      timer = null;
    }
  }

  @Override
  public void terminateReads() throws IOException {
    stop();
    super.terminateReads();
  }
}
