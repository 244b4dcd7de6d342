package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.Event;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what was committed to whoever listens: on one thread, so that all is told in the order in
 * which it was committed.
 */
final class EventPublisher implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);

  private final List<Consumer<List<Event>>> listeners = new CopyOnWriteArrayList<>();
  private final ExecutorService executor;

  /**
   * @param threads makes its thread
   */
  EventPublisher(ThreadFactory threads) {
    this.executor =
        Executors.newSingleThreadExecutor(
            body -> {
              var made = threads.newThread(body);
              made.setName("hive-publish");
              return made;
            });
  }

  @Override
  public void execute(Runnable action) {
    executor.execute(action);
  }

  /** Tells these to all that listen, later. */
  void publish(List<Event> events) {
    executor.execute(() -> tell(events));
  }

  /** Waits so long for what is still to be told. */
  void close(Duration patience) throws InterruptedException {
    executor.shutdown();
    if (!executor.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("a listener does not end");
      executor.shutdownNow();
    }
  }

  /**
   * Delivers each batch of events once durable, one batch after the other, on a thread that all
   * listeners share: whoever blocks it keeps the others waiting, though not the writer.
   */
  void listen(Consumer<List<Event>> listener) {
    listeners.add(listener);
  }

  void unlisten(Consumer<List<Event>> listener) {
    listeners.remove(listener);
  }

  private void tell(List<Event> events) {
    for (var listener : listeners) {
      guard(() -> listener.accept(events));
    }
  }

  static void guard(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      LOG.error("after a commit", e);
    }
  }
}
