package dev.hivedeck.app.desktop;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.PngWriter;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.Dialogs;
import dev.hivedeck.ui.shell.frame.WindowFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextInputControl;
import javafx.stage.Stage;
import org.testfx.api.FxRobot;

/** A desktop over a real engine and the real feed, and what a test sees and does there. */
final class RealDesktop implements AutoCloseable {
  private static final double SPEED = 30;
  private static final Path NEVER = Path.of("target", "never.png");

  private final FxRobot robot = new FxRobot();
  private final RunningEngine runningEngine;
  private final Desktop desktop;

  private RealDesktop(Path folder, RunningEngine runningEngine, Dialogs dialogs) {
    this.runningEngine = runningEngine;
    try {
      Platform.startup(() -> {});
    } catch (IllegalStateException e) {
      // Another test of this run has started it.
    }
    Platform.setImplicitExit(false);
    var options =
        new Desktop.Options(
            folder.resolve("desktop.json"), Clock.systemUTC(), ZoneId.systemDefault(), dialogs);
    desktop =
        look(
            () -> {
              var made = Desktop.open(new Stage(), runningEngine, options);
              made.stage().setWidth(1440);
              made.stage().setHeight(900);
              return made;
            });
  }

  /** On its welcome screen; whoever is asked there chooses that repository and that plan. */
  static RealDesktop welcoming(Path folder, Path repository, Path plan) {
    return new RealDesktop(
        folder, new RunningEngine(folder.resolve("home"), null), new Choosing(repository, plan));
  }

  /** On an engine that runs already, and ends with the desktop. */
  static RealDesktop on(Engine hive, Path folder) {
    var runningEngine = new RunningEngine(null, hive);
    var made = new RealDesktop(folder, runningEngine, null);
    var door = runningEngine.connect();
    made.run(() -> made.desktop.show(door));
    return made;
  }

  @Override
  public void close() {
    run(desktop.stage()::close);
    runningEngine.close();
  }

  FxRobot robot() {
    return robot;
  }

  Desktop desktop() {
    return desktop;
  }

  WindowFrame frame() {
    return desktop.frame();
  }

  LiveModel live() {
    return frame().desk().live();
  }

  Node focus() {
    return desktop.stage().getScene().getFocusOwner();
  }

  /** Whether these words are shown anywhere, as a text or in a field. */
  boolean sees(String words) {
    return robot
        .lookup(
            n ->
                isShown(n)
                    && (n instanceof Labeled l && l.getText() != null && l.getText().contains(words)
                        || n instanceof TextInputControl t && t.getText().contains(words)))
        .tryQuery()
        .isPresent();
  }

  /** A button by its text, or by how its name for a screen reader begins. */
  Optional<ButtonBase> button(String name) {
    return robot
        .lookup(
            n ->
                n instanceof ButtonBase b
                    && isShown(b)
                    && (name.equals(b.getText())
                        || b.getAccessibleText() != null && b.getAccessibleText().startsWith(name)))
        .<ButtonBase>queryAll()
        .stream()
        .findFirst();
  }

  /** Clicks a button once it can be pressed. */
  void click(String name) {
    until(name, () -> button(name).map(b -> !b.isDisabled()).orElse(false));
    robot.clickOn(look(() -> button(name).orElseThrow()));
  }

  /** Waits until it is so; else there is a picture of what was shown instead. */
  void until(String what, Callable<Boolean> so) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < end) {
      if (look(so)) {
        return;
      }
      robot.sleep(30);
    }
    draw(NEVER);
    throw new AssertionError("never: " + what + "; see " + NEVER);
  }

  void draw(Path file) {
    run(
        () -> {
          try {
            PngWriter.write(desktop.stage().getScene().snapshot(null), file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** On the thread of the interface. */
  <T> T look(Callable<T> what) {
    var task = new FutureTask<>(what);
    Platform.runLater(task);
    try {
      return task.get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** On the thread of the interface. */
  void run(Runnable work) {
    look(
        () -> {
          work.run();
          return null;
        });
  }

  private static boolean isShown(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return node.getScene() != null;
  }

  /** Starts an engine when a repository is opened, unless one runs. */
  private static final class RunningEngine implements Desktop.Host, AutoCloseable {
    private final Path home;
    private volatile Engine hive;

    RunningEngine(Path home, Engine hive) {
      this.home = home;
      this.hive = hive;
    }

    @Override
    public EngineApi open(Path repository) {
      if (hive == null) {
        hive = EngineAccess.hive(repository, home, SPEED, true, 0, 0);
      }
      return connect();
    }

    EngineApi connect() {
      var endpoint = hive.endpoint();
      return FeedClient.connect(() -> EngineAccess.address(endpoint), "desktop", Clock.systemUTC());
    }

    @Override
    public void close() {
      if (hive != null) {
        hive.close();
      }
    }
  }

  private record Choosing(Path repository, Path plan) implements Dialogs {
    @Override
    public boolean confirm(String title, String consequence, String verb) {
      return true;
    }

    @Override
    public Optional<Path> chooseFolder(String title) {
      return Optional.of(repository);
    }

    @Override
    public List<Path> chooseFiles(String title, List<String> patterns) {
      return List.of(plan);
    }

    @Override
    public Optional<Path> chooseTarget(String title, String name) {
      return Optional.empty();
    }
  }
}
