package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.demo.SampleWorkspace;
import dev.hivedeck.engine.Hive;
import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.worktree.Git;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.Pictures;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.live.Live;
import dev.hivedeck.ui.shell.Dialogs;
import dev.hivedeck.ui.shell.Place;
import java.io.IOException;
import java.nio.file.Files;
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
import javafx.scene.control.Labeled;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** The main job by mouse and keys, on a real engine over the real feed. */
class DesktopTest {
  private static final double SPEED = 30;
  @TempDir Path folder;
  private final FxRobot robot = new FxRobot();
  private SampleWorkspace sample;
  private Path plan;
  private Desktop desktop;
  private volatile Hive hive;

  @BeforeEach
  void open() throws Exception {
    sample = SampleWorkspace.make(folder);
    plan = Files.writeString(folder.resolve("plan.yaml"), sample.plan());
    try {
      Platform.startup(() -> {});
    } catch (IllegalStateException e) {
      // Another test of this run has started it.
    }
    Platform.setImplicitExit(false);
    var options =
        new Desktop.Options(
            folder.resolve("desktop.json"),
            Clock.systemUTC(),
            ZoneId.systemDefault(),
            new Choosing());
    desktop =
        fx(
            () -> {
              var made = Desktop.open(new Stage(), new Engine(), options);
              made.stage().setWidth(1440);
              made.stage().setHeight(900);
              return made;
            });
  }

  @AfterEach
  void close() throws Exception {
    fx(
        () -> {
          desktop.stage().close();
          return null;
        });
    if (hive != null) {
      hive.close();
    }
  }

  @Test
  void fromARepositoryToMergedWork() {
    var git = new Git(sample.repository());
    var checkout = git.must("rev-parse", "HEAD");

    robot.clickOn("Open a repository");
    until("the commands to trust", () -> text("Trust all of this"));
    click("Trust all of this");
    until("trusted", () -> live().workspace().get().trusted());

    robot.clickOn("Import a plan…");
    until("the plan", () -> live().tasks().size() == 30);

    go(KeyCode.A);
    until("agents", () -> text("Pause") && live().agents().size() == 8);
    robot.clickOn("core-api");
    robot.clickOn("Pause");
    until("paused", () -> agent("core-api").state() == Views.AgentState.PAUSED);

    robot.push(new KeyCodeCombination(KeyCode.K, KeyCombination.SHORTCUT_DOWN));
    robot.write("start hive");
    until("the command", () -> text("Start hive"));
    robot.type(KeyCode.ENTER);
    until("work", () -> live().workspace().get().working());
    until("some of it merged", () -> merged() >= 3);
    assertThat(look(() -> agent("core-api").state())).isEqualTo(Views.AgentState.PAUSED);
    robot.clickOn("Resume");
    until("resumed", () -> agent("core-api").state() != Views.AgentState.PAUSED);

    boolean dark = look(() -> desktop.theme().look().get().dark());
    robot.push(new KeyCodeCombination(KeyCode.K, KeyCombination.SHORTCUT_DOWN));
    robot.write("dark and light");
    robot.type(KeyCode.ENTER);
    until("the other theme", () -> desktop.theme().look().get().dark() != dark);

    answerAndApprove();

    assertThat(look(() -> live().tasks().all().stream().filter(t -> !t.merged()).toList()))
        .singleElement()
        .satisfies(t -> assertThat(t.state()).isEqualTo(Views.TaskState.DEAD));
    assertThat(git.must("rev-list", "--count", "--merges", checkout.strip() + "..main").strip())
        .isEqualTo("29");
    assertThat(git.must("rev-parse", "HEAD")).isNotEqualTo(checkout);
    assertThat(git.must("status", "--porcelain").strip()).as("the checkout came along").isEmpty();
  }

