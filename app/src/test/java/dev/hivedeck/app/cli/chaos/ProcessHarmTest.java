package dev.hivedeck.app.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.app.cli.chaos.ChaosPlan.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Real processes are made to stand still, and go on. */
@EnabledOnOs(OS.LINUX) // whose /proc tells who stands still
class ProcessHarmTest {
  private Process process;

  @BeforeEach
  void begin() throws IOException {
    process = new ProcessBuilder("/bin/sh", "-c", "sleep 600 & wait").start();
    until(() -> process.descendants().findAny().isPresent());
  }

  @AfterEach
  void end() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void until(BooleanSupplier is) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!is.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(is.getAsBoolean()).isTrue();
  }

  private static boolean stands(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/stat")).matches("(?s)\\d+ \\(.*\\) T.*");
    } catch (IOException e) {
      return false;
    }
  }

  private boolean allStand() {
    return stands(process.pid()) && process.descendants().allMatch(p -> stands(p.pid()));
  }

  private boolean noneStands() {
    return !stands(process.pid()) && process.descendants().noneMatch(p -> stands(p.pid()));
  }

  @Test
  void whoIsFrozenStandsStillAndGoesOnByItselfAfterItsTime() {
    ProcessHarm.harm(Kind.FREEZE, process.pid(), Duration.ofSeconds(1));
    until(this::allStand);
    until(this::noneStands); // nobody said so
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void whoIsFrozenGoesOnWhenThatIsUndone() {
    try (var undo = ProcessHarm.harm(Kind.FREEZE, process.pid(), Duration.ofMinutes(9))) {
      until(this::allStand);
      assertThat(undo).isNotNull();
    }
    assertThat(noneStands()).isTrue();
  }

  @Test
  void whoIsStarvedStandsStillMostOfTheTimeAndGoesOnWhenThatIsUndone() {
    try (var undo = ProcessHarm.harm(Kind.STARVE, process.pid(), Duration.ofMinutes(9))) {
      until(this::allStand);
      until(this::noneStands);
      until(this::allStand);
      assertThat(undo).isNotNull();
    }
    assertThat(noneStands()).isTrue();
  }

  @Test
  void whoIsKilledEndsWithAllThatItStarted() {
    var child = process.descendants().findAny().orElseThrow();
    ProcessHarm.harm(Kind.KILL, process.pid(), Duration.ZERO);
    until(() -> !process.isAlive() && !child.isAlive());
  }

  @Test
  void neitherThisProgramNorWhatIsGoneIsHarmed() {
    long own = ProcessHandle.current().pid();
    assertThatThrownBy(() -> ProcessHarm.harm(Kind.FREEZE, own, Duration.ofSeconds(1)))
        .hasMessageContaining("is gone");
    assertThatThrownBy(() -> ProcessHarm.harm(Kind.KILL, Integer.MAX_VALUE, Duration.ZERO))
        .hasMessageContaining("is gone");
  }
}
