package dev.hivedeck.engine.process;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts processes that are to end with this one. To Linux the parent of a process is the thread
 * that started it: so it must be one that lasts.
 */
final class Spawner {
  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("spawner").factory());

  private Spawner() {}

  static Process start(ProcessBuilder builder) throws IOException {
    boolean interrupted = false;
    try {
      var started = THREAD.submit(builder::start);
      while (true) {
        try {
          return started.get();
        } catch (InterruptedException e) {
          interrupted = true; // it is started all the same, and somebody has to end it
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
