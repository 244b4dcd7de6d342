package dev.hivedeck.ui.view.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Sender.EntryPoint;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.control.TextInputControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Who did what, as a person looks it up. */
class AuditTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final Topic TOPIC = Topic.of("audit");

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  private static AuditEntry entry(
      int id, String who, EntryPoint by, String command, String about, String message) {
    return new AuditEntry(
        "E-" + id,
        Sample.CLOCK.instant().minusSeconds(600 - 60L * id),
        who,
        by,
        command,
        about,
        message == null ? null : "no-task",
        message,
        "{}",
        "c");
  }

  @BeforeEach
  void open() {
    door.seed(TOPIC, entry(1, "you", EntryPoint.CLI, "task.add", "T-107", null));
    door.seed(TOPIC, entry(2, "T-105.1", EntryPoint.MCP, "attempt.progress", "T-105.1", null));
    door.seed(
        TOPIC, entry(3, "you", EntryPoint.HTTP, "task.pause", "T-99", "There is no task T-99."));
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    robot.write("gu");
    FxThread.until("audit", () -> desktop.frame().place().equals(AuditScreen.ID));
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  @SuppressWarnings("unchecked")
  private List<String> commands() {
    return ((EntityTable<AuditEntry>) desktop.frame().lookup(".table-view"))
        .rows().stream().map(AuditEntry::command).toList();
  }

  @Test
  void theNewestIsFirstAndWhatComesIsThereAtOnce() throws Exception {
    FxThread.until(
        "three", () -> commands().equals(List.of("task.pause", "attempt.progress", "task.add")));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("audit-" + preference + ".png"));
    }
    door.tell(
        "audit.recorded",
        TOPIC,
        null,
        entry(4, "you", EntryPoint.DESKTOP, "change.approve", "C-41", null));
    FxThread.until("four", () -> commands().size() == 4);
    assertThat(FxThread.get(this::commands)).first().isEqualTo("change.approve");
  }

  @Test
  void itIsNarrowedByWhoAndByWhatAndByHow() {
    robot.write("/");
    robot.write("http");
    FxThread.until("one by HTTP", () -> commands().equals(List.of("task.pause")));
    FxThread.run(
        () -> ((TextInputControl) desktop.stage().getScene().getFocusOwner()).setText("T-105"));
    FxThread.until("one of an agent", () -> commands().equals(List.of("attempt.progress")));
  }
}
