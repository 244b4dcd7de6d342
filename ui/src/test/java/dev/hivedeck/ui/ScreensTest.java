package dev.hivedeck.ui;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.feed.Connection;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.settings.Settings;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javafx.scene.control.TableView;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Takes a picture of every screen in both themes, and compares it with the one accepted. */
class ScreensTest {
  private static final Path PICTURES = Path.of("target", "screens");
  @TempDir Path folder;

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  @Test
  void everyScreenInBothThemes() throws Exception {
    var desktop = FxThread.desktop(Sample.door(), folder.resolve("desktop.json"));
    for (var preference : new Theme.Preference[] {Theme.Preference.DARK, Theme.Preference.LIGHT}) {
      FxThread.run(() -> desktop.theme().choose(preference));
      for (var screen : Screens.all().keySet()) {
        FxThread.run(() -> desktop.frame().to(screen));
        Baseline.await(screen + "-" + preference, desktop);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "small, en, 1, 1024, 700, LIGHT",
    "small, de, 1.5, 1024, 700, DARK",
    "large, de, 1, 2560, 1440, LIGHT"
  })
  void everyScreenAtOtherSizes(
      String size, String language, double scale, int width, int height, Theme.Preference theme)
      throws Exception {
    var settings = new Settings(folder.resolve("desktop.json"));
    settings.put("language", language);
    settings.put("text.scale", scale);
    settings.close();
    var desktop = FxThread.desktop(Sample.door(), folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.theme().choose(theme));
    for (var screen : Screens.all().keySet()) {
      FxThread.run(() -> desktop.frame().to(screen));
      if (screen
          == ScreenId.OVERVIEW) { // How its cards share the height depends on what came first.
        FxThread.picture(desktop, width, height);
        FxThread.until("its table is wide", () -> working(desktop) > width / 3.0);
      } else {
        var name = "%s-%s-%s".formatted(screen, size, language);
        Baseline.await(name, () -> FxThread.picture(desktop, width, height));
      }
    }
  }

  /** The width of all columns of what is being worked on. */
  private static double working(Desktop desktop) {
    var table = (TableView<?>) desktop.frame().lookup(".calm-table");
    return table.getVisibleLeafColumns().stream().mapToDouble(c -> c.getWidth()).sum();
  }

  @Test
  void everyState() throws Exception {
    var door = Sample.door();
    var desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.theme().choose(Theme.Preference.DARK));
    key(desktop, KeyCode.K, true);
    type(desktop, "ou");
    FxThread.picture(desktop, PICTURES.resolve("state-palette.png"));
    key(desktop, KeyCode.ESCAPE, false);
    type(desktop, "?");
    FxThread.picture(desktop, PICTURES.resolve("state-keys.png"));
    key(desktop, KeyCode.ESCAPE, false);
    FxThread.run(() -> desktop.frame().newTask());
    FxThread.picture(desktop, PICTURES.resolve("state-new-task.png"));
    key(desktop, KeyCode.ESCAPE, false);
    FxThread.run(
        () -> {
          desktop.frame().desk().notices().done("Cancelled T-104", () -> {});
          desktop
              .frame()
              .desk()
              .notices()
              .failed(
                  HiveException.Fault.of(
                      ErrorCode.NOT_NOW,
                      "A task that is done cannot retry.",
                      "It can be returned."));
        });
    FxThread.picture(desktop, PICTURES.resolve("state-notices.png"));
    FxThread.run(() -> desktop.theme().scale(1.5));
    FxThread.picture(desktop, PICTURES.resolve("state-large.png"));
    FxThread.run(() -> desktop.theme().scale(1));
    FxThread.run(() -> desktop.frame().desk().settings().put("language", "de"));
    FxThread.picture(desktop, PICTURES.resolve("state-german.png"));
    FxThread.run(() -> desktop.stage().setWidth(1024));
    FxThread.picture(desktop, PICTURES.resolve("state-narrow.png"));
    FxThread.run(() -> desktop.stage().setWidth(1440));
    FxThread.run(() -> desktop.theme().choose(Theme.Preference.LIGHT));
    FxThread.run(
        () -> {
          desktop.frame().desk().settings().opened(folder.toString());
          desktop.frame().desk().settings().opened("/gone/payments");
          desktop.frame().desk().settings().put("language", "en");
          desktop.welcome();
        });
    FxThread.picture(desktop, PICTURES.resolve("state-welcome.png"));
  }

  @Test
  void emptyAndUntrusted() throws Exception {
    var door = new InMemoryEngineApi(Sample.CLOCK);
    var w = Sample.workspace();
    door.seed(
        Topic.WORKSPACE,
        new WorkspaceViews.Workspace(
            w.id(),
            w.name(),
            w.path(),
            w.main(),
            w.commit(),
            w.checkout(),
            0,
            w.upstream(),
            false,
            false,
            4,
            null,
            w.engine(),
            w.startedAt(),
            List.of("hive.yaml line 12: unknown key \"gatez\"; did you mean \"gates\"?"),
            Sample.asked("d1")));
    var desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.theme().choose(Theme.Preference.DARK));
    FxThread.picture(desktop, PICTURES.resolve("state-trust.png"));
    key(desktop, KeyCode.ESCAPE, false);
    FxThread.picture(desktop, PICTURES.resolve("state-empty.png"));
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS));
    FxThread.picture(desktop, PICTURES.resolve("state-empty-decisions.png"));
  }

  @Test
  void loadingAndFailed() throws Exception {
    var answers = new CountDownLatch(1);
    var door =
        new InMemoryEngineApi(Sample.CLOCK) {
          @Override
          public Snapshot snapshot(Set<Topic> topics) {
            try {
              answers.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            throw new HiveException(
                ErrorCode.STORE_DAMAGED,
                "The database of this workspace cannot be read.",
                "Run \"hivedeck doctor\"; the last backup is kept beside it.");
          }
        };
    var desktop =
        FxThread.get(
            () -> {
              var options =
                  new Desktop.Options(
                      null, Sample.CLOCK, java.time.ZoneOffset.UTC, new FxThread.Answering());
              var made =
                  Desktop.open(new javafx.stage.Stage(), new FxThread.FixedHost(door), options);
              made.stage().setWidth(1440);
              made.stage().setHeight(900);
              made.theme().choose(Theme.Preference.DARK);
              made.show(door);
              return made;
            });
    FxThread.picture(desktop, PICTURES.resolve("state-loading.png"));
    answers.countDown();
    FxThread.until(
        "failed",
        () -> desktop.frame().desk().live().connection().get().state() == Connection.State.FAILED);
    FxThread.picture(desktop, PICTURES.resolve("state-failed.png"));
  }

  private static void key(Desktop desktop, KeyCode code, boolean shortcut) {
    FxThread.run(
        () -> {
          var scene = desktop.stage().getScene();
          var target = scene.getFocusOwner() == null ? scene.getRoot() : scene.getFocusOwner();
          javafx.event.Event.fireEvent(
              target,
              new KeyEvent(
                  KeyEvent.KEY_PRESSED, "", code.getName(), code, false, shortcut, false, false));
        });
  }

  private static void type(Desktop desktop, String text) {
    for (var letter : text.split("")) {
      FxThread.run(
          () -> {
            var scene = desktop.stage().getScene();
            var target = scene.getFocusOwner() == null ? scene.getRoot() : scene.getFocusOwner();
            javafx.event.Event.fireEvent(
                target,
                new KeyEvent(
                    KeyEvent.KEY_TYPED,
                    letter,
                    letter,
                    KeyCode.UNDEFINED,
                    false,
                    false,
                    false,
                    false));
          });
    }
  }
}
