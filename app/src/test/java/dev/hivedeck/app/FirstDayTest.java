package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.Hive;
import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.worktree.Git;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.Pictures;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.live.Live;
import dev.hivedeck.ui.shell.Dialogs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javafx.application.Platform;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/**
 * A first day, from a fresh repository to merged work, on a real engine with a real agent: once by
 * keyboard alone, once by mouse alone. The guide has the steps as they are done here.
 */
class FirstDayTest {
  private static final Path GUIDE = Path.of("..", "docs", "desktop.md");
  private static final double SPEED = 30;

  private static final String HIVE = "agents: { writer: { run: cat > notes.md } }";

  @TempDir Path folder;
  private final FxRobot robot = new FxRobot();
  private final List<String> steps = new ArrayList<>();
  private Path repository;
  private Git git;
  private Desktop desktop;
  private volatile Hive hive;

  @BeforeEach
  void open() throws Exception {
    repository = Files.createDirectories(folder.resolve("shop"));
    git = new Git(repository);
    git.must("init", "--quiet", "--initial-branch=main");
    git.must("config", "user.name", "A User");
    git.must("config", "user.email", "user@example.org");
    Files.writeString(repository.resolve("README.md"), "# Shop\n");
    Files.createDirectories(repository.resolve("agents"));
    Path script = repository.resolve("agents/notes.sh");
    Files.writeString(script, "#!/bin/sh\n# Writes down what it is told.\ncat > notes.md\n");
    git.must("add", "--all");
    git.must("commit", "--quiet", "-m", "Begin");
    Files.writeString(
        folder.resolve("plan.yaml"),
        "plan: First\ntasks:\n  - { id: T-1, title: Write notes, prompt: Write notes.md. }\n");
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
  void byKeyboardAlone() throws IOException {
    until("the welcome screen", () -> focus() instanceof ButtonBase);
    step("`Space`", "*Open a repository*, which has the keys at the start; choose the folder.");
    robot.type(KeyCode.SPACE);
    until("an empty hive", () -> sees("No agent works here yet"));
    picture("empty");

    step("`Ctrl K`, `set up`, `Enter`", "A first `hive.yaml` is proposed.");
    palette("set up", "Set up hive.yaml");
    until("the proposal", () -> focus() instanceof TextArea);
    picture("setup");
    step("`Ctrl A`, then the file", "Write who works here, or edit what is proposed.");
    together(KeyCode.CONTROL, KeyCode.A);
    types(HIVE);
    step("`Ctrl Enter`", "It is written, and you are shown what it would run.");
    until("it is right", () -> button("Write hive.yaml").map(b -> !b.isDisabled()).orElse(false));
    together(KeyCode.CONTROL, KeyCode.ENTER);
    until("asked for trust", () -> sees("Trust shop?"));
    picture("trust");
    int tabs = tabTo("Trust all of this");
    step("`Tab` ".repeat(tabs).strip() + ", `Space`", "*Trust all of this*.");
    robot.type(KeyCode.SPACE);
    until("trusted", () -> live().workspace().get().trusted() && live().agents().size() == 1);

    step("`Ctrl K`, `new task`, `Enter`", "The sheet for a task opens.");
    palette("new task", "New task");
    until("the sheet", () -> focus() instanceof TextField);
    step("its title, `Enter`, what is asked, `Ctrl Enter`", "The task is in the plan.");
    types("Write notes");
    robot.type(KeyCode.ENTER);
    types("Write notes.md.");
    together(KeyCode.CONTROL, KeyCode.ENTER);
    until("the task", () -> live().tasks().size() == 1);

    step("`Ctrl K`, `start hive`, `Enter`", "The agent works; its change comes to you.");
    palette("start hive", "Start hive");
    until("a change", () -> live().changes().all().stream().anyMatch(FirstDayTest::wanted));

    step("`n`", "To what waits for you: the change, with its diff.");
    robot.type(KeyCode.N);
    until("its diff", () -> sees("notes.md") && button("Approve").isPresent());
    step("`a`", "It is approved, and merged when its turn comes.");
    robot.type(KeyCode.A);
    merged("## A first day by keyboard", "press");
  }

  @Test
  void byMouseAlone() throws IOException {
    step("*Open a repository*", "Choose the folder.");
    click("Open a repository");
    until("an empty hive", () -> sees("No agent works here yet"));

    step("*Find agents*", "What is installed, and what the repository defines.");
    click("Find agents");
    until("what is defined", () -> sees("Select all 1 shown"));
    step("*Select all 1 shown*", "Or tick some.");
    click("Select all 1 shown");
    step("*Add 1 agent*", "It is written into `hive.yaml`.");
    click("Add 1 agent");
    step("*Review*, in the banner", "You are shown what would run.");
    click("Review");
    step("*Trust all of this*", "It may run from now on.");
    click("Trust all of this");
    until("trusted", () -> live().workspace().get().trusted() && live().agents().size() == 1);

    step("*Overview*", "Back to where all is seen.");
    click("Overview");
    step("*Import a plan…*", "Choose its file; its tasks are in the plan.");
    click("Import a plan…");
    until("the task", () -> live().tasks().size() == 1);
    step("*Start hive*", "The agent works; its change comes to you.");
    click("Start hive");
    until("a change", () -> live().changes().all().stream().anyMatch(FirstDayTest::wanted));

    step("*Changes*", "The change, with its diff.");
    click("Changes");
    until("its diff", () -> sees("notes.md") && button("Approve").isPresent());
    step("*Approve*", "It is merged when its turn comes.");
    click("Approve");
    merged("## A first day by mouse", "click");
  }

  /** It is on main, and the guide tells the way there. */
  private void merged(String heading, String verb) throws IOException {
    until(
        "merged",
        () -> live().changes().all().stream().anyMatch(c -> c.state() == Views.ChangeState.MERGED));
    assertThat(git.must("show", "main:notes.md")).contains("Write notes");
    var table = new StringBuilder("| " + verb + " | what happens |\n|---|---|\n");
    steps.forEach(row -> table.append(row).append('\n'));
    String guide = Files.readString(GUIDE).replace("\r\n", "\n");
    assertThat(guide).contains(heading + "\n", HIVE);
    assertThat(guide.substring(guide.indexOf(heading + "\n")))
        .as("docs/desktop.md has these steps")
        .contains(table);
  }

  private static boolean wanted(Views.Change c) {
    return c.state() == Views.ChangeState.OPEN && c.review().equals("wanted");
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  /** To look at, when asked for. */
  private void picture(String name) {
    if (Boolean.getBoolean("hivedeck.pictures")) {
      robot.sleep(300);
      draw(Path.of("target", "first-day-" + name + ".png"));
    }
  }

  private void draw(Path file) {
    look(
        () -> {
          try {
            return Pictures.write(desktop.stage().getScene().snapshot(null), file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void step(String what, String follows) {
    steps.add("| " + what + " | " + follows + " |");
  }

  private void palette(String words, String action) {
    together(KeyCode.CONTROL, KeyCode.K);
    until("the palette", () -> focus() instanceof TextField);
    types(words);
    until("the command", () -> sees(action));
    robot.type(KeyCode.ENTER);
  }

  /** Types letters into what has the keys; the robot takes a tenth of a second for each. */
  private void types(String words) {
    look(
        () -> {
          for (char letter : words.toCharArray()) {
            Event.fireEvent(
                focus(),
                new KeyEvent(
                    KeyEvent.KEY_TYPED,
                    String.valueOf(letter),
                    "",
                    KeyCode.UNDEFINED,
                    false,
                    false,
                    false,
                    false));
          }
          return null;
        });
  }

  private void together(KeyCode held, KeyCode key) {
    robot.press(held).type(key).release(held);
  }

  /** How often it takes to come to a button. */
  private int tabTo(String name) {
    for (int tabs = 1; tabs < 12; tabs++) {
      robot.type(KeyCode.TAB);
      if (look(() -> focus() instanceof ButtonBase b && name.equals(b.getText()))) {
        return tabs;
      }
    }
    throw new AssertionError("no way by Tab to " + name);
  }

  private void click(String name) {
    until(name, () -> button(name).map(b -> !b.isDisabled()).orElse(false));
    robot.clickOn(look(() -> button(name).orElseThrow()));
  }

  private Node focus() {
    return desktop.stage().getScene().getFocusOwner();
  }

  private Optional<ButtonBase> button(String name) {
    return robot
        .lookup(
            n ->
                n instanceof ButtonBase b
                    && shown(b)
                    && (name.equals(b.getText())
                        || b.getAccessibleText() != null && b.getAccessibleText().startsWith(name)))
        .<ButtonBase>queryAll()
        .stream()
        .findFirst();
  }

  private boolean sees(String words) {
    return robot
        .lookup(
            n ->
                shown(n)
                    && (n instanceof Labeled l && l.getText() != null && l.getText().contains(words)
                        || n instanceof TextInputControl t && t.getText().contains(words)))
        .tryQuery()
        .isPresent();
  }

  private static boolean shown(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return node.getScene() != null;
  }

  private Live live() {
    return desktop.frame().desk().live();
  }

  private <T> T look(Callable<T> what) {
    try {
      return fx(what);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void until(String what, Callable<Boolean> so) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      if (look(so)) {
        return;
      }
      robot.sleep(30);
    }
    draw(Path.of("target", "never.png"));
    throw new AssertionError("never: " + what + "; see target/never.png");
  }

  private static <T> T fx(Callable<T> work) throws Exception {
    var task = new FutureTask<>(work);
    Platform.runLater(task);
    return task.get(60, TimeUnit.SECONDS);
  }

  private final class Engine implements Desktop.Host {
    @Override
    public Door open(Path of) {
      hive = Doors.hive(of, folder.resolve("home"), SPEED, true, 0, 0);
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
      return Optional.of(repository);
    }

    @Override
    public List<Path> chooseFiles(String title, List<String> patterns) {
      return List.of(folder.resolve("plan.yaml"));
    }
  }
}
