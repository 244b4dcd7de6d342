package dev.hivedeck.engine.time;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Timers on the machine's own clock. */
public final class SystemTimers implements Timers {
  private final Clock clock = Clock.systemUTC();
  private final ScheduledThreadPoolExecutor wheel =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("hive-timers").factory());

  public SystemTimers() {
    wheel.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    var future =
        wheel.schedule(
            () -> start("timer", action), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public Thread start(String name, Runnable body) {
    return Thread.ofVirtual().name(name).start(body);
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    Thread.sleep(delay);
  }

  @Override
  public void close() {
    wheel.shutdownNow();
  }
}
