package dev.hivedeck.engine.time;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * What an engine does beside its work: regular looks, and what events set off. It ends before what
 * it uses is closed.
 */
public final class BackgroundTasks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundTasks.class);

  /** How long one may take to end by itself, and then once it is interrupted. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Timers timers;
  private final Set<Thread> live = ConcurrentHashMap.newKeySet();
  private volatile boolean open = true;

  public BackgroundTasks(Timers timers) {
    this.timers = timers;
  }

  /** Does something once, now. */
  public void start(String name, Runnable action) {
    if (open) {
      timers.start(name, () -> run(name, action));
    }
  }

  /** Does something again and again. */
  public void every(String name, Duration first, Duration every, Runnable action) {
    if (open) {
      timers.after(
          first,
          () -> {
            run(name, action);
            every(name, every, every, action);
          });
    }
  }

  private void run(String name, Runnable action) {
    var me = Thread.currentThread();
    live.add(me); // before it looks, so that close sees it or it sees close
    MDC.put("correlation", name);
    try {
      if (open) {
        action.run();
      }
    } catch (RuntimeException | Error e) {
      if (open) {
        LOG.warn("{}", name, e);
      } else {
        LOG.debug("{} was cut off: {}", name, e.toString());
      }
    } finally {
      MDC.remove("correlation");
      live.remove(me);
    }
  }

  /** Begins nothing more, and waits for what is under way. */
  @Override
  public void close() {
    open = false;
    try {
      for (Thread thread : Set.copyOf(live)) {
        if (thread != Thread.currentThread() && !thread.join(PATIENCE)) {
          thread.interrupt();
          if (!thread.join(PATIENCE)) {
            LOG.warn("{} does not end", thread.getName());
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
