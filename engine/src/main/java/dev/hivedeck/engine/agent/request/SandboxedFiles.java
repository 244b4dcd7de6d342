package dev.hivedeck.engine.agent.request;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.SandboxPolicy;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Files of an agent in a sandbox, read and written from within it: whatever links the agent swaps
 * meanwhile, they lead no further than it may go itself.
 *
 * @param environment marks what it runs as the attempt's
 */
record SandboxedFiles(
    Path worktree,
    Map<String, String> environment,
    ResourceQuota quota,
    SandboxPolicy confinement) {
  private static final int MISSING = 44;
  private static final int NO_FILE = 45;

  /** A pipe in the place of a file is not waited for. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /**
   * @param most bytes of it
   */
  byte[] read(Path file, int most) throws IOException {
    return run(
        "[ -e \"$HIVEDECK_FILE\" ] || exit %d; [ -f \"$HIVEDECK_FILE\" ] || exit %d; exec head -c %d -- \"$HIVEDECK_FILE\""
            .formatted(MISSING, NO_FILE, most),
        file,
        new byte[0],
        most);
  }

  void write(Path file, String text) throws IOException {
    run(
        "[ ! -e \"$HIVEDECK_FILE\" ] || [ -f \"$HIVEDECK_FILE\" ] || exit %d; mkdir -p -- \"${HIVEDECK_FILE%%/*}\" && exec cat > \"$HIVEDECK_FILE\""
            .formatted(NO_FILE),
        file,
        text.getBytes(StandardCharsets.UTF_8),
        1_024);
  }

  private byte[] run(String command, Path file, byte[] input, int most) throws IOException {
    var all = new HashMap<>(environment);
    all.put("HIVEDECK_FILE", file.toString());
    ProcessTree tree;
    try {
      tree = ProcessTree.startPart(command, worktree, all, quota, confinement);
    } catch (HiveException e) {
      throw new IOException(e.getMessage(), e);
    }
    var process = tree.process();
    Thread alarm =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                      tree.end();
                    }
                  } catch (InterruptedException e) {
                    tree.end();
                  }
                });
    try {
      try (var in = process.getOutputStream()) {
        in.write(input);
      }
      byte[] out = process.getInputStream().readNBytes(most);
      int code = process.waitFor();
      alarm.join();
      if (code == MISSING) {
        throw new NoSuchFileException(file.toString());
      }
      if (code != 0) {
        throw new IOException(
            code == NO_FILE
                ? file + " is no file."
                : "It cannot be reached from the sandbox (exit " + code + ").");
      }
      return out;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      tree.end();
    }
  }
}
