package dev.hivedeck.app.desktop;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.PngWriter;
import dev.hivedeck.ui.Rendering;
import dev.hivedeck.ui.Screens;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.slf4j.LoggerFactory;

/** Writes a picture of every screen, drawn on JavaFX's headless platform. */
public final class ScreenshotWriter {
  /** An edit of the sample's configuration, so that a picture shows what one looks like. */
  private static final String EDIT =
      "[{\"at\":\"/agents/core-api/parallel\",\"value\":2},"
          + "{\"at\":\"/budgets/day/cost\",\"value\":20}]";

  private static final long SETTLE = 400;

  /** For pictures that are kept: a chart asks twice, first how much is known. */
  private static final long KEPT = 2_000;

  private ScreenshotWriter() {}

  /**
   * @param folder where to; null for a new folder for temporary files
   * @return where they are, or null when they could not be drawn here
   */
  public static Path write(HivedeckCommand cli, Engine hive, Path folder) {
    return write(
        cli,
        hive,
        folder,
        folder == null ? SETTLE : KEPT,
        Theme.Preference.DARK,
        Theme.Preference.LIGHT);
  }

  /**
   * @param settle how many milliseconds each screen is given before its picture is taken
   */
  public static Path write(
      HivedeckCommand cli, Engine hive, Path folder, long settle, Theme.Preference... themes) {
    try {
      Path target =
          folder != null ? folder.toAbsolutePath() : Files.createTempDirectory("hivedeck-screens");
      System.setProperty("glass.platform", "Headless");
      System.setProperty("prism.order", "sw");
      Rendering.prepare();
      var up = new FutureTask<>(() -> true);
      Platform.startup(up);
      up.get(30, TimeUnit.SECONDS);
      Platform.setImplicitExit(false);
      var endpoint = hive.endpoint();
      try (var client =
          FeedClient.connect(() -> EngineAccess.address(endpoint), "pictures", Clock.systemUTC())) {
        draw(client, target, settle, themes);
      }
      return target;
    } catch (Exception | LinkageError e) {
      LoggerFactory.getLogger(ScreenshotWriter.class).warn("no pictures", e);
      cli.say("The screens could not be drawn here: " + e.getMessage());
      return null;
    }
  }

  private static void draw(EngineApi door, Path target, long settle, Theme.Preference... themes)
      throws Exception {
    var options = new Desktop.Options(null, Clock.systemUTC(), ZoneId.systemDefault(), null);
    var desktop =
        onFx(
            () -> {
              var opened = Desktop.open(new Stage(), folder -> door, options);
              opened.stage().setWidth(1440);
              opened.stage().setHeight(900);
              opened.show(door);
              return opened;
            });
    for (int i = 0;
        i < 100 && onFx(() -> desktop.frame() == null || desktop.frame().place() == null);
        i++) {
      Thread.sleep(50);
    }
    onFx(
        () -> {
          desktop.frame().desk().drafts().put("config", EDIT);
          return null;
        });
    for (var theme : themes) {
      onFx(
          () -> {
            desktop.theme().choose(theme);
            return null;
          });
      for (var screen : Screens.all().keySet()) {
        draw(desktop, screen, null, target.resolve(name(screen.name(), theme)), settle);
      }
      draw(
          desktop,
          ScreenId.SETTINGS,
          "config/agents",
          target.resolve(name("settings-hive", theme)),
          settle);
      draw(desktop, ScreenId.SETTINGS, "workspace", null, settle);
    }
  }

  private static String name(String view, Theme.Preference theme) {
    return (view + "-" + theme.name()).toLowerCase(Locale.ROOT) + ".png";
  }

  /**
   * @param thing to open there, or null
   * @param file null where the view is only passed
   * @param settle as in {@link #write}
   */
  private static void draw(Desktop desktop, ScreenId screen, String thing, Path file, long settle)
      throws Exception {
    onFx(
        () -> {
          desktop.frame().to(screen, thing);
          return null;
        });
    if (file == null) {
      return;
    }
    Thread.sleep(settle);
    var image =
        onFx(
            () -> {
              var root = desktop.stage().getScene().getRoot();
              root.applyCss();
              root.layout();
              return desktop.stage().getScene().snapshot(null);
            });
    PngWriter.write(image, file);
  }

  private static <T> T onFx(Callable<T> work) throws Exception {
    var task = new FutureTask<>(work);
    Platform.runLater(task);
    return task.get(60, TimeUnit.SECONDS);
  }
}
