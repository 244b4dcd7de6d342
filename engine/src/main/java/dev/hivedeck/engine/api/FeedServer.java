package dev.hivedeck.engine.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.time.Timers;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.java_websocket.server.WebSocketServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed: JSON-RPC 2.0 over WebSocket. The first message must be {@code hello} with the token.
 * Each client has its own bounded outbox and its own thread, so a slow one slows nobody.
 */
public final class FeedServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedServer.class);
  private static final int PROTOCOL = 1;
  private static final int LARGEST = 4 << 20;
  private static final int QUEUE = 4_096;
  private static final int PAGE = 500;
  private static final int UNAUTHORIZED = 4401;
  private static final Duration STATS = Duration.ofSeconds(1);

  /** How long a newcomer may take until it has said hello. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int MOST_CLIENTS = 128;

  /** Requests of one client that may be under way at once. */
  private static final int MOST_REQUESTS = 128;

  private final Door door;
  private final Access access;
  private final String version;
  private final Timers timers;
  private final Server server;
  private volatile boolean open = true;

  private FeedServer(Door door, Access access, int port, String version, Timers timers) {
    this.door = door;
    this.access = access;
    this.version = version;
    this.timers = timers;
    this.server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /**
   * @param port 0 for any free one
   * @throws HiveException {@code port-in-use}
   */
  public static FeedServer start(
      Door door, Access access, int port, String version, Timers timers) {
    var feed = new FeedServer(door, access, port, version, timers);
    feed.server.start();
    try {
      feed.server.started.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      feed.open = false;
      throw new HiveException(
          e.getCause() instanceof BindException ? "port-in-use" : "feed-failed",
          "The feed cannot listen on port " + port + ": " + e.getCause().getMessage(),
          "Choose another port with --feed-port, or 0 for any free one.",
          e);
    } catch (InterruptedException | TimeoutException e) {
      throw new HiveException("feed-failed", "The feed did not start.", "Try again.", e);
    }
    feed.tick();
    return feed;
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
            tick();
          }
        });
  }

  private void sendStats() {
    try {
      String text = notification("stats", Json.tree(door.stats()));
      for (WebSocket socket : server.getConnections()) {
        Client client = socket.getAttachment();
        if (client != null && client.caller != null) {
          client.outbox.offer(text);
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("figures for clients", e);
    }
  }

  private static String notification(String method, JsonNode params) {
    ObjectNode message = Json.object().put("jsonrpc", "2.0").put("method", method);
    message.set("params", params);
    return Json.write(message);
  }

  @Override
  public void close() {
    open = false;
    try {
      server.stop(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One connection. */
  private final class Client {
    private final WebSocket socket;
    private final Outbox outbox = new Outbox(QUEUE);
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Access.Caller caller;
    private Set<Topic> topics = Set.of();
    private Door.Subscription events = () -> {};
    private Door.Subscription logs = () -> {};

    Client(WebSocket socket) {
      this.socket = socket;
      Thread.ofVirtual().name("feed-client").start(this::send);
    }

    private void send() {
      try {
        for (var parcel = outbox.take(); parcel != null; parcel = outbox.take()) {
          while (socket.hasBufferedData() && socket.isOpen()) {
            timers.sleep(Duration.ofMillis(2));
          }
          if (!socket.isOpen()) {
            return;
          }
          for (String text : texts(parcel)) {
            socket.send(text);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.debug("client gone: {}", e.getMessage());
      }
    }

    private List<String> texts(Outbox.Parcel parcel) {
      return switch (parcel) {
        case Outbox.Parcel.Message(String text) -> List.of(text);
        case Outbox.Parcel.Events(var batch, int collapsed) -> {
          ObjectNode params = Json.object();
          params.set("events", Json.tree(batch));
          if (collapsed > 0) {
            params.put("collapsed", collapsed);
          }
          yield List.of(notification("events", params));
        }
        case Outbox.Parcel.Lines(var pages, var gaps) -> {
          var texts = new ArrayList<String>();
          gaps.forEach(
              (attempt, gap) ->
                  texts.add(
                      notification(
                          "gap",
                          Json.object()
                              .put("attempt", attempt)
                              .put("from", gap[0])
                              .put("to", gap[1]))));
          joined(pages).forEach(page -> texts.add(notification("log", Json.tree(page))));
          yield texts;
        }
      };
    }

    /** Neighbouring lines of an attempt as one page. */
    private static List<Query.LogPage> joined(List<Query.LogPage> pages) {
      var byAttempt = new LinkedHashMap<String, List<Query.LogPage>>();
      pages.forEach(p -> byAttempt.computeIfAbsent(p.attempt(), a -> new ArrayList<>()).add(p));
      var all = new ArrayList<Query.LogPage>();
      for (var entry : byAttempt.entrySet()) {
        var lines = new ArrayList<Query.LogLine>();
        entry.getValue().forEach(p -> lines.addAll(p.lines()));
        all.add(
            new Query.LogPage(
                entry.getKey(),
                entry.getValue().getFirst().from(),
                entry.getValue().getLast().total(),
                lines));
      }
      return all;
    }

    void gone() {
      events.close();
      logs.close();
      outbox.close();
    }

    /** Takes a request; on the thread that serves all sockets, hence without waiting. */
    void receive(String text) {
      if (requests.incrementAndGet() > MOST_REQUESTS) {
        LOG.warn("a client asked more than {} things at once and was cut", MOST_REQUESTS);
        socket.close(CloseFrame.TRY_AGAIN_LATER, "too many requests at once");
        return;
      }
      Thread.ofVirtual()
          .name("feed-request")
          .start(
              () -> {
                try {
                  handle(text);
                } finally {
                  requests.decrementAndGet();
                }
              });
    }

    private void handle(String text) {
      JsonNode id = null;
      try {
        JsonNode request;
        try {
          request = Json.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
          error(
              null,
              -32700,
              "bad-json",
              "Not JSON: " + e.getOriginalMessage(),
              "Send JSON-RPC 2.0.");
          return;
        }
        id = request.get("id");
        if (id == null || !request.path("method").isTextual()) {
          error(id, -32600, "bad-request", "Not a JSON-RPC 2.0 request.", "Send id and method.");
          return;
        }
        answer(id, request.get("method").asText(), request.path("params"));
      } catch (HiveException e) {
        error(id, -32000, e.code(), e.getMessage(), e.hint());
      } catch (RuntimeException e) {
        LOG.error("answering a client", e);
        error(id, -32603, "engine", "The engine failed: " + e, "See its log.");
      }
    }

    private void answer(JsonNode id, String method, JsonNode params) {
      if (caller == null && !method.equals("hello")) {
        error(
            id,
            -32001,
            "unauthorized",
            "Say hello with the token first.",
            "It is in endpoint.json.");
        cut();
        return;
      }
      switch (method) {
        case "hello" -> hello(id, params);
        case "subscribe" -> subscribe(id, params);
        case "follow" -> {
          person();
          synchronized (this) {
            logs.close();
            logs = door.follow(outbox::line);
          }
          result(id, Json.object());
        }
        case "execute" -> {
          person();
          result(
              id,
              door.execute(
                  Json.as(params.path("command"), Command.class),
                  params.path("correlation").asText(null)));
        }
        case "query" -> result(id, door.query(Json.as(params.path("query"), Query.class)));
        case "stats" -> result(id, Json.tree(door.stats()));
        default ->
            error(
                id, -32601, "no-method", "There is no method " + method + ".", "See docs/feed.md.");
      }
    }

    /** Gives the answer a moment to leave before the line is cut. */
    private void cut() {
      timers.after(Duration.ofMillis(50), () -> socket.close(UNAUTHORIZED, "unauthorized"));
    }

    private void person() {
      if (!caller.isPerson()) {
        throw new HiveException(
            "not-allowed",
            "The token of attempt " + caller.attempt() + " may read, not steer.",
            "Ask for a decision instead: {\"hivedeck\":\"ask\", …} on standard output.");
      }
    }

    private void hello(JsonNode id, JsonNode params) {
      var found = access.check(params.path("token").asText(null));
      if (found.isEmpty()) {
        error(
            id,
            -32001,
            "unauthorized",
            "This token opens nothing.",
            "Use the one in endpoint.json.");
        cut();
        return;
      }
      if (params.path("protocol").asInt(PROTOCOL) != PROTOCOL) {
        error(
            id,
            -32002,
            "protocol",
            "This engine speaks protocol " + PROTOCOL + ", not " + params.path("protocol") + ".",
            "Use the same version of desktop and engine.");
        return;
      }
      caller = found.get();
      result(
          id,
          Json.object()
              .put("protocol", PROTOCOL)
              .put("engine", version)
              .put("seq", door.stats().seq()));
    }

    private synchronized void subscribe(JsonNode id, JsonNode params) {
      var wanted = EnumSet.noneOf(Topic.class);
      params.path("topics").forEach(t -> wanted.add(Topic.of(t.asText())));
      events.close();
      topics = wanted.isEmpty() ? EnumSet.allOf(Topic.class) : wanted;
      long after;
      int pages = 0;
      if (params.hasNonNull("after")) {
        after = params.get("after").asLong();
      } else {
        var snapshot = door.snapshot(topics);
        for (var entry : snapshot.things().entrySet()) {
          List<? extends Views.View> all = entry.getValue();
          for (int i = 0; i < all.size(); i += PAGE) {
            ObjectNode page =
                Json.object().put("topic", entry.getKey().word()).put("seq", snapshot.seq());
            page.set("things", Json.tree(all.subList(i, Math.min(all.size(), i + PAGE))));
            outbox.message(notification("snapshot", page));
            pages++;
          }
        }
        after = snapshot.seq();
      }
      result(id, Json.object().put("seq", after).put("pages", pages));
      events =
          door.subscribe(
              after,
              news ->
                  outbox.events(news.stream().filter(e -> topics.contains(e.topic())).toList()));
    }

    private void result(JsonNode id, JsonNode result) {
      ObjectNode message = Json.object().put("jsonrpc", "2.0");
      message.set("id", id);
      message.set("result", result);
      outbox.message(Json.write(message));
    }

    private void error(JsonNode id, int number, String code, String text, String hint) {
      ObjectNode message = Json.object().put("jsonrpc", "2.0");
      message.set("id", id);
      ObjectNode error = message.putObject("error").put("code", number).put("message", text);
      error.set("data", Json.tree(new HiveException.Fault(code, text, hint)));
      outbox.message(Json.write(message));
    }
  }

  /** The socket half. */
  private final class Server extends WebSocketServer {
    private final CompletableFuture<Void> started = new CompletableFuture<>();

    Server(InetSocketAddress address) {
      super(address, 1, List.<Draft>of(new Draft_6455(List.of(), LARGEST)));
      setTcpNoDelay(true);
      setReuseAddr(true);
      setDaemon(true);
      setConnectionLostTimeout(30);
    }

    @Override
    protected boolean onConnect(SelectionKey key) {
      if (getConnections().size() >= MOST_CLIENTS) {
        LOG.warn("refused a connection, there are {} already", MOST_CLIENTS);
        return false;
      }
      timers.after(PATIENCE, () -> silent(key));
      return true;
    }

    /** Cuts a newcomer that has not said who it is. */
    private void silent(SelectionKey key) {
      if (key.attachment() instanceof WebSocketImpl socket && !socket.isClosed()) {
        Client client = socket.getAttachment();
        if (client == null) {
          socket.closeConnection(CloseFrame.POLICY_VALIDATION, "no handshake");
        } else if (client.caller == null) {
          socket.close(UNAUTHORIZED, "no hello");
        }
      }
    }

    @Override
    public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
        WebSocket socket, Draft draft, ClientHandshake request) throws InvalidDataException {
      String origin = request.hasFieldValue("Origin") ? request.getFieldValue("Origin") : null;
      if (!Origins.allowed(origin)) {
        LOG.warn("refused a connection from the page {}", origin);
        throw new InvalidDataException(CloseFrame.POLICY_VALIDATION, "foreign origin");
      }
      return super.onWebsocketHandshakeReceivedAsServer(socket, draft, request);
    }

    @Override
    public void onOpen(WebSocket socket, ClientHandshake handshake) {
      socket.setAttachment(new Client(socket));
    }

    @Override
    public void onClose(WebSocket socket, int code, String reason, boolean remote) {
      Client client = socket.getAttachment();
      if (client != null) {
        client.gone();
      }
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
      Client client = socket.getAttachment();
      client.receive(text);
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
  }
}
