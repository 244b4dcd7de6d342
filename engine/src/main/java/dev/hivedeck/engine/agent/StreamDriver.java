package dev.hivedeck.engine.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.time.Timers;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Runs an agent that prints its activity as JSON, an event per line, by its {@link Dialect}. What
 * it does not understand is kept and shown as it came; nothing an agent prints ends a run. How the
 * run went is judged by what was heard, not by the exit code.
 */
public final class StreamDriver implements Driver {
  /** A longer line is no event; it is kept as text, cut. */
  static final int LONGEST_EVENT = 16 << 20;

  /**
   * An event has few parts, of which some are long. One of millions of small parts would take a
   * hundred times its length in memory: it is kept as text.
   */
  private static final ObjectMapper EVENTS =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxTokenCount(250_000)
                      .maxNestingDepth(200)
                      .build())
              .build());

  private final Dialect dialect;
  private final Timers timers;
  private final Meter meter;

  private StreamDriver(Dialect dialect, Timers timers, Meter meter) {
    this.dialect = dialect;
    this.timers = timers;
    this.meter = meter;
  }

  static StreamDriver of(Dialect dialect, Timers timers, Meter meter) {
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
      var exit = shell.run(quoted(launch.command()), environment, job, listening);
      return listening.end(exit);
    } catch (HiveException e) {
      return End.bad(e.code(), e.getMessage() + " " + e.hint());
    }
  }

  /** A line as an event; null when it is none. */
  static JsonNode event(String text) {
    if (!text.startsWith("{")) {
      return null;
    }
    try {
      JsonNode node = EVENTS.readTree(text);
      return node.isObject() ? node : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** For the shell, which replaces itself by the program. */
  static String quoted(List<String> command) {
    return (System.lineSeparator().equals("\n") ? "exec " : "") + words(command);
  }

  /** The same words to the shell, whatever is in them. */
  static String words(List<String> words) {
    return words.stream()
        .map(word -> word.matches("[A-Za-z0-9_./:=@,+-]+") ? word : quote(word))
        .collect(Collectors.joining(" "));
  }

  /** A line for the shell, as a command. */
  static List<String> shell(String line) {
    return System.lineSeparator().equals("\n")
        ? List.of("/bin/sh", "-c", line)
        : List.of("cmd", "/c", line);
  }

  private static String quote(String word) {
    return System.lineSeparator().equals("\n")
        ? "'" + word.replace("'", "'\\''") + "'"
        : "\"" + word.replace("\"", "\\\"") + "\"";
  }
}
