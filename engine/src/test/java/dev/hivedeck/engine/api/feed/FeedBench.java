package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.api.IdleEngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.time.SystemTimers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Events to many clients, one of which never reads. Beside the feed, in the same minute, a bare
 * server of the same library that sends each text to all at once, without asking who can follow:
 * the least that any program could do. Clients run in this process too, so only ratios say
 * something.
 */
@Tag("bench")
class FeedBench {
  private static final long MILLIS = Long.getLong("hivedeck.millis", 800);
  private static final int ROUNDS = 5;
  private static final int BATCH = 20;

  /** So far ahead of the slowest client the teller may be; less than makes events collapse. */
  private static final int AHEAD = 1_000;

  @TempDir Path folder;
  private final AtomicLongArray told = new AtomicLongArray(1 << 20);
  private long seq;

  /** Tells its clients of events. */
  private interface Teller extends AutoCloseable {
    String address();

    /** Null when it asks for none. */
    String token();

    void tell(List<Event> events);

    /** How many would hear. */
    int listeners();

    /** Called now and then while there are clients that have not heard all. */
    default void nudge() {}

    @Override
    void close();
  }

  @Test
  void eventsToManyClients() throws Exception {
    System.out.println(
        "clients  feed events/s     bare  ratio | at 500/s, ms p50 / p99: feed       bare"
            + "       | real engine at 200 commits/s");
    measure(10, 1, 500); // warm
    for (int clients : new int[] {1, 10, 50}) {
      System.out.println(measure(clients, ROUNDS, MILLIS));
    }
  }

