package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What waits to be sent to one client, bounded. When events pile up, those about the same thing
 * collapse into the latest; when that is not enough the client is told to load anew. Log lines that
 * pile up become a gap, to be fetched by range.
 */
final class SendQueue {
  /** Characters of ready messages; one more may always be put where there are none. */
  private static final int ROOM = 2 << 20;

  /**
   * Events of one message at most. Messages end at multiples of it, so that those to clients that
   * are behind are the same ones.
   */
  private static final int BLOCK = 256;

  private final int limit;
  private final ArrayDeque<String> messages = new ArrayDeque<>();
  private long waiting;
  private boolean answering;
  private ArrayDeque<Event> events = new ArrayDeque<>();
  private final ArrayDeque<Query.LogPage> lines = new ArrayDeque<>();
  private long written;
  private final Map<String, long[]> gaps = new LinkedHashMap<>();
  private int collapsed;
  private boolean closed;

  SendQueue(int limit) {
    this.limit = limit;
  }

  /** One send: a ready message, or events, or log lines. */
  sealed interface Item {
    record Message(String text) implements Item {}

    record Events(List<Event> events, int collapsed) implements Item {}

    record Lines(List<Query.LogPage> pages, Map<String, long[]> gaps) implements Item {}
  }

  /** Puts a message, as soon as there is room: who asks for much gets it as fast as it reads. */
  synchronized void message(String text) {
    while (!closed && waiting > 0 && waiting + text.length() > ROOM) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    put(text);
  }

  /** Puts a message that nobody misses when there is no room for it. */
  synchronized void offer(String text) {
    if (waiting + text.length() <= ROOM) {
      put(text);
    }
  }

  private void put(String text) {
    if (!closed) {
      messages.add(text);
      waiting += text.length();
      notifyAll();
    }
  }

  /**
   * Waits until the client has taken all messages: only then is it worth while to prepare it
   * another large one.
   */
  synchronized void awaitTaken() throws InterruptedException {
    while (!closed && (answering || !messages.isEmpty())) {
      wait();
    }
  }

  synchronized void events(List<Event> news) {
    if (closed) {
      return;
    }
    events.addAll(news);
    if (events.size() > limit) {
      collapse();
    }
    notifyAll();
  }

  private void collapse() {
    int before = events.size();
    var latest = new LinkedHashMap<String, Event>();
    for (Event event : events) {
      // Taken out and put back, so that the order stays that of the last event about each thing.
      String key = event.topic() + "/" + event.id();
      latest.remove(key);
      latest.put(key, event);
    }
    if (latest.size() > limit / 2) {
      Event last = events.peekLast();
      events = new ArrayDeque<>();
      events.add(
          new Event(
              last.seq(),
              last.at(),
              last.correlation(),
              PlanEvent.RELOADED,
              Topic.WORKSPACE,
              "plan",
              "Too much happened at once; everything is loaded anew.",
              null));
    } else {
      events = new ArrayDeque<>(latest.values());
    }
    collapsed += before - events.size();
  }

  synchronized void line(Query.LogPage page) {
    if (closed) {
      return;
    }
    long length = length(page);
    if (lines.size() >= limit / 2 || written > 0 && written + length > ROOM / 2) {
      for (var lost : lines) {
        long to = lost.from() + lost.lines().size();
        gaps.merge(
            lost.attempt(),
            new long[] {lost.from(), to},
            (a, b) -> new long[] {Math.min(a[0], b[0]), Math.max(a[1], b[1])});
      }
      lines.clear();
      written = 0;
    }
    lines.add(page);
    written += length;
    notifyAll();
  }

  private static long length(Query.LogPage page) {
    long length = 0;
    for (var line : page.lines()) {
      length += line.text() == null ? 0 : line.text().length();
    }
    return length;
  }

  /** Waits for something to send, all before having left; null when closed. */
  synchronized Item take() throws InterruptedException {
    answering = false;
    notifyAll();
    while (!closed && messages.isEmpty() && events.isEmpty() && lines.isEmpty()) {
      wait();
    }
    if (closed) {
      return null;
    }
    if (!messages.isEmpty()) {
      String text = messages.poll();
      waiting -= text.length();
      answering = true;
      notifyAll();
      return new Item.Message(text);
    }
    if (!events.isEmpty()) {
      var batch = new ArrayList<Event>();
      long block = events.peek().seq() / BLOCK;
      while (!events.isEmpty() && events.peek().seq() / BLOCK == block) {
        batch.add(events.poll());
      }
      int gone = collapsed;
      collapsed = 0;
      return new Item.Events(batch, gone);
    }
    var pages = new ArrayList<Query.LogPage>();
    while (!lines.isEmpty() && pages.size() < 500) {
      var page = lines.poll();
      written -= length(page);
      pages.add(page);
    }
    var lost = new LinkedHashMap<>(gaps);
    gaps.clear();
    return new Item.Lines(pages, lost);
  }

  synchronized void close() {
    closed = true;
    messages.clear();
    events.clear();
    lines.clear();
    gaps.clear();
    notifyAll();
  }
}
