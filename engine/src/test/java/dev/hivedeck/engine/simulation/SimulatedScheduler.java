package dev.hivedeck.engine.simulation;

import dev.hivedeck.engine.time.Timers;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/**
 * Time and threads, decided by a seed. Every thread of the engine is a virtual thread that runs on
 * the one thread that calls {@link #step}: whenever one waits, chance says who goes on, and when
 * all wait, the clock goes to the next moment at which something is due. So a run has one
 * interleaving, the same for the same seed. A crash is simply never to go on.
 */
final class SimulatedScheduler implements Timers {
  private static final Method NEW_THREAD = newThread();

  private final Random random;
  private final List<Runnable> ready = new ArrayList<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
  private final Clock clock = ((InstantSource) () -> this.now).withZone(ZoneOffset.UTC);
  private Executor carrier;
  private Instant now = Instant.parse("2026-01-05T12:00:00Z");
  private long order;
  private long steps;

  private record Due(Instant at, long order, Runnable action) {}

  SimulatedScheduler(Random random) {
    this.random = random;
    live();
  }

  /** The JDK can schedule virtual threads on any executor; only not through its public API. */
  private static Method newThread() {
    try {
      var method =
          Class.forName("java.lang.ThreadBuilders")
              .getDeclaredMethod(
                  "newVirtualThread", Executor.class, String.class, int.class, Runnable.class);
      method.setAccessible(true);
      return method;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private void live() {
    var mine = new Executor[1];
    mine[0] =
        task -> {
          synchronized (ready) {
            if (carrier == mine[0]) {
              ready.add(task);
            }
          }
        };
    carrier = mine[0];
  }

  /** Nothing that lives now ever goes on. */
  void crash() {
    synchronized (ready) {
      ready.clear();
      due.clear();
      live();
    }
  }

  /** A thread that is not started yet. */
  Thread thread(String name, Runnable body) {
    try {
      var thread = (Thread) NEW_THREAD.invoke(null, carrier, name, 0, body);
      thread.setUncaughtExceptionHandler((t, e) -> {});
      return thread;
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Thread start(String name, Runnable body) {
    var thread = thread(name, body);
    thread.start();
    return thread;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    var alarm = add(delay, () -> start("timer", action));
    return () -> due.remove(alarm);
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    var alarm = new CountDownLatch(1);
    var set = add(delay, alarm::countDown);
    try {
      alarm.await();
    } finally {
      due.remove(set);
    }
  }

  private Due add(Duration delay, Runnable action) {
    var alarm = new Due(now.plus(delay.isNegative() ? Duration.ZERO : delay), order++, action);
    due.add(alarm);
    return alarm;
  }

  /** Whether every thread waits. */
  boolean quiet() {
    synchronized (ready) {
      return ready.isEmpty();
    }
  }

  /** Lets one thread go on to its next wait; or, when all wait, time go on. */
  boolean step() {
    Runnable next = null;
    synchronized (ready) {
      if (!ready.isEmpty()) {
        // The last takes the place of the one that is taken: order is chance anyway.
        int i = random.nextInt(ready.size());
        next = ready.get(i);
        ready.set(i, ready.getLast());
        ready.removeLast();
      }
    }
    steps++;
    if (next != null) {
      next.run();
      return true;
    }
    var alarm = due.poll();
    if (alarm == null) {
      return false;
    }
    if (alarm.at().isAfter(now)) {
      now = alarm.at();
    }
    alarm.action().run();
    return true;
  }

  /** The machine slept for this long. */
  void jump(Duration duration) {
    now = now.plus(duration);
  }

  Instant now() {
    return now;
  }

  long steps() {
    return steps;
  }

  @Override
  public void close() {
    crash();
  }
}
