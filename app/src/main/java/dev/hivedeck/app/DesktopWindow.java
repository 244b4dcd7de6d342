package dev.hivedeck.app;

import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.engine.Hive;
import dev.hivedeck.engine.config.Home;
import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.feed.FeedClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.slf4j.LoggerFactory;

/** The desktop in this process, with the engines that it opens. */
final class DesktopWindow {
  private static Cli cli;
  private static Path folder;
  private static boolean demo;
  private static double speed;
  private static Path keep;

  private DesktopWindow() {}

  static int open(Cli caller, Path wanted) {
    cli = caller;
    folder = wanted;
    return launch();
  }

  static int demo(Cli caller, double pace, Path where) {
    cli = caller;
    demo = true;
    speed = pace;
    keep = where;
    return launch();
  }

  private static int launch() {
    Desktop.prepare();
    Application.launch(Window.class);
    return Cli.DONE;
  }

  /** What JavaFX starts. */
  public static final class Window extends Application {
    private final Engines engines = new Engines(this::works, this::ended);
    private Stage shown;
    private Desktop desktop;
    private Tray tray;

    @Override
    public void start(Stage stage) {
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(engines::close));
      desktop = open(stage);
      if (demo) {
        desktop.demo();
      } else if (folder != null) {
        desktop.show(folder);
      }
    }

    private Desktop open(Stage stage) {
      shown = stage;
      var settings = Home.standard().folder().resolve("desktop.json");
      return Desktop.open(stage, engines, Desktop.Options.of(settings));
    }

    /** An engine works on in the background: the program outlives its window. */
    private void works(Path workspace) {
      Platform.setImplicitExit(false);
      if (tray == null) {
        tray =
            Tray.show(
                desktop.texts(),
                () -> Platform.runLater(() -> again(workspace)),
                engines::stopKept);
      }
      cli.say(
          "Hivedeck works on in the background. Open it again with hivedeck "
              + workspace
              + ", stop it with hivedeck stop.");
    }

    private void again(Path workspace) {
      if (shown.isShowing()) {
        shown.toFront();
      } else {
        desktop = open(new Stage());
        desktop.show(workspace);
      }
    }

    /** The last engine in the background has ended. */
    private void ended() {
      Platform.runLater(
          () -> {
            if (tray != null) {
              tray.close();
              tray = null;
            }
            Platform.setImplicitExit(true);
            if (!shown.isShowing()) {
              Platform.exit();
            }
          });
    }

    @Override
    public void stop() {
      if (tray != null) {
        tray.close();
      }
      engines.close();
    }
  }

  /** Tells of an engine that goes on without a window. */
  interface Kept {
    void works(Path workspace);
  }

  /** Connects the desktop over the feed, to the engine that runs or one started here. */
  static final class Engines implements Desktop.Host, AutoCloseable {
    /** An engine of this process; the demo's has no workspace that anybody opens again. */
    private record Own(AutoCloseable engine, Path workspace) {}

    private final Map<Door, Own> own = new ConcurrentHashMap<>();
    private final Map<Path, Hive> kept = new ConcurrentHashMap<>();
    private final Set<AutoCloseable> ending = ConcurrentHashMap.newKeySet();
    private final Kept told;
    private final Runnable ended;

    /**
     * @param told hears of each engine that goes on without a window
     * @param ended runs when the last of them is gone
     */
    Engines(Kept told, Runnable ended) {
      this.told = told;
      this.ended = ended;
    }

    @Override
    public Door open(Path repository) {
      if (Doors.running(repository).isEmpty()) {
        var hive = Doors.hive(repository, Home.standard().folder(), 1, true, 0, 0);
        return connected(repository, new Own(hive, repository));
      }
      var door = Doors.connect(repository, "desktop");
      var mine = kept.remove(Doors.folder(repository));
      if (mine != null) {
        own.put(door, new Own(mine, repository));
        ifNoneKept();
      }
      return door;
    }

    @Override
    public boolean hasDemo() {
      return true;
    }

    @Override
    public Door demo() {
      var opened = Demo.open(keep, speed > 0 ? speed : 1, true);
      opened.begin(false);
      var endpoint = opened.hive().endpoint();
      var door = FeedClient.connect(() -> Doors.address(endpoint), "desktop", Clock.systemUTC());
      own.put(door, new Own(opened, null));
      return door;
    }

    private Door connected(Path repository, Own engine) {
      try {
        var door = Doors.connect(repository, "desktop");
        own.put(door, engine);
        return door;
      } catch (RuntimeException e) {
        end(engine.engine());
        throw e;
      }
    }

    @Override
    public boolean owns(Door door) {
      return own.containsKey(door);
    }

    @Override
    public void keep(Door door) {
      var mine = own.get(door);
      if (mine == null || !(mine.engine() instanceof Hive hive)) {
        return; // The demo's sample is gone with its window.
      }
      own.remove(door);
      var place = Doors.folder(mine.workspace());
      kept.put(place, hive);
      told.works(mine.workspace());
      Thread.ofVirtual()
          .name("kept-engine")
          .start(
              () -> {
                try {
                  hive.awaitClosed();
                  if (kept.remove(place, hive)) {
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
    public boolean canStart() {
      return true;
    }

    @Override
    public void start(Door door, Path repository, boolean takeOver) {
      if (takeOver) {
        Doors.end(repository);
      }
      var before = own.get(door);
      try {
        var hive = Doors.hive(repository, Home.standard().folder(), 1, true, 0, 0);
        own.put(door, new Own(hive, repository));
      } catch (HiveException e) {
        if (e.code().equals("second-engine") && Doors.answers(repository)) {
          return; // Somebody else has started one meanwhile.
        }
        throw e;
      }
      if (before != null) {
        end(before.engine());
      }
    }

    @Override
    public void left(Door door) {
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
      own.keySet().forEach(this::left);
      stopKept();
      ending.forEach(this::end);
    }
  }
}
