package dev.hivedeck.engine.agent.log;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The activity logs of all attempts: those being written are shared, the others opened to be read.
 */
public final class ActivityLogs {
  private static final Logger LOG = LoggerFactory.getLogger(ActivityLogs.class);

  private static final String TRANSCRIPT = "transcript";

  private final Path folder;
  private final Timers timers;
  private final Set<String> taking = ConcurrentHashMap.newKeySet();
  private final Map<String, ActivityLog> open = new ConcurrentHashMap<>();
  private final Map<String, ActivityLog> transcripts = new ConcurrentHashMap<>();
  private final List<Consumer<Query.LogPage>> followers = new CopyOnWriteArrayList<>();

  /**
   * @param folder holds one folder per attempt
   */
  public ActivityLogs(Path folder, Timers timers) {
    this.folder = folder;
    this.timers = timers;
  }

  Path folder(String attempt) {
    return folder.resolve(attempt.replaceAll("[^A-Za-z0-9._-]", "_"));
  }

  /** From now on lines are taken. */
  public void begin(String attempt) {
    taking.add(attempt);
  }

  /**
   * Adds a line.
   *
   * @return how many there are by now; 0 when the attempt is over
   */
  public long append(String attempt, String kind, String text) {
    return append(attempt, log -> log.append(kind, text));
  }

  /** As {@link #append(String, String, String)}, an act. */
  public long append(String attempt, Act act) {
    return append(attempt, log -> log.append(act));
  }

  private long append(String attempt, Consumer<ActivityLog> adding) {
    if (!taking.contains(attempt)) {
      return 0;
    }
    var log =
        open.compute(
            attempt, (id, known) -> known != null || !taking.contains(id) ? known : write(id));
    if (log == null) {
      return 0;
    }
    adding.accept(log);
    return log.size();
  }

  /** Adds a line to what was said word for word, which nobody follows. */
  public void transcribe(String attempt, String kind, String text) {
    var transcript =
        transcripts.compute(
            attempt,
            (id, known) ->
                known != null || !taking.contains(id)
                    ? known
                    : ActivityLog.open(
                        folder(id).resolve(TRANSCRIPT), id, timers.clock(), page -> {}));
    if (transcript != null) {
      transcript.append(kind, text);
    }
  }

  private ActivityLog write(String attempt) {
    return ActivityLog.open(
        folder(attempt).resolve("log"),
        attempt,
        timers,
        page -> followers.forEach(follower -> follower.accept(page)));
  }

  /** No more lines are taken. */
  public void end(String attempt) {
    taking.remove(attempt);
  }

  /** Closes the files of an attempt that has ended. */
  public void close(String attempt) {
    close(open, attempt);
    close(transcripts, attempt);
  }

  private static void close(Map<String, ActivityLog> logs, String attempt) {
    logs.computeIfPresent(
        attempt,
        (id, log) -> {
          log.close();
          return null;
        });
  }

  /**
   * Lines of an attempt's log; a negative {@code from} counts from the end.
   *
   * @param raw whether what was said word for word is wanted instead
   */
  public Query.LogPage page(String attempt, long from, int limit, boolean raw) {
    var writing = (raw ? transcripts : open).get(attempt);
    if (writing != null) {
      try {
        return writing.page(from, limit);
      } catch (HiveException e) {
        if (!writing.isClosed()) {
          throw e;
        } // else the attempt has just ended: its file is whole, and is read like any other
      }
    }
    Path file = folder(attempt).resolve(raw ? TRANSCRIPT : "log");
    if (!Files.exists(file)) {
      return new Query.LogPage(attempt, 0, 0, List.of());
    }
    try (var reading = ActivityLog.read(file, attempt, timers.clock())) {
      return reading.page(from, limit);
    }
  }

  /** The attempts of which there are files. */
  public List<String> kept() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var folders = Files.list(folder)) {
      return folders
          .filter(f -> Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS))
          .map(f -> f.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      LOG.warn("the logs in {} cannot be listed: {}", folder, e.toString());
      return List.of();
    }
  }

  /** Removes the files of an attempt that is over; whether they are all gone. */
  public boolean remove(String attempt) {
    try (var files = Files.walk(folder(attempt))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
      return true;
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("files of {} stay for now: {}", attempt, e.toString());
      return false;
    }
  }

  /** Delivers new lines of all attempts. */
  public EngineApi.Subscription follow(Consumer<Query.LogPage> consumer) {
    followers.add(consumer);
    return () -> followers.remove(consumer);
  }
}
