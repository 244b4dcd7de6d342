package dev.hivedeck.engine.metric;

import java.util.concurrent.atomic.LongAdder;

/** Counts events. Any number of threads may count at once; they do not wait for each other. */
public final class Counter implements Instrument {
  private final LongAdder count = new LongAdder();

  Counter() {}

  public void increment() {
    count.increment();
  }

  /**
   * @param events not negative
   */
  public void add(long events) {
    if (events < 0) {
      throw new IllegalArgumentException("a counter only rises, not by " + events);
    }
    count.add(events);
  }

  public long count() {
    return count.sum();
  }

  @Override
  public MetricKind kind() {
    return MetricKind.COUNTER;
  }

  @Override
  public Point read(long time) {
    return new Point(time, count());
  }
}
