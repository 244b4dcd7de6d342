package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A new package says where null is meant; the compiler holds it to that. */
class NullMarkedTest {
  private static final Path ROOT = Path.of("src/main/java/dev/hivedeck/engine");

  /** Packages below the engine's own that are still to be marked. */
  private static final Set<String> STILL_UNMARKED =
      Set.of(
          "",
          "agent",
          "agent/dialect",
          "agent/dialect/acp",
          "agent/dialect/codex",
          "agent/discovery",
          "agent/driver",
          "agent/log",
          "agent/recipe",
          "agent/request",
          "agent/watch",
          "api",
          "api/feed",
          "api/http",
          "api/mcp",
          "api/metrics",
          "area",
          "attempt",
          "budget",
          "change",
          "config",
          "config/edit",
          "config/metrics",
          "config/notify",
          "config/yaml",
          "decision",
          "dispatch",
          "execution",
          "gate",
          "git",
          "git/diff",
          "git/repository",
          "lesson",
          "mainline",
          "maintenance",
          "metric",
          "metric/collect",
          "metric/exchange",
          "metric/export",
          "metric/exposition",
          "metric/intake",
          "metric/promql",
          "metric/query",
          "metric/store",
          "notify",
          "notify/channel",
          "permission",
          "plan",
          "process",
          "security",
          "security/audit",
          "selection",
          "simulator",
          "slo",
          "slo/alert",
          "slo/exchange",
          "slo/history",
          "slo/policy",
          "slo/rule",
          "slo/watch",
          "store",
          "workspace",
          "worktree",
          "worktree/folder",
          "worktree/isolation");

  @Test
  void everyPackageIsMarkedButThoseThatAreStillToBe() throws IOException {
    var unmarked = new TreeSet<String>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(f -> f.endsWith("package-info.java")).toList()) {
        if (!Files.readString(file).contains("@NullMarked\n")) {
          unmarked.add(ROOT.relativize(file.getParent()).toString().replace('\\', '/'));
        }
      }
    }
    assertThat(unmarked)
        .as("mark a new package @NullMarked, and take one that you marked off the list")
        .isEqualTo(new TreeSet<>(STILL_UNMARKED));
  }
}
