package dev.hivedeck.app.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the system is asked to show, by programs that write down what they were given. */
@DisabledOnOs(OS.WINDOWS)
class SystemNotificationTest {
  @TempDir Path folder;
  private final BlockingQueue<String> tray = new LinkedBlockingQueue<>();
  private boolean trayed;

  private SystemNotification of(String system, String program) throws IOException {
    var told = folder.resolve("told.part");
    Files.writeString(
        folder.resolve(program),
        "#!/bin/sh\nprintf '[%s]\\n' \"$@\" > '"
            + told
            + "'\nmv '"
            + told
            + "' '"
            + folder.resolve("told")
            + "'\n");
    Files.setPosixFilePermissions(
        folder.resolve(program), PosixFilePermissions.fromString("rwx------"));
    return new SystemNotification(
        system, List.of(folder), (a, b) -> tray.add(a + "/" + b), () -> trayed);
  }

  private List<String> told() throws Exception {
    var file = folder.resolve("told");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(file) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return Files.readAllLines(file);
  }

  @Test
  void onLinuxTheTextIsNoMarkupAndTheTitleNoOption() throws Exception {
    of("Linux", "notify-send").show("--help\nme", "<b>a & b</b>", true);
    assertThat(told())
        .containsExactly(
            "[--app-name=Hivedeck]",
            "[--urgency=critical]",
            "[--]",
            "[--help\\nme]",
            "[&lt;b&gt;a &amp; b&lt;/b&gt;]");
    assertThat(tray).isEmpty();
  }

  @Test
  void onMacTheTextIsNoScript() throws Exception {
    of("Mac OS X", "osascript").show("a", "\" & (do shell script \"id\")", false);
    assertThat(told()).endsWith("[--]", "[a]", "[\" & (do shell script \"id\")]");
  }

  @Test
  void whereThereIsNoProgramTheTrayShowsIt() throws Exception {
    new SystemNotification("Linux", List.of(folder), (a, b) -> tray.add(a + "/" + b), () -> trayed)
        .show("a", "x".repeat(2_000), false);
    assertThat(tray.poll(60, TimeUnit.SECONDS)).startsWith("a/xxx").endsWith("…").hasSize(302);
    of("Windows 11", "notify-send").show("b", "c", false);
    assertThat(tray.poll(60, TimeUnit.SECONDS)).isEqualTo("b/c");
  }

  @Test
  void whetherTheSystemShowsAnyIsKnownBefore() throws Exception {
    var bare = new SystemNotification("Linux", List.of(), (a, b) -> tray.add(a), () -> trayed);
    assertThat(bare.isShown()).as("no program and no tray").isFalse();
    assertThat(of("Linux", "osascript").isShown()).as("a program of another system").isFalse();
    trayed = true;
    assertThat(bare.isShown()).isTrue();
    trayed = false;
    assertThat(of("Linux", "notify-send").isShown()).isTrue();
    assertThat(of("Mac OS X", "osascript").isShown()).isTrue();
    assertThat(of("Windows 11", "none").isShown()).isTrue();
  }
}
