package dev.hivedeck.app.desktop;

import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.StopLimit;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.Rendering;
import dev.hivedeck.ui.shell.notice.Notices;
import java.nio.file.Path;
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
   * Opens the window.
   *
   * @param folder the repository that is shown in it; null for what was open last
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
                desktop.show(folder); // what works elsewhere is not begun unasked
              } else {
                desktop.resume();
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
    Platform.runLater(this::tray);
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
    var working = engines.kept();
    if (shown.isShowing()) {
      shown.toFront();
    } else if (!working.isEmpty()) {
      open(new Stage());
      desktop.resume(working); // what else was open last is not begun unasked
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
}
