package dev.hivedeck.engine.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Time that a test turns by hand. What falls due is done one after the other, in order of time and
 * then of asking; before the next one, the thread that was woken is given the chance to sleep
 * again, to end, or to wait for something else. So thirty days pass in a moment, the same way each
 * time.
 */
public final class VirtualTime implements Timers {
  /** How long a woken thread may stay busy, in real time, before the rest goes on without it. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
  private final Clock clock = ((InstantSource) () -> this.now).withZone(ZoneOffset.UTC);
  private volatile Instant now;
  private long order;
  private int sleepers;

  private record Due(Instant at, long order, boolean sleeper, Waking waking) {}

  /** Begins what is due and tells which thread is at it. */
  @FunctionalInterface
  private interface Waking {
    Thread wake() throws InterruptedException;
  }

  public VirtualTime(Instant start) {
    this.now = start;
  }

  /** Begins on a Monday at noon. */
  public VirtualTime() {
    this(Instant.parse("2026-01-05T12:00:00Z"));
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    var due = add(delay, false, () -> Thread.ofVirtual().name("timer").start(action));
    return () -> locked(() -> queue.remove(due));
  }

  @Override
  public Thread start(String name, Runnable body) {
    return Thread.ofVirtual().name(name).start(body);
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!delay.isPositive()) {
      return;
    }
    var alarm = new CountDownLatch(1);
    var awake = new CountDownLatch(1);
    Thread self = Thread.currentThread();
    var due =
        add(
            delay,
            true,
            () -> {
              alarm.countDown();
              awake.await();
              return self;
            });
    try {
      alarm.await();
    } finally {
      locked(
          () -> {
            if (queue.remove(due)) {
              sleepers--;
            }
          });
      awake.countDown();
    }
  }

  private Due add(Duration delay, boolean sleeper, Waking waking) {
    lock.lock();
    try {
      var due =
          new Due(now.plus(delay.isNegative() ? Duration.ZERO : delay), order++, sleeper, waking);
      queue.add(due);
      if (sleeper) {
        sleepers++;
        changed.signalAll();
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  /** Lets this much time pass, and all that falls due meanwhile happen. */
  public void advance(Duration duration) {
    Instant until = now.plus(duration);
    for (Due due = next(until); due != null; due = next(until)) {
      run(due);
    }
    now = until;
  }

  /**
   * Goes to the moment when something is due and lets it happen.
   *
   * @return false when nothing waits for time to pass
   */
  public boolean step() {
    Due due = next(Instant.MAX);
    if (due != null) {
      run(due);
    }
    return due != null;
  }

  private Due next(Instant until) {
    lock.lock();
    try {
      if (queue.isEmpty() || queue.peek().at().isAfter(until)) {
        return null;
      }
      Due due = queue.poll();
      if (due.sleeper()) {
        sleepers--;
      }
      if (due.at().isAfter(now)) {
        now = due.at();
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  private static void run(Due due) {
    try {
      settle(due.waking().wake());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while time was turned", e);
    }
  }

  /** A thread has settled when it is over, or was seen waiting a few times running. */
  private static void settle(Thread thread) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int seen = 0; seen < 4 && System.nanoTime() < deadline; ) {
      switch (thread.getState()) {
        case TERMINATED -> {
          return;
        }
        case WAITING, TIMED_WAITING, BLOCKED -> seen++;
        default -> seen = 0;
      }
      TimeUnit.MICROSECONDS.sleep(200);
    }
  }

  /** Waits, in real time, until at least {@code count} threads sleep. */
  public void awaitSleepers(int count) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(30);
    lock.lock();
    try {
      while (sleepers < count) {
        if (left <= 0) {
          throw new AssertionError("only " + sleepers + " of " + count + " threads went to sleep");
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many threads sleep now. */
  public int sleepers() {
    return count(due -> due.sleeper());
  }

  /** How many timers are set, sleepers not counted. */
  public int timers() {
    return count(due -> !due.sleeper());
  }

  private int count(java.util.function.Predicate<Due> which) {
    lock.lock();
    try {
      return (int) queue.stream().filter(which).count();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    locked(() -> queue.removeIf(due -> !due.sleeper()));
  }
}
