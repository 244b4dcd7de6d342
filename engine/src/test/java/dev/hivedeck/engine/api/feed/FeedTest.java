package dev.hivedeck.engine.api.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.api.IdleEngineApi;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine's endpoints, as programs on this machine find them. */
class FeedTest {
  @TempDir Path folder;
  private TestRepository sandbox;
  private Engine engine;
  private final List<Peer> peers = new ArrayList<>();

  @BeforeEach
  void open() {
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\nagents:\n  worker: { driver: command, run: 'true', owns: ['**'] }\n");
    engine = sandbox.open(10, true);
  }

  @AfterEach
  void close() {
    peers.forEach(WebSocketClient::close);
    engine.close();
  }

  // ── the feed ────────────────────────────────────────────────────────────────────────────────

  @Test
  void aWrongTokenOpensNothing() throws Exception {
    var peer = connect(Map.of());
    peer.ask("hello", Json.object().put("token", "guess"));
    assertThat(peer.message().at("/error/data/code").asText()).isEqualTo("unauthorized");
    assertThat(peer.closed.get(60, TimeUnit.SECONDS)).isEqualTo(4401);
  }

  @Test
  void withoutHelloNothingIsAnswered() throws Exception {
    var peer = connect(Map.of());
    peer.ask("stats", Json.object());
    assertThat(peer.message().at("/error/data/code").asText()).isEqualTo("unauthorized");
    assertThat(peer.closed.get(60, TimeUnit.SECONDS)).isEqualTo(4401);
  }

  @Test
  void aForeignPageIsTurnedAwayAndOneOfThisMachineIsNot() throws Exception {
    var foreign = new Peer(Map.of("Origin", "https://evil.example"));
    foreign.connect();
    assertThat(foreign.closed.get(60, TimeUnit.SECONDS)).isNotNull();
    assertThat(foreign.opened.isDone()).isFalse();
    hello(connect(Map.of("Origin", "http://localhost:3000")));
    // A page whose name was made to point here.
    assertThat(new Peer(Map.of("Host", "evil.example")).connectBlocking()).isFalse();
  }

