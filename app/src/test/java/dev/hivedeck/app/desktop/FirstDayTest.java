package dev.hivedeck.app.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javafx.event.Event;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A first day, from a fresh repository to merged work, on a real engine with a real agent: once by
 * keyboard alone, once by mouse alone. The guide has the steps as they are done here.
 */
class FirstDayTest {
  private static final Path GUIDE = Path.of("..", "docs", "desktop.md");

  private static final String HIVE = "agents: { writer: { run: cat > notes.md } }";

  @TempDir Path folder;
  private final List<String> steps = new ArrayList<>();
  private Git git;
  private RealDesktop desktop;

  @BeforeEach
  void open() throws Exception {
    var shop =
        new Shop(folder)
            .write("README.md", "# Shop\n")
            .write("agents/notes.sh", "#!/bin/sh\n# Writes down what it is told.\ncat > notes.md\n")
            .commit();
    git = shop.git();
    Path plan =
        Files.writeString(
            folder.resolve("plan.yaml"),
            "plan: First\ntasks:\n  - { id: T-1, title: Write notes, prompt: Write notes.md. }\n");
    desktop = RealDesktop.welcoming(folder, shop.path(), plan);
  }

  @AfterEach
  void close() {
    desktop.close();
  }

  @Test
  void byKeyboardAlone() throws IOException {
    desktop.until("the welcome screen", () -> desktop.focus() instanceof ButtonBase);
    step("`Space`", "*Open a repository*, which has the keys at the start; choose the folder.");
    desktop.robot().type(KeyCode.SPACE);
    desktop.until("an empty hive", () -> desktop.sees("No agent works here yet"));
    picture("empty");

    step("`Ctrl K`, `set up`, `Enter`", "A first `hive.yaml` is proposed.");
    palette("set up", "Set up hive.yaml");
    desktop.until("the proposal", () -> desktop.focus() instanceof TextArea);
    picture("setup");
    step("`Ctrl A`, then the file", "Write who works here, or edit what is proposed.");
    together(KeyCode.CONTROL, KeyCode.A);
    types(HIVE);
    step("`Ctrl Enter`", "It is written, and you are shown what it would run.");
    desktop.until(
        "it is right",
        () -> desktop.button("Write hive.yaml").map(b -> !b.isDisabled()).orElse(false));
    together(KeyCode.CONTROL, KeyCode.ENTER);
    desktop.until("asked for trust", () -> desktop.sees("Trust shop?"));
    picture("trust");
    int tabs = tabTo("Trust all of this");
    step("`Tab` ".repeat(tabs).strip() + ", `Space`", "*Trust all of this*.");
    desktop.robot().type(KeyCode.SPACE);
    desktop.until(
        "trusted",
        () -> desktop.live().workspace().get().trusted() && desktop.live().agents().size() == 1);

    step("`Ctrl K`, `new task`, `Enter`", "The sheet for a task opens.");
    palette("new task", "New task");
    desktop.until("the sheet", () -> desktop.focus() instanceof TextField);
    step("its title, `Enter`, what is asked, `Ctrl Enter`", "The task is in the plan.");
    types("Write notes");
    desktop.robot().type(KeyCode.ENTER);
    types("Write notes.md.");
    together(KeyCode.CONTROL, KeyCode.ENTER);
    desktop.until("the task", () -> desktop.live().tasks().size() == 1);

    step("`Ctrl K`, `start hive`, `Enter`", "The agent works; its change comes to you.");
    palette("start hive", "Start hive");
    desktop.until(
        "a change", () -> desktop.live().changes().all().stream().anyMatch(FirstDayTest::wanted));

    step("`n`", "To what waits for you: the change, with its diff.");
    desktop.robot().type(KeyCode.N);
    desktop.until(
        "its diff", () -> desktop.sees("notes.md") && desktop.button("Approve").isPresent());
    step("`a`", "It is approved, and merged when its turn comes.");
    desktop.robot().type(KeyCode.A);
    merged("## A first day by keyboard", "press");
  }

