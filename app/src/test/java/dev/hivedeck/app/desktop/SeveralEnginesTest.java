package dev.hivedeck.app.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.WorkspaceState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two repositories in one window, each with a real engine over the real feed. */
class SeveralEnginesTest {
  private static final String HIVE =
      """
      version: 1
      agents:
        a: { driver: command, run: sleep 600 }
      """;

  @TempDir Path folder;
  private Path shop;
  private Path bank;
  private Engines engines;
  private Desktop desktop;

  @BeforeEach
  void repositories() throws Exception {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    shop = new Shop(Files.createDirectory(folder.resolve("one"))).configure(HIVE).commit().path();
    bank = new Shop(Files.createDirectory(folder.resolve("two"))).configure(HIVE).commit().path();
    try {
      Platform.startup(() -> {});
    } catch (IllegalStateException e) {
      // Another test of this run has started it.
    }
    Platform.setImplicitExit(false);
  }

  @AfterEach
  void end() {
    closeWindow();
    System.clearProperty("hivedeck.home");
  }

  private void openWindow() {
    engines =
        new Engines(
            _ -> {},
            () -> {},
            () -> Demo.open(null, 1, true),
            new SystemNotification("none", List.of(), (_, _) -> {}, () -> false),
            new KeptNotices(_ -> {}));
    desktop =
        look(
            () ->
                Desktop.open(
                    new Stage(),
                    engines,
                    new Desktop.Options(
                        folder.resolve("desktop.json"),
                        Clock.systemUTC(),
                        ZoneId.systemDefault(),
                        null)));
  }

  private void closeWindow() {
    if (engines != null) {
      run(desktop.stage()::close);
      engines.close();
      engines = null;
    }
  }

  @Test
  void bothAreOpenAgainAndOneThatEndsOrIsGoneTakesNothingDown() throws Exception {
    openWindow();
    run(() -> desktop.show(shop));
    until("the first", () -> all().size() == 1 && isPaused(all().getFirst()));
    run(() -> desktop.show(bank));
    until("both", () -> all().size() == 2 && all().stream().allMatch(this::isPaused));
    assertThat(EngineAccess.running(shop)).isPresent();
    assertThat(EngineAccess.running(bank)).isPresent();

    CliRunner.in(shop, "stop");
    until("it is missed", () -> all().getFirst().state() == WorkspaceState.CUT);
    assertThat(look(() -> all().getLast().live().cut().get())).isFalse();
    assertThat(look(() -> desktop.frame().desk().live() == all().getLast().live())).isTrue();
    closeWindow();
    assertThat(EngineAccess.running(bank)).isEmpty();

    openWindow();
    run(() -> desktop.resume());
    until("both again", () -> all().size() == 2 && all().stream().allMatch(this::isPaused));
    assertThat(look(() -> all().getFirst().folder())).isEqualTo(shop);
    assertThat(look(() -> desktop.frame().desk().live() == all().getLast().live())).isTrue();
    closeWindow();

    Files.move(shop, folder.resolve("elsewhere"));
    openWindow();
    run(() -> desktop.resume());
    until("said", () -> unopened() == 1);
    assertThat(look(() -> all().size())).isEqualTo(1);
    assertThat(look(() -> isPaused(all().getFirst()))).isTrue();
  }

  private List<OpenWorkspace> all() {
    return desktop.frame() == null ? List.of() : desktop.frame().desk().workspaces().all();
  }

  private long unopened() {
    return desktop.frame() == null
        ? 0
        : desktop.frame().desk().workspaces().unopened().stream()
            .filter(u -> u.fault() != null)
            .count();
  }

  private boolean isPaused(OpenWorkspace workspace) {
    return workspace.state() == WorkspaceState.UNTRUSTED
        || workspace.state() == WorkspaceState.PAUSED;
  }

  private static void until(String what, Callable<Boolean> so) throws InterruptedException {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!look(so)) {
      assertThat(System.nanoTime()).as("never: " + what).isLessThan(end);
      Thread.sleep(30);
    }
  }

  private static <T> T look(Callable<T> what) {
    var task = new FutureTask<>(what);
    Platform.runLater(task);
    try {
      return task.get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void run(Runnable work) {
    look(
        () -> {
          work.run();
          return null;
        });
  }
}
