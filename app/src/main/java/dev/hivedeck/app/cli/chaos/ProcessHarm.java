package dev.hivedeck.app.cli.chaos;

import dev.hivedeck.app.cli.chaos.ChaosPlan.Kind;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What is done to processes. Who stands still is let go on by a shell of its own, which ends by
 * itself: also where Hivedeck or this program is killed meanwhile.
 */
final class ProcessHarm {
  /** Stops them, waits, and lets them go on, also when it is told to end. */
  private static final String FREEZE =
      """
      t=$1; shift
      on() { kill -CONT "$@" 2> /dev/null; }
      trap 'on "$@"; kill $! 2> /dev/null; exit 0' INT TERM HUP
      kill -STOP "$@" 2> /dev/null
      sleep "$t" & wait $!
      on "$@"
      """;

  /** Lets them run a tenth of the time. */
  private static final String STARVE =
      """
      t=$1; shift
      on() { kill -CONT "$@" 2> /dev/null; }
      trap 'on "$@"; kill $! 2> /dev/null; exit 0' INT TERM HUP
      while [ "$t" -gt 0 ] && kill -0 "$1" 2> /dev/null; do
        kill -STOP "$@" 2> /dev/null
        sleep 0.9 & wait $!
        on "$@"
        sleep 0.1 & wait $!
        t=$((t - 1))
      done
      on "$@"
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private ProcessHarm() {}

  /**
   * Does it to a process and all that it started.
   *
   * @throws HiveException {@code not-now} where it is gone, {@code bad-request} where the platform
   *     has no such signals
   */
  static Subjects.Undo harm(Kind kind, long pid, Duration time) {
    var root =
        ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .filter(p -> pid > 1 && !isOurs(p))
            .orElseThrow(
                () ->
                    new HiveException(
                        ErrorCode.NOT_NOW, "the process " + pid + " is gone", "Try it again."));
    var all = Stream.concat(Stream.of(root), root.descendants()).toList();
    if (kind == Kind.KILL) {
      all.forEach(ProcessHandle::destroyForcibly);
      return () -> {};
    }
    if (File.separatorChar != '/') {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "this system has no signals to have processes stand still",
          "Kill them in place of that.");
    }
    return script(kind == Kind.FREEZE ? FREEZE : STARVE, time, all);
  }

  /** This program, and who started it. */
  private static boolean isOurs(ProcessHandle process) {
    for (var own = ProcessHandle.current(); own != null; own = own.parent().orElse(null)) {
      if (own.equals(process)) {
        return true;
      }
    }
    return false;
  }

  private static Subjects.Undo script(String script, Duration time, List<ProcessHandle> all) {
    var command =
        new ArrayList<>(
            List.of("/bin/sh", "-c", script, "sh", Long.toString(Math.max(1, time.toSeconds()))));
    all.forEach(p -> command.add(Long.toString(p.pid())));
    try {
      var shell =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return () -> end(shell);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "nobody could be told to stand still: " + e.getMessage(),
          "See whether the machine is short of memory or of processes.",
          e);
    }
  }

  /** It lets all go on when it is told to end. */
  private static void end(Process shell) {
    shell.destroy();
    try {
      shell.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
