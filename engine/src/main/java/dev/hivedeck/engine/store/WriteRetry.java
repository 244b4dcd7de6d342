package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Repeats writes that must not be lost. */
public final class WriteRetry {
  private static final Logger LOG = LoggerFactory.getLogger(WriteRetry.class);
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private WriteRetry() {}

  /**
   * Writes what must be written, here or by git, again and again while an outage lasts.
   *
   * @throws InterruptedException when the waiting between was interrupted; nothing is written then
   */
  public static <T> T insist(Timers timers, Supplier<T> write) throws InterruptedException {
    while (true) {
      try {
        return write.get();
      } catch (HiveException e) {
        if (!e.outage()) {
          throw e;
        }
        LOG.warn("written again later: {}", e.getMessage());
        timers.sleep(AGAIN);
      }
    }
  }
}
