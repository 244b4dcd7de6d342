package dev.hivedeck.app.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.demo.SampleWorkspace;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.shell.ScreenId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job by mouse and keys, on a real engine over the real feed. */
class DesktopTest {
  /** Of the demo's plan, which DemoTest does whole: one that asks, one to be read, and others. */
  private static final Set<String> TASKS =
      Set.of("T-1", "T-2", "T-5", "T-12", "T-16", "T-20", "T-22", "T-23");

  @TempDir Path folder;
  private SampleWorkspace sample;
  private RealDesktop desktop;

  @BeforeEach
  void open() throws Exception {
    sample = SampleWorkspace.make(folder);
    Path plan = Files.writeString(folder.resolve("plan.yaml"), plan(sample.plan()));
    desktop = RealDesktop.welcoming(folder, sample.repository(), plan);
  }

  private static String plan(String whole) {
    String[] parts = whole.split("(?m)^(?=  - id: T-)");
    return Stream.of(parts)
        .filter(
            part ->
                !part.startsWith("  - id: T-") || TASKS.contains(part.substring(8).split("\\s")[0]))
        .collect(Collectors.joining());
  }

  @AfterEach
  void close() {
    desktop.close();
  }

  @Test
  void fromARepositoryToMergedWork() {
    var git = new Git(sample.repository());
    var checkout = git.must("rev-parse", "HEAD");

    desktop.robot().clickOn("Open a repository");
    desktop.until("the commands to trust", () -> desktop.sees("Trust all of this"));
    desktop.click("Trust all of this");
    desktop.until("trusted", () -> desktop.live().workspace().get().trusted());

    desktop.robot().clickOn("Import a plan…");
    desktop.until("the plan", () -> desktop.live().tasks().size() == TASKS.size());

    go(KeyCode.A);
    desktop.until("agents", () -> desktop.sees("Pause") && desktop.live().agents().size() == 8);
    desktop.robot().clickOn("core-api");
    desktop.robot().clickOn("Pause");
    desktop.until("paused", () -> agent("core-api").state() == AgentViews.AgentState.PAUSED);

    desktop.robot().push(new KeyCodeCombination(KeyCode.K, KeyCombination.SHORTCUT_DOWN));
    desktop.robot().write("start hive");
    desktop.until("the command", () -> desktop.sees("Start hive"));
    desktop.robot().type(KeyCode.ENTER);
    desktop.until("work", () -> desktop.live().workspace().get().started());
    desktop.until("some of it merged", () -> merged() >= 2);
    assertThat(desktop.look(() -> agent("core-api").state()))
        .isEqualTo(AgentViews.AgentState.PAUSED);
    desktop.robot().clickOn("Resume");
    desktop.until("resumed", () -> agent("core-api").state() != AgentViews.AgentState.PAUSED);

    boolean dark = desktop.look(() -> desktop.desktop().theme().look().get().dark());
    desktop.robot().push(new KeyCodeCombination(KeyCode.K, KeyCombination.SHORTCUT_DOWN));
    desktop.robot().write("dark and light");
    desktop.robot().type(KeyCode.ENTER);
    desktop.until("the other theme", () -> desktop.desktop().theme().look().get().dark() != dark);

    answerAndApprove();

    assertThat(desktop.look(() -> desktop.live().tasks().all()))
        .allMatch(TaskViews.Task::merged)
        .hasSize(TASKS.size());
    assertThat(git.must("rev-list", "--count", "--merges", checkout.strip() + "..main").strip())
        .isEqualTo(Integer.toString(TASKS.size()));
    assertThat(git.must("rev-parse", "HEAD")).isNotEqualTo(checkout);
    assertThat(git.must("status", "--porcelain").strip()).as("the checkout came along").isEmpty();
  }

  /** Answers what is asked and approves what is to be read, until nothing is left to do. */
  private void answerAndApprove() {
    var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (desktop.look(() -> merged() < TASKS.size()) && System.nanoTime() < end) {
      if (desktop.look(
          () -> desktop.live().decisions().all().stream().anyMatch(DesktopTest::asked))) {
        var asked =
            desktop.look(
                () ->
                    desktop.live().decisions().all().stream()
                        .filter(DesktopTest::asked)
                        .findFirst());
        go(KeyCode.D);
        var answer = asked.orElseThrow().options().getFirst();
        var label = answer.substring(0, 1).toUpperCase() + answer.substring(1);
        desktop.until("its answers", () -> desktop.sees(label));
        desktop.robot().clickOn(label);
        desktop.until(
            "answered",
            () ->
                desktop.live().decisions().get(asked.get().id()).stream()
                    .noneMatch(DesktopTest::asked));
      }
      var wanted =
          desktop.look(
              () ->
                  desktop.live().changes().all().stream().filter(DesktopTest::wanted).findFirst());
      if (wanted.isPresent()) {
        var id = wanted.get().id();
        go(KeyCode.C);
        desktop.until("changes", () -> desktop.frame().place() == ScreenId.CHANGES);
        desktop.run(() -> desktop.frame().to(ScreenId.CHANGES, id));
        desktop.until(
            "its diff", () -> desktop.robot().lookup(".diff-lines").tryQuery().isPresent());
        desktop.until("the button", () -> desktop.sees("Approve"));
        desktop.robot().clickOn("Approve");
        desktop.until(
            "approved",
            () -> desktop.live().changes().get(id).stream().noneMatch(DesktopTest::wanted));
      }
      desktop.robot().sleep(100);
    }
  }

  private static boolean asked(DecisionViews.Decision d) {
    return d.state() == DecisionViews.DecisionState.OPEN;
  }

  private static boolean wanted(ChangeViews.Change c) {
    return c.state() == ChangeViews.ChangeState.OPEN
        && c.review() == ChangeViews.ReviewState.WANTED;
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  private void go(KeyCode letter) {
    desktop.run(() -> desktop.frame().requestFocus());
    desktop.robot().type(KeyCode.G).type(letter);
  }

  private AgentViews.Agent agent(String name) {
    return desktop.live().agents().get(name).orElseThrow();
  }

  private long merged() {
    return desktop.live().changes().all().stream()
        .filter(c -> c.state() == ChangeViews.ChangeState.MERGED)
        .count();
  }
}
