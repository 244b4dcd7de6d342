package dev.hivedeck.engine.gateway.limit;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * At most so many requests of each within any time so long. Time is cut into slots, of which those
 * that the window touches count whole: there are never more than said, and sometimes, for a slot,
 * fewer. Of those who come, at most {@link #MOST} are told apart; whoever has not come for longest
 * is forgotten.
 */
public final class SlidingWindow {
  /** How many are told apart. */
  static final int MOST = 10_000;

  private static final int SLOTS = 60;

  private final Clock clock;
  private final int limit;
  private final Duration per;
  private final long slotMillis;
  private final Map<String, Slots> all =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Slots> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Whether one more may come.
   *
   * @param remaining how many more may come at once after it
   * @param resetSeconds until the oldest that counts does not any more
   */
  public record Admission(boolean admitted, int limit, int remaining, long resetSeconds) {}

  /**
   * Counts by slot: the last {@link #SLOTS}, and the one before, which the window still touches.
   */
  private static final class Slots {
    private final int[] counts = new int[SLOTS + 1];
    private long newest = Long.MIN_VALUE;
    private int sum;

    void moveTo(long slot) {
      if (newest == Long.MIN_VALUE || slot < newest || slot - newest > SLOTS) {
        java.util.Arrays.fill(counts, 0); // also when the clock was set back
        sum = 0;
      } else {
        for (long passed = newest + 1; passed <= slot; passed++) {
          int at = Math.floorMod(passed, counts.length);
          sum -= counts[at];
          counts[at] = 0;
        }
      }
      newest = slot;
    }

    void add() {
      counts[Math.floorMod(newest, counts.length)]++;
      sum++;
    }

    /** Slots until the oldest that holds something is left behind. */
    int untilOldest() {
      for (int back = SLOTS; back >= 0; back--) {
        if (counts[Math.floorMod(newest - back, counts.length)] > 0) {
          return SLOTS + 1 - back;
        }
      }
      return 0;
    }
  }

  /**
   * @param limit at most so many
   * @param per within any time so long
   */
  public SlidingWindow(Clock clock, int limit, Duration per) {
    this.clock = clock;
    this.limit = limit;
    this.per = per;
    this.slotMillis = Math.max(1, Math.ceilDiv(per.toMillis(), SLOTS));
  }

  /** Whether it counts so. */
  public boolean is(int requests, Duration within) {
    return requests == limit && within.equals(per);
  }

  /** Whether one more of them may come now; if so, it counts. */
  public synchronized Admission admit(String who) {
    long now = clock.millis();
    var slots = all.computeIfAbsent(who, w -> new Slots());
    slots.moveTo(Math.floorDiv(now, slotMillis));
    boolean admitted = slots.sum < limit;
    if (admitted) {
      slots.add();
    }
    long untilNextSlot = slotMillis - Math.floorMod(now, slotMillis);
    long reset = untilNextSlot + (slots.untilOldest() - 1) * slotMillis;
    return new Admission(
        admitted, limit, limit - slots.sum, Math.max(1, Math.ceilDiv(reset, 1_000)));
  }
}
