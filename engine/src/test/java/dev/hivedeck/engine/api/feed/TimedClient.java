package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.protocol.Json;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;

/** A client of a measurement: it notes how long after its telling it heard of each event. */
final class TimedClient extends WebSocketClient {
  private static final String NUMBER = "\"seq\":";
  private final AtomicLongArray told;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final String token;
  private long[] waits = new long[1 << 12];
  private int count;
  private volatile long heard;
  private volatile boolean noting;

  /**
   * @param told when each event was told, by its number
   * @param token null for a server that wants no hello
   */
  TimedClient(String feed, String token, AtomicLongArray told) {
    super(URI.create(feed));
    this.token = token;
    this.told = told;
    setTcpNoDelay(true);
    setConnectionLostTimeout(0);
  }

  TimedClient listen() throws InterruptedException {
    if (!connectBlocking(10, TimeUnit.SECONDS)) {
      throw new AssertionError("no connection");
    }
    if (token == null) {
      ready.countDown();
    } else {
      var hello = Json.object().put("jsonrpc", "2.0").put("id", 1).put("method", "hello");
      hello.putObject("params").put("token", token);
      send(hello.toString());
      send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"subscribe\",\"params\":{}}");
    }
    if (!ready.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("no subscription");
    }
    return this;
  }

  long heard() {
    return heard;
  }

  /** Begins to note anew. */
  synchronized void begin() {
    count = 0;
    noting = true;
  }

  synchronized long[] end() {
    noting = false;
    return Arrays.copyOf(waits, count);
  }

  @Override
  public void onMessage(String text) {
    long now = System.nanoTime();
    if (text.startsWith("{\"jsonrpc\":\"2.0\",\"method\":\"events\"")) {
      note(text, now);
    } else if (text.contains("\"id\":2")) {
      ready.countDown();
    }
  }

  private synchronized void note(String text, long now) {
    long last = heard;
    for (int i = text.indexOf(NUMBER); i >= 0; i = text.indexOf(NUMBER, i + NUMBER.length())) {
      long seq = 0;
      for (int j = i + NUMBER.length(); Character.isDigit(text.charAt(j)); j++) {
        seq = seq * 10 + text.charAt(j) - '0';
      }
      long at = told.get((int) (seq % told.length()));
      if (noting && at > 0) {
        if (count == waits.length) {
          waits = Arrays.copyOf(waits, 2 * count);
        }
        waits[count++] = now - at;
      }
      last = Math.max(last, seq);
    }
    heard = last;
  }

  @Override
  public void onOpen(ServerHandshake handshake) {}

  @Override
  public void onClose(int code, String reason, boolean remote) {}

  @Override
  public void onError(Exception e) {}

  /** The waits of all, sorted. */
  static long[] waits(List<TimedClient> ears) {
    var all = ears.stream().flatMapToLong(e -> Arrays.stream(e.end())).sorted().toArray();
    if (all.length == 0) {
      throw new AssertionError("nothing was heard");
    }
    return all;
  }

  static double millis(long[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * share))] / 1e6;
  }

  static String spread(long[] sorted) {
    return "%.1f / %.1f".formatted(millis(sorted, 0.5), millis(sorted, 0.99));
  }
}
