package dev.hivedeck.engine.gateway.http;

import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.server.protocol.http2.Http2UpgradeHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/** Listens on the loopback address, for HTTP/1.1 and for HTTP/2 without TLS. */
public final class GatewayServer implements AutoCloseable {
  private static final int IO_THREADS = 2;
  private static final int BUFFER = 16 << 10;

  /** Milliseconds that a connection may wait for its next request. */
  private static final int IDLE = 75_000;

  private static final int BACKLOG = 1_000;

  private final XnioWorker worker;
  private final HttpOpenListener listener;
  private final AcceptingChannel<? extends StreamConnection> channel;

  private GatewayServer(int port, HttpHandler handler) throws IOException {
    this.worker =
        Xnio.getInstance(GatewayServer.class.getClassLoader())
            .createWorker(
                OptionMap.builder()
                    .set(Options.WORKER_NAME, "gateway")
                    .set(Options.THREAD_DAEMON, true)
                    .set(Options.WORKER_IO_THREADS, IO_THREADS)
                    .set(Options.WORKER_TASK_CORE_THREADS, 1)
                    .set(Options.WORKER_TASK_MAX_THREADS, 2)
                    .set(Options.CONNECTION_HIGH_WATER, 1_000_000)
                    .set(Options.CONNECTION_LOW_WATER, 1_000_000)
                    .set(Options.TCP_NODELAY, true)
                    .set(Options.CORK, true)
                    .getMap());
    var buffers = new DefaultByteBufferPool(true, BUFFER, -1, 4);
    this.listener =
        new HttpOpenListener(
            buffers,
            OptionMap.builder()
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
                .set(UndertowOptions.ENABLE_HTTP2, true)
                .set(UndertowOptions.ALWAYS_SET_DATE, true)
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE)
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, false)
                .getMap());
    listener.setRootHandler(new Http2UpgradeHandler(handler));
    try {
      this.channel =
          worker.createStreamConnectionServer(
              new InetSocketAddress("127.0.0.1", port),
              ChannelListeners.openListenerAdapter(this::opened),
              OptionMap.builder()
                  .set(Options.TCP_NODELAY, true)
                  .set(Options.REUSE_ADDRESSES, true)
                  .set(Options.BALANCING_TOKENS, 1)
                  .set(Options.BALANCING_CONNECTIONS, 2)
                  .set(Options.BACKLOG, BACKLOG)
                  .getMap());
    } catch (IOException | RuntimeException e) {
      worker.shutdownNow();
      throw e;
    }
  }

  /** Nothing is read of a connection but what its guard finds right. */
  private void opened(StreamConnection connection) {
    var source = connection.getSourceChannel();
    source.setConduit(new RequestGuard(source.getConduit()));
    listener.handleEvent(connection);
  }

  /**
   * Listens.
   *
   * @param port on 127.0.0.1; 0 for any free one
   * @throws IOException when it cannot
   */
  public static GatewayServer start(int port, HttpHandler handler) throws IOException {
    var server = new GatewayServer(port, handler);
    server.channel.resumeAccepts();
    return server;
  }

  public String address() {
    return "http://127.0.0.1:" + ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  @Override
  public void close() {
    IoUtils.safeClose(channel);
    listener.closeConnections();
    worker.shutdownNow(); // its buffers go with its threads, which may still read for a moment
  }
}
