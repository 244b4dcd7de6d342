package dev.hivedeck.engine.api.feed;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;

/** One who means the feed ill, as a program of its own: {@code kind address token millis}. */
final class HostileFeedClient {
  private static final String ALL = "{\"query\":{\"type\":\"events\",\"after\":0,\"limit\":5000}}";

  /** So much of everything at most, however long it may run. */
  private static final int MOST = 10_000;

  enum Kind {
    STALLED("asks for much, reads nothing"),
    GREEDY("100 large questions at any time"),
    FLOOD("questions without waiting"),
    GARBAGE("text and bytes of chance"),
    LARGE("frames of 100 MB, endless pieces"),
    PINGS("pings, reads no pongs"),
    SLOW("500 handshakes without an end"),
    TOKENS("10,000 wrong tokens");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private final String address;
  private final String token;
  private final long end;
  private final Random random = new Random(1);
  private final List<RawFeedConnection> held = new ArrayList<>();

  private HostileFeedClient(String address, String token, long end) {
    this.address = address;
    this.token = token;
    this.end = end;
  }

  public static void main(String[] args) throws Exception {
    var foe =
        new HostileFeedClient(
            args[1], args[2], System.nanoTime() + Long.parseLong(args[3]) * 1_000_000);
    System.out.println("begun");
    foe.act(Kind.valueOf(args[0]));
    while (foe.on()) {
      Thread.sleep(50); // What it holds, it holds to the end.
    }
    System.exit(0);
  }

  private boolean on() {
    return System.nanoTime() < end;
  }

  private void act(Kind kind) throws Exception {
    switch (kind) {
      case STALLED -> stalled();
      case GREEDY -> greedy();
      case SLOW -> slow();
      case FLOOD -> again(this::flood);
      case GARBAGE -> again(this::garbage);
      case LARGE -> again(this::large);
      case PINGS -> again(this::pings);
      case TOKENS -> again(this::wrongToken);
    }
  }

  private interface Attack {
    void run(int number) throws IOException;
  }

  /** Each time on a new line, since it will have been cut. */
  private void again(Attack attack) {
    for (int i = 0; i < MOST && on(); i++) {
      try {
        attack.run(i);
      } catch (SocketTimeoutException | SocketException e) {
        // Cut: what it wanted to provoke.
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void stalled() throws IOException {
    var line = new RawFeedConnection(address).open().hello(token);
    held.add(line);
    line.ask(2, "subscribe", "{}").ask(3, "follow", "{}");
    for (int i = 0; i < 100; i++) {
      line.ask(10 + i, "query", ALL);
    }
  }

  private void greedy() throws InterruptedException {
    var client =
        new WebSocketClient(URI.create(address)) {
          @Override
          public void onOpen(ServerHandshake handshake) {
            send(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{\"token\":\""
                    + token
                    + "\"}}");
            for (int i = 0; i < 100; i++) {
              more();
            }
          }

          private void more() {
            send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"query\",\"params\":" + ALL + "}");
          }

          @Override
          public void onMessage(String text) {
            if (text.contains("\"id\":2,")) {
              more();
            }
          }

          @Override
          public void onClose(int code, String reason, boolean remote) {}

          @Override
          public void onError(Exception e) {}
        };
    client.connect();
  }

  private void flood(int number) throws IOException {
    try (var line = new RawFeedConnection(address).open().hello(token)) {
      while (on()) {
        line.ask(2, "query", ALL);
      }
    }
  }

  private void garbage(int number) throws IOException {
    var bytes = new byte[4_000];
    try (var line = new RawFeedConnection(address).open()) {
      if (number % 4 > 0) {
        line.hello(token);
      }
      while (on()) {
        random.nextBytes(bytes);
        switch (number % 4) {
          case 0, 1 ->
              line.frame(
                  RawFeedConnection.TEXT,
                  true,
                  new String(bytes, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8));
          case 2 -> line.frame(RawFeedConnection.BINARY, true, bytes);
          default -> line.bytes(bytes);
        }
      }
    }
  }

  private void large(int number) throws IOException {
    var piece = new byte[1 << 20];
    try (var line = new RawFeedConnection(address).open()) {
      switch (number % 3) {
        case 0 ->
            line.hello(token).announce(RawFeedConnection.TEXT, 100_000_000).patience(1_000).drain();
        case 1 -> line.announce(RawFeedConnection.TEXT, 4_000_000).patience(1_000).drain();
        default -> {
          line.hello(token).frame(RawFeedConnection.TEXT, false, piece);
          while (on()) {
            line.frame(RawFeedConnection.CONTINUATION, false, piece);
          }
        }
      }
    }
  }

  private void pings(int number) throws IOException {
    try (var line = new RawFeedConnection(address).open().hello(token)) {
      while (on()) {
        line.frame(RawFeedConnection.PING, true, new byte[100]);
      }
    }
  }

  private void slow() throws Exception {
    while (on()) {
      if (held.size() < 500) {
        held.add(new RawFeedConnection(address).bytes("GET / HTTP/1.1\r\n"));
      } else {
        Thread.sleep(20);
        int one = random.nextInt(held.size());
        try {
          held.get(one).bytes("a");
        } catch (SocketException e) {
          held.remove(one).close();
        }
      }
    }
  }

  private void wrongToken(int number) throws IOException {
    // It does not wait to be told: that would hold it up.
    new RawFeedConnection(address).open().hello("guess-" + number).close();
  }
}
