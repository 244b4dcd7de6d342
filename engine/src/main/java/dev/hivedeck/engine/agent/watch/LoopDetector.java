package dev.hivedeck.engine.agent.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The pace at which an agent takes turns with its model. People's agents take one every few
 * seconds; those that are caught in a loop were seen to take two and a half to five a second, for
 * as long as they were let.
 */
public final class LoopDetector {
  /** So many within {@link #WINDOW} are no work any more. */
  public static final int MOST = 60;

  public static final Duration WINDOW = Duration.ofSeconds(30);

  private final Deque<Instant> last = new ArrayDeque<>();

  /** Another one. */
  public void taken(Instant now) {
    last.add(now);
    if (last.size() > MOST) {
      last.poll();
    }
  }

  /** Whether it runs away. */
  public boolean runaway() {
    return last.size() == MOST
        && Duration.between(last.getFirst(), last.getLast()).compareTo(WINDOW) < 0;
  }
}
