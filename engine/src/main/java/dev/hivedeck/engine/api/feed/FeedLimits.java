package dev.hivedeck.engine.api.feed;

import java.time.Duration;

/** What one client, and all of them, may take of the feed. */
final class FeedLimits {
  private FeedLimits() {}

  /** Characters of one message, and of all that one client has asked at once. */
  static final int LARGEST = 4 << 20;

  /** An attempt may only read; its questions are short. */
  static final int LARGEST_OF_ATTEMPT = 64 << 10;

  /** Events that wait for one client. */
  static final int QUEUE = 2_048;

  /** Things in one page of a snapshot. */
  static final int PAGE = 500;

  /** How a line is closed to who does not say who it is. */
  static final int UNAUTHORIZED = 4401;

  /** How long a newcomer may take until it has said hello. */
  static final Duration HELLO = Duration.ofSeconds(10);

  /** Clients that have said hello, at once. */
  static final int MOST_CLIENTS = 128;

  /** Lines that have not said hello. They come and go; beyond that the eldest makes room. */
  static final int MOST_NEWCOMERS = 64;

  /** Requests of one client that may be under way at once. */
  static final int MOST_REQUESTS = 128;

  /** Between two looks at a socket that has not taken everything yet. */
  static final Duration SHORTEST_NAP = Duration.ofNanos(100_000);

  static final Duration LONGEST_NAP = Duration.ofMillis(50);

  /** Requests of one client that are worked at. */
  static final int MOST_HANDS = 8;

  /** Between two answers to a client that asks for much. */
  static final Duration LONGEST_REST = Duration.ofSeconds(1);

  /** A question that takes longer than this no longer keeps the others waiting. */
  static final Duration QUICK = Duration.ofSeconds(1);

  /** Longer than this nobody waits for an answer. */
  static final Duration LONGEST_QUESTION = Duration.ofSeconds(55);

  /** Questions of one client that take long, at once. */
  static final int MOST_SLOW = 8;

  /** Messages of one client that are no requests. */
  static final int MOST_MISTAKES = 100;
}