  private String measure(int clients, int rounds, long millis) throws Exception {
    var rates = new double[2][rounds];
    var waits = new long[2][rounds][];
    var heard = new long[rounds][];
    try (Teller feed = new Feed();
        Teller bare = new Bare();
        var first = new RawFeedConnection(feed.address());
        var second = new RawFeedConnection(bare.address());
        var engine = new FeedClients(Files.createTempDirectory(folder, "engine"), clients);
        var third = new RawFeedConnection(engine.feed())) {
      stall(first, feed.token());
      stall(second, bare.token());
      stall(third, engine.token());
      var tellers = List.of(feed, bare);
      var ears = List.of(ears(feed, clients), ears(bare, clients));
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < 2; i++) {
          rates[i][round] = rate(tellers.get(i), ears.get(i), millis);
          waits[i][round] = waits(tellers.get(i), ears.get(i), millis);
        }
        heard[round] = engine.waits(200, millis);
      }
      ears.forEach(some -> some.forEach(TimedClient::close));
    }
    return "%7d  %13.0f %8.0f  %.2f  | %26s   %12s | %s"
        .formatted(
            clients,
            median(rates[0]),
            median(rates[1]),
            median(rates[0]) / median(rates[1]),
            quietest(waits[0]),
            quietest(waits[1]),
            quietest(heard));
  }

  private static double median(double[] values) {
    return Arrays.stream(values).sorted().toArray()[values.length / 2];
  }

  /** Of the round in which the machine disturbed least. */
  private static String quietest(long[][] rounds) {
    return Arrays.stream(rounds)
        .min(Comparator.comparingDouble(waits -> TimedClient.millis(waits, 0.99)))
        .map(TimedClient::spread)
        .orElseThrow();
  }

  private static void stall(RawFeedConnection line, String token) throws Exception {
    line.open();
    if (token != null) {
      line.hello(token).ask(2, "subscribe", "{}");
    }
  }

  private List<TimedClient> ears(Teller teller, int count) throws Exception {
    var ears = new ArrayList<TimedClient>();
    for (int i = 0; i < count; i++) {
      ears.add(new TimedClient(teller.address(), teller.token(), told).listen());
    }
    while (teller.listeners() <= count) {
      LockSupport.parkNanos(50_000);
    }
    return ears;
  }

  /** Events a second, heard by all clients together. */
  private double rate(Teller teller, List<TimedClient> ears, long millis) {
    long first = seq;
    long began = System.nanoTime();
    long end = began + millis * 1_000_000;
    while (System.nanoTime() < end) {
      teller.tell(next(BATCH));
      await(teller, ears, seq - AHEAD);
    }
    await(teller, ears, seq);
    return (seq - first) * (double) ears.size() * 1e9 / (System.nanoTime() - began);
  }

  private static void await(Teller teller, List<TimedClient> ears, long wanted) {
    for (int i = 1; slowest(ears) < wanted; i++) {
      LockSupport.parkNanos(50_000);
      if (i % 100 == 0) {
        teller.nudge();
      }
      if (i > 200_000) {
        throw new AssertionError("never heard of " + wanted);
      }
    }
  }

  private static long slowest(List<TimedClient> ears) {
    return ears.stream().mapToLong(TimedClient::heard).min().orElseThrow();
  }

  private long[] waits(Teller teller, List<TimedClient> ears, long millis) {
    ears.forEach(TimedClient::begin);
    long due = System.nanoTime();
    for (int i = 0; i < millis / 2; i++) {
      due += 2_000_000;
      LockSupport.parkNanos(due - System.nanoTime());
      teller.tell(next(1));
    }
    await(teller, ears, seq);
    return TimedClient.waits(ears);
  }

  private List<Event> next(int count) {
    var events = new ArrayList<Event>(count);
    for (int i = 0; i < count; i++) {
      events.add(event(++seq));
      told.set((int) (seq % told.length()), System.nanoTime());
    }
    return events;
  }

  private static Event event(long seq) {
    String id = "T-" + seq % 1_000;
    var now = Instant.ofEpochMilli(seq);
    return Event.of(
        seq,
        now,
        "c-" + seq,
        "task.started",
        Topic.TASK,
        id,
        id + " started by worker-7",
        Json.tree(
            new TaskViews.Task(
                id,
                "Let the storefront show what is in stock",
                TaskViews.TaskState.RUNNING,
                null,
                25,
                5,
                "feature",
                "worker-7",
                List.of("java", "sql"),
                "worker-7",
                List.of("T-1", "T-2"),
                List.of("R-1"),
                1,
                id + ".1",
                null,
                null,
                false,
                null,
                now,
                (int) (seq % 1_000))));
  }

  /** The feed, before a door that does nothing but tell. */
  private static final class Feed extends IdleEngineApi implements Teller {
    private final List<Consumer<List<Event>>> consumers = new CopyOnWriteArrayList<>();
    private final SystemTimers timers = new SystemTimers();
    private final FeedServer server = feed(timers);

    @Override
    public String address() {
      return server.address();
    }

    @Override
    public String token() {
      return "any";
    }

    @Override
    public void tell(List<Event> events) {
      consumers.forEach(c -> c.accept(events));
    }

    @Override
    public int listeners() {
      return consumers.size();
    }

    @Override
    public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
      consumers.add(consumer);
      return () -> consumers.remove(consumer);
    }

    @Override
    public void close() {
      server.close();
      timers.close();
    }
  }

  /** The library alone. */
  private static final class Bare extends WebSocketServer implements Teller {
    private final CompletableFuture<Void> started = new CompletableFuture<>();

    Bare() {
      super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
      setTcpNoDelay(true);
      setDaemon(true);
      start();
      started.join();
    }

    @Override
    public String address() {
      return "ws://127.0.0.1:" + getPort();
    }

    @Override
    public String token() {
      return null;
    }

    @Override
    public void tell(List<Event> events) {
      var message = Json.object().put("jsonrpc", "2.0").put("method", "events");
      message.putObject("params").set("events", Json.tree(events));
      broadcast(Json.write(message));
    }

    @Override
    public int listeners() {
      return getConnections().size();
    }

    /** The library may leave the last text lying; without this the bench would wait for ever. */
    @Override
    public void nudge() {
      getConnections().forEach(this::onWriteDemand);
    }

    @Override
    public void close() {
      try {
        stop(1_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void onStart() {
      started.complete(null);
    }

    @Override
    public void onOpen(WebSocket socket, ClientHandshake handshake) {}

    @Override
    public void onMessage(WebSocket socket, String text) {}

    @Override
    public void onClose(WebSocket socket, int code, String reason, boolean remote) {}

    @Override
    public void onError(WebSocket socket, Exception e) {}
  }
}
