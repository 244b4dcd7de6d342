package dev.hivedeck.app.desktop;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.security.EndpointFile;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.shell.upgrade.ProgramUpgrades;
import dev.hivedeck.ui.view.welcome.MachineFindings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Connects the desktop over the feed, to the engine that runs or one started here. */
final class Engines implements Desktop.Host, AutoCloseable {
  /** Tells of an engine that goes on without a window, on any thread. */
  interface Kept {
    void works(Path workspace);
  }

  /**
   * An engine of this process.
   *
   * @param workspace that was opened; null for the demo's, which nobody opens again
   * @param place where its files are; null for the demo's
   */
  private record Own(AutoCloseable engine, Path workspace, Path place) {}

  private final Map<EngineApi, Own> own = new ConcurrentHashMap<>();
  private final Map<Path, Own> kept = new ConcurrentHashMap<>();
  private final Map<AutoCloseable, CompletableFuture<Void>> ending = new ConcurrentHashMap<>();
  private final Map<Path, CompletableFuture<EngineApi>> begun = new ConcurrentHashMap<>();

  /** What is being opened. */
  private final Set<CompletableFuture<EngineApi>> opening = ConcurrentHashMap.newKeySet();

  /** Until an engine that the desktop leaves is gone, by its place. */
  private final Map<Path, CompletableFuture<Void>> leaving = new ConcurrentHashMap<>();

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
    begun.put(key(repository), opening(repository));
  }

  private CompletableFuture<EngineApi> opening(Path repository) {
    var opened =
        CompletableFuture.supplyAsync(
            () -> connect(repository), Thread.ofVirtual().name("begin-workspace")::start);
    opening.add(opened);
    opened.whenComplete((_, _) -> opening.remove(opened));
    return opened;
  }

  @Override
  public EngineApi open(Path repository) {
    var early = begun.remove(key(repository));
    try {
      return (early == null ? opening(repository) : early).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static Path key(Path repository) {
    return repository.toAbsolutePath().normalize();
  }

  private EngineApi connect(Path repository) {
    var place = EngineAccess.folder(repository);
    awaitEnding(place);
    if (EndpointFile.read(place).isEmpty()) {
      var hive = EngineAccess.hive(repository, HivedeckHome.standard().folder(), 1, true, 0, 0);
      return connected(repository, new Own(hive, repository, place));
    }
    var door = desktop(repository);
    var mine = kept.remove(place);
    if (mine != null) {
      notices.forget(place);
      own.put(door, new Own(mine.engine(), repository, place));
      ifNoneKept();
    }
    return door;
  }

  /** An engine that is about to end is not the one to connect to. */
  private void awaitEnding(Path place) {
    var left = leaving.get(place);
    if (left != null) {
      left.join();
    }
    var mine = kept.get(place);
    var end = mine == null ? null : ending.get(mine.engine());
    if (end != null) {
      end.join();
    }
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
    own.put(door, new Own(opened, null, null));
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
    var place = mine.place();
    notices.hear(place, desktop(mine.workspace())); // Where that fails, all is as it was.
    kept.put(place, mine);
    own.remove(door);
    told.works(mine.workspace());
    Thread.ofVirtual()
        .name("kept-engine")
        .start(
            () -> {
              try {
                hive.awaitClosed();
                if (kept.remove(place, mine)) {
                  notices.forget(place);
                  ifNoneKept();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** The workspaces whose engines go on without a window. */
  List<Path> kept() {
    return kept.values().stream().map(Own::workspace).toList();
  }

  private void ifNoneKept() {
    if (kept.isEmpty()) {
      ended.run();
    }
  }

  /** Stops what goes on in the background. */
  void stopKept() {
    kept.values().forEach(mine -> end(mine.engine()));
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
      own.put(door, new Own(hive, repository, EngineAccess.folder(repository)));
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
  public void leaving(EngineApi door) {
    var mine = own.get(door);
    if (mine != null && mine.place() != null) {
      leaving.putIfAbsent(mine.place(), new CompletableFuture<>());
    }
  }

  @Override
  public void left(EngineApi door) {
    var mine = own.get(door);
    if (mine != null) {
      end(mine.engine()); // It is among its own until then: who closes all waits for it.
      own.remove(door, mine);
      var gone = mine.place() == null ? null : leaving.remove(mine.place());
      if (gone != null) {
        gone.complete(null);
      }
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
    own.keySet().forEach(this::left); // What is opened next may wait for one of these.
    opening.forEach(opened -> opened.exceptionally(_ -> null).join());
    own.keySet().forEach(this::left);
    stopKept();
    ending.values().forEach(CompletableFuture::join);
  }
}