  /** Answers what is asked and approves what is to be read, until nothing is left to do. */
  private void answerAndApprove() {
    var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (look(() -> merged() < 29) && System.nanoTime() < end) {
      if (look(() -> live().decisions().all().stream().anyMatch(DesktopTest::asked))) {
        var asked =
            look(() -> live().decisions().all().stream().filter(DesktopTest::asked).findFirst());
        go(KeyCode.D);
        var answer = asked.orElseThrow().options().getFirst();
        var label = answer.substring(0, 1).toUpperCase() + answer.substring(1);
        until("its answers", () -> text(label));
        robot.clickOn(label);
        until(
            "answered",
            () -> live().decisions().get(asked.get().id()).stream().noneMatch(DesktopTest::asked));
      }
      var wanted =
          look(() -> live().changes().all().stream().filter(DesktopTest::wanted).findFirst());
      if (wanted.isPresent()) {
        var id = wanted.get().id();
        go(KeyCode.C);
        until("changes", () -> desktop.frame().place() == Place.CHANGES);
        onFx(() -> desktop.frame().to(Place.CHANGES, id));
        until("its diff", () -> robot.lookup(".diff-lines").tryQuery().isPresent());
        until("the button", () -> text("Approve"));
        robot.clickOn("Approve");
        until("approved", () -> live().changes().get(id).stream().noneMatch(DesktopTest::wanted));
      }
      robot.sleep(100);
    }
  }

  private static boolean asked(Views.Decision d) {
    return d.state() == Views.DecisionState.OPEN;
  }

  private static boolean wanted(Views.Change c) {
    return c.state() == Views.ChangeState.OPEN && c.review().equals("wanted");
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  private void go(KeyCode letter) {
    onFx(() -> desktop.frame().requestFocus());
    robot.type(KeyCode.G).type(letter);
  }

  private Live live() {
    return desktop.frame().desk().live();
  }

  private Views.Agent agent(String name) {
    return live().agents().get(name).orElseThrow();
  }

  private long merged() {
    return live().changes().all().stream()
        .filter(c -> c.state() == Views.ChangeState.MERGED)
        .count();
  }

  private boolean text(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .queryAll()
        .stream()
        .anyMatch(DesktopTest::shown);
  }

  private void click(String words) {
    robot.clickOn(
        robot
            .lookup(
                n ->
                    n instanceof javafx.scene.control.Button b
                        && b.getText() != null
                        && b.getText().contains(words)
                        && shown(b))
            .<Node>query());
  }

  private static boolean shown(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return node.getScene() != null;
  }

  private <T> T look(Callable<T> what) {
    try {
      return fx(what);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void onFx(Runnable work) {
    look(
        () -> {
          work.run();
          return null;
        });
  }

  private void until(String what, Callable<Boolean> so) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      if (look(
          () -> desktop.frame() != null || what.startsWith("the commands") ? so.call() : false)) {
        return;
      }
      robot.sleep(30);
    }
    onFx(
        () -> {
          try {
            Pictures.write(
                desktop.stage().getScene().snapshot(null), Path.of("target", "never.png"));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    throw new AssertionError("never: " + what + "; see target/never.png");
  }

  private static <T> T fx(Callable<T> work) throws Exception {
    var task = new FutureTask<>(work);
    Platform.runLater(task);
    return task.get(60, TimeUnit.SECONDS);
  }

  private final class Engine implements Desktop.Host {
    @Override
    public Door open(Path repository) {
      hive = Doors.hive(repository, folder.resolve("home"), SPEED, true, 0, 0);
      var endpoint = hive.endpoint();
      return FeedClient.connect(() -> Doors.address(endpoint), "desktop", Clock.systemUTC());
    }
  }

  private final class Choosing implements Dialogs {
    @Override
    public boolean confirm(String title, String consequence, String verb) {
      return true;
    }

    @Override
    public Optional<Path> chooseFolder(String title) {
      return Optional.of(sample.repository());
    }

    @Override
    public List<Path> chooseFiles(String title, List<String> patterns) {
      return List.of(plan);
    }
  }
}
