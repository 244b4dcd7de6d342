package dev.hivedeck.engine.api.feed;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Where answers are made, with room for as many as the machine can compute at once. */
final class AnswerDesk implements AutoCloseable {
  /**
   * Where answers are made. Not on virtual threads: those give way to nobody while they compute,
   * and what is told to the others would wait for them.
   */
  private final ExecutorService desk =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("feed-desk-", 0).factory());

  /** Room for those that compute. Who waits for something else, such as git, soon gives it up. */
  private final Semaphore seats =
      new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors() / 2));

  /**
   * Begins to make an answer, as soon as there is a seat.
   *
   * @param gone whether nobody waits for it any more
   * @param took hears how long it was in the making
   */
  <T> Question<T> ask(BooleanSupplier gone, Consumer<Duration> took, Callable<T> work)
      throws InterruptedException {
    seats.acquire();
    var question = new Question<T>();
    try {
      question.answer =
          desk.submit(
              () -> {
                try {
                  if (gone.getAsBoolean()) {
                    throw new CancellationException();
                  }
                  long began = System.nanoTime();
                  T result = work.call();
                  took.accept(Duration.ofNanos(System.nanoTime() - began));
                  return result;
                } finally {
                  question.leave();
                }
              });
    } catch (RejectedExecutionException e) {
      question.leave();
      throw e;
    }
    return question;
  }

  /** What is being answered, and the seat that it takes meanwhile. */
  final class Question<T> {
    private final AtomicBoolean seated = new AtomicBoolean(true);
    private volatile Future<T> answer;

    /** Gives up its seat, for it waits rather than computes. */
    void leave() {
      if (seated.compareAndSet(true, false)) {
        seats.release();
      }
    }

    /** Nobody waits for it any more. */
    void cancel() {
      answer.cancel(true);
    }

    /** Waits for the answer so long. */
    T within(Duration patience) throws InterruptedException, TimeoutException {
      try {
        return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  @Override
  public void close() {
    desk.shutdownNow();
  }
}
