package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One subscriber: the past from the store first, then what happens, without gap or repeat. */
final class EventDelivery implements Consumer<List<Event>> {
  private static final int PAGE = 2_000;
  private final Consumer<List<Event>> consumer;
  private final List<Event> meanwhile = new ArrayList<>();
  private long last;
  private boolean live;

  EventDelivery(long after, Consumer<List<Event>> consumer) {
    this.last = after;
    this.consumer = consumer;
  }

  @Override
  public synchronized void accept(List<Event> events) {
    if (live) {
      deliver(events);
    } else {
      meanwhile.addAll(events);
    }
  }

  void catchUp(Store store) {
    for (var page = store.events(last, PAGE); !page.isEmpty(); page = store.events(last, PAGE)) {
      synchronized (this) {
        deliver(page);
      }
    }
    synchronized (this) {
      deliver(meanwhile);
      meanwhile.clear();
      live = true;
    }
  }

  private void deliver(List<Event> events) {
    var news = events.stream().filter(e -> e.seq() > last).toList();
    if (!news.isEmpty()) {
      last = news.getLast().seq();
      consumer.accept(news);
    }
  }

  /**
   * @param oldest first event that is held
   * @param newest last one there was
   * @throws HiveException {@code gone} where not all after that event can be delivered
   */
  static void mustBeHeld(long after, long oldest, long newest) {
    if (after < oldest - 1) {
      throw new HiveException(
          ErrorCode.GONE, "Events after " + after + " are no longer held.", "Take a new snapshot.");
    }
    if (after > newest) {
      throw new HiveException(
          ErrorCode.GONE, "There are not " + after + " events any more.", "Take a new snapshot.");
    }
  }
}
