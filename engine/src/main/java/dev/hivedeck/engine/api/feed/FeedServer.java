package dev.hivedeck.engine.api.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.api.AttemptApi;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.OriginPolicy;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.time.Timers;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
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

/**
 * The feed: JSON-RPC 2.0 over WebSocket. The first message must be {@code hello} with the token.
 * Each client has its own bounded outbox and its own thread, so a slow one slows nobody.
 */
public final class FeedServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedServer.class);
  private static final int PROTOCOL = 1;
  private static final int LARGEST = 4 << 20;

  /** An attempt may only read; its questions are short. */
  private static final int LARGEST_OF_ATTEMPT = 64 << 10;

  private static final int QUEUE = 2_048;
  private static final int PAGE = 500;
  private static final int UNAUTHORIZED = 4401;
  private static final Duration STATS = Duration.ofSeconds(1);
  private static final Duration FRESH = Duration.ofMillis(100);

  /** How long a newcomer may take until it has said hello. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int MOST_CLIENTS = 128;

  /** Lines that have not said hello. They come and go; beyond that the eldest makes room. */
  private static final int MOST_NEWCOMERS = 64;

  /** Requests of one client that may be under way at once. */
  private static final int MOST_REQUESTS = 128;

  /** Between two looks at a socket that has not taken everything yet. */
  private static final Duration SHORTEST_NAP = Duration.ofNanos(100_000);

  private static final Duration LONGEST_NAP = Duration.ofMillis(50);

  /** Those of them that are worked at. */
  private static final int MOST_HANDS = 8;

  private static final Duration LONGEST_REST = Duration.ofSeconds(1);

  /** A question that takes longer than this no longer keeps the others waiting. */
  private static final Duration QUICK = Duration.ofSeconds(1);

  /** Longer than this nobody waits for an answer. */
  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(55);

  /** Questions of one client that take long, at once. */
  private static final int MOST_SLOW = 8;

  /** Messages of one client that are no requests. */
  private static final int MOST_MISTAKES = 100;

  private final EngineApi engine;
  private final Authenticator authenticator;
  private final String version;
  private final Timers timers;
  private final Server server;

  /**
   * Where answers are made. Not on virtual threads: those give way to nobody while they compute,
   * and what is told to the others would wait for them.
   */
  private final ExecutorService desk =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("feed-desk-", 0).factory());

  /** Room for those that compute. Who waits for something else, such as git, soon gives it up. */
  private final Semaphore seats =
      new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors() / 2));

  private final EventMessageCache messages = new EventMessageCache();
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger turnedAway = new AtomicInteger();
  private final Object figuring = new Object();
  private EngineApi.Stats figures;
  private long figuredAt;
  private volatile boolean open = true;

  private FeedServer(
      EngineApi engine, Authenticator authenticator, int port, String version, Timers timers) {
    this.engine = engine;
    this.authenticator = authenticator;
    this.version = version;
    this.timers = timers;
    this.server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
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
            // Once a second at most: who is turned away a thousand times shall not fill the log.
            int away = turnedAway.getAndSet(0);
            if (away > 0) {
              LOG.warn("turned away {} lines", away);
            }
            tick();
          }
        });
  }

  /** A moment old at most: taking them reads the store, and whoever knocks may ask for them. */
  private EngineApi.Stats figures() {
    synchronized (figuring) {
      long now = timers.clock().millis();
      if (figures == null || now - figuredAt >= FRESH.toMillis()) {
        figures = engine.stats();
        figuredAt = now;
      }
      return figures;
    }
  }

  private void sendStats() {
    try {
      String text = notification("stats", Json.tree(figures()));
      for (WebSocket socket : server.getConnections()) {
        Client client = socket.getAttachment();
        if (client != null && client.caller != null) {
          client.sendQueue.offer(text);
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
    desk.shutdownNow();
  }

  /** One connection. */
  private final class Client {
    private final FeedSocket feedSocket;
    private final SendQueue sendQueue = new SendQueue(QUEUE);

    /** Requests that nobody is at yet. */
    private final ArrayDeque<String> inbox = new ArrayDeque<>();

    /** Characters of all requests under way, and how many of them are worked at. */
    private long asked;

    private int hands;
    private final AtomicInteger mistakes = new AtomicInteger();

    /** Held while something is looked up: one answer at a time, for it may be megabytes. */
    private final Semaphore looking = new Semaphore(1);

    /** What is being looked up for longer than usual. */
    private final Set<Question<?>> slow = ConcurrentHashMap.newKeySet();

    private volatile Authenticator.Caller caller;

    /** What its token opens. */
    private volatile EngineApi opened;

    private volatile Set<Topic> topics = Set.of();
    private volatile EngineApi.Subscription events = () -> {};
    private volatile EngineApi.Subscription logs = () -> {};

    /** Whether it counts among the clients. */
    private final AtomicBoolean seated = new AtomicBoolean();

    /** Whether its first words were wrong. */
    private boolean refused;

    private volatile boolean gone;

    /** How long its last answer was in the making. */
    private volatile Duration took = Duration.ZERO;

    Client(FeedSocket feedSocket) {
      this.feedSocket = feedSocket;
      Thread.ofVirtual().name("feed-client").start(this::send);
    }

    private void send() {
      try {
        for (var item = sendQueue.take(); item != null; item = sendQueue.take()) {
          if (feedSocket.ended()) {
            return;
          }
          send(item);
          flush();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.debug("client gone: {}", e.getMessage());
        feedSocket.end(CloseFrame.GOING_AWAY, "nothing more can be sent");
      }
    }

    private void send(SendQueue.Item item) throws InterruptedException {
      switch (item) {
        case SendQueue.Item.Message(String text) -> send(List.of(text));
        case SendQueue.Item.Lines(var pages, var gaps) -> send(texts(pages, gaps));
        case SendQueue.Item.Events(var batch, int collapsed) -> {
          flush();
          feedSocket.sendText(messages.of(batch, collapsed));
        }
      }
    }

    private void send(List<String> texts) throws InterruptedException {
      for (String text : texts) {
        flush();
        feedSocket.send(text);
      }
    }

    /** Waits until the socket has taken everything. */
    private void flush() throws InterruptedException {
      Duration nap = SHORTEST_NAP;
      while (!feedSocket.ended() && feedSocket.busy()) {
        timers.sleep(nap);
        if (nap.compareTo(LONGEST_NAP) < 0) {
          nap = nap.multipliedBy(2);
        }
        if (feedSocket.hasBufferedData()) {
          // The library forgets what is put just as it finds nothing left; so it is told again.
          server.onWriteDemand(feedSocket);
        }
      }
    }

    private List<String> texts(List<Query.LogPage> pages, Map<String, long[]> gaps) {
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
      return texts;
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
      gone = true;
      unseat();
      forget();
      events.close();
      logs.close();
    }

    private void unseat() {
      if (seated.compareAndSet(true, false)) {
        clients.decrementAndGet();
      }
    }

    private void end(int code, String why) {
      turnedAway.incrementAndGet();
      gone = true;
      unseat();
      feedSocket.end(code, why);
      forget();
    }

    private void forget() {
      slow.forEach(question -> question.answer.cancel(true));
      sendQueue.close();
      synchronized (inbox) {
        inbox.clear();
      }
    }

    /** Takes a request; on the thread that decodes for many lines, hence without waiting. */
    void receive(String text) {
      if (feedSocket.ended()) {
        return; // It came together with what ended the line.
      }
      if (caller == null) {
        greet(text);
        return;
      }
      boolean room;
      boolean idle = false;
      synchronized (inbox) {
        room = open() < MOST_REQUESTS && asked + text.length() <= LARGEST;
        if (room) {
          asked += text.length();
          inbox.add(text);
          idle = hands < MOST_HANDS;
          hands += idle ? 1 : 0;
        }
      }
      if (!room) {
        end(CloseFrame.TRY_AGAIN_LATER, "too many requests at once");
      } else if (idle) {
        Thread.ofVirtual().name("feed-request").start(this::work);
      }
    }

    private void work() {
      for (String text = next(0); text != null; text = next(text.length())) {
        handle(text);
      }
    }

    /** The next request, in place of one that is done. */
    private String next(int done) {
      synchronized (inbox) {
        asked -= done;
        String text = gone ? null : inbox.poll();
        if (text == null) {
          hands--;
        }
        return text;
      }
    }

    private int open() {
      synchronized (inbox) {
        return inbox.size() + hands;
      }
    }

    /**
     * Hears the first words. Whatever they are but a good hello, they are the last: a stranger gets
     * one answer, so that it can keep nobody busy.
     */
    private void greet(String text) {
      if (refused) {
        return;
      }
      read(text)
          .ifPresentOrElse(
              request -> {
                if (request.method().equals("hello")) {
                  hello(request);
                } else {
                  refuse(
                      request.id(),
                      -32001,
                      new HiveException.Fault(
                          "unauthorized",
                          "Say hello with the token first.",
                          "It is in endpoint.json."),
                      UNAUTHORIZED);
                }
              },
              () -> cut(UNAUTHORIZED, "unauthorized"));
    }

    /** Empty when it is no request, which has then been answered. */
    private Optional<Request> read(String text) {
      JsonNode request;
      try {
        request = Json.MAPPER.readTree(text);
      } catch (JsonProcessingException e) {
        mistake(
            null, -32700, "bad-json", "Not JSON: " + e.getOriginalMessage(), "Send JSON-RPC 2.0.");
        return Optional.empty();
      }
      JsonNode id = request.get("id");
      if (id == null || !id.isValueNode() || !request.path("method").isTextual()) {
        mistake(null, -32600, "bad-request", "Not a JSON-RPC 2.0 request.", "Send id and method.");
        return Optional.empty();
      }
      return Optional.of(new Request(id, request.get("method").asText(), request.path("params")));
    }

    private void handle(String text) {
      var request = read(text);
      if (request.isEmpty()) {
        return;
      }
      JsonNode id = request.get().id();
      answering(id, () -> answer(id, request.get().method(), request.get().params()));
    }

    private interface Answering {
      void run() throws InterruptedException;
    }

    private void answering(JsonNode id, Answering work) {
      try {
        work.run();
      } catch (HiveException e) {
        error(id, -32000, e.code(), e.getMessage(), e.hint());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (CancellationException | RejectedExecutionException e) {
        LOG.debug("nobody waits for the answer any more");
      } catch (RuntimeException e) {
        LOG.error("answering a client", e);
        error(id, -32603, "engine", "The engine failed: " + e, "See its log.");
      }
    }

    private void answer(JsonNode id, String method, JsonNode params) throws InterruptedException {
      switch (method) {
        case "hello" -> look(id, this::welcome);
        case "subscribe" -> subscribe(id, params);
        case "follow" -> {
          follow();
          result(id, Json.object());
        }
        case "execute" -> {
          result(
              id,
              opened.execute(
                  RequestParser.command(params.path("command")),
                  params.path("correlation").asText(null),
                  params.path("key").asText(null)));
        }
        case "query" -> {
          var query = RequestParser.query(params.path("query"));
          look(id, () -> opened.query(query));
        }
        case "stats" -> look(id, () -> Json.tree(figures()));
        default ->
            mistake(
                id, -32601, "no-method", "There is no method " + method + ".", "See docs/feed.md.");
      }
    }

    /**
     * Looks something up. A client that does not take its answers is not made further ones, for
     * each may be megabytes. One that takes long, for git hangs perhaps, is answered whenever it is
     * done; others go past it.
     */
    private void look(JsonNode id, Supplier<JsonNode> answer) throws InterruptedException {
      looking.acquire();
      Question<String> question;
      try {
        sendQueue.awaitTaken();
        pause();
        if (gone) { // Else all that it had asked would be looked up for nobody.
          return;
        }
        question = atDesk(() -> answer(id, answer.get()));
        try {
          sendQueue.message(question.within(QUICK));
          return;
        } catch (TimeoutException e) {
          question.leave();
        }
      } finally {
        looking.release();
      }
      later(id, question);
    }

    private void later(JsonNode id, Question<String> question) {
      slow.add(question);
      if (gone || slow.size() > MOST_SLOW) {
        slow.remove(question);
        question.answer.cancel(true);
        throw new HiveException(
            "too-many-slow",
            MOST_SLOW + " questions of this client have waited for long already.",
            "Wait for their answers, then ask again.");
      }
      Thread.ofVirtual().name("feed-slow").start(() -> answerLate(id, question));
    }

    private void answerLate(JsonNode id, Question<String> question) {
      answering(
          id,
          () -> {
            try {
              sendQueue.message(question.within(LONGEST_QUESTION));
            } catch (TimeoutException e) {
              question.answer.cancel(true);
              throw new HiveException(
                  "no-answer",
                  "There was no answer within " + LONGEST_QUESTION.toSeconds() + " s.",
                  "Ask again; if it stays so, look at what hangs: hivedeck doctor.");
            } finally {
              slow.remove(question);
            }
          });
    }

    /**
     * Waits, the longer the more this client has asked for: who asks one thing after the other does
     * not feel it, who floods is cut before anything was looked up, and who always has a hundred
     * large questions open keeps the desk busy for a tenth of the time and not for all of it.
     */
    private void pause() throws InterruptedException {
      int open = open();
      Duration pause = Duration.ofMillis(open);
      if (open > MOST_HANDS) {
        var rest = took.multipliedBy(9);
        pause = pause.plus(rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST);
      }
      if (!gone) {
        timers.sleep(pause);
      }
    }

    /** Begins to make an answer, as soon as there is a seat. */
    private <T> Question<T> atDesk(Callable<T> work) throws InterruptedException {
      seats.acquire();
      var question = new Question<T>();
      try {
        question.answer =
            desk.submit(
                () -> {
                  try {
                    if (gone) {
                      throw new CancellationException();
                    }
                    long began = System.nanoTime();
                    T result = work.call();
                    took = Duration.ofNanos(System.nanoTime() - began);
                    return result;
                  } finally {
                    question.leave();
                  }
                });
      } catch (RejectedExecutionException e) {
        question.leave();
        throw e;
      }
      return question;
    }

    /** A snapshot is waited for, however long: what follows it is of no use before. */
    private <T> T whole(Callable<T> work) throws InterruptedException {
      try {
        var question = atDesk(work);
        try {
          return question.within(QUICK);
        } catch (TimeoutException e) {
          question.leave();
          return question.within(LONGEST_QUESTION);
        }
      } catch (TimeoutException e) {
        throw new HiveException(
            "no-answer",
            "There was no snapshot within " + LONGEST_QUESTION.toSeconds() + " s.",
            "Ask again; if it stays so, look at what hangs: hivedeck doctor.",
            e);
      }
    }

    /** Gives the answer a moment to leave before the line is cut. */
    private void cut(int code, String why) {
      refused = true;
      timers.after(Duration.ofMillis(50), () -> end(code, why));
    }

    private void refuse(JsonNode id, int number, HiveException.Fault fault, int code) {
      error(id, number, fault.code(), fault.message(), fault.hint());
      cut(code, fault.code());
    }

    private void hello(Request request) {
      var found = authenticator.check(request.params().path("token").asText(null));
      if (found.isEmpty()) {
        refuse(
            request.id(),
            -32001,
            new HiveException.Fault(
                "unauthorized", "This token opens nothing.", "Use the one in endpoint.json."),
            UNAUTHORIZED);
        return;
      }
      JsonNode protocol = request.params().path("protocol");
      if (protocol.asInt(PROTOCOL) != PROTOCOL) {
        refuse(
            request.id(),
            -32002,
            new HiveException.Fault(
                "protocol",
                "This engine speaks protocol " + PROTOCOL + ", not " + protocol + ".",
                "Use the same version of desktop and engine."),
            CloseFrame.PROTOCOL_ERROR);
        return;
      }
      if (clients.incrementAndGet() > MOST_CLIENTS) {
        clients.decrementAndGet();
        refuse(
            request.id(),
            -32003,
            new HiveException.Fault(
                "too-many-clients",
                "There are " + MOST_CLIENTS + " clients already.",
                "Close one of them."),
            CloseFrame.TRY_AGAIN_LATER);
        return;
      }
      seated.set(true);
      if (gone) {
        unseat();
      }
      opened = AttemptApi.of(engine, found.get());
      caller = found.get();
      feedSocket.allow(caller.isPerson() ? LARGEST : LARGEST_OF_ATTEMPT);
      server.known(feedSocket);
      Thread.ofVirtual().name("feed-request").start(() -> result(request.id(), welcome()));
    }

    private JsonNode welcome() {
      return Json.object()
          .put("protocol", PROTOCOL)
          .put("engine", version)
          .put("seq", figures().seq());
    }

    private synchronized void follow() {
      logs.close();
      logs = opened.follow(sendQueue::line);
      if (gone) {
        logs.close();
      }
    }

    private synchronized void subscribe(JsonNode id, JsonNode params) throws InterruptedException {
      var wanted = EnumSet.noneOf(Topic.class);
      params.path("topics").forEach(t -> wanted.add(Topic.of(t.asText())));
      long after;
      int pages = 0;
      if (params.hasNonNull("after") && !params.get("after").isIntegralNumber()) {
        throw new HiveException(
            "bad-number", "after is no whole number.", "Say the last number that you have seen.");
      }
      events.close();
      topics = wanted.isEmpty() ? EnumSet.allOf(Topic.class) : wanted;
      if (params.hasNonNull("after")) {
        after = params.get("after").asLong();
      } else {
        sendQueue.awaitTaken();
        pause();
        var snapshot = whole(() -> opened.snapshot(topics));
        for (var entry : snapshot.things().entrySet()) {
          List<? extends View> all = entry.getValue();
          for (int i = 0; i < all.size() && !gone; i += PAGE) {
            var some = all.subList(i, Math.min(all.size(), i + PAGE));
            sendQueue.message(whole(() -> page(entry.getKey(), snapshot.seq(), some)));
            pages++;
          }
        }
        after = snapshot.seq();
      }
      // Answered once, and before any event: whether it can be had shows when it begins.
      var first = new Held();
      events = opened.subscribe(after, first);
      result(id, Json.object().put("seq", after).put("pages", pages));
      first.pass();
      if (gone) {
        // It left meanwhile, and nobody else would end what was just begun.
        events.close();
      }
    }

    /** Holds events back until their subscription is answered. */
    private final class Held implements Consumer<List<Event>> {
      private List<Event> early = new ArrayList<>();

      @Override
      public synchronized void accept(List<Event> news) {
        var wanted = news.stream().filter(e -> topics.contains(e.topic())).toList();
        if (early == null) {
          sendQueue.events(wanted);
        } else {
          early.addAll(wanted);
        }
      }

      synchronized void pass() {
        sendQueue.events(early);
        early = null;
      }
    }

    private static String page(Topic topic, long seq, List<? extends View> things) {
      ObjectNode page = Json.object().put("topic", topic.word()).put("seq", seq);
      page.putPOJO("things", things); // written as they are, without a tree in between
      return notification("snapshot", page);
    }

    private void result(JsonNode id, JsonNode result) {
      sendQueue.message(answer(id, result));
    }

    private static String answer(JsonNode id, JsonNode result) {
      ObjectNode message = Json.object().put("jsonrpc", "2.0");
      message.set("id", id);
      message.set("result", result);
      return Json.write(message);
    }

    /** An answer to what no working program would send; for one that goes on so, the last. */
    private void mistake(JsonNode id, int number, String code, String text, String hint) {
      error(id, number, code, text, hint);
      if (mistakes.incrementAndGet() > MOST_MISTAKES) {
        end(CloseFrame.POLICY_VALIDATION, "too many requests that are none");
      }
    }

    private void error(JsonNode id, int number, String code, String text, String hint) {
      ObjectNode message = Json.object().put("jsonrpc", "2.0");
      message.set("id", id);
      ObjectNode error = message.putObject("error").put("code", number).put("message", text);
      error.set("data", Json.tree(new HiveException.Fault(code, text, hint)));
      sendQueue.message(Json.write(message));
    }
  }

  private record Request(JsonNode id, String method, JsonNode params) {}

  /** What is being answered, and the seat that it takes meanwhile. */
  private final class Question<T> {
    private final AtomicBoolean seated = new AtomicBoolean(true);
    private volatile Future<T> answer;

    void leave() {
      if (seated.compareAndSet(true, false)) {
        seats.release();
      }
    }

    T within(Duration patience) throws InterruptedException, TimeoutException {
      try {
        return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  /** The socket half. */
  private final class Server extends WebSocketServer {
    private static final int DECODERS = 2;
    private static final int READ_AT_ONCE = 16 << 10;

    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final LinkedHashSet<FeedSocket> newcomers = new LinkedHashSet<>();
    private final Semaphore pen = new Semaphore(MOST_NEWCOMERS);

    Server(InetSocketAddress address) {
      super(address, DECODERS, List.<Draft>of(new Draft_6455(List.of(), LARGEST)));
      setTcpNoDelay(true);
      setReuseAddr(true);
      setDaemon(true);
      setConnectionLostTimeout(30);
      setWebSocketFactory(new Lines());
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
        if (newcomers.size() > MOST_NEWCOMERS) {
          eldest = newcomers.removeFirst();
        }
      }
      if (eldest != null) {
        turnedAway.incrementAndGet();
        eldest.drop("too many newcomers");
      }
      feedSocket.patience(timers.after(PATIENCE, () -> silent(feedSocket)));
    }

    /** Cuts a newcomer that has not said who it is. */
    private void silent(FeedSocket feedSocket) {
      synchronized (newcomers) {
        if (!newcomers.remove(feedSocket)) {
          return;
        }
      }
      turnedAway.incrementAndGet();
      feedSocket.end(UNAUTHORIZED, "no hello");
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
        turnedAway.incrementAndGet();
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
      socket.setAttachment(new Client(feedSocket));
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
        return new FeedSocket(listener, drafts, timers, pen);
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
}
