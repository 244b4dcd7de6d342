package dev.hivedeck.app;

import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.engine.config.Home;
import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.feed.FeedClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javafx.application.Application;
import javafx.stage.Stage;

/** The desktop in this process, with the engines that it opens. */
final class DesktopWindow {
  private static Path folder;
  private static boolean demo;
  private static double speed;
  private static Path keep;

  private DesktopWindow() {}

  static int open(Cli cli, Path wanted) {
    folder = wanted;
    return launch();
  }

  static int demo(Cli cli, double pace, Path where) {
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
    private final Engines engines = new Engines();

    @Override
    public void start(Stage stage) {
      var settings = Home.standard().folder().resolve("desktop.json");
      var desktop = Desktop.open(stage, engines, Desktop.Options.of(settings));
      if (demo) {
        desktop.demo();
      } else if (folder != null) {
        desktop.show(folder);
      }
    }

    @Override
    public void stop() {
      engines.close();
    }
  }

  /** Connects the desktop over the feed, to the engine that runs or one started here. */
  static final class Engines implements Desktop.Host, AutoCloseable {
    private final Map<Door, AutoCloseable> own = new ConcurrentHashMap<>();

    @Override
    public Door open(Path repository) {
      if (Doors.running(repository).isPresent()) {
        return Doors.connect(repository, "desktop");
      }
      var hive = Doors.hive(repository, Home.standard().folder(), 1, true, 0, 0);
      return connected(hive.endpoint(), hive);
    }

    @Override
    public boolean hasDemo() {
      return true;
    }

    @Override
    public Door demo() {
      var opened = Demo.open(keep, speed > 0 ? speed : 1, true);
      opened.begin(false);
      return connected(opened.hive().endpoint(), opened);
    }

    private Door connected(dev.hivedeck.engine.security.Endpoint endpoint, AutoCloseable engine) {
      var door = FeedClient.connect(() -> Doors.address(endpoint), "desktop", Clock.systemUTC());
      own.put(door, engine);
      return door;
    }

    @Override
    public void left(Door door) {
      close(own.remove(door));
    }

    private static void close(AutoCloseable engine) {
      if (engine != null) {
        try {
          engine.close();
        } catch (Exception e) {
          org.slf4j.LoggerFactory.getLogger(DesktopWindow.class).warn("closing an engine", e);
        }
      }
    }

    @Override
    public void close() {
      own.keySet().forEach(this::left);
    }
  }
}
