package dev.hivedeck.engine.api.feed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.AttemptApi;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.framing.CloseFrame;

/** One connection: who it is, what it asks, and how it ends. */
final class ClientSession {
  private static final int PROTOCOL = 1;

  private final FeedParts parts;
  private final FeedListener listener;
  private final FeedSocket feedSocket;
  private final SendQueue sendQueue = new SendQueue(FeedLimits.QUEUE);
  private final RequestQueue requests = new RequestQueue();
  private final ClientAnswers answers;
  private final ClientSubscription subscription;
  private final AtomicInteger mistakes = new AtomicInteger();
  private volatile Authenticator.Caller caller;

  /** What its token opens. */
  private volatile EngineApi opened;

  /** Whether it counts among the clients. */
  private final AtomicBoolean seated = new AtomicBoolean();

  private volatile boolean desktop;
  private volatile boolean shows;

  /** Whether its first words were wrong. */
  private boolean refused;

  private volatile boolean gone;

  ClientSession(FeedParts parts, FeedListener listener, FeedSocket feedSocket) {
    this.parts = parts;
    this.listener = listener;
    this.feedSocket = feedSocket;
    this.answers = new ClientAnswers(parts.desk(), parts.timers(), requests, sendQueue);
    this.subscription = new ClientSubscription(answers, sendQueue);
    new ClientSender(
            feedSocket,
            sendQueue,
            parts.messages(),
            parts.timers(),
            () -> listener.onWriteDemand(feedSocket))
        .start();
  }

  /**
   * Sends what nobody asked for, when the client has said who it is and as soon as it can take it.
   */
  void offer(String text) {
    if (caller != null) {
      sendQueue.offer(text);
    }
  }

  void gone() {
    gone = true;
    unseat();
    forget();
  }

  private void unseat() {
    if (seated.compareAndSet(true, false)) {
      parts.counts().leave();
      if (desktop) {
        parts.counts().desktop(-1, shows);
      }
    }
  }

  private void end(int code, String why) {
    parts.counts().turnAway();
    gone = true;
    unseat();
    feedSocket.end(code, why);
    forget();
  }

  private void forget() {
    answers.close();
    subscription.close();
    sendQueue.close();
    requests.close();
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
    switch (requests.offer(text)) {
      case FULL -> end(CloseFrame.TRY_AGAIN_LATER, "too many requests at once");
      case WORK -> Thread.ofVirtual().name("feed-request").start(this::work);
      case WAITS -> {}
    }
  }

