package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.agent.watch.LineReader;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The processes of an instance, all that its command started. */
final class ServiceProcess {
  private static final int LONGEST_LINE = 8 << 10;

  private final ProcessTree tree;
  private final AtomicBoolean ending = new AtomicBoolean();
  private volatile boolean gone;

  private ServiceProcess(ProcessTree tree) {
    this.tree = tree;
  }

  /**
   * Starts a command.
   *
   * @param out takes each line that it prints
   * @param exited runs once it has ended, by itself or not
   * @throws dev.hivedeck.engine.protocol.HiveException {@code not-started}
   */
  static ServiceProcess start(
      String command,
      Path folder,
      Map<String, String> environment,
      Consumer<String> out,
      Runnable exited) {
    var tree = ProcessTree.start(ProcessTree.both(command), folder, environment);
    var process = new ServiceProcess(tree);
    try {
      tree.process().getOutputStream().close();
    } catch (IOException ignored) {
      // It ended before.
    }
    // Reading blocks in the operating system.
    Thread.ofPlatform().daemon().name("service-" + tree.pid()).start(() -> read(tree, out));
    tree.process().onExit().thenRun(exited);
    return process;
  }

  private static void read(ProcessTree tree, Consumer<String> out) {
    try (var in = tree.process().getInputStream()) {
      var lines = new LineReader(in, new AtomicLong(), LONGEST_LINE);
      for (String line = lines.next(); line != null; line = lines.next()) {
        out.accept(line);
      }
    } catch (IOException ignored) {
      // It was ended; what it said until then is there.
    }
  }

  long pid() {
    return tree.pid();
  }

  boolean alive() {
    return tree.process().isAlive();
  }

  /** How it ended; only once it has. */
  String ended() {
    int exit = tree.process().exitValue();
    return exit > 128 && exit < 160 ? "ended by signal " + (exit - 128) : "ended with exit " + exit;
  }

  /** Whether nothing of it is left. */
  boolean gone() {
    return gone;
  }

  /** Ends all of it, on a thread of its own. */
  void end(Timers timers, Runnable then) {
    if (ending.compareAndSet(false, true)) {
      timers.start(
          "end-" + tree.pid(),
          () -> {
            try {
              tree.end();
            } finally {
              gone = true;
              then.run();
            }
          });
    }
  }

  /** Ends all of it, and waits for that. */
  void endNow() {
    tree.end();
    gone = true;
  }
}
