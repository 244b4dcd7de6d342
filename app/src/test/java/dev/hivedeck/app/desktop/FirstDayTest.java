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
import java.util.Optional;
import java.util.function.Predicate;
import javafx.event.Event;
import javafx.scene.Node;
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

  private static final String COMMAND = "cat > notes.md";

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
    desktop.until("its first page", () -> desktop.sees("shop is ready to try"));
    desktop.until("the proposal", () -> desktop.sees("version: 1"));
    picture("proposal");

    step(
        "`Tab` to the command, `" + COMMAND + "`",
        "An agent that needs no account; or choose one that was found.");
    tabTo(node -> node instanceof TextField f && "./my-agent".equals(f.getPromptText()));
    types(COMMAND);
    desktop.until("it is proposed", () -> desktop.sees("run: \"" + COMMAND));
    step("`Tab` to the task, what it asks", "The first line is its title.");
    tabTo(TextArea.class::isInstance);
    types("Write notes");
    desktop.until(
        "all that it would run",
        () ->
            startButton().map(b -> !b.isDisabled()).orElse(false) && desktop.sees("agent builder"));
    picture("ready");
    step(
        "`Tab` to *Trust … and start the first task*, `Space`",
        "The agent works; its change comes to you.");
    tabTo(node -> startButton().filter(node::equals).isPresent());
    desktop.robot().type(KeyCode.SPACE);
    desktop.until(
        "a change",
        () ->
            desktop.frame() != null
                && desktop.live().changes().all().stream().anyMatch(FirstDayTest::wanted));

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
    desktop.until("its first page", () -> desktop.sees("shop is ready to try"));
    step(
        "*Not now*",
        "Its first page would write who works here; *Set up hive.yaml* shows it again.");
    desktop.click("Not now");
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
    assertThat(guide).contains(heading + "\n", COMMAND);
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

  private Optional<ButtonBase> startButton() {
    return desktop
        .robot()
        .lookup(
            n ->
                n instanceof ButtonBase b
                    && b.getText() != null
                    && b.getText().endsWith("and start the first task"))
        .tryQuery();
  }

  /** Goes on by Tab until what is meant has the keys. */
  private void tabTo(Predicate<Node> meant) {
    for (int tabs = 1; tabs < 60; tabs++) {
      desktop.robot().type(KeyCode.TAB);
      if (desktop.look(() -> meant.test(desktop.focus()))) {
        return;
      }
    }
    throw new AssertionError("no way by Tab");
  }
}
