package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.api.OriginPolicy;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.java_websocket.server.WebSocketServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket half of the feed: takes in lines, and cuts those that do not say who they are. */
final class FeedListener extends WebSocketServer {
  private static final Logger LOG = LoggerFactory.getLogger(FeedListener.class);
  private static final int DECODERS = 2;
  private static final int READ_AT_ONCE = 16 << 10;

  private final FeedParts parts;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final LinkedHashSet<FeedSocket> newcomers = new LinkedHashSet<>();
  private final Semaphore pen = new Semaphore(FeedLimits.MOST_NEWCOMERS);

  FeedListener(InetSocketAddress address, FeedParts parts) {
    super(address, DECODERS, List.<Draft>of(new Draft_6455(List.of(), FeedLimits.LARGEST)));
    this.parts = parts;
    setTcpNoDelay(true);
    setReuseAddr(true);
    setDaemon(true);
    setConnectionLostTimeout(30);
    setWebSocketFactory(new Lines());
  }

  /** Completes when it listens, or with why it does not. */
  Future<Void> started() {
    return started;
  }

  /** Small, so that a flood on one line is decoded in turns with what comes on the others. */
  @Override
  public ByteBuffer createBuffer() {
    return ByteBuffer.allocate(READ_AT_ONCE);
  }

  /**
   * Takes in a new line. Nobody is refused here: to the library that means to accept nobody any
   * more. Where there are too many that have said nothing yet, the eldest goes.
   */
  private void come(FeedSocket feedSocket) {
    FeedSocket eldest = null;
    synchronized (newcomers) {
      newcomers.add(feedSocket);
      if (newcomers.size() > FeedLimits.MOST_NEWCOMERS) {
        eldest = newcomers.removeFirst();
      }
    }
    if (eldest != null) {
      parts.counts().turnAway();
      eldest.drop("too many newcomers");
    }
    feedSocket.patience(parts.timers().after(FeedLimits.HELLO, () -> silent(feedSocket)));
  }

  /** Cuts a newcomer that has not said who it is. */
  private void silent(FeedSocket feedSocket) {
    synchronized (newcomers) {
      if (!newcomers.remove(feedSocket)) {
        return;
      }
    }
    parts.counts().turnAway();
    feedSocket.end(FeedLimits.UNAUTHORIZED, "no hello");
  }

  void known(FeedSocket feedSocket) {
    synchronized (newcomers) {
      newcomers.remove(feedSocket);
    }
    feedSocket.patience(() -> {});
  }

  @Override
  protected void releaseBuffers(WebSocket socket) {
    // Called for each line that is closed, also for those that never were open.
    var feedSocket = (FeedSocket) socket;
    synchronized (newcomers) {
      newcomers.remove(feedSocket);
    }
    feedSocket.left();
  }

  @Override
  public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
      WebSocket socket, Draft draft, ClientHandshake request) throws InvalidDataException {
    String origin = request.getFieldValue("Origin");
    String host = request.getFieldValue("Host");
    if (!OriginPolicy.allowed(origin) || !OriginPolicy.addressed(host)) {
      parts.counts().turnAway();
      LOG.debug("refused a connection from the page {} to {}", origin, host);
      throw new InvalidDataException(CloseFrame.POLICY_VALIDATION, "foreign origin");
    }
    return super.onWebsocketHandshakeReceivedAsServer(socket, draft, request);
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake handshake) {
    var feedSocket = (FeedSocket) socket;
    if (feedSocket.ended()) {
      // It was dropped while its handshake was read; the library has just revived it.
      feedSocket.closeConnection(CloseFrame.GOING_AWAY, "dropped");
      return;
    }
    socket.setAttachment(new ClientSession(parts, this, feedSocket));
  }

  @Override
  public void onClose(WebSocket socket, int code, String reason, boolean remote) {
    ClientSession client = socket.getAttachment();
    if (client != null) {
      client.gone();
    }
  }

  @Override
  public void onMessage(WebSocket socket, String text) {
    ClientSession client = socket.getAttachment();
    if (client != null) {
      client.receive(text);
    }
  }

  @Override
  public void onWebsocketPing(WebSocket socket, Framedata ping) {
    if (((FeedSocket) socket).answersPings()) {
      super.onWebsocketPing(socket, ping);
    }
  }

  @Override
  public void onError(WebSocket socket, Exception e) {
    if (socket == null) {
      started.completeExceptionally(e);
    }
    LOG.debug("feed", e);
  }

  @Override
  public void onStart() {
    started.complete(null);
  }

  /** Makes the sockets. */
  private final class Lines implements WebSocketServerFactory {
    @Override
    public FeedSocket createWebSocket(WebSocketAdapter listener, Draft draft) {
      return createWebSocket(listener, List.of(draft));
    }

    @Override
    public FeedSocket createWebSocket(WebSocketAdapter listener, List<Draft> drafts) {
      return new FeedSocket(listener, drafts, parts.timers(), pen);
    }

    @Override
    public ByteChannel wrapChannel(SocketChannel channel, SelectionKey key) {
      come((FeedSocket) key.attachment());
      return new FeedSocket.Trickle((FeedSocket) key.attachment(), channel);
    }

    @Override
    public void close() {}
  }
}
