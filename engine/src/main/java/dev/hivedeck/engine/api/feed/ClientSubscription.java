package dev.hivedeck.engine.api.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What one client follows: the events of the topics that it wants, and the logs of attempts. */
final class ClientSubscription {
  private final ClientAnswers answers;
  private final SendQueue sendQueue;
  private volatile Set<Topic> topics = Set.of();
  private volatile EngineApi.Subscription events = () -> {};
  private volatile EngineApi.Subscription logs = () -> {};
  private volatile boolean gone;

  ClientSubscription(ClientAnswers answers, SendQueue sendQueue) {
    this.answers = answers;
    this.sendQueue = sendQueue;
  }

  /** Ends both; waits for nothing, also while a snapshot is being made. */
  void close() {
    gone = true;
    events.close();
    logs.close();
  }

  synchronized void follow(EngineApi opened) {
    logs.close();
    logs = opened.follow(sendQueue::line);
    if (gone) {
      logs.close();
    }
  }

  synchronized void subscribe(EngineApi opened, JsonNode id, JsonNode params)
      throws InterruptedException {
    var wanted = new TreeSet<Topic>();
    params.path("topics").forEach(t -> wanted.add(Topic.of(t.asText())));
    long after;
    int pages = 0;
    if (params.hasNonNull("after") && !params.get("after").isIntegralNumber()) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER,
          "after is no whole number.",
          "Say the last number that you have seen.");
    }
    events.close();
    topics = wanted.isEmpty() ? Topic.all() : wanted;
    if (params.hasNonNull("after")) {
      after = params.get("after").asLong();
    } else {
      sendQueue.awaitTaken();
      answers.pause();
      var snapshot = answers.whole(() -> opened.snapshot(topics));
      for (var entry : snapshot.things().entrySet()) {
        List<? extends View> all = entry.getValue();
        for (int i = 0; i < all.size() && !gone; i += FeedLimits.PAGE) {
          var some = all.subList(i, Math.min(all.size(), i + FeedLimits.PAGE));
          sendQueue.message(answers.whole(() -> page(entry.getKey(), snapshot.seq(), some)));
          pages++;
        }
      }
      after = snapshot.seq();
    }
    // Answered once, and before any event: whether it can be had shows when it begins.
    var first = new Held();
    events = opened.subscribe(after, first);
    answers.result(id, Json.object().put("seq", after).put("pages", pages));
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
    return JsonRpc.notification("snapshot", page);
  }
}
