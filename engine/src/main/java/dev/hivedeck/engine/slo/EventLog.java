package dev.hivedeck.engine.slo;

import java.util.Arrays;

/**
 * How many events there have been by when, of one objective. Kept as running totals, so that any
 * window is one subtraction; thinned out with age, which moves the left edge of an old window to
 * the next total that is left, and loses no event.
 *
 * <p>Windows are open on the left: {@code start < time <= end}. Not safe for use by several
 * threads.
 */
public final class EventLog {
  private long[] times = new long[64];
  private long[] goods = new long[64];
  private long[] totals = new long[64];
  private int size;

  /**
   * Adds events.
   *
   * <p>When the clock has been set back, what was counted in what is now the future counts as of
   * now: no event is lost, and none is hidden from windows that end now.
   */
  public void add(long time, Counts events) {
    long good = events.good();
    long total = events.total();
    while (size > 0 && times[size - 1] > time) {
      // Totals are running: the newest says all, so what is later is only moved, not added.
      if (size > 1 && times[size - 2] >= time) {
        goods[size - 2] = goods[size - 1];
        totals[size - 2] = totals[size - 1];
        size--;
      } else {
        times[size - 1] = time;
      }
    }
    if (good == 0 && total == 0 && size > 0) {
      return;
    }
    long allGood = good + (size == 0 ? 0 : goods[size - 1]);
    long all = total + (size == 0 ? 0 : totals[size - 1]);
    if (size > 0 && times[size - 1] == time) {
      goods[size - 1] = allGood;
      totals[size - 1] = all;
      return;
    }
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      goods = Arrays.copyOf(goods, 2 * size);
      totals = Arrays.copyOf(totals, 2 * size);
    }
    times[size] = time;
    goods[size] = allGood;
    totals[size++] = all;
  }

  /** Events of {@code start < time <= end}, as far as they are kept apart. */
  public Counts between(long start, long end) {
    int last = at(end);
    int first = at(start);
    return last < 0
        ? Counts.NONE
        : new Counts(
            goods[last] - (first < 0 ? 0 : goods[first]),
            totals[last] - (first < 0 ? 0 : totals[first]));
  }

  /** Events that came after a time. */
  public Counts since(long start) {
    return between(start, Long.MAX_VALUE);
  }

  /** The same events, in a log of its own. */
  public EventLog copy() {
    var copy = new EventLog();
    copy.times = Arrays.copyOf(times, Math.max(1, size));
    copy.goods = Arrays.copyOf(goods, Math.max(1, size));
    copy.totals = Arrays.copyOf(totals, Math.max(1, size));
    copy.size = size;
    return copy;
  }

  /** The last position at or before a time, -1 when there is none. */
  public int at(long time) {
    int found = Arrays.binarySearch(times, 0, size, time);
    return found >= 0 ? found : -found - 2;
  }

  public int size() {
    return size;
  }

  /** When events were first counted; the largest time when there was none. */
  public long first() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  public long last() {
    return size == 0 ? Long.MIN_VALUE : times[size - 1];
  }

  /** The running total at a position, as it is stored. */
  public long time(int position) {
    return times[position];
  }

  public Counts total(int position) {
    return new Counts(goods[position], totals[position]);
  }

  /**
   * Keeps one total a step of what is at least so old, the last.
   *
   * @param before what is younger stays as it is
   */
  public void thin(long before, long step) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      boolean last =
          i + 1 == size
              || times[i + 1] > before
              || Math.floorDiv(times[i] - 1, step) != Math.floorDiv(times[i + 1] - 1, step);
      if (times[i] > before || last) {
        times[kept] = times[i];
        goods[kept] = goods[i];
        totals[kept++] = totals[i];
      }
    }
    size = kept;
  }

  /** Forgets what is older, but for the last total before, from which younger ones count on. */
  public void forget(long before) {
    int first = at(before);
    if (first > 0) {
      size -= first;
      System.arraycopy(times, first, times, 0, size);
      System.arraycopy(goods, first, goods, 0, size);
      System.arraycopy(totals, first, totals, 0, size);
    }
  }
}
