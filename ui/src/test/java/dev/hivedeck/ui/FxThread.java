package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.fail;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.ui.shell.Dialogs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.image.Image;
import javafx.scene.image.WritableImage;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.testfx.api.FxRobot;

/** Runs things on the FX thread of the headless platform, which is started once. */
public final class FxThread {
  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private FxThread() {}

  public static void start() {
    if (STARTED.compareAndSet(false, true)) {
      var up = new CountDownLatch(1);
      try {
        Platform.startup(up::countDown);
        Platform.setImplicitExit(false);
        up.await(60, TimeUnit.SECONDS);
      } catch (IllegalStateException e) {
        // Another test of this run has started it.
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  public static <T> T get(Callable<T> work) {
    start();
    var task = new FutureTask<>(work);
    Platform.runLater(task);
    try {
      return task.get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e.getCause() == null ? e : e.getCause());
    }
  }

  public static void run(Runnable work) {
    get(
        () -> {
          work.run();
          return null;
        });
  }

  /** Waits until all that is queued by now was done, and a frame has been laid out after it. */
  public static void pulse() {
    var laidOut = new CountDownLatch(1);
    run(
        () ->
            new AnimationTimer() {
              private int frames;

              @Override
              public void handle(long now) {
                if (++frames == 2) {
                  stop();
                  laidOut.countDown();
                }
              }
            }.start());
    try {
      if (!laidOut.await(60, TimeUnit.SECONDS)) {
        fail("the window draws no more");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    run(() -> {});
  }

  /** Waits until it is so, looking on the FX thread. */
  public static void until(String what, BooleanSupplier so) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      if (get(so::getAsBoolean)) {
        return;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    fail("never: " + what);
  }

  /**
   * Clicks where something is, once it stays there: cells are made anew while a list settles, and
   * one that was found a moment ago may be on no screen.
   *
   * @param find null or nothing found as long as it is not there
   */
  public static void click(FxRobot robot, String what, Supplier<Node> find) {
    var place = new Point2D[1];
    until(
        what + " stays where it is",
        () -> {
          var last = place[0];
          var node = find.get();
          var bounds = node == null ? null : node.localToScreen(node.getBoundsInLocal());
          place[0] = bounds == null ? null : new Point2D(bounds.getCenterX(), bounds.getCenterY());
          return place[0] != null && place[0].equals(last);
        });
    robot.clickOn(place[0]);
  }

  /** A desktop of 1440 by 900 on a door, with the first data in. */
  public static Desktop desktop(EngineApi engine, Path settings) {
    return desktop(engine, settings, new Answering());
  }

  public static Desktop desktop(EngineApi engine, Path settings, Dialogs dialogs) {
    return desktop(new FixedHost(engine), engine, settings, dialogs);
  }

  /** A desktop of a program of the test's own. */
  public static Desktop desktop(Desktop.Host host, EngineApi engine, Path settings) {
    return desktop(host, engine, settings, new Answering());
  }

  private static Desktop desktop(
      Desktop.Host host, EngineApi engine, Path settings, Dialogs dialogs) {
    var desktop =
        get(
            () -> {
              var options = new Desktop.Options(settings, Sample.CLOCK, ZoneOffset.UTC, dialogs);
              var made = Desktop.open(new Stage(), host, options);
              made.stage().setWidth(1440);
              made.stage().setHeight(900);
              made.show(engine);
              return made;
            });
    until(
        "the workspace is shown", () -> desktop.frame() != null && desktop.frame().place() != null);
    return desktop;
  }

  /** Waits for the figures of the status bar, which come by themselves. */
  public static void figures(Desktop desktop) {
    until("the figures of the engine", () -> desktop.frame().desk().live().stats().get() != null);
  }

  /** Draws what the window shows; {@code -Dhivedeck.pictures=true} writes it, to be looked at. */
  public static void picture(Desktop desktop, Path file) {
    var drawn = picture(desktop);
    if (Boolean.getBoolean("hivedeck.pictures")) {
      try {
        PngWriter.write(drawn, file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What the window shows, after a moment in which what was to be laid out is. */
  static Image picture(Desktop desktop) {
    return picture(desktop, () -> desktop.stage().getScene().snapshot(null));
  }

  /** The same at another size: the window itself stays, the headless screen is no larger. */
  static Image picture(Desktop desktop, double width, double height) {
    var root = desktop.stage().getScene().getRoot();
    Runnable layout =
        () -> {
          root.resize(width, height);
          root.applyCss();
          root.layout();
        };
    run(layout);
    return picture(
        desktop,
        () -> {
          // A pulse may have taken the window's own size; tables need more than one look.
          for (int i = 0; i < 4; i++) {
            layout.run();
          }
          return root.snapshot(null, new WritableImage((int) width, (int) height));
        });
  }

  private static Image picture(Desktop desktop, Callable<Image> snapshot) {
    for (int i = 0; i < 2; i++) {
      run(() -> desktop.stage().getScene().getRoot().applyCss());
      run(() -> desktop.stage().getScene().getRoot().layout());
    }
    return get(snapshot);
  }

  /** Closes all windows: one that a failed test leaves takes the keys of those after it. */
  public static void closeAll() {
    run(() -> List.copyOf(Window.getWindows()).forEach(Window::hide));
  }

  /** Dialogs that answer yes, and choose nothing unless told. */
  public static final class Answering implements Dialogs {
    /** What is chosen where files are asked for. */
    public volatile List<Path> files = List.of();

    /** Where a file is to be written; null for nowhere. */
    public volatile Path target;

    /** What was asked, each with its consequence, the oldest first. */
    public final List<String> asked = new CopyOnWriteArrayList<>();

    @Override
    public boolean confirm(String title, String consequence, String verb) {
      asked.add(title + " " + consequence);
      return true;
    }

    @Override
    public Optional<Path> chooseFolder(String title) {
      return Optional.empty();
    }

    @Override
    public List<Path> chooseFiles(String title, List<String> patterns) {
      return files;
    }

    @Override
    public Optional<Path> chooseTarget(String title, String name) {
      return Optional.ofNullable(target);
    }
  }

  /** A program that opens every folder onto the same door. */
  public record FixedHost(EngineApi door) implements Desktop.Host {
    @Override
    public EngineApi open(Path folder) {
      return door;
    }

    @Override
    public boolean hasDemo() {
      return true;
    }
  }
}
