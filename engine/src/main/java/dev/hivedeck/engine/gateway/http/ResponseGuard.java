package dev.hivedeck.engine.gateway.http;

import dev.hivedeck.engine.gateway.framing.Framing;
import dev.hivedeck.engine.gateway.framing.Malformed;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.conduits.StreamSourceConduit;

/** What an instance answers, held to HTTP/1.1: what is none is an error of the connection. */
public final class ResponseGuard extends FramedSource {
  public ResponseGuard(StreamSourceConduit next) {
    super(next, Framing.ofResponses());
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
    throw new IOException("The answer is none: " + why.message());
  }

  @Override
  protected void moved() {
    // Who waits for an answer has a time-out for it.
  }
}
