package dev.hivedeck.app.desktop;

import dev.hivedeck.engine.protocol.Printable;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows what the system shows beside all windows: by {@code notify-send} on Linux, {@code
 * osascript} on macOS, elsewhere by the tray. Where none of them is, nothing is shown; the inbox
 * has it all the same.
 */
final class SystemNotification {
  private static final Logger LOG = LoggerFactory.getLogger(SystemNotification.class);

  /** A program that shows a notification answers at once, or not at all. */
  private static final long PATIENCE_SECONDS = 10;

  private static final int LONGEST = 300;

  private final String system;
  private final List<Path> programs;
  private final BiConsumer<String, String> tray;
  private final BooleanSupplier trayed;

  /**
   * @param system its name, as Java has it
   * @param programs folders of programs
   * @param tray shows a title and a text by the tray
   * @param trayed whether there is one
   */
  SystemNotification(
      String system, List<Path> programs, BiConsumer<String, String> tray, BooleanSupplier trayed) {
    this.system = system.toLowerCase(Locale.ROOT);
    this.programs = List.copyOf(programs);
    this.tray = tray;
    this.trayed = trayed;
  }

  /**
   * That of this system.
   *
   * @param tray shows a title and a text by the tray
   */
  static SystemNotification here(BiConsumer<String, String> tray) {
    return new SystemNotification(
        System.getProperty("os.name", ""),
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .filter(folder -> !folder.isBlank())
            .map(Path::of)
            .toList(),
        tray,
        SystemTrayIcon::isSupported);
  }

  /**
   * Shows it; returns at once.
   *
   * @param urgent whether it stays until somebody has seen it, where the system knows such
   */
  void show(String title, String text, boolean urgent) {
    var command = command(cut(title), cut(text), urgent);
    Thread.ofVirtual()
        .name("system-notification")
        .start(
            () -> {
              if (command.isEmpty()) {
                tray.accept(cut(title), cut(text));
              } else {
                run(command);
              }
            });
  }

  /** Whether this system shows any. */
  boolean isShown() {
    return system.contains("mac")
        ? program("osascript").isPresent() || trayed.getAsBoolean()
        : system.contains("win") || program("notify-send").isPresent() || trayed.getAsBoolean();
  }

  /** What shows it; empty for the tray. */
  private List<String> command(String title, String text, boolean urgent) {
    if (system.contains("mac")) {
      return program("osascript")
          .map(
              p ->
                  List.of(
                      p,
                      "-e",
                      "on run argv",
                      "-e",
                      "display notification (item 2 of argv) with title (item 1 of argv)",
                      "-e",
                      "end run",
                      "--",
                      title,
                      text))
          .orElse(List.of());
    }
    if (system.contains("win")) {
      return List.of();
    }
    return program("notify-send")
        .map(
            p ->
                List.of(
                    p,
                    "--app-name=Hivedeck",
                    "--urgency=" + (urgent ? "critical" : "normal"),
                    "--",
                    title,
                    // The text may have marks of its own there, the title not.
                    text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")))
        .orElse(List.of());
  }

  private Optional<String> program(String name) {
    return programs.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private static void run(List<String> command) {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.DISCARD)
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        LOG.info("{} did not end", command.getFirst());
      } else if (process.exitValue() != 0) {
        LOG.info("{} ended with {}", command.getFirst(), process.exitValue());
      }
    } catch (IOException e) {
      LOG.info("no notification: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String cut(String text) {
    var line = Printable.line(text == null ? "" : text).replace("\0", "");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
  }
}
