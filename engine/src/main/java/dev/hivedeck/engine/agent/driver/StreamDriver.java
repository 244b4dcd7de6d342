package dev.hivedeck.engine.agent.driver;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.ShellQuoting;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.watch.ShellProcess;
import dev.hivedeck.engine.agent.watch.Watchdog;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.time.Timers;
import java.util.HashMap;

/**
 * Runs an agent that prints its activity as JSON, an event per line, by its {@link Dialect}. What
 * it does not understand is kept and shown as it came; nothing an agent prints ends a run. How the
 * run went is judged by what was heard, not by the exit code.
 */
public final class StreamDriver implements Driver {
  /** A longer line is no event; it is kept as text, cut. */
  static final int LONGEST_EVENT = 16 << 20;

  private final Dialect dialect;
  private final Timers timers;
  private final Meter meter;

  private StreamDriver(Dialect dialect, Timers timers, Meter meter) {
    this.dialect = dialect;
    this.timers = timers;
    this.meter = meter;
  }

  public static StreamDriver of(Dialect dialect, Timers timers, Meter meter) {
    return new StreamDriver(dialect, timers, meter);
  }

  @Override
  public RunResult run(RunRequest request, RunListener listener) throws InterruptedException {
    RunResult result = once(request, listener);
    if (request.conversation() != null && result.reason() == FailureReason.NO_SESSION) {
      listener.line("hive", "its conversation is gone, it begins a new one");
      return once(request.afresh(), listener);
    }
    return result;
  }

  private RunResult once(RunRequest request, RunListener listener) throws InterruptedException {
    var launch = dialect.launch(request);
    var environment = new HashMap<>(request.environment());
    environment.putAll(launch.environment());
    var shell = new ShellProcess(timers, Watchdog.every(request), meter, LONGEST_EVENT);
    var streamSession =
        new StreamSession(request, listener, dialect, launch.open(), shell, timers.clock());
    launch.input().forEach(line -> streamSession.send(line));
    if (!launch.open()) {
      shell.finish();
    }
    try (streamSession) {
      var exit =
          shell.run(ShellQuoting.exec(launch.command()), environment, request, streamSession);
      return streamSession.end(exit);
    } catch (HiveException e) {
      return RunResult.bad(EndReason.of(e.code()), e.getMessage() + " " + e.hint());
    }
  }
}
