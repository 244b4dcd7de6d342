package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs a command of the workspace, a gate's above all, to its end, with all that it starts: what it
 * leaves running is ended, also what holds on to its output, and what does not end in time is ended
 * with all the rest.
 */
public final class GateCommand {
  /** What of the output is kept: its end. */
  private static final int OUTPUT = 64 * 1024;

  private static final int LONGEST_LINE = 4_000;

  /** How long its output may stay open once all its processes were ended. */
  private static final Duration ESCAPED = Duration.ofSeconds(2);

  /** Sequences that a terminal would obey, and characters that are not to be seen. */
  private static final Pattern CONTROL =
      Pattern.compile(
          "\\x1B(?:\\[[0-?]*[ -/]*[@-~]|[\\]P_^X][^\\x07\\x1B]*(?:\\x07|\\x1B\\\\)?|[@-Z\\\\-_])"
              + "|[\\p{Cc}\\p{Cf}&&[^\\n\\t]]");

  private final Timers timers;

  public GateCommand(Timers timers) {
    this.timers = timers;
  }

  /**
   * How it ended.
   *
   * @param late whether it was ended because its time was over
   * @param output the end of what it printed, as plain text
   */
  public record Exit(int code, boolean late, String output) {}

  /**
   * @throws dev.hivedeck.engine.protocol.HiveException {@code not-started}
   */
  public Exit run(String command, Path folder, Map<String, String> environment, Duration limit)
      throws InterruptedException {
    var tree = ProcessTree.start(ProcessTree.both(command), folder, environment);
    var late = new AtomicBoolean();
    var timer =
        timers.after(
            limit,
            () -> {
              late.set(true);
              tree.end();
            });
    var tail = new Tail(OUTPUT);
    boolean ended = false;
    try {
      close(tree.process());
      // Reading blocks in the operating system.
      Thread reader =
          Thread.ofPlatform()
              .daemon()
              .name("gate-" + tree.pid())
              .start(() -> read(tree.process().getInputStream(), tail));
      int code = tree.process().waitFor();
      timer.cancel();
      boolean over = late.get();
      reader.join(Duration.ofMillis(200)); // what it printed last
      tree.end();
      ended = true;
      reader.join(ESCAPED);
      return new Exit(code, over, plain(tail.text()));
    } finally {
      timer.cancel();
      if (!ended) {
        tree.end();
      }
    }
  }

  private static void close(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException ignored) {
      // It ended before.
    }
  }

  private static void read(InputStream in, Tail tail) {
    byte[] buffer = new byte[8192];
    try (in) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        tail.add(buffer, n);
      }
    } catch (IOException ignored) {
      // It was ended; what it said until then is there.
    }
  }

  static String plain(String output) {
    return output
        .lines()
        .map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line)
        .map(line -> CONTROL.matcher(line).replaceAll(""))
        .collect(Collectors.joining("\n"));
  }

  /** The last bytes of a stream. */
  private static final class Tail {
    private final byte[] ring;
    private long total;

    Tail(int most) {
      ring = new byte[most];
    }

    synchronized void add(byte[] bytes, int n) {
      for (int i = 0; i < n; i++) {
        ring[(int) (total++ % ring.length)] = bytes[i];
      }
    }

    synchronized String text() {
      if (total <= ring.length) {
        return new String(ring, 0, (int) total, StandardCharsets.UTF_8);
      }
      int start = (int) (total % ring.length);
      byte[] ordered = new byte[ring.length];
      System.arraycopy(ring, start, ordered, 0, ring.length - start);
      System.arraycopy(ring, 0, ordered, ring.length - start, start);
      return "…\n" + new String(ordered, StandardCharsets.UTF_8);
    }
  }
}
