package dev.hivedeck.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.process.ResourceQuota.Excess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the kernel; folders stand for its groups here, so nothing is held by them. */
@DisabledOnOs(OS.WINDOWS)
class CgroupTest {
  @TempDir Path mount;

  private Path group(String path, String handedDown) throws Exception {
    Path group = Files.createDirectories(mount.resolve(path));
    Files.writeString(group.resolve("cgroup.procs"), "");
    Files.writeString(group.resolve("cgroup.subtree_control"), handedDown + "\n");
    return group;
  }

  @Test
  void theNearestGroupThatHandsDownIsHome() throws Exception {
    group("user", "cpu memory pids");
    Path slice = group("user/app.slice", "memory pids");
    group("user/app.slice/desktop.scope", "");

    assertThat(Cgroup.above(mount, "user/app.slice/desktop.scope")).contains(slice);
  }

  @Test
  void withoutAGroupOfOnesOwnThereIsNone() throws Exception {
    group("", "cpu memory pids");
    group("session.scope", "cpu");

    assertThat(Cgroup.above(mount, "session.scope")).isEmpty();
    assertThat(Cgroup.above(mount, "")).isEmpty();
    assertThat(Cgroup.above(mount, "gone/since")).isEmpty();
  }

  @Test
  void theKernelIsToldWhatMayBeTaken() throws Exception {
    var group = Cgroup.open(mount, new ResourceQuota(2_000_000_000L, 1.5, 200)).orElseThrow();
    Path folder = group.procs().getParent();

    assertThat(folder.resolve("memory.max")).hasContent("2000000000");
    assertThat(folder.resolve("memory.swap.max")).hasContent("0");
    assertThat(folder.resolve("cpu.max")).hasContent("150000 100000");
    assertThat(Long.parseLong(Files.readString(folder.resolve("pids.max"))))
        .as("threads, of which a process may have many")
        .isGreaterThan(200);
  }

  @Test
  void whatIsNotLimitedIsLeftToItself() throws Exception {
    var group = Cgroup.open(mount, new ResourceQuota(null, 0.5, null)).orElseThrow();

    try (var files = Files.list(group.procs().getParent())) {
      assertThat(files).extracting(p -> p.getFileName().toString()).containsExactly("cpu.max");
    }
    assertThat(Cgroup.open(mount.resolve("gone"), new ResourceQuota(null, 0.5, null))).isEmpty();
  }

  @Test
  void theShellIsInsideBeforeItDoesAnything() throws Exception {
    var group = Cgroup.open(mount, new ResourceQuota(null, null, 9)).orElseThrow();
    var tree =
        ProcessTree.start(
            "cat " + group.procs() + "; echo \"it's $1 \\$\"; exit 3",
            mount,
            Map.of(ProcessTree.MARK, "cgroup-" + System.nanoTime()),
            Optional.of(group));

    assertThat(new String(tree.process().getInputStream().readAllBytes()))
        .isEqualTo("0\nit's  $\n");
    assertThat(tree.process().waitFor()).isEqualTo(3);
    tree.end();
  }

  @Test
  void whereItMayNotGoInsideItRunsAllTheSame() throws Exception {
    var group = Cgroup.open(mount, new ResourceQuota(null, null, 9)).orElseThrow();
    Files.createDirectory(group.procs());
    var tree =
        ProcessTree.start(
            "echo here",
            mount,
            Map.of(ProcessTree.MARK, "cgroup-" + System.nanoTime()),
            Optional.of(group));

    assertThat(new String(tree.process().getInputStream().readAllBytes())).isEqualTo("here\n");
    assertThat(tree.process().getErrorStream().readAllBytes()).isEmpty();
    tree.end();
  }

  @Test
  void whatTheKernelRefusedIsKnownAfterwards() throws Exception {
    var group = Cgroup.open(mount, new ResourceQuota(2_000_000_000L, null, 20)).orElseThrow();
    Path folder = group.procs().getParent();
    assertThat(group.refused()).isNull();

    Files.writeString(folder.resolve("pids.events"), "max 3\n");
    assertThat(group.refused()).extracting(Excess::limit).isEqualTo("processes");
    Files.writeString(folder.resolve("memory.events"), "low 0\nhigh 0\nmax 9\noom 0\noom_kill 1\n");
    assertThat(group.refused())
        .as("the machine's own need")
        .extracting(Excess::limit)
        .isEqualTo("processes");
    Files.writeString(folder.resolve("memory.events"), "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\n");
    group.close();
    assertThat(group.refused())
        .isEqualTo(new Excess("memory", "used all of 2 GB and was ended when it wanted more"));
  }

  @Test
  void membersAreThoseOfGroupsWithinToo() throws Exception {
    var group = Cgroup.open(mount, new ResourceQuota(null, null, 9)).orElseThrow();
    Files.writeString(group.procs(), "7\n8\n");
    Path inner = Files.createDirectory(group.procs().resolveSibling("inner"));
    Files.writeString(inner.resolve("cgroup.procs"), "0\n9\n");

    assertThat(group.members()).containsExactlyInAnyOrder(7L, 8L, 9L);
  }
}
