package dev.hivedeck.ui.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.View;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link EngineApi} to an engine in another process: JSON-RPC 2.0 over a WebSocket. Calls block
 * their caller until the engine has answered. When the line breaks, open calls fail, the client
 * connects again with growing pauses, and subscribers get every event they missed, or, where the
 * engine no longer has them, one {@code plan.reloaded} that asks for a new snapshot.
 */
public final class FeedClient implements EngineApi, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedClient.class);
  private static final int PROTOCOL = 1;
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration HANDSHAKE = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Set<ErrorCode> HOPELESS = Set.of(ErrorCode.UNAUTHORIZED, ErrorCode.PROTOCOL);

  private final Supplier<EngineAddress> endpoint;
  private final String name;
  private final boolean shows;
  private final Clock clock;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();
  private final List<Subscriber> events = new CopyOnWriteArrayList<>();
  private final List<Consumer<Query.LogPage>> logs = new CopyOnWriteArrayList<>();
  private final List<Consumer<Connection>> watchers = new CopyOnWriteArrayList<>();
  private final Queue<CompletableFuture<SnapshotPage>> pages = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean dialing = new AtomicBoolean();

  /** Given to a client that waits before it tries again. */
  private final Semaphore now = new Semaphore(0);

  private volatile Socket socket;
  private volatile Connection connection;
  private volatile boolean closed;
  private volatile Stats stats;

  /** One that hears events, each once, whatever the others have heard. */
  private static final class Subscriber {
    private final Consumer<List<Event>> consumer;
    private long seen;

    Subscriber(long after, Consumer<List<Event>> consumer) {
      this.seen = after;
      this.consumer = consumer;
    }

    synchronized void hear(List<Event> news) {
      long before = seen;
      var fresh = news.stream().filter(e -> e.seq() > before).toList();
      if (!fresh.isEmpty()) {
        seen = fresh.getLast().seq();
        consumer.accept(fresh);
      }
    }

    /** Events are missing: it is told so, and goes on from here. */
    synchronized void missed(long newest, Event gap) {
      seen = newest;
      consumer.accept(List.of(gap));
    }

    synchronized long seen() {
      return seen;
    }
  }

  private FeedClient(Supplier<EngineAddress> endpoint, String name, boolean shows, Clock clock) {
    this.endpoint = endpoint;
    this.name = name;
    this.shows = shows;
    this.clock = clock;
    this.connection = new Connection(Connection.State.LOADING, clock.instant(), null);
  }

  /**
   * Connects and says hello.
   *
   * @param endpoint asked anew for each connection, since a restarted engine has another port
   * @param name what this client calls itself, for example {@code desktop}
   * @throws HiveException {@code no-engine} when nothing answers, or what the engine refuses with
   */
  public static FeedClient connect(Supplier<EngineAddress> endpoint, String name, Clock clock) {
    return connect(endpoint, name, false, clock);
  }

  /**
   * The same.
   *
   * @param shows whether this is a desktop whose system shows notifications
   */
  public static FeedClient connect(
      Supplier<EngineAddress> endpoint, String name, boolean shows, Clock clock) {
    var client = new FeedClient(endpoint, name, shows, clock);
    client.dial();
    return client;
  }

  /** Tells {@code watcher} the present state and every later one, from a thread of the client. */
  public Subscription watch(Consumer<Connection> watcher) {
    watchers.add(watcher);
    watcher.accept(connection);
    return () -> watchers.remove(watcher);
  }

  /** Tries at once to connect again, where the line is cut. */
  public void retry() {
    if (connection.live() || closed) {
      return;
    }
    now.release();
    if (dialing.compareAndSet(false, true)) {
      Thread.ofVirtual().name("feed-redial").start(this::redial);
    }
  }

  public Connection connection() {
    return connection;
  }

  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    var params = Json.object().<ObjectNode>set("command", Json.tree(command));
    if (key != null) {
      params.put("key", key);
    }
    if (correlation != null) {
      params.put("correlation", correlation);
    }
    return call("execute", params);
  }

  @Override
  public JsonNode query(Query query) {
    return call("query", Json.object().set("query", Json.tree(query)));
  }

  @Override
  public synchronized Snapshot snapshot(Set<Topic> topics) {
    pages.clear();
    var result = call("subscribe", Json.object().set("topics", Json.tree(topics)));
    var seq = result.path("seq").asLong();
    Map<Topic, List<View>> things = new TreeMap<>();
    topics.forEach(topic -> things.put(topic, new ArrayList<>()));
    for (var page = pages.poll(); page != null; page = pages.poll()) {
      var read = read(page);
      things.computeIfAbsent(read.topic(), _ -> new ArrayList<>()).addAll(read.things());
    }
    if (!events.isEmpty()) {
      resume();
    }
    return new Snapshot(seq, new TreeMap<>(things));
  }

  private static SnapshotPage read(CompletableFuture<SnapshotPage> page) {
    try {
      return page.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof HiveException refused ? refused : e;
    }
  }

  @Override
  public synchronized Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    var subscriber = new Subscriber(after, consumer);
    events.add(subscriber);
    resume();
    return () -> events.remove(subscriber);
  }

  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    logs.add(consumer);
    call("follow", Json.object());
    return () -> logs.remove(consumer);
  }

  @Override
  public Stats stats() {
    var last = stats;
    return last != null ? last : Json.as(call("stats", Json.object()), Stats.class);
  }

  @Override
  public void close() {
    closed = true;
    var last = socket;
    if (last != null) {
      last.close();
    }
    failOpen();
  }

  /** One subscription serves all: from the earliest that any of them has seen. */
  private void resume() {
    var earliest = events.stream().mapToLong(Subscriber::seen).min();
    if (earliest.isEmpty()) {
      return;
    }
    try {
      resume(earliest.getAsLong());
    } catch (HiveException e) {
      if (!e.is(ErrorCode.GONE)) {
        throw e;
      }
      long newest = call("stats", Json.object()).path("seq").asLong();
      resume(newest);
      missed(newest);
    }
  }

  private void resume(long after) {
    var params = Json.object().<ObjectNode>set("topics", Json.tree(Topic.all()));
    call("subscribe", params.put("after", after));
  }

  private void missed(long newest) {
    var gap =
        new Event(
            newest,
            clock.instant(),
            null,
            PlanEvent.RELOADED,
            Topic.WORKSPACE,
            null,
            "Events were missed; everything is loaded anew.",
            null);
    events.forEach(subscriber -> subscriber.missed(newest, gap));
  }

  private JsonNode call(String method, JsonNode params) {
    return call(method, params, ANSWER);
  }

  private JsonNode call(String method, JsonNode params, Duration patience) {
    var id = ids.incrementAndGet();
    var answer = new CompletableFuture<JsonNode>();
    open.put(id, answer);
    try {
      var request = Json.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
      request.set("params", params);
      var line = socket;
      if (closed || line == null || !line.isOpen()) {
        throw cutOff();
      }
      line.send(Json.write(request));
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (org.java_websocket.exceptions.WebsocketNotConnectedException e) {
      throw cutOff();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof HiveException h ? h : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new HiveException(
          ErrorCode.NO_ANSWER,
          "The engine did not answer \"" + method + "\" within " + patience.toSeconds() + " s.",
          "Try again; look at the engine's log if it stays silent.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HiveException(
          ErrorCode.INTERRUPTED, "Interrupted while waiting for the engine.", "Try again.");
    } finally {
      open.remove(id);
    }
  }

  private static HiveException cutOff() {
    return new HiveException(
        ErrorCode.DISCONNECTED,
        "The connection to the engine is lost; nothing was sent.",
        "Wait until it is live again, or start the engine with \"hivedeck serve\".");
  }

  private void failOpen() {
    open.values().forEach(f -> f.completeExceptionally(cutOff()));
  }

  private void dial() {
    var target = endpoint.get();
    var line = new Socket(target.feed());
    try {
      if (!line.connectBlocking(HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new HiveException(
            ErrorCode.NO_ENGINE,
            "No engine answers at " + target.feed() + ".",
            "Start one with \"hivedeck serve\", or open the workspace again.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HiveException(ErrorCode.INTERRUPTED, "Interrupted while connecting.", "Try again.");
    }
    socket = line;
    var hello =
        Json.object()
            .put("token", target.token())
            .put("protocol", PROTOCOL)
            .put("client", name)
            .put("shows", shows);
    try {
      call("hello", hello, HANDSHAKE);
      say(Connection.State.LIVE, null);
    } catch (HiveException e) {
      line.retired = true;
      line.close();
      throw e;
    }
  }

  private void redial() {
    say(Connection.State.RECONNECTING, cutOff().fault());
    var pause = FIRST_PAUSE;
    while (!closed) {
      try {
        if (now.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          now.drainPermits();
        }
        dial();
        synchronized (this) {
          if (!events.isEmpty()) {
            resume();
          }
        }
        if (!logs.isEmpty()) {
          call("follow", Json.object());
        }
        dialing.set(false);
        if (socket.isOpen() || !dialing.compareAndSet(false, true)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        if (e instanceof HiveException h && HOPELESS.stream().anyMatch(h::is)) {
          dialing.set(false);
          say(Connection.State.FAILED, h.fault());
          return;
        }
        LOG.debug("Not connected yet: {}", e.getMessage());
        var longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
      }
    }
  }

  private void say(Connection.State state, HiveException.Fault fault) {
    connection = new Connection(state, clock.instant(), fault);
    watchers.forEach(w -> w.accept(connection));
  }

  private void receive(String text) {
    if (SnapshotPage.begins(text)) { // read beside, while the next one comes
      pages.add(CompletableFuture.supplyAsync(() -> SnapshotPage.read(text)));
      return;
    }
    var message = Json.read(text, JsonNode.class);
    if (message.has("method")) {
      notice(message.get("method").asText(), message.path("params"));
    } else {
      var answer = open.remove(message.path("id").asLong());
      if (answer == null) {
        return; // nobody waits for it any more
      }
      if (message.has("error")) {
        answer.completeExceptionally(new HiveException(fault(message.get("error"))));
      } else {
        answer.complete(message.path("result"));
      }
    }
  }

  private static HiveException.Fault fault(JsonNode error) {
    var data = error.path("data");
    return new HiveException.Fault(
        data.path("code").asText("error"),
        data.path("message").asText(error.path("message").asText("The engine refused.")),
        data.path("hint").asText(""));
  }

  private void notice(String method, JsonNode params) {
    switch (method) {
      case "events" -> deliver(params.path("events"));
      case "snapshot" -> pages.add(CompletableFuture.completedFuture(SnapshotPage.of(params)));
      case "log" -> {
        var page = Json.as(params, Query.LogPage.class);
        logs.forEach(c -> c.accept(page));
      }
      case "gap" -> Thread.ofVirtual().name("feed-gap").start(() -> fetch(params));
      case "stats" -> stats = Json.as(params, Stats.class);
      default -> LOG.debug("Unknown notification {}", method);
    }
  }

  /** Lines that the engine could not send in time are asked for by range. */
  private void fetch(JsonNode gap) {
    var attempt = gap.path("attempt").asText();
    var from = gap.path("from").asLong();
    var to = gap.path("to").asLong();
    try {
      while (from < to) {
        var page =
            Json.as(
                query(new Query.Log(attempt, from, (int) Math.min(1_000, to - from))),
                Query.LogPage.class);
        if (page.lines().isEmpty()) {
          return;
        }
        logs.forEach(c -> c.accept(page));
        from = page.from() + page.lines().size();
      }
    } catch (HiveException e) {
      LOG.debug("Lines of {} were not fetched: {}", attempt, e.getMessage());
    }
  }

  private void deliver(JsonNode array) {
    var news = new ArrayList<Event>(array.size());
    array.forEach(node -> news.add(Json.as(node, Event.class)));
    events.forEach(subscriber -> subscriber.hear(news));
  }

  /** One connection; a new one is made for each try, as the library asks. */
  private final class Socket extends WebSocketClient {
    private volatile boolean retired;
    private volatile boolean opened;

    Socket(URI address) {
      super(address);
      setDaemon(true);
      setConnectionLostTimeout(20);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
      opened = true;
    }

    @Override
    public void onMessage(String message) {
      try {
        receive(message);
      } catch (RuntimeException e) {
        LOG.warn("A message of the engine could not be read", e);
      }
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      failOpen();
      if (opened && !retired && !closed && dialing.compareAndSet(false, true)) {
        Thread.ofVirtual().name("feed-redial").start(FeedClient.this::redial);
      }
    }

    @Override
    public void onError(Exception problem) {
      LOG.debug("Feed: {}", problem.toString());
    }
  }
}
