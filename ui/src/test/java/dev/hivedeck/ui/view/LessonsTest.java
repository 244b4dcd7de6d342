package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.Sighting;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextArea;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Lessons as a person reads, words and judges them. */
class LessonsTest {
  private static final Path PICTURES = Path.of("target", "screens");

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.queries =
        query ->
            query instanceof Query.Sightings
                ? Json.tree(
                    List.of(
                        seen(
                            "T-130.1", "docs", "leaves a placeholder: `// TODO empty state`", null),
                        seen("T-105.1", "frontend", "leaves a placeholder: `TODO`", "T-105.2")))
                : Json.tree(List.of());
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.LESSONS));
    FxThread.until("lessons", () -> rows().size() == 7);
  }

  private static Sighting seen(String attempt, String agent, String text, String remedied) {
    return new Sighting(
        attempt,
        attempt.substring(0, attempt.indexOf('.')),
        agent,
        "css + javascript",
        Sample.CLOCK.instant().minusSeconds(600),
        text,
        remedied);
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  @Test
  void howItLooks() {
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.run(() -> desktop.frame().to(ScreenId.LESSONS, "F-1"));
      FxThread.until("its sightings", () -> text("leaves a placeholder: `TODO`"));
      FxThread.picture(desktop, PICTURES.resolve("lessons-read-" + preference + ".png"));
    }
  }

  @Test
  void whatComesOftenComesFirstAndWhatIsMutedLast() {
    assertThat(FxThread.get(() -> rows().getFirst().id())).isEqualTo("F-1");
    assertThat(FxThread.get(() -> rows().getLast().state())).isEqualTo(LessonState.MUTED);
    assertThat(FxThread.get(() -> text("leaves a placeholder: …"))).isTrue();
  }

  @Test
  void isAcceptedAndDeletedWithAWayBack() {
    FxThread.run(() -> desktop.frame().to(ScreenId.LESSONS, "F-1"));
    robot.clickOn("Accept");
    FxThread.until("told", () -> door.commands.size() == 1);
    robot.clickOn("Undo");
    FxThread.until("undone", () -> door.commands.size() == 2);
    assertThat(door.commands)
        .containsExactly(
            new Command.JudgeLesson("F-1", LessonState.ACCEPTED),
            new Command.JudgeLesson("F-1", LessonState.NEW));
    robot.clickOn("Delete");
    FxThread.until("deleted", () -> door.commands.size() == 3);
    assertThat(door.commands.getLast())
        .isEqualTo(new Command.JudgeLesson("F-1", LessonState.DELETED));
    door.remove(Topic.LESSON, "F-1", null);
    FxThread.until("gone", () -> rows().size() == 6);
  }

  @Test
  void whatAPersonWritesIsNotTakenAwayByNewsAndIsSent() {
    FxThread.run(() -> desktop.frame().to(ScreenId.LESSONS, "F-5"));
    var area = robot.lookup(".text-area").<TextArea>query();
    FxThread.run(() -> area.setText("List it in the dependencies."));
    var now =
        door.snapshot(Set.of(Topic.LESSON)).things().get(Topic.LESSON).stream()
            .map(LessonViews.Lesson.class::cast)
            .filter(l -> l.id().equals("F-5"))
            .findFirst()
            .orElseThrow();
    door.tell(
        "lesson.seen",
        Topic.LESSON,
        null,
        new LessonViews.Lesson(
            now.id(),
            now.source(),
            now.text(),
            now.seen() + 1,
            now.firstAt(),
            now.lastAt(),
            now.agents(),
            now.tasks(),
            now.state(),
            "something else",
            now.remediedBy(),
            false,
            true));
    FxThread.until("seen again", () -> text("seen 6 times"));
    String kept = FxThread.get(area::getText);
    assertThat(kept).isEqualTo("List it in the dependencies.");
    robot.clickOn("Save");
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .containsExactly(new Command.WordLesson("F-5", "List it in the dependencies."));
  }

  @Test
  void eachSightingIsADoorToItsAttempt() {
    FxThread.run(() -> desktop.frame().to(ScreenId.LESSONS, "F-1"));
    FxThread.until("its sightings", () -> text("T-105.1"));
    robot.clickOn("T-105.1");
    FxThread.until("the task", () -> desktop.frame().place() == ScreenId.TASKS);
    FxThread.until("the log of that attempt", () -> text("Log T-105.1"));
  }

  @SuppressWarnings("unchecked")
  private List<LessonViews.Lesson> rows() {
    return robot
        .lookup(".thing-table")
        .<EntityTable<LessonViews.Lesson>>tryQuery()
        .map(EntityTable::rows)
        .orElse(List.of());
  }

  private boolean text(String part) {
    return robot.lookup((Node n) -> n instanceof Labeled l && says(l, part)).tryQuery().isPresent();
  }

  private static boolean says(Labeled l, String part) {
    return l.getText() != null && l.getText().contains(part) && l.isVisible();
  }
}
