package dev.hivedeck.engine.gateway.http;

import dev.hivedeck.engine.gateway.framing.Framing;
import dev.hivedeck.engine.gateway.framing.Malformed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSourceConduit;

/** What comes over a connection, held to its framing: only what is right is read. */
abstract class FramedSource extends AbstractStreamSourceConduit<StreamSourceConduit> {
  private static final int AT_ONCE = 16 << 10;

  protected final Framing framing;

  FramedSource(StreamSourceConduit next, Framing framing) {
    super(next);
    this.framing = framing;
  }

  /**
   * Nothing more is right.
   *
   * @return what {@link #read} answers
   */
  protected abstract int failed(Malformed why, ByteBuffer to) throws IOException;

  /** Bytes came, or were given out. */
  protected abstract void moved();

  @Override
  public int read(ByteBuffer to) throws IOException {
    if (!to.hasRemaining()) {
      return 0;
    }
    while (true) {
      int some = framing.drain(to);
      if (some > 0) {
        moved();
        tellOfMore();
        return some;
      }
      var why = framing.malformed();
      if (why != null) {
        return failed(why, to);
      }
      long passable = framing.passable();
      if (passable > 0) {
        int passed = pass(to, passable);
        moved();
        return passed;
      }
      int came = feed(to);
      if (came <= 0) {
        moved();
        return came;
      }
    }
  }

  /**
   * What is held here is not seen by the thread that waits for more from the network: whoever reads
   * a part and then waits, as for the rest of a size, would not come back.
   */
  private void tellOfMore() {
    if (hasMore() && next.isReadResumed()) {
      next.wakeupReads();
    }
  }

  private int pass(ByteBuffer to, long most) throws IOException {
    int limit = to.limit();
    to.limit((int) Math.min(limit, to.position() + Math.min(most, AT_ONCE * 64L)));
    try {
      int passed = super.read(to);
      if (passed > 0) {
        framing.passed(passed);
      }
      return passed;
    } finally {
      to.limit(limit);
    }
  }

  /** Reads into the rest of the buffer, and takes it out again. */
  private int feed(ByteBuffer by) throws IOException {
    int from = by.position();
    int came = super.read(by);
    if (came > 0) {
      int limit = by.limit();
      by.limit(by.position()).position(from);
      framing.feed(by);
      by.limit(limit).position(from);
    }
    return came;
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

  /** Whether something is to be read without anything that comes. */
  protected boolean hasMore() {
    return framing.hasRight() || framing.malformed() != null;
  }

  @Override
  public void resumeReads() {
    if (hasMore()) {
      next.wakeupReads();
    } else {
      next.resumeReads();
    }
  }

  @Override
  public boolean isReadShutdown() {
    return !framing.hasRight() && next.isReadShutdown();
  }

  /** Why nothing more is read; null while all is right. */
  public @Nullable Malformed malformed() {
    return framing.malformed();
  }
}