  @Test
  void byMouseAlone() throws IOException {
    step("*Open a repository*", "Choose the folder.");
    desktop.click("Open a repository");
    desktop.until("an empty hive", () -> desktop.sees("No agent works here yet"));

    step("*Find agents*", "What is installed, and what the repository defines.");
    desktop.click("Find agents");
    desktop.until("what is defined", () -> desktop.sees("Select all 1 shown"));
    step("*Select all 1 shown*", "Or tick some.");
    desktop.click("Select all 1 shown");
    step("*Add 1 agent*", "It is written into `hive.yaml`.");
    desktop.click("Add 1 agent");
    step("*Review*, in the banner", "You are shown what would run.");
    desktop.click("Review");
    step("*Trust all of this*", "It may run from now on.");
    desktop.click("Trust all of this");
    desktop.until(
        "trusted",
        () -> desktop.live().workspace().get().trusted() && desktop.live().agents().size() == 1);

    step("*Overview*", "Back to where all is seen.");
    desktop.click("Overview");
    step("*Import a plan…*", "Choose its file; its tasks are in the plan.");
    desktop.click("Import a plan…");
    desktop.until("the task", () -> desktop.live().tasks().size() == 1);
    step("*Start hive*", "The agent works; its change comes to you.");
    desktop.click("Start hive");
    desktop.until(
        "a change", () -> desktop.live().changes().all().stream().anyMatch(FirstDayTest::wanted));

    step("*Changes*", "The change, with its diff.");
    desktop.click("Changes");
    desktop.until(
        "its diff", () -> desktop.sees("notes.md") && desktop.button("Approve").isPresent());
    step("*Approve*", "It is merged when its turn comes.");
    desktop.click("Approve");
    merged("## A first day by mouse", "click");
  }

  /** It is on main, and the guide tells the way there. */
  private void merged(String heading, String verb) throws IOException {
    desktop.until(
        "merged",
        () ->
            desktop.live().changes().all().stream()
                .anyMatch(c -> c.state() == ChangeViews.ChangeState.MERGED));
    assertThat(git.must("show", "main:notes.md")).contains("Write notes");
    var table = new StringBuilder("| " + verb + " | what happens |\n|---|---|\n");
    steps.forEach(row -> table.append(row).append('\n'));
    String guide = Files.readString(GUIDE).replace("\r\n", "\n");
    assertThat(guide).contains(heading + "\n", HIVE);
    assertThat(guide.substring(guide.indexOf(heading + "\n")))
        .as("docs/desktop.md has these steps")
        .contains(table);
  }

  private static boolean wanted(ChangeViews.Change c) {
    return c.state() == ChangeViews.ChangeState.OPEN
        && c.review() == ChangeViews.ReviewState.WANTED;
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  /** To look at, when asked for. */
  private void picture(String name) {
    if (Boolean.getBoolean("hivedeck.pictures")) {
      desktop.robot().sleep(300);
      desktop.draw(Path.of("target", "first-day-" + name + ".png"));
    }
  }

  private void step(String what, String follows) {
    steps.add("| " + what + " | " + follows + " |");
  }

  private void palette(String words, String action) {
    together(KeyCode.CONTROL, KeyCode.K);
    desktop.until("the palette", () -> desktop.focus() instanceof TextField);
    types(words);
    desktop.until("the command", () -> desktop.sees(action));
    desktop.robot().type(KeyCode.ENTER);
  }

  /** Types letters into what has the keys; the robot takes a tenth of a second for each. */
  private void types(String words) {
    desktop.run(
        () -> {
          for (char letter : words.toCharArray()) {
            Event.fireEvent(
                desktop.focus(),
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
        });
  }

  private void together(KeyCode held, KeyCode key) {
    desktop.robot().press(held).type(key).release(held);
  }

  /** How often it takes to come to a button. */
  private int tabTo(String name) {
    for (int tabs = 1; tabs < 12; tabs++) {
      desktop.robot().type(KeyCode.TAB);
      if (desktop.look(() -> desktop.focus() instanceof ButtonBase b && name.equals(b.getText()))) {
        return tabs;
      }
    }
    throw new AssertionError("no way by Tab to " + name);
  }
}
