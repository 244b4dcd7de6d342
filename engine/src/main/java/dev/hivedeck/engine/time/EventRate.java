package dev.hivedeck.engine.time;

/** Events of the last five seconds. */
public final class EventRate {
  private final long[] counts = new long[6];
  private long second;

  public synchronized void count(int events, long millis) {
    turn(millis / 1_000);
    counts[(int) (second % counts.length)] += events;
  }

  public synchronized double perSecond(long millis) {
    turn(millis / 1_000);
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      if (i != second % counts.length) {
        sum += counts[i];
      }
    }
    return sum / 5.0;
  }

  private void turn(long now) {
    for (long s = Math.max(second + 1, now - counts.length + 1); s <= now; s++) {
      counts[(int) (s % counts.length)] = 0;
    }
    second = Math.max(second, now);
  }
}
