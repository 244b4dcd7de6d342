package dev.hivedeck.engine.gateway.http;

import dev.hivedeck.engine.gateway.framing.Framing;
import dev.hivedeck.engine.gateway.framing.Malformed;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** What an instance answers, held to HTTP/1.1: what is none is an error of the connection. */
public final class ResponseGuard extends FramedSource {
  private final StreamConnection connection;

  private ResponseGuard(StreamConnection connection) {
    super(connection.getSourceChannel().getConduit(), Framing.ofResponses());
    this.connection = connection;
  }

  /** From now on nothing else is read of a connection than what is right. */
  public static ResponseGuard over(StreamConnection connection) {
    var guard = new ResponseGuard(connection);
    connection.getSourceChannel().setConduit(guard);
    return guard;
  }

  /**
   * Ends the connection as it is. Undertow's own way ends the body of a request that is under way
   * first, and so makes a whole one of half of it.
   */
  public void breakOff() {
    IoUtils.safeClose(connection);
  }

  /**
   * A request was sent.
   *
   * @param forHead whether only a head is asked for
   */
  public void await(boolean forHead) {
    framing.await(forHead);
  }

  @Override
  protected int failed(Malformed why, ByteBuffer to) throws IOException {
    breakOff();
    throw new IOException("The answer is none: " + why.message());
  }

  @Override
  protected void moved() {
    // Who waits for an answer has a time-out for it.
  }
}
