package dev.hivedeck.engine.gateway.proxy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What requests to a version are made to suffer, for practice and for tests, until a moment. In any
 * row of requests, as many suffer it as are to.
 *
 * @param version that suffers it; empty for all
 * @param errors share of the requests that are answered by 503, from 0 to 1
 * @param aborts share of those whose connection is ended without an answer
 * @param delay how long each waits before it is sent on
 * @param count requests that it was asked about
 */
public record TrafficFault(
    String version, double errors, double aborts, Duration delay, Instant until, AtomicLong count) {
  /** 2 to the 64th divided by the golden ratio: its multiples fill an interval evenly. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private static final double WHOLE = 0x1p53;

  /** What becomes of a request, after its delay. */
  enum Outcome {
    SENT,
    ERROR,
    ABORT
  }

  public TrafficFault(String version, double errors, double aborts, Duration delay, Instant until) {
    this(version, errors, aborts, delay, until, new AtomicLong());
  }

  /** Whether it is over. */
  public boolean isOver(Instant now) {
    return !now.isBefore(until);
  }

  boolean suffers(String asked) {
    return version.isEmpty() || version.equals(asked);
  }

  /** What becomes of the next request. */
  Outcome next() {
    double at = (count.getAndIncrement() * GOLDEN >>> 11) / WHOLE;
    return at < errors ? Outcome.ERROR : at < errors + aborts ? Outcome.ABORT : Outcome.SENT;
  }
}
