package dev.hivedeck.app.cli;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.ReadOnlyEngine;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.security.EndpointFile;
import dev.hivedeck.engine.security.WorkspaceLock;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.ui.feed.FeedClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.slf4j.LoggerFactory;

/** Ways to an engine: the one that runs, else one for the time of a command. */
public final class EngineAccess {
  /** How long an engine may take to end. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** More than an engine takes to end that lets what it has begun finish. */
  private static final Duration ENDING = Duration.ofMinutes(2);

  private EngineAccess() {}

  /**
   * An engine, and how to leave it.
   *
   * @param remote whether it runs by itself
   * @param unanswered that one holds the workspace and does not answer; null where none does
   */
  public record Opened(
      EngineApi door, AutoCloseable lease, boolean remote, HiveException unanswered)
      implements AutoCloseable {
    @Override
    public void close() {
      try {
        lease.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    public <V extends View> List<V> all(Topic topic, Class<V> type) {
      return EngineAccess.all(door, topic, type);
    }

    /** What a query answers that asks for several things of a kind. */
    public <T> List<T> list(Query query, Class<T> type) {
      return StreamSupport.stream(door.query(query).spliterator(), false)
          .map(node -> Json.as(node, type))
          .toList();
    }
  }

  public static <V extends View> List<V> all(EngineApi door, Topic topic, Class<V> type) {
    return door.snapshot(Set.of(topic)).things().get(topic).stream().map(type::cast).toList();
  }

  public static WorkspaceViews.Workspace workspace(EngineApi door) {
    return all(door, Topic.WORKSPACE, WorkspaceViews.Workspace.class).getFirst();
  }

  /** Where the engine's files of a workspace are. */
  public static Path folder(Path workspace) {
    return folder(RepositoryPlaces.locate(workspace));
  }

  private static Path folder(RepositoryPlaces places) {
    return HivedeckHome.standard().workspaceFolder(places.root());
  }

  public static Optional<EndpointFile> running(Path workspace) {
    return EndpointFile.read(folder(workspace));
  }

  /**
   * To send commands: to the engine that runs, else to the ledger, where the next engine finds what
   * is to be done. It starts no agent and merges nothing.
   *
   * @throws HiveException {@code no-answer} where an engine holds the workspace and is silent
   */
  public static Opened open(Path workspace) {
    return engine(workspace, RepositoryPlaces.locate(workspace))
        .orElseGet(
            () -> {
              var hive = Engine.record(options(workspace));
              var door = hive.sentBy(Sender.person(Sender.EntryPoint.CLI));
              return new Opened(door, hive, false, null);
            });
  }

  /** To ask only: the engine that runs, else the ledger as it is. It changes nothing. */
  public static Opened read(Path workspace) {
    var places = RepositoryPlaces.locate(workspace);
    HiveException unanswered = null;
    try {
      var engine = engine(workspace, places);
      if (engine.isPresent()) {
        return engine.get();
      }
    } catch (HiveException e) {
      if (!e.is(ErrorCode.NO_ANSWER)) {
        throw e;
      }
      unanswered = e;
    }
    var stored = ReadOnlyEngine.open(options(workspace), places);
    return new Opened(stored, stored, false, unanswered);
  }

  /** Empty where none runs, or another program has the number of one that was killed. */
  private static Optional<Opened> engine(Path workspace, RepositoryPlaces places) {
    if (EndpointFile.read(folder(places)).isEmpty()) {
      return Optional.empty();
    }
    try {
      var client = connect(workspace, "command line");
      return Optional.of(new Opened(client, client, true, null));
    } catch (HiveException e) {
      if (e.is(ErrorCode.NO_ENGINE)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static EngineOptions options(Path workspace) {
    return options(workspace, HivedeckHome.standard().folder(), 1, false, 0, 0);
  }

  /**
   * @throws HiveException {@code no-engine} where none runs; {@code no-answer} where a process
   *     holds the workspace and is silent
   */
  public static FeedClient connect(Path workspace, String name) {
    return connect(workspace, name, false);
  }

  /**
   * The same.
   *
   * @param shows whether this is a desktop whose system shows notifications
   */
  public static FeedClient connect(Path workspace, String name, boolean shows) {
    try {
      return FeedClient.connect(
          () -> address(running(workspace).orElseThrow(EngineAccess::none)),
          name,
          shows,
          Clock.systemUTC());
    } catch (HiveException e) {
      boolean silent = e.is(ErrorCode.NO_ENGINE) || e.is(ErrorCode.NO_ANSWER);
      throw silent ? unanswered(workspace).orElse(e) : e;
    }
  }

  /** That the engine which nobody reached is there all the same. */
  public static Optional<HiveException> unanswered(Path workspace) {
    return running(workspace)
        .map(EndpointFile::pid)
        .filter(pid -> !isFree(workspace))
        .map(
            pid ->
                new HiveException(
                    ErrorCode.NO_ANSWER,
                    "Process " + pid + " holds the workspace and does not answer.",
                    "It is stopped, or very busy. Try again; on Linux and macOS kill -CONT "
                        + pid
                        + " wakes one that is stopped. Or end the process: its work is kept."));
  }

  private static boolean isFree(Path workspace) {
    try {
      WorkspaceLock.acquire(folder(workspace)).close();
      return true;
    } catch (HiveException e) {
      return false;
    }
  }

  /** Whether an engine is there and says so. */
  public static boolean answers(Path workspace) {
    try (var client = connect(workspace, "desktop")) {
      return client.connection().live();
    } catch (HiveException e) {
      return false;
    }
  }

  /**
   * Ends the engine of a workspace: by its word, else by the hand of the system. What runs in this
   * process is left alone.
   */
  public static void end(Path workspace) {
    var endpoint = running(workspace).orElse(null);
    if (endpoint == null || endpoint.pid() == ProcessHandle.current().pid()) {
      return;
    }
    try (var client = connect(workspace, "desktop")) {
      client.execute(new Command.StopEngine(), null);
    } catch (HiveException e) {
      LoggerFactory.getLogger(EngineAccess.class).info("it does not answer: {}", e.getMessage());
      ProcessHandle.of(endpoint.pid()).ifPresent(ProcessHandle::destroy);
    }
    var process = ProcessHandle.of(endpoint.pid());
    if (process.isPresent() && !gone(workspace, ENDING)) {
      process.get().destroyForcibly();
      gone(workspace, PATIENCE);
    }
  }

  /** Whether no engine holds the workspace's lock any more within that time. */
  public static boolean gone(Path workspace, Duration patience) {
    var end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      if (isFree(workspace)) {
        return true;
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    return false;
  }

  private static HiveException none() {
    return new HiveException(
        ErrorCode.NO_ENGINE,
        "No engine runs for this workspace.",
        "Start one with hivedeck serve.");
  }

  public static dev.hivedeck.ui.feed.EngineAddress address(EndpointFile e) {
    return new dev.hivedeck.ui.feed.EngineAddress(URI.create(e.feed()), e.token());
  }

  /** An engine in this process; one that is just ending is waited for. */
  public static Engine hive(
      Path workspace, Path home, double speed, boolean serve, int feedPort, int apiPort) {
    var options = options(workspace, home, speed, serve, feedPort, apiPort);
    try {
      return Engine.open(options);
    } catch (HiveException e) {
      boolean ending = e.is(ErrorCode.SECOND_ENGINE) && running(workspace).isEmpty();
      if (!ending || !gone(workspace, PATIENCE)) {
        throw e;
      }
      return Engine.open(options);
    }
  }

  private static EngineOptions options(
      Path workspace, Path home, double speed, boolean serve, int feedPort, int apiPort) {
    return new EngineOptions(
        workspace,
        home,
        speed,
        serve,
        feedPort,
        apiPort,
        new SystemTimers(),
        () -> UUID.randomUUID().toString(),
        new SplittableRandom());
  }
}
