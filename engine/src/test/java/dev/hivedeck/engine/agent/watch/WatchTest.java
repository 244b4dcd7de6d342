package dev.hivedeck.engine.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.agent.End;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.process.Quota;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as time that an agent had. */
class WatchTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(20);
  private static final Duration QUIET = Duration.ofMinutes(5);

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Watch watch;

  @BeforeEach
  void begin() {
    watch =
        new Watch(
            new Job(
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
                Quota.NONE,
                1),
            time.clock());
  }

  private End after(Duration passed, long bytes) {
    End end = null;
    for (long i = passed.toSeconds(); i > 0 && end == null; i--) {
      time.advance(Duration.ofSeconds(1));
      end = watch.verdict(bytes, false);
    }
    return end;
  }

  @Test
  void aMachineThatSleptOrAClockThatWasSetTakesNoneOfIt() {
    assertThat(after(Duration.ofMinutes(4), 0)).isNull();
    for (int hours : new int[] {8, -24, 1_000}) {
      time.advance(Duration.ofHours(hours));
      assertThat(watch.verdict(0, false)).isNull();
    }
    assertThat(after(Duration.ofMinutes(2), 0))
        .isNotNull()
        .extracting(End::reason)
        .isEqualTo("quiet");
  }

  @Test
  void whatItHadIsCountedAllTheSame() {
    for (int minute = 1; minute < 18; minute++) { // each jump counts for ten seconds at most
      assertThat(after(Duration.ofMinutes(1), minute)).isNull();
      time.advance(Duration.ofHours(minute % 2 == 0 ? 5 : -5));
    }
    assertThat(after(Duration.ofMinutes(4), 20)).extracting(End::reason).isEqualTo("timeout");
  }
}
