package dev.hivedeck.engine.api.feed;

import java.util.ArrayDeque;

/** What one client has asked and nobody is at yet, with how much of it there may be. */
final class RequestQueue {
  /** Requests that nobody is at yet. */
  private final ArrayDeque<String> inbox = new ArrayDeque<>();

  /** Characters of all requests under way, and how many of them are worked at. */
  private long asked;

  private int hands;
  private boolean closed;

  /** What became of a request. */
  enum Offer {
    /** There are too many at once. */
    FULL,
    /** Whoever offered it is to work at it, on a thread of its own. */
    WORK,
    /** It waits for those that are at work. */
    WAITS
  }

  synchronized Offer offer(String text) {
    if (open() >= FeedLimits.MOST_REQUESTS || asked + text.length() > FeedLimits.LARGEST) {
      return Offer.FULL;
    }
    asked += text.length();
    inbox.add(text);
    if (hands >= FeedLimits.MOST_HANDS) {
      return Offer.WAITS;
    }
    hands++;
    return Offer.WORK;
  }

  /**
   * The next request, in place of one that is done; null when there is none, and then who asked is
   * at work no more.
   *
   * @param done characters of what is done
   */
  synchronized String next(int done) {
    asked -= done;
    String text = closed ? null : inbox.poll();
    if (text == null) {
      hands--;
    }
    return text;
  }

  /** How many wait or are worked at. */
  synchronized int open() {
    return inbox.size() + hands;
  }

  /** Forgets all that nobody is at. */
  synchronized void close() {
    closed = true;
    inbox.clear();
  }
}
