package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.java_websocket.framing.CloseFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends to one client what waits for it, no faster than it reads; on a thread of its own. */
final class ClientSender {
  private static final Logger LOG = LoggerFactory.getLogger(ClientSender.class);

  private final FeedSocket feedSocket;
  private final SendQueue sendQueue;
  private final EventMessageCache messages;
  private final Timers timers;
  private final Runnable demand;

  /**
   * @param demand tells the library that the socket has something to write
   */
  ClientSender(
      FeedSocket feedSocket,
      SendQueue sendQueue,
      EventMessageCache messages,
      Timers timers,
      Runnable demand) {
    this.feedSocket = feedSocket;
    this.sendQueue = sendQueue;
    this.messages = messages;
    this.timers = timers;
    this.demand = demand;
  }

  void start() {
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
    Duration nap = FeedLimits.SHORTEST_NAP;
    while (!feedSocket.ended() && feedSocket.busy()) {
      timers.sleep(nap);
      if (nap.compareTo(FeedLimits.LONGEST_NAP) < 0) {
        nap = nap.multipliedBy(2);
      }
      if (feedSocket.hasBufferedData()) {
        // The library forgets what is put just as it finds nothing left; so it is told again.
        demand.run();
      }
    }
  }

  private List<String> texts(List<Query.LogPage> pages, Map<String, long[]> gaps) {
    var texts = new ArrayList<String>();
    gaps.forEach(
        (attempt, gap) ->
            texts.add(
                JsonRpc.notification(
                    "gap",
                    Json.object().put("attempt", attempt).put("from", gap[0]).put("to", gap[1]))));
    joined(pages).forEach(page -> texts.add(JsonRpc.notification("log", Json.tree(page))));
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
}
