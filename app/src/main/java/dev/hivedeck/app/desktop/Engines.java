package dev.hivedeck.app.desktop;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.shell.upgrade.ProgramUpgrades;
import dev.hivedeck.ui.view.welcome.MachineFindings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Connects the desktop over the feed, to the engine that runs or one started here. */
final class Engines implements Desktop.Host, AutoCloseable {
  /** Tells of an engine that goes on without a window. */
  interface Kept {
    void works(Path workspace);
  }

  /** An engine of this process; the demo's has no workspace that anybody opens again. */
  private record Own(AutoCloseable engine, Path workspace) {}

  private final Map<EngineApi, Own> own = new ConcurrentHashMap<>();
  private final Map<Path, Engine> kept = new ConcurrentHashMap<>();
  private final Map<AutoCloseable, CompletableFuture<Void>> ending = new ConcurrentHashMap<>();
  private final Map<Path, CompletableFuture<EngineApi>> begun = new ConcurrentHashMap<>();
  private final Kept told;
  private final Runnable ended;
  private final Supplier<Demo> demo;
  private final SystemNotification notification;
  private final KeptNotices notices;

  /**
   * @param told hears of each engine that goes on without a window
   * @param ended runs when the last of them is gone
   * @param demo opens the sample workspace
   * @param notification how the system tells
   * @param notices hears of engines without a window
   */
  Engines(
      Kept told,
      Runnable ended,
      Supplier<Demo> demo,
      SystemNotification notification,
      KeptNotices notices) {
    this.told = told;
    this.ended = ended;
    this.demo = demo;
    this.notification = notification;
    this.notices = notices;
  }

  @Override
  public void tell(String title, String text, boolean urgent) {
    notification.show(title, text, urgent);
  }

  /** Begins to open a workspace; {@link #open} goes on from there. */
  void begin(Path repository) {
    begun.put(
        key(repository),
        CompletableFuture.supplyAsync(
            () -> connect(repository), Thread.ofVirtual().name("begin-workspace")::start));
  }

  @Override
  public EngineApi open(Path repository) {
    var opening = begun.remove(key(repository));
    if (opening == null) {
      return connect(repository);
    }
    try {
      return opening.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static Path key(Path repository) {
    return repository.toAbsolutePath().normalize();
  }

  private EngineApi connect(Path repository) {
    if (EngineAccess.running(repository).isEmpty()) {
      var hive = EngineAccess.hive(repository, HivedeckHome.standard().folder(), 1, true, 0, 0);
      return connected(repository, new Own(hive, repository));
    }
    var door = desktop(repository);
    var mine = kept.remove(EngineAccess.folder(repository));
    if (mine != null) {
      notices.forget(EngineAccess.folder(repository));
      own.put(door, new Own(mine, repository));
      ifNoneKept();
    }
    return door;
  }

  private FeedClient desktop(Path repository) {
    return EngineAccess.connect(repository, "desktop", notification.isShown());
  }

  @Override
  public boolean hasDemo() {
    return true;
  }

  @Override
  public EngineApi demo() {
    var opened = demo.get();
    opened.begin(false);
    var endpoint = opened.hive().endpoint();
    var door =
        FeedClient.connect(
            () -> EngineAccess.address(endpoint),
            "desktop",
            notification.isShown(),
            Clock.systemUTC());
    own.put(door, new Own(opened, null));
    return door;
  }

  private EngineApi connected(Path repository, Own engine) {
    try {
      var door = desktop(repository);
      own.put(door, engine);
      return door;
    } catch (RuntimeException e) {
      end(engine.engine());
      throw e;
    }
  }

  @Override
  public boolean owns(EngineApi door) {
    return own.containsKey(door);
  }

  @Override
  public void keep(EngineApi door) {
    var mine = own.get(door);
    if (mine == null || !(mine.engine() instanceof Engine hive)) {
      return; // The demo's sample is gone with its window.
    }
    own.remove(door);
    var place = EngineAccess.folder(mine.workspace());
    kept.put(place, hive);
    notices.hear(place, desktop(mine.workspace()));
    told.works(mine.workspace());
    Thread.ofVirtual()
        .name("kept-engine")
        .start(
            () -> {
              try {
                hive.awaitClosed();
                if (kept.remove(place, hive)) {
                  notices.forget(place);
                  ifNoneKept();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void ifNoneKept() {
    if (kept.isEmpty()) {
      ended.run();
    }
  }

  /** Stops what goes on in the background. */
  void stopKept() {
    kept.values().forEach(this::end);
  }

  @Override
  public Optional<Supplier<MachineFindings>> machine() {
    return Optional.of(MachineLook::look);
  }

  @Override
  public Optional<ProgramUpgrades> upgrades() {
    return Optional.of(new InstalledUpgrades());
  }

  @Override
  public boolean canStart() {
    return true;
  }

  @Override
  public void start(EngineApi door, Path repository, boolean takeOver) {
    if (takeOver) {
      EngineAccess.end(repository);
    }
    var before = own.get(door);
    try {
      var hive = EngineAccess.hive(repository, HivedeckHome.standard().folder(), 1, true, 0, 0);
      own.put(door, new Own(hive, repository));
    } catch (HiveException e) {
      if (e.is(ErrorCode.SECOND_ENGINE) && EngineAccess.answers(repository)) {
        return; // Somebody else has started one meanwhile.
      }
      throw e;
    }
    if (before != null) {
      end(before.engine());
    }
  }

  @Override
  public void left(EngineApi door) {
    var mine = own.get(door);
    if (mine != null) {
      end(mine.engine()); // It is among its own until then: who closes all waits for it.
      own.remove(door, mine);
    }
  }

  /** Ends it; where it is ending already, waits for that. */
  private void end(AutoCloseable engine) {
    var ended = new CompletableFuture<Void>();
    var before = ending.putIfAbsent(engine, ended);
    if (before != null) {
      before.join();
      return;
    }
    try {
      engine.close();
    } catch (Exception e) {
      LoggerFactory.getLogger(Engines.class).warn("closing an engine", e);
    } finally {
      ending.remove(engine);
      ended.complete(null);
    }
  }

  /** Ends every engine of this process, and waits for those that are ending already. */
  @Override
  public void close() {
    begun.values().forEach(opening -> opening.exceptionally(_ -> null).join());
    own.keySet().forEach(this::left);
    stopKept();
    ending.values().forEach(CompletableFuture::join);
  }
}
