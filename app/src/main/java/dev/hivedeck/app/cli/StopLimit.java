package dev.hivedeck.app.cli;

import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * Closes as the process ends, within a time: what hangs then, such as a disk that does not answer,
 * keeps the process from ending no longer. Nothing is lost, for what was confirmed is durable.
 *
 * @param longest that closing may take
 * @param halt ends the process at once, with an exit code
 */
public record StopLimit(Duration longest, IntConsumer halt) {
  /** An engine stops its agents first, which takes some seconds. */
  private static final StopLimit STANDARD =
      new StopLimit(Duration.ofSeconds(60), code -> Runtime.getRuntime().halt(code));

  /** Of a process that was killed for not ending. */
  private static final int KILLED = 137;

  /** Has this closed when the process is told to end. */
  public static void atEnd(Runnable close) {
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().unstarted(() -> STANDARD.within(close)));
  }

  /** Closes, and halts where that takes too long. */
  void within(Runnable close) {
    var closing = Thread.ofPlatform().name("close").daemon().start(close);
    try {
      if (!closing.join(longest)) {
        System.err.println(
            "Not stopped within "
                + longest.toSeconds()
                + " s; the process ends now. What was confirmed is durable.");
        halt.accept(KILLED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
