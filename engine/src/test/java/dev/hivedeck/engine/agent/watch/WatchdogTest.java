package dev.hivedeck.engine.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as time that an agent had. */
class WatchdogTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(20);
  private static final Duration QUIET = Duration.ofMinutes(5);

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Watchdog watchdog;

  @BeforeEach
  void begin() {
    watchdog =
        new Watchdog(
            new RunRequest(
                "w",
                "T-1",
                "T-1.1",
                1,
                1,
                "ann",
                "work",
                null,
                null,
                null,
                folder,
                folder.resolve("prompt.md"),
                "Make it.",
                Map.of(),
                TIMEOUT,
                QUIET,
                ResourceQuota.NONE,
                1),
            time.clock());
  }

  private RunResult after(Duration passed, long bytes) {
    RunResult result = null;
    for (long i = passed.toSeconds(); i > 0 && result == null; i--) {
      time.advance(Duration.ofSeconds(1));
      result = watchdog.verdict(bytes, false);
    }
    return result;
  }

  @Test
  void aMachineThatSleptOrAClockThatWasSetTakesNoneOfIt() {
    assertThat(after(Duration.ofMinutes(4), 0)).isNull();
    for (int hours : new int[] {8, -24, 1_000}) {
      time.advance(Duration.ofHours(hours));
      assertThat(watchdog.verdict(0, false)).isNull();
    }
    assertThat(after(Duration.ofMinutes(2), 0))
        .isNotNull()
        .extracting(RunResult::reason)
        .isEqualTo(FailureReason.QUIET);
  }

  @Test
  void whatItHadIsCountedAllTheSame() {
    for (int minute = 1; minute < 18; minute++) { // each jump counts for ten seconds at most
      assertThat(after(Duration.ofMinutes(1), minute)).isNull();
      time.advance(Duration.ofHours(minute % 2 == 0 ? 5 : -5));
    }
    assertThat(after(Duration.ofMinutes(4), 20))
        .extracting(RunResult::reason)
        .isEqualTo(FailureReason.TIMEOUT);
  }
}
