package dev.hivedeck.engine.rollout.proxy;

import dev.hivedeck.engine.agent.ShellQuoting;
import dev.hivedeck.engine.protocol.Printable;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A command that the configuration names, run to its end. */
record ProxyCommand(String line) {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MOST = 2_000;

  /**
   * Runs it.
   *
   * @throws IOException with what it said, when it fails or does not end
   */
  void run() throws IOException {
    boolean windows = File.separatorChar == '\\';
    Path said = Files.createTempFile("hivedeck", ".out");
    Process process = null;
    try {
      process =
          new ProcessBuilder(ShellQuoting.shell(line))
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new File(windows ? "NUL" : "/dev/null")))
              .redirectOutput(said.toFile())
              .start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(line + " does not end within " + PATIENCE.toSeconds() + " s");
      }
      if (process.exitValue() != 0) {
        byte[] bytes = Files.readAllBytes(said);
        String text = new String(bytes, 0, Math.min(bytes.length, MOST), StandardCharsets.UTF_8);
        throw new IOException(
            line + " failed with " + process.exitValue() + ": " + Printable.line(text.strip()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(line + " was cut off", e);
    } finally {
      if (process != null && process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      Files.deleteIfExists(said);
    }
  }
}
