package dev.hivedeck.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What trees of real processes take. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class MeterTest {
  @TempDir Path folder;
  private final String key = "test-" + System.nanoTime();
  private final Meter meter = new Meter();

  @AfterEach
  void nothingIsLeft() {
    ProcessTree.endCarrying(Set.of(key));
  }

  private ProcessTree start(String command) {
    return ProcessTree.start(command, folder, Map.of(ProcessTree.MARK, key));
  }

  /** Looks at a tree until it is as wanted. */
  private ResourceUsage until(
      ProcessTree tree, ResourceQuota quota, Predicate<ResourceUsage> wanted) throws Exception {
    var looks = new Semaphore(0);
    try (var gauge = meter.watch(tree, quota, looks::release)) {
      while (true) {
        assertThat(looks.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        var usage = gauge.news();
        if (usage != null && wanted.test(usage)) {
          return usage;
        }
      }
    }
  }

  @Test
  void allOfATreeCounts() throws Exception {
    var tree =
        start(
            "(head -c 50000000 /dev/zero; exec sleep 300) | exec tail -c 50000000 & (setsid sleep 300 &);"
                + " wait");
    var usage = until(tree, ResourceQuota.NONE, u -> u.processes() == 4 && u.memory() > 50_000_000);

    assertThat(usage.largest()).matches("tail \\(5\\d MB\\)");
    assertThat(usage.memory()).isLessThan(100_000_000);
    tree.end();
  }

  @Test
  void workIsSeen() throws Exception {
    var tree = start("while :; do :; done");
    var usage = until(tree, ResourceQuota.NONE, u -> u.cpu() > 0);

    assertThat(usage.cpu()).isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    tree.end();
  }

  @Test
  void whatForksShareCountsOnceBeforeItCountsAgainstThem() throws Exception {
    var quota = new ResourceQuota(150_000_000L, null, null);
    var tree =
        start(
            "x=$(head -c 30000000 /dev/zero | tr '\\0' a); i=0;"
                + " while [ $i -lt 9 ]; do (sleep 300; echo $x) & i=$((i+1)); done;"
                + " echo begun > begun; wait");
    while (!Files.exists(folder.resolve("begun"))) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    var usage = until(tree, quota, u -> u.processes() >= 10);

    assertThat(quota.over(usage)).isEmpty();
    assertThat(usage.memory()).isBetween(30_000_000L, quota.memory());
    long counted =
        ProcessTable.take(ProcessTree.MARK).stream()
            .filter(p -> key.equals(p.mark()))
            .mapToLong(p -> p.figures().memory())
            .sum();
    assertThat(counted).as("each by itself").isGreaterThan(quota.memory());
    tree.end();
  }

  @Test
  void oneLookIsAtAllTreesAndEachHasItsOwn() throws Exception {
    var one = start("exec sleep 300");
    var more =
        ProcessTree.start(
            "sleep 300 & sleep 300 & wait", folder, Map.of(ProcessTree.MARK, key + "-more"));
    try (var other = meter.watch(one, ResourceQuota.NONE, () -> {})) {
      until(more, new ResourceQuota(null, null, 9), u -> u.processes() == 3);
      assertThat(other.news().processes()).isEqualTo(1);
    } finally {
      more.end();
      one.end();
    }
  }
}