  @Test
  void aPortInUseIsNamed() {
    int port = URI.create(engine.endpoint().feed()).getPort();
    var other = new TestRepository(folder.resolve("other"));
    assertThatThrownBy(
            () ->
                Engine.open(
                    new EngineOptions(
                        other.repository,
                        other.home,
                        1,
                        true,
                        port,
                        0,
                        new SystemTimers(),
                        () -> UUID.randomUUID().toString(),
                        new Random(1))))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("port-in-use");
              assertThat(e.getMessage()).contains(Integer.toString(port));
              assertThat(e.hint()).contains("--feed-port");
            });
    other.open(1, false).close(); // Nothing of the failed start is left behind.
  }

  @Test
  void whoDoesNotWaitForTheAnswerToHelloIsHeard() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (var line = stalled()) {
        line.patience(20_000).await("\"id\":2,\"result\"");
      }
    }
  }

  /** One answer to one question, whatever becomes of it. */
  @Test
  void aSubscriptionThatCannotBeHadIsAnsweredOnce() throws Exception {
    var peer = hello(connect(Map.of()));
    peer.ask("subscribe", Json.object().put("after", 999_999));
    assertThat(peer.message().at("/error/data/code").asText()).isEqualTo("gone");
    peer.ask("subscribe", Json.object().put("after", "x"));
    assertThat(peer.message().at("/error/data/code").asText()).isEqualTo("bad-number");
    peer.ask("subscribe", Json.object().put("after", 0));
    assertThat(peer.message().at("/result/seq").asLong()).isZero();
  }

  @Test
  void whoComesBackMissesNothingAndHearsNothingTwice() throws Exception {
    var first = hello(connect(Map.of()));
    first.ask("subscribe", Json.object());
    long seq = first.result().get("seq").asLong();
    add("T-1");
    var seen = new ArrayList<>(first.seqs("T-1"));
    first.closeBlocking();
    add("T-2");
    var second = hello(connect(Map.of()));
    second.ask("subscribe", Json.object().put("after", seen.getLast()));
    add("T-3");
    seen.addAll(second.seqs("T-3"));
    assertThat(seen)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(seq + 1, seq + seen.size()).boxed().toList());
  }

  @Test
  void badRequestsAreExplainedAndTheLineStays() throws Exception {
    var peer = hello(connect(Map.of()));
    peer.send("{nonsense");
    assertThat(peer.message().at("/error/code").asInt()).isEqualTo(-32700);
    peer.send("{\"id\":7}");
    assertThat(peer.message().at("/error/code").asInt()).isEqualTo(-32600);
    peer.ask("dance", Json.object());
    assertThat(peer.message().at("/error/code").asInt()).isEqualTo(-32601);
    var command = Json.object();
    command.putObject("command").put("type", "task.cancel").put("id", "T-404");
    peer.ask("execute", command);
    assertThat(peer.message().at("/error/data/code").asText()).isEqualTo("no-task");
    var unknown = Json.object();
    unknown.putObject("command").put("type", "task.dance");
    peer.ask("execute", unknown);
    assertThat(peer.message().at("/error/data/message").asText()).isNotEmpty();
    peer.ask("stats", Json.object());
    assertThat(peer.result().has("seq")).isTrue();
  }

  @Test
  void aFrameThatIsTooLargeEndsItsOwnLineOnly() throws Exception {
    var large = hello(connect(Map.of()));
    var other = hello(connect(Map.of()));
    try {
      large.send("x".repeat(5 << 20));
    } catch (RuntimeException e) {
      // The line may be cut while it still sends.
    }
    assertThat(large.closed.get(60, TimeUnit.SECONDS)).isNotNull();
    other.ask("stats", Json.object());
    assertThat(other.result().has("seq")).isTrue();
  }

  @Test
  void whoNeverReadsSlowsNobody() throws Exception {
    try (var stalled = stalled()) {
      var peer = hello(connect(Map.of()));
      peer.ask("subscribe", Json.object());
      peer.result();
      for (int i = 1; i <= 200; i++) {
        engine.execute(
            new Command.AddTask(
                "L-" + i,
                "Large " + i,
                "x".repeat(20_000),
                null,
                List.of(),
                List.of(),
                List.of(),
                null,
                null),
            null);
      }
      assertThat(peer.seqs("L-200")).isNotEmpty();
      stalled.ask(3, "stats", "{}"); // It is still there.
    }
  }

  @Test
  void whoFloodsHarmsNobody() throws Exception {
    var peer = hello(connect(Map.of()));
    try {
      for (int i = 0; i < 200_000 && !peer.closed.isDone(); i++) {
        peer.send(
            "{\"jsonrpc\":\"2.0\",\"id\":"
                + i
                + ",\"method\":\"query\",\"params\":"
                + "{\"query\":{\"type\":\"events\",\"after\":0,\"limit\":5000}}}");
      }
    } catch (WebsocketNotConnectedException e) {
      // Cut, while it said more.
    }
    assertThat(peer.closed.get(60, TimeUnit.SECONDS)).as("who floods is cut").isNotNull();
    hello(connect(Map.of()));
  }

  // ── foes ────────────────────────────────────────────────────────────────────────────────────

  @Test
  void nothingThatIsSentStaysLying() throws Exception {
    var listeners = new CopyOnWriteArrayList<Consumer<List<Event>>>();
    var door =
        new IdleEngineApi() {
          @Override
          public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
            listeners.add(consumer);
            return () -> listeners.remove(consumer);
          }
        };
    var lines = new ArrayList<RawFeedConnection>();
    try (var timers = new SystemTimers();
        var feed = door.feed(timers)) {
      for (int i = 0; i < 4; i++) {
        lines.add(new RawFeedConnection(feed.address()).open().hello("any").patience(20_000));
        lines.getLast().await("protocol").ask(2, "subscribe", "{}").await("\"id\":2");
      }
      TestRepository.await("all listen", engine, () -> listeners.size() == lines.size());
      // The library forgets a text now and then, when it is busy with another line just then.
      for (int i = 1; i <= 30_000; i++) {
        var event =
            Event.of(i, Instant.EPOCH, null, "t", Topic.TASK, "T-1", "No. " + i + ".", null);
        listeners.forEach(listener -> listener.accept(List.of(event)));
        if (i % 30 == 0) {
          for (var line : lines) {
            line.await("No. " + i + ".");
          }
        }
      }
    } finally {
      for (var line : lines) {
        line.close();
      }
    }
  }

  @Test
  void moreLinesThanItHoldsMakeRoomForTheNext() throws Exception {
    var lines = new ArrayList<RawFeedConnection>();
    try {
      for (int i = 0; i < 300; i++) {
        var line = new RawFeedConnection(engine.endpoint().feed());
        lines.add(i % 2 == 0 ? line.bytes("GET / HTTP/1.1\r\n") : line.open());
      }
      assertThat(lines.getFirst().isCut()).as("the eldest is cut").isTrue();
      hello(connect(Map.of()));
    } finally {
      for (var line : lines) {
        line.close();
      }
    }
  }

  @Test
  void clientsBeyondTheMostAreToldSoAndRoomIsFreeAgain() throws Exception {
    var lines = new ArrayList<RawFeedConnection>();
    try {
      for (int i = 0; i < 128; i++) {
        lines.add(
            new RawFeedConnection(engine.endpoint().feed())
                .open()
                .hello(engine.endpoint().token())
                .await("protocol"));
      }
      var late = connect(Map.of());
      late.ask("hello", Json.object().put("token", engine.endpoint().token()));
      assertThat(late.message().at("/error/data/code").asText()).isEqualTo("too-many-clients");
      assertThat(late.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1013);
      lines.removeFirst().close();
      TestRepository.await(
          "room again",
          engine,
          () -> {
            try {
              var next = connect(Map.of());
              next.ask("hello", Json.object().put("token", engine.endpoint().token()));
              return next.message().has("result");
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
    } finally {
      for (var line : lines) {
        line.close();
      }
    }
  }

  @Test
  void whoNeverSaysHelloIsCut() throws Exception {
    var time = new VirtualTime();
    try (var feed = new IdleEngineApi().feed(time);
        var slow = new RawFeedConnection(feed.address()).bytes("GET / HTTP/1.1\r\nHost: ");
        var silent = new RawFeedConnection(feed.address()).open().await("101")) {
      time.advance(Duration.ofSeconds(11));
      time.advance(Duration.ofSeconds(2));
      assertThat(slow.isCut()).isTrue();
      assertThat(silent.isCut()).isTrue();
    }
  }

  @Test
  void aStrangerIsHeardOnceAndGivenNoRoom() throws Exception {
    var words =
        List.<Words>of(
            line -> line.frame(RawFeedConnection.TEXT, true, "{nonsense".getBytes()),
            line -> line.frame(RawFeedConnection.TEXT, true, "{\"id\":1}".getBytes()),
            line -> line.announce(RawFeedConnection.TEXT, 4_000_000),
            line -> line.announce(RawFeedConnection.TEXT, 100_000_000),
            line -> line.announce(RawFeedConnection.TEXT, Long.MIN_VALUE));
    for (var word : words) {
      try (var line = new RawFeedConnection(engine.endpoint().feed()).open()) {
        word.say(line);
        assertThat(line.isCut()).isTrue();
      }
    }
    try (var line = new RawFeedConnection(engine.endpoint().feed())) {
      line.bytes("GET / HTTP/1.1\r\nX: " + "a".repeat(9_000));
      assertThat(line.isCut()).isTrue();
    }
    hello(connect(Map.of()));
  }

  @Test
  void whatIsNoMessageEndsItsOwnLineOnly() throws Exception {
    var piece = new byte[1 << 20];
    var words =
        List.<Words>of(
            line -> line.frame(RawFeedConnection.BINARY, true, new byte[100]),
            line -> line.frame(7, true, new byte[100]),
            line -> line.frame(RawFeedConnection.TEXT, true, new byte[] {(byte) 0xff, (byte) 0xfe}),
            line -> {
              for (int i = 0; i < 20_000; i++) {
                line.frame(RawFeedConnection.PING, true, new byte[100]);
              }
            },
            line -> {
              line.frame(RawFeedConnection.TEXT, false, piece);
              for (int i = 0; i < 64; i++) {
                line.frame(RawFeedConnection.CONTINUATION, false, piece);
              }
            },
            line -> {
              line.frame(RawFeedConnection.TEXT, false, new byte[0]);
              for (int i = 0; i < 2_000; i++) {
                line.frame(RawFeedConnection.CONTINUATION, false, new byte[0]);
              }
            },
            line -> {
              for (int i = 0; i < 200; i++) {
                line.frame(RawFeedConnection.TEXT, true, "{nonsense".getBytes());
              }
            });
    for (var word : words) {
      try (var line = known()) {
        try {
          word.say(line);
        } catch (SocketException e) {
          // Cut while it still spoke.
        }
        assertThat(line.isCut()).isTrue();
      }
    }
    hello(connect(Map.of()));
  }

  @Test
  void whoTakesNoAnswersIsMadeNoMore() throws Exception {
    var made = new AtomicInteger();
    var door =
        new IdleEngineApi() {
          @Override
          public JsonNode query(Query query) {
            if (query instanceof Query.Export) {
              made.incrementAndGet();
              return Json.object().put("yaml", "x".repeat(4 << 20));
            }
            return Json.object();
          }
        };
    try (var timers = new SystemTimers();
        var feed = door.feed(timers);
        var stalled = new RawFeedConnection(feed.address()).open().hello("any").await("protocol");
        var other = new RawFeedConnection(feed.address()).open().hello("any").await("protocol")) {
      for (int i = 0; i < 100; i++) {
        stalled.ask(i, "query", "{\"query\":{\"type\":\"plan\"}}");
      }
      for (int i = 0; i < 100; i++) {
        other
            .ask(i, "query", "{\"query\":{\"type\":\"attempts\",\"task\":\"T-1\"}}")
            .await("\"result\"");
      }
      assertThat(made.get()).isBetween(1, 4);
    }
  }

  @Test
  void whoLeavesWhileItSubscribesLeavesNothingBehind() throws Exception {
    var asked = new CountDownLatch(1);
    var left = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    var door =
        new IdleEngineApi() {
          @Override
          public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
            asked.countDown();
            try {
              left.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return ended::countDown;
          }
        };
    try (var timers = new SystemTimers();
        var feed = door.feed(timers)) {
      var line = new RawFeedConnection(feed.address()).open().hello("any").await("protocol");
      line.ask(2, "subscribe", "{}");
      asked.await();
      line.close();
      // When a later line has been answered, the end of this one has been seen.
      new RawFeedConnection(feed.address()).open().hello("any").await("protocol").close();
      left.countDown();
      assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void linesOfLogsThatNobodyReadsBecomeAGap() throws Exception {
    var sendQueue = new SendQueue(4_096);
    for (int i = 0; i < 100; i++) {
      long from = i * 10L;
      var lines =
          LongStream.range(from, from + 10)
              .mapToObj(n -> new Query.LogLine(n, Instant.EPOCH, "out", "x".repeat(8 << 10)))
              .toList();
      sendQueue.line(new Query.LogPage("T-1.1", from, from + 10, lines));
    }
    var parcel = (SendQueue.Item.Lines) sendQueue.take();
    long held =
        parcel.pages().stream()
            .flatMap(page -> page.lines().stream())
            .mapToLong(line -> line.text().length())
            .sum();
    assertThat(held).isPositive().isLessThanOrEqualTo(1 << 20);
    assertThat(parcel.gaps().get("T-1.1")).startsWith(0).endsWith(parcel.pages().getFirst().from());
  }

  // ── the HTTP API ───────────────────────────────────────────────────────────────────────────

  @Test
  void healthIsForEverybodyTheRestForTheTokenOnly() throws Exception {
    assertThat(get("/health", null).statusCode()).isEqualTo(200);
    assertThat(json(get("/health", null)).get("status").asText()).isEqualTo("up");
    var refused = get("/v1/tasks", "guess");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(json(refused).get("hint").asText()).contains("endpoint.json");
    assertThat(get("/v1/tasks", engine.endpoint().token()).statusCode()).isEqualTo(200);
    assertThat(get("/v1/nothing", engine.endpoint().token()).statusCode()).isEqualTo(404);
    assertThat(get("/v1/tasks/T-404", engine.endpoint().token()).statusCode()).isEqualTo(404);
  }

  @Test
  void tasksAreWrittenAndSteered() throws Exception {
    var made = post("/v1/tasks", "{\"id\":\"T-9\",\"title\":\"From a script\"}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    assertThat(post("/v1/tasks/T-9/cancel", "").statusCode()).isEqualTo(200);
    assertThat(json(get("/v1/tasks/T-9", engine.endpoint().token())).get("state").asText())
        .isEqualTo("cancelled");
    var again = post("/v1/tasks/T-9/cancel", "");
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(json(again).get("hint").asText()).isNotBlank();
    assertThat(post("/v1/tasks", "{").statusCode()).isEqualTo(400);
    assertThat(post("/v1/tasks", "[]").statusCode()).isEqualTo(400);
  }

  @Test
  void aPageFromElsewhereMayNotSteer() throws Exception {
    try (var client = HttpClient.newHttpClient();
        var socket = new Socket("127.0.0.1", URI.create(engine.endpoint().api()).getPort())) {
      // The JDK's client refuses to send a foreign Origin, so this goes by hand.
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /v1/rest HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\n"
                  + "Authorization: Bearer "
                  + engine.endpoint().token()
                  + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
              .getBytes());
      out.flush();
      assertThat(new String(socket.getInputStream().readAllBytes()))
          .startsWith("HTTP/1.1 403")
          .contains("foreign-origin");
      assertThat(client).isNotNull();
    }
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  private void add(String id) {
    engine.execute(
        new Command.AddTask(id, id, null, null, List.of(), List.of(), List.of(), null, null), null);
  }

  private Peer connect(Map<String, String> headers) throws Exception {
    var peer = new Peer(headers);
    peer.connect();
    peer.opened.get(60, TimeUnit.SECONDS);
    return peer;
  }

  private Peer hello(Peer peer) throws Exception {
    peer.ask("hello", Json.object().put("token", engine.endpoint().token()));
    assertThat(peer.result().get("protocol").asInt()).isEqualTo(1);
    return peer;
  }

  /** What one says on a line. */
  private interface Words {
    void say(RawFeedConnection line) throws IOException;
  }

  private RawFeedConnection known() throws Exception {
    return new RawFeedConnection(engine.endpoint().feed())
        .open()
        .hello(engine.endpoint().token())
        .await("protocol");
  }

  /** A subscriber that reads nothing after its first words. */
  private RawFeedConnection stalled() throws Exception {
    return new RawFeedConnection(engine.endpoint().feed())
        .open()
        .hello(engine.endpoint().token())
        .ask(2, "subscribe", "{}");
  }

  private HttpResponse<String> get(String path, String token) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(engine.endpoint().api() + path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return send(request.build());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(engine.endpoint().api() + path))
            .header("Authorization", "Bearer " + engine.endpoint().token())
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.read(response.body(), JsonNode.class);
  }

  /** A client that keeps what it hears. */
  private final class Peer extends WebSocketClient {
    final CompletableFuture<Void> opened = new CompletableFuture<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    final LinkedBlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
    private int asked;

    Peer(Map<String, String> headers) {
      super(URI.create(engine.endpoint().feed()), headers);
      peers.add(this);
    }

    void ask(String method, JsonNode params) {
      var request = Json.object().put("jsonrpc", "2.0").put("id", ++asked).put("method", method);
      request.set("params", params);
      send(request.toString());
    }

    /** The next answer. */
    JsonNode message() throws InterruptedException {
      for (; ; ) {
        var next = heard.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("an answer").isNotNull();
        if (next.has("id")) {
          return next;
        }
      }
    }

    JsonNode result() throws InterruptedException {
      var answer = message();
      assertThat(answer.has("result")).as(answer.toString()).isTrue();
      return answer.get("result");
    }

    /** Numbers of all events up to the first about that thing. */
    List<Long> seqs(String id) throws InterruptedException {
      var seqs = new ArrayList<Long>();
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (System.nanoTime() < end) {
        var next = heard.poll(60, TimeUnit.SECONDS);
        if (next != null && "events".equals(next.path("method").asText())) {
          boolean there = false;
          for (var event : next.at("/params/events")) {
            seqs.add(event.get("seq").asLong());
            there |= id.equals(event.path("id").asText());
          }
          if (there) {
            return seqs;
          }
        }
      }
      throw new AssertionError("never heard of " + id);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
      opened.complete(null);
    }

    @Override
    public void onMessage(String text) {
      heard.add(Json.read(text, JsonNode.class));
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      closed.complete(code);
    }

    @Override
    public void onError(Exception e) {
      // What matters is whether the line was opened or closed.
    }
  }
}
