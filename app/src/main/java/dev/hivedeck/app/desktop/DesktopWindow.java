package dev.hivedeck.app.desktop;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.StopLimit;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.Rendering;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.shell.notice.Notices;
import dev.hivedeck.ui.shell.upgrade.ProgramUpgrades;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.slf4j.LoggerFactory;

/** The desktop in this process, with the engines that it opens. */
public final class DesktopWindow {
  /** The one that JavaFX starts, which makes its own {@link Application}. */
  private static DesktopWindow launched;

  private final HivedeckCommand cli;
  private final Consumer<Desktop> content;
  private final Engines engines;
  private final SystemNotification notification;
  private Stage shown;
  private Path works;
  private Desktop desktop;
  private SystemTrayIcon systemTrayIcon;

  private DesktopWindow(HivedeckCommand cli, Supplier<Demo> demo, Consumer<Desktop> content) {
    this.cli = cli;
    this.content = content;
    this.notification = SystemNotification.here(this::say);
    this.engines =
        new Engines(this::works, this::ended, demo, notification, new KeptNotices(this::kept));
  }

  /**
   * Opens the window, and a workspace in it.
   *
   * @param folder a repository; null for the welcome screen
   * @param ask whether the person is asked before anything of it is read or started
   */
  static int open(HivedeckCommand cli, Path folder, boolean ask) {
    var window =
        new DesktopWindow(
            cli,
            () -> Demo.open(null, 1, true),
            desktop -> {
              if (ask) {
                desktop.ask(folder);
              } else if (folder != null) {
                desktop.show(folder);
              }
            });
    if (folder != null && !ask) {
      window.engines.begin(folder); // it takes as long as JavaFX does
    }
    return window.launch();
  }

  public static int demo(HivedeckCommand cli, double speed, Path keep) {
    return new DesktopWindow(cli, () -> Demo.open(keep, speed, true), Desktop::demo).launch();
  }

  private int launch() {
    StopLimit.atEnd(engines::close);
    launched = this;
    Rendering.prepare();
    // The log takes as long to set up as JavaFX to start.
    Thread.ofPlatform().name("begin-log").start(() -> LoggerFactory.getLogger(Desktop.class));
    Application.launch(Window.class);
    return HivedeckCommand.DONE;
  }

  /** What JavaFX starts. */
  public static final class Window extends Application {
    @Override
    public void start(Stage stage) {
      launched.open(stage);
      launched.content.accept(launched.desktop);
    }

    @Override
    public void stop() {
      launched.stop();
    }
  }

  private void open(Stage stage) {
    shown = stage;
    var settings = HivedeckHome.standard().folder().resolve("desktop.json");
    desktop = Desktop.open(stage, engines, Desktop.Options.of(settings));
  }

  /** An engine works on in the background: the program outlives its window. */
  private void works(Path workspace) {
    Platform.setImplicitExit(false);
    works = workspace;
    tray();
    cli.say(
        "Hivedeck works on in the background. Open it again with hivedeck "
            + workspace
            + ", stop it with hivedeck stop.");
  }

  private SystemTrayIcon tray() {
    if (systemTrayIcon == null) {
      systemTrayIcon =
          SystemTrayIcon.show(
              desktop.texts(), () -> Platform.runLater(this::again), engines::stopKept);
    }
    return systemTrayIcon;
  }

  private void again() {
    if (shown.isShowing()) {
      shown.toFront();
    } else if (works != null) {
      open(new Stage());
      desktop.show(works);
    }
  }

  /** Without a window the desktop's channel is told of here, by the same event. */
  private void kept(NotifyViews.Notice notice) {
    Platform.runLater(
        () -> {
          var texts = desktop.texts();
          notification.show(
              texts.said(notice.title()),
              Notices.detail(texts, notice),
              notice.severity().equals("page"));
        });
  }

  /** By the tray, where there is one. */
  private void say(String title, String text) {
    Platform.runLater(
        () -> {
          var icon = tray();
          if (icon != null) {
            icon.say(title, text);
          }
        });
  }

  /** The last engine in the background has ended. */
  private void ended() {
    Platform.runLater(
        () -> {
          if (systemTrayIcon != null) {
            systemTrayIcon.close();
            systemTrayIcon = null;
          }
          Platform.setImplicitExit(true);
          if (!shown.isShowing()) {
            Platform.exit();
          }
        });
  }

  private void stop() {
    if (systemTrayIcon != null) {
      systemTrayIcon.close();
    }
    engines.close();
  }

  /** Tells of an engine that goes on without a window. */
  interface Kept {
    void works(Path workspace);
  }

  /** Connects the desktop over the feed, to the engine that runs or one started here. */
  static final class Engines implements Desktop.Host, AutoCloseable {
    /** An engine of this process; the demo's has no workspace that anybody opens again. */
    private record Own(AutoCloseable engine, Path workspace) {}

    private final Map<EngineApi, Own> own = new ConcurrentHashMap<>();
    private final Map<Path, Engine> kept = new ConcurrentHashMap<>();
    private final Set<AutoCloseable> ending = ConcurrentHashMap.newKeySet();
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
          repository,
          CompletableFuture.supplyAsync(
              () -> connect(repository), Thread.ofVirtual().name("begin-workspace")::start));
    }

    @Override
    public EngineApi open(Path repository) {
      var opening = begun.remove(repository);
      if (opening == null) {
        return connect(repository);
      }
      try {
        return opening.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
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
      var mine = own.remove(door);
      if (mine != null) {
        end(mine.engine());
      }
    }

    private void end(AutoCloseable engine) {
      ending.add(engine);
      try {
        engine.close();
      } catch (Exception e) {
        LoggerFactory.getLogger(DesktopWindow.class).warn("closing an engine", e);
      } finally {
        ending.remove(engine);
      }
    }

    /** Ends every engine of this process, and waits for those that are ending already. */
    @Override
    public void close() {
      begun.values().forEach(opening -> opening.exceptionally(_ -> null).join());
      own.keySet().forEach(this::left);
      stopKept();
      ending.forEach(this::end);
    }
  }
}
