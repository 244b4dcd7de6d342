package dev.hivedeck.app;

import dev.hivedeck.engine.Hive;
import dev.hivedeck.engine.HiveOptions;
import dev.hivedeck.engine.config.Home;
import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.security.Endpoint;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.worktree.Repository;
import dev.hivedeck.ui.feed.FeedClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/** Ways to an engine: the one that runs, else one for the time of a command. */
final class Doors {
  private Doors() {}

  /** A door and what it takes to leave through it. */
  record Opened(Door door, AutoCloseable lease, boolean remote) implements AutoCloseable {
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

    <V extends Views.View> List<V> all(Topic topic, Class<V> type) {
      return Doors.all(door, topic, type);
    }
  }

  static <V extends Views.View> List<V> all(Door door, Topic topic, Class<V> type) {
    return door.snapshot(EnumSet.of(topic)).things().get(topic).stream().map(type::cast).toList();
  }

  /** Where the engine's files of a workspace are. */
  static Path folder(Path workspace) {
    return Home.standard().workspaceFolder(Repository.root(workspace));
  }

  static Optional<Endpoint> running(Path workspace) {
    return Endpoint.read(folder(workspace));
  }

  static Opened open(Path workspace) {
    var running = running(workspace);
    if (running.isPresent()) {
      var client = connect(workspace, "command line");
      return new Opened(client, client, true);
    }
    var hive = hive(workspace, Home.standard().folder(), 1, false, 0, 0);
    return new Opened(hive, hive, false);
  }

  static FeedClient connect(Path workspace, String name) {
    return FeedClient.connect(
        () -> address(running(workspace).orElseThrow(Doors::none)), name, Clock.systemUTC());
  }

  private static dev.hivedeck.engine.protocol.HiveException none() {
    return new dev.hivedeck.engine.protocol.HiveException(
        "no-engine", "No engine runs for this workspace.", "Start one with hivedeck serve.");
  }

  static dev.hivedeck.ui.feed.Endpoint address(Endpoint e) {
    return new dev.hivedeck.ui.feed.Endpoint(URI.create(e.feed()), e.token());
  }

  static Hive hive(
      Path workspace, Path home, double speed, boolean serve, int feedPort, int apiPort) {
    return Hive.open(
        new HiveOptions(
            workspace,
            home,
            speed,
            serve,
            feedPort,
            apiPort,
            new SystemTimers(),
            () -> UUID.randomUUID().toString(),
            new SplittableRandom()));
  }
}
