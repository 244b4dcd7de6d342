package dev.hivedeck.engine.agent.driver;

import dev.hivedeck.engine.agent.Activity;
import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.End;
import dev.hivedeck.engine.agent.Fault;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.agent.ShellQuoting;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.watch.Shell;
import dev.hivedeck.engine.agent.watch.Watch;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.protocol.HiveException;
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
  public End run(Job job, Activity activity) throws InterruptedException {
    End end = once(job, activity);
    if (job.conversation() != null && Fault.NO_SESSION.word().equals(end.reason())) {
      activity.line("hive", "its conversation is gone, it begins a new one");
      return once(job.afresh(), activity);
    }
    return end;
  }

  private End once(Job job, Activity activity) throws InterruptedException {
    var launch = dialect.launch(job);
    var environment = new HashMap<>(job.environment());
    environment.putAll(launch.environment());
    var shell = new Shell(timers, Watch.every(job), meter, LONGEST_EVENT);
    var listening = new Listening(job, activity, dialect, launch.open(), shell, timers.clock());
    launch.input().forEach(line -> listening.send(line));
    if (!launch.open()) {
      shell.finish();
    }
    try (listening) {
      var exit = shell.run(ShellQuoting.exec(launch.command()), environment, job, listening);
      return listening.end(exit);
    } catch (HiveException e) {
      return End.bad(e.code(), e.getMessage() + " " + e.hint());
    }
  }
}
