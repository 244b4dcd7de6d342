package dev.hivedeck.ui.view.change;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.alternative.AlternativeCommand;
import dev.hivedeck.engine.protocol.alternative.AlternativeRegistration;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternatives;
import dev.hivedeck.engine.protocol.view.AttemptViews.Attempt;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.protocol.view.TaskViews.Task;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Alternatives stand side by side above the diff of each, and one is chosen by button or key. */
class AlternativeTableTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final List<String> TASKS = List.of("T-90", "T-90-b", "T-90-c");

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  @BeforeEach
  void open() {
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private boolean text(String wanted) {
    return robot.lookup(n -> n instanceof Labeled l && l.getText() != null).queryAll().stream()
        .anyMatch(n -> shown(n) && ((Labeled) n).getText().contains(wanted));
  }

  private static boolean shown(Node node) {
    for (Node n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return true;
  }

  /** A thing like the first there is, with these fields. */
  private <V extends View> void tell(Topic topic, Class<V> type, Map<String, ?> fields) {
    var like = door.snapshot(Set.of(topic)).things().get(topic).getFirst();
    var node = (ObjectNode) Json.tree(like);
    fields.forEach((name, value) -> node.set(name, Json.tree(value)));
    door.tell(topic.word() + ".changed", topic, null, Json.as(node, type));
  }

  private void task(String id, String state, String agent, String change) {
    tell(
        Topic.TASK,
        Task.class,
        Map.of(
            "id",
            id,
            "title",
            "Retry failed payments",
            "state",
            state,
            "merged",
            false,
            "agent",
            agent,
            "worker",
            agent,
            "change",
            change,
            "needs",
            List.of(),
            "reason",
            ""));
  }

  private void change(int number, String task, String agent, String state, int health) {
    tell(
        Topic.CHANGE,
        Change.class,
        Map.ofEntries(
            Map.entry("id", "C-" + number),
            Map.entry("number", number),
            Map.entry("task", task),
            Map.entry("title", "Retry failed payments"),
            Map.entry("agent", agent),
            Map.entry("attempt", task + ".1"),
            Map.entry("state", state),
            Map.entry("review", "none"),
            Map.entry("head", "c0ffee" + number),
            Map.entry("health", health),
            Map.entry("files", number - 90),
            Map.entry(
                "gates",
                List.of(
                    new GateResult("unit", "attempt", Outcome.PASSED, "41 passed", List.of(), 3),
                    new GateResult(
                        "lint",
                        "attempt",
                        number == 91 ? Outcome.WARNED : Outcome.PASSED,
                        "1 found",
                        List.of(),
                        1))),
            Map.entry(
                "verdict",
                Map.of(
                    "text", "Choose one of 3 alternatives",
                    "action", "choose",
                    "holder", "you",
                    "obstacles", List.of()))));
  }

  private void attempt(String task, String agent, Double cost) {
    var fields = new java.util.HashMap<String, Object>();
    fields.put("id", task + ".1");
    fields.put("task", task);
    fields.put("agent", agent);
    fields.put("state", "succeeded");
    fields.put("startedAt", Instant.parse("2026-07-01T10:00:00Z"));
    fields.put("endedAt", Instant.parse("2026-07-01T10:07:20Z"));
    fields.put("cost", cost);
    var like = door.snapshot(Set.of(Topic.ATTEMPT)).things().get(Topic.ATTEMPT).getFirst();
    var node = (ObjectNode) Json.tree(like);
    fields.forEach((name, value) -> node.set(name, Json.tree(value)));
    door.tell("attempt.changed", Topic.ATTEMPT, null, Json.as(node, Attempt.class));
  }

  private void group(String chosen) {
    door.tell(
        "alternatives.added",
        AlternativeRegistration.TOPIC,
        null,
        new Alternatives(
            "T-90",
            TASKS,
            chosen,
            chosen == null ? null : Instant.parse("2026-07-01T11:00:00Z"),
            TASKS.stream().filter(t -> chosen != null && !t.equals(chosen)).limit(1).toList()));
  }

  private void threeOfWhichTwoAreDone() {
    task("T-90", "done", "core-api", "C-91");
    task("T-90-b", "done", "docs", "C-92");
    task("T-90-c", "running", "web", "C-999");
    change(91, "T-90", "core-api", "open", 87);
    change(92, "T-90-b", "docs", "open", 94);
    attempt("T-90", "core-api", 0.84);
    attempt("T-90-b", "docs", null);
    FxThread.until("their changes are known", () -> text("Retry failed payments"));
    group(null); // comes last, and is seen without any other news
  }

  @Test
  void theyAreComparedAndOneIsChosenByButtonOrKey() {
    threeOfWhichTwoAreDone();
    FxThread.until("one entry", () -> text("2 of 3 alternatives can be chosen"));
    assertThat(text("core-api · +")).as("none of them waits for a review of its own").isFalse();
    FxThread.picture(desktop, PICTURES.resolve("alternatives-needs.png"));
    robot.clickOn("Compare");
    FxThread.until("changes", () -> desktop.frame().place().equals(ScreenId.CHANGES));
    FxThread.until("the table", () -> text("Best of 3"));
    assertThat(text("Choose one of 2, or wait: 1 still at work")).isTrue();
    assertThat(text("unknown")).as("an unknown cost is not zero").isTrue();
    assertThat(text("$0.84")).isTrue();
    assertThat(text("Approve")).as("none is approved before one is chosen").isFalse();
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("alternatives-" + preference + ".png"));
    }
    FxThread.run(() -> desktop.stage().setWidth(1024));
    FxThread.until("less", () -> !text("Findings"));
    assertThat(text("#91 core-api")).isTrue();
    FxThread.picture(desktop, PICTURES.resolve("alternatives-1024.png"));
    FxThread.run(() -> desktop.stage().setWidth(1440));
    FxThread.until("wide again", () -> text("Findings"));
    robot.clickOn(
        robot
            .lookup(n -> n instanceof Labeled l && "#91 core-api".equals(l.getText()))
            .queryLabeled());
    FxThread.until("its diff", () -> text("#91 Retry failed payments"));
    robot.write("b");
    FxThread.until("chosen", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new AlternativeCommand.Choose("C-91", "c0ffee91"));
    FxThread.until("said", () -> text("#91 by core-api is chosen"));
    change(92, "T-90-b", "docs", "closed", 94);
    task("T-90-b", "cancelled", "docs", "C-92");
    group("T-90");
    FxThread.until("shown", () -> text("T-90 is chosen"));
    FxThread.picture(desktop, PICTURES.resolve("alternatives-chosen.png"));
    FxThread.run(() -> desktop.frame().desk().settings().put("language", "de"));
    FxThread.until("in German", () -> text("Auswahl zurücknehmen"));
    FxThread.picture(desktop, PICTURES.resolve("alternatives-de.png"));
    FxThread.run(() -> desktop.frame().desk().settings().put("language", "en"));
    FxThread.until("in English", () -> text("Undo the choice"));
    robot.clickOn("Undo the choice");
    FxThread.until("undone", () -> door.commands.size() == 2);
    assertThat(door.commands.getLast()).isEqualTo(new AlternativeCommand.Undo("T-90"));
  }

  @Test
  void theTaskShowsThemWhileTheyAreAtWork() {
    task("T-90", "running", "core-api", "C-999");
    task("T-90-b", "ready", "docs", "C-999");
    task("T-90-c", "dead", "web", "C-999");
    group(null);
    FxThread.until("known", () -> desktop.frame().desk().live().tasks().get("T-90-c").isPresent());
    FxThread.run(() -> desktop.frame().desk().go().to(ScreenId.TASKS, "T-90-b"));
    FxThread.until("the task", () -> text("T-90-b Retry failed payments"));
    FxThread.picture(desktop, PICTURES.resolve("alternatives-working.png"));
    FxThread.until("the table", () -> text("2 agents at work"));
    FxThread.picture(desktop, PICTURES.resolve("alternatives-working.png"));
    assertThat(text("Choose")).isFalse();
    task("T-90", "dead", "core-api", "C-999");
    task("T-90-b", "dead", "docs", "C-999");
    FxThread.until("said", () -> text("None of them can be chosen"));
  }
}
