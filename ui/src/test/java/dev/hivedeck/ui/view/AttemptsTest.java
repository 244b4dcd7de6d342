package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.Hold;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.Samples;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.view.agent.AgentRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One agent at several tasks at once, and tasks that nobody is at. */
class AttemptsTest {
  private static final Path PICTURES = Path.of("target", "screens");
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private Desktop desktop;
  private TestUser person;

  @BeforeEach
  void open() {
    door.queries =
        query ->
            switch (query) {
              case Query.Why w ->
                  Json.tree(
                      w.task().equals("T-145")
                          ? List.of(
                              new Hold("hive-paused", ""),
                              new Hold("agent-busy", "frontend: T-105"))
                          : List.of(new Hold("next", "3")));
              default -> Samples.nothing(query);
            };
    also("T-108", "perf");
    var more = (ObjectNode) Json.tree(Sample.workspace());
    more.put("limit", 12);
    door.seed(Topic.WORKSPACE, Json.as(more, WorkspaceViews.Workspace.class));
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  /** Gives a running task to another agent. */
  private void also(String id, String agent) {
    var snapshot = door.snapshot(Set.of(Topic.TASK, Topic.ATTEMPT)).things();
    for (var view : snapshot.get(Topic.ATTEMPT)) {
      var a = (AttemptViews.Attempt) view;
      if (a.task().equals(id) && !a.state().over()) {
        door.seed(
            Topic.ATTEMPT,
            new AttemptViews.Attempt(
                a.id(),
                a.task(),
                agent,
                a.number(),
                a.state(),
                null,
                null,
                a.stage(),
                a.startedAt(),
                null,
                a.branch(),
                a.worktree(),
                a.commit(),
                a.pid(),
                a.tokensIn(),
                a.tokensOut(),
                a.cached(),
                a.cost(),
                null,
                1,
                0,
                0,
                0,
                null,
                List.of(),
                null,
                "batching the lookups"));
      }
    }
  }

  @Test
  void everyAttemptOfAnAgentIsSeenAndSteeredByItself() {
    assertThat(person.sees("batching the lookups")).isTrue();
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("attempts-" + preference + ".png"));
    }
    person.click("Pause T-108, its work is kept");
    FxThread.until("that one alone", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new Command.PauseTask("T-108"));

    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS, "perf"));
    person.waitsFor("T-107, T-108");
    person.click("T-108");
    FxThread.until(
        "chosen",
        () ->
            !person
                .nodes(
                    n ->
                        n instanceof ToggleButton t
                            && "T-108".equals(t.getText())
                            && t.isSelected())
                .isEmpty());
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("agents-two-" + preference + ".png"));
    }
    person.robot().clickOn(person.field("Say something to perf…"));
    person.types("not the cache");
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    FxThread.until(
        "said to that one",
        () -> door.commands.contains(new Command.SayToAgent("perf", "not the cache", "T-108")));
    person.click("Pause T-108");
    FxThread.until("paused again", () -> door.commands.size() == 3);
  }

  @Test
  void eachOfSeveralAttemptsIsARowBelowItsAgent() {
    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS, "perf"));
    FxThread.until("its rows", () -> rows().indexOf("T-108.1") == rows().indexOf("perf") + 2);
    assertThat(rows()).as("one alone has no row of its own").doesNotContain("T-101.1");
    person.presses(KeyCode.DOWN);
    person.presses(KeyCode.DOWN);
    FxThread.until("by keys", () -> "T-108.1".equals(table().chosen().get()));
    person.waitsFor("T-108 Batch order lookups");
    FxThread.until(
        "marked",
        () ->
            person.nodes(n -> n instanceof ToggleButton t && "T-108".equals(t.getText())).stream()
                .allMatch(n -> ((ToggleButton) n).isSelected()));
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop, PICTURES.resolve("agents-rows-" + preference.name().toLowerCase() + ".png"));
    }
    // Both attempts are of one agent: what is asked of it is asked once.
    FxThread.run(() -> table().getSelectionModel().selectRange(at("T-107.1"), at("T-108.1") + 1));
    var menu = person.menu(table());
    FxThread.run(
        () ->
            menu.getItems().stream()
                .filter(i -> i.getText() != null && i.getText().startsWith("Pause"))
                .findFirst()
                .orElseThrow()
                .fire());
    FxThread.until("asked", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new Command.PauseAgent("perf"));
  }

  @Test
  void theLogStaysWhenTheRowOfAnAttemptGoes() {
    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS, "T-108.1"));
    FxThread.until("its row", () -> "T-108.1".equals(table().chosen().get()));
    door.remove(Topic.ATTEMPT, "T-107.1", "gone");
    FxThread.until("one row", () -> !rows().contains("T-108.1"));
    FxThread.until("its agent", () -> "perf".equals(table().chosen().get()));
    person.waitsFor("T-108 Batch order lookups");
  }

  @SuppressWarnings("unchecked")
  private EntityTable<AgentRow> table() {
    return (EntityTable<AgentRow>) desktop.stage().getScene().lookup(".thing-table");
  }

  private List<String> rows() {
    return table().rows().stream().map(AgentRow::id).toList();
  }

  private int at(String id) {
    return rows().indexOf(id);
  }

  @Test
  void aTaskThatNobodyIsAtSaysWhyAndLeadsOn() {
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-145"));
    person.waitsFor("The hive is paused.");
    person.waitsFor("frontend is busy with T-105.");
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("tasks-why-" + preference + ".png"));
    }
    person.click("Look");
    FxThread.until("whose slot it is", () -> desktop.frame().place() == ScreenId.AGENTS);
    person.waitsFor("T-105 Cart drawer");
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-101"));
    person.waitsUntilGone("The hive is paused.");
  }

  @Test
  void theOverviewSaysWhyTheNextTaskWaits() {
    person.waitsFor("T-145: frontend is busy with T-105.");
    var task = desktop.frame().desk().live().tasks();
    assertThat(FxThread.get(() -> task.get("T-145").orElseThrow().state()))
        .isEqualTo(TaskState.READY);
  }
}
