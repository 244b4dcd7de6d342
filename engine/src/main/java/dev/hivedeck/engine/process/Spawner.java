package dev.hivedeck.engine.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the processes of agents and gates. To Linux the parent of a process is the thread that
 * started it: so it must be one that lasts, for those that are to end with this one. A process
 * inherits the thread's priority, too: what works in the background leaves the processor to the
 * window, and to whatever else a person is at.
 */
final class Spawner {
  private static final Logger LOG = LoggerFactory.getLogger(Spawner.class);

  /** How nice agents and gates are; 0 is the usual, 19 the least urgent. */
  static final int NICENESS = 5;

  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("spawner").factory());

  static {
    THREAD.execute(Spawner::lowerPriority);
  }

  private Spawner() {}

  // Elsewhere than on Linux a thread has no priority of its own that a process would inherit.
  private static void lowerPriority() {
    if (!SessionLauncher.LINUX) {
      return;
    }
    try {
      var stat = Files.readString(Path.of("/proc/thread-self/stat"));
      // The 19th field; the second, a name in brackets, may hold blanks.
      int now = Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
      if (now < NICENESS) {
        var thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
        new ProcessBuilder("renice", "-n", String.valueOf(NICENESS), "-p", thread)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("Agents run at the usual priority", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

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
