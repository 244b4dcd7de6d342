package dev.hivedeck.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.process.ProcessTable.ProcessFigures;
import dev.hivedeck.engine.process.ProcessTable.ProcessInfo;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a tree takes, reckoned from two looks at it. */
class ResourceUsageTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static ProcessInfo seen(long pid, long parent, long memory, long cpu) {
    return new ProcessInfo(
        pid, parent, 0, 0, null, new ProcessFigures("p" + pid, false, 1, memory, cpu));
  }

  private static ProcessInfo dead(long pid, long parent, long cpu) {
    return new ProcessInfo(pid, parent, 0, 0, null, new ProcessFigures("p" + pid, true, 1, 0, cpu));
  }

  private static double cpu(List<ProcessInfo> before, List<ProcessInfo> now) {
    return ResourceUsage.of(before, now, SECOND).cpu();
  }

  @Test
  void itIsTheSumOfAllThatLive() {
    var usage =
        ResourceUsage.of(
            List.of(), List.of(seen(1, 0, 10, 0), seen(2, 1, 30, 0), dead(3, 1, 0)), SECOND);

    assertThat(usage.memory()).isEqualTo(40);
    assertThat(usage.processes()).isEqualTo(2);
    assertThat(usage.largest()).startsWith("p2 ");
  }

  @Test
  void onlyWorkSinceTheLookBeforeCounts() {
    assertThat(cpu(List.of(seen(1, 0, 0, 900)), List.of(seen(1, 0, 0, 1_000)))).isEqualTo(0.1);
    assertThat(cpu(List.of(), List.of(seen(1, 0, 0, 100)))).isEqualTo(0.1);
  }

  @Test
  void theWorkOfAChildThatEndedIsCountedOnce() {
    // Its 500 are its parent's now, of which 400 were known.
    assertThat(cpu(List.of(seen(1, 0, 0, 0), seen(2, 1, 0, 400)), List.of(seen(1, 0, 0, 500))))
        .isEqualTo(0.1);
  }

  @Test
  void theWorkOfAnOrphanThatEndedTakesNothingFromTheRest() {
    assertThat(cpu(List.of(seen(1, 0, 0, 0), seen(3, 99, 0, 800)), List.of(seen(1, 0, 0, 100))))
        .isEqualTo(0.1);
  }

  @Test
  void aChildWhoseEndNobodyHeardOfYetIsCountedOnce() {
    var working = List.of(seen(1, 0, 0, 0), seen(2, 1, 0, 900));
    var ended = List.of(seen(1, 0, 0, 0), dead(2, 1, 900));
    var over = List.of(seen(1, 0, 0, 900));

    assertThat(cpu(working, ended)).isZero();
    assertThat(cpu(ended, over)).isZero();
  }

  @Test
  void aNumberGivenAnewIsAnotherProcess() {
    var before = List.of(seen(1, 0, 0, 0), seen(2, 99, 0, 900));
    var anew = new ProcessInfo(2, 1, 0, 0, null, new ProcessFigures("new", false, 2, 0, 100));

    assertThat(cpu(before, List.of(seen(1, 0, 0, 0), anew))).isEqualTo(0.1);
  }

  @Test
  void quotasAreHeldToWhatTheySay() {
    var usage = new ResourceUsage(2_300_000_000L, 3.25, 34, "node (1.9 GB)", "sh (30)");

    assertThat(ResourceQuota.NONE.over(usage)).isEmpty();
    assertThat(new ResourceQuota(2_300_000_000L, 0.1, 34).over(usage)).isEmpty();
    assertThat(new ResourceQuota(2_000_000_000L, null, null).over(usage))
        .contains(new ResourceQuota.Excess("memory", "used 2.3 GB of 2 GB: mostly node (1.9 GB)"));
    assertThat(new ResourceQuota(null, null, 20).over(usage))
        .contains(new ResourceQuota.Excess("processes", "used 34 of 20 processes: mostly sh (30)"));
    assertThat(new ResourceQuota(null, 3.0, null).busier(usage)).isFalse();
    assertThat(new ResourceQuota(null, 1.5, null).busier(usage)).isTrue();
    assertThat(new ResourceQuota(null, 1.5, null).cores(usage)).isEqualTo("3.3 of 1.5 cores");
  }

  @Test
  void onlyWhatAPersonWouldSeeIsADifference() {
    var usage = new ResourceUsage(1_000_000_000, 1.0, 9, null, null);

    assertThat(usage.near(new ResourceUsage(1_040_000_000, 1.05, 9, "other", null))).isTrue();
    assertThat(usage.near(new ResourceUsage(1_100_000_000, 1.0, 9, null, null))).isFalse();
    assertThat(usage.near(new ResourceUsage(1_000_000_000, 1.2, 9, null, null))).isFalse();
    assertThat(usage.near(new ResourceUsage(1_000_000_000, 1.0, 8, null, null))).isFalse();
  }

  @Test
  void thePeakIsThatOfEachByItself() {
    var peak = new ResourceUsage(9, 0.5, 2, "a", "b").most(new ResourceUsage(7, 1.5, 3, "c", "d"));

    assertThat(peak).isEqualTo(new ResourceUsage(9, 1.5, 3, "a", "d"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 MB",
    "1400000, 1 MB",
    "999000000, 999 MB",
    "1000000000, 1 GB",
    "1240000000, 1.2 GB"
  })
  void sizesAreReadable(long bytes, String words) {
    assertThat(ResourceUsage.bytes(bytes)).isEqualTo(words);
  }

  @Test
  void whatIsNotToBeSeenIsNotSaid() {
    assertThat(new ResourceUsage(0, 0, 1, null, null).words()).isEqualTo("1 process");
    assertThat(new ResourceUsage(1_200_000_000, 0, 14, null, null).words())
        .isEqualTo("1.2 GB, 14 processes");
  }
}
