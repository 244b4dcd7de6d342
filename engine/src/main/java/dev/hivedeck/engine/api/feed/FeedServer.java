package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.Timers;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.java_websocket.WebSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed: JSON-RPC 2.0 over WebSocket. The first message must be {@code hello} with the token.
 * Each client has its own bounded outbox and its own thread, so a slow one slows nobody.
 */
public final class FeedServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedServer.class);

  private static final Duration STATS = Duration.ofSeconds(1);

  private final Timers timers;
  private final FeedListener server;
  private final FeedParts parts;

  private volatile boolean open = true;

  private FeedServer(
      EngineApi engine, Authenticator authenticator, int port, String version, Timers timers) {
    this.timers = timers;
    this.parts =
        new FeedParts(
            engine,
            authenticator,
            version,
            timers,
            new AnswerDesk(),
            new EventMessageCache(),
            new FeedStats(engine, timers),
            new ClientCounts());
    this.server =
        new FeedListener(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), parts);
  }

  /**
   * @param port 0 for any free one
   * @throws HiveException {@code port-in-use}
   */
  public static FeedServer start(
      EngineApi engine, Authenticator authenticator, int port, String version, Timers timers) {
    var feed = new FeedServer(engine, authenticator, port, version, timers);
    feed.server.start();
    try {
      feed.server.started().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      feed.open = false;
      throw new HiveException(
          e.getCause() instanceof BindException ? ErrorCode.PORT_IN_USE : ErrorCode.FEED_FAILED,
          "The feed cannot listen on port " + port + ": " + e.getCause().getMessage(),
          "Choose another port with --feed-port, or 0 for any free one.",
          e);
    } catch (InterruptedException | TimeoutException e) {
      throw new HiveException(ErrorCode.FEED_FAILED, "The feed did not start.", "Try again.", e);
    }
    feed.tick();
    return feed;
  }

  /**
   * Desktops that hear this engine.
   *
   * @param showing how many of them are on a system that shows notifications
   */
  public record Desktops(int open, int showing) {
    public static final Desktops NONE = new Desktops(0, 0);
  }

  public Desktops desktops() {
    return parts.counts().desktops();
  }

  public String address() {
    return "ws://127.0.0.1:" + server.getPort();
  }

  private void tick() {
    timers.after(
        STATS,
        () -> {
          if (open) {
            if (!server.getConnections().isEmpty()) {
              sendStats();
            }
            // Once a second at most: who is turned away a thousand times shall not fill the log.
            int away = parts.counts().takeTurnedAway();
            if (away > 0) {
              LOG.warn("turned away {} lines", away);
            }
            tick();
          }
        });
  }

  private void sendStats() {
    try {
      String text = JsonRpc.notification("stats", Json.tree(parts.stats().get()));
      for (WebSocket socket : server.getConnections()) {
        ClientSession client = socket.getAttachment();
        if (client != null) {
          client.offer(text);
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("figures for clients", e);
    }
  }

  @Override
  public void close() {
    open = false;
    try {
      server.stop(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    parts.desk().close();
  }
}