  private void work() {
    for (String text = requests.next(0); text != null; text = requests.next(text.length())) {
      handle(text);
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
                    JsonRpc.NOT_KNOWN,
                    HiveException.Fault.of(
                        ErrorCode.UNAUTHORIZED,
                        "Say hello with the token first.",
                        "It is in endpoint.json."),
                    FeedLimits.UNAUTHORIZED);
              }
            },
            () -> cut(FeedLimits.UNAUTHORIZED, ErrorCode.UNAUTHORIZED.word()));
  }

  /** Empty when it is no request, which has then been answered. */
  private Optional<JsonRpc.Request> read(String text) {
    try {
      return Optional.of(JsonRpc.read(text));
    } catch (JsonRpc.Malformed e) {
      mistake(null, e.number(), e.fault());
      return Optional.empty();
    }
  }

  private void handle(String text) {
    var request = read(text);
    if (request.isEmpty()) {
      return;
    }
    JsonNode id = request.get().id();
    answers.answering(id, () -> answer(id, request.get().method(), request.get().params()));
  }

  private void answer(JsonNode id, String method, JsonNode params) throws InterruptedException {
    switch (method) {
      case "hello" -> answers.look(id, this::welcome);
      case "subscribe" -> subscription.subscribe(opened, id, params);
      case "follow" -> {
        subscription.follow(opened);
        answers.result(id, Json.object());
      }
      case "execute" -> {
        answers.result(
            id,
            opened.execute(
                RequestParser.command(params.path("command")),
                params.path("correlation").asText(null),
                params.path("key").asText(null)));
      }
      case "query" -> {
        var query = RequestParser.query(params.path("query"));
        answers.look(id, () -> opened.query(query));
      }
      case "stats" -> answers.look(id, () -> Json.tree(parts.stats().get()));
      default ->
          mistake(
              id,
              JsonRpc.NO_METHOD,
              HiveException.Fault.of(
                  ErrorCode.NO_METHOD, "There is no method " + method + ".", "See docs/feed.md."));
    }
  }

  /** Gives the answer a moment to leave before the line is cut. */
  private void cut(int code, String why) {
    refused = true;
    parts.timers().after(Duration.ofMillis(50), () -> end(code, why));
  }

  private void refuse(JsonNode id, int number, HiveException.Fault fault, int code) {
    answers.error(id, number, fault);
    cut(code, fault.code());
  }

  private void hello(JsonRpc.Request request) {
    var found = parts.authenticator().check(request.params().path("token").asText(null));
    if (found.isEmpty()) {
      refuse(
          request.id(),
          JsonRpc.NOT_KNOWN,
          HiveException.Fault.of(
              ErrorCode.UNAUTHORIZED, "This token opens nothing.", "Use the one in endpoint.json."),
          FeedLimits.UNAUTHORIZED);
      return;
    }
    if (found.get().isScoped()) {
      refuse(
          request.id(),
          JsonRpc.NOT_KNOWN,
          found.get().outOfScope().fault(),
          FeedLimits.UNAUTHORIZED);
      return;
    }
    JsonNode protocol = request.params().path("protocol");
    if (protocol.asInt(PROTOCOL) != PROTOCOL) {
      refuse(
          request.id(),
          JsonRpc.OTHER_PROTOCOL,
          HiveException.Fault.of(
              ErrorCode.PROTOCOL,
              "This engine speaks protocol " + PROTOCOL + ", not " + protocol + ".",
              "Use the same version of desktop and engine."),
          CloseFrame.PROTOCOL_ERROR);
      return;
    }
    if (!parts.counts().join()) {
      refuse(
          request.id(),
          JsonRpc.TOO_MANY_CLIENTS,
          HiveException.Fault.of(
              ErrorCode.TOO_MANY_CLIENTS,
              "There are " + FeedLimits.MOST_CLIENTS + " clients already.",
              "Close one of them."),
          CloseFrame.TRY_AGAIN_LATER);
      return;
    }
    var known = found.get();
    var entry = entryPoint(request.params().path("client").asText());
    desktop = known.isPerson() && entry == Sender.EntryPoint.DESKTOP;
    shows = request.params().path("shows").asBoolean(false);
    if (desktop) {
      parts.counts().desktop(1, shows);
    }
    seated.set(true);
    if (gone) {
      unseat();
    }
    caller = known;
    opened = AttemptApi.of(parts.engine().sentBy(caller.by(entry)), caller);
    feedSocket.allow(caller.isPerson() ? FeedLimits.LARGEST : FeedLimits.LARGEST_OF_ATTEMPT);
    listener.known(feedSocket);
    Thread.ofVirtual().name("feed-request").start(() -> answers.result(request.id(), welcome()));
  }

  /** By what the client calls itself: ours say what they are. */
  private static Sender.EntryPoint entryPoint(String client) {
    return switch (client) {
      case "desktop" -> Sender.EntryPoint.DESKTOP;
      case "command line" -> Sender.EntryPoint.CLI;
      default -> Sender.EntryPoint.FEED;
    };
  }

  private JsonNode welcome() {
    return Json.object()
        .put("protocol", PROTOCOL)
        .put("engine", parts.version())
        .put("seq", parts.stats().get().seq());
  }

  /** An answer to what no working program would send; for one that goes on so, the last. */
  private void mistake(JsonNode id, int number, HiveException.Fault fault) {
    answers.error(id, number, fault);
    if (mistakes.incrementAndGet() > FeedLimits.MOST_MISTAKES) {
      end(CloseFrame.POLICY_VALIDATION, "too many requests that are none");
    }
  }
}
