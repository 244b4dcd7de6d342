package dev.hivedeck.ui.view.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.service.PreviewCommand;
import dev.hivedeck.engine.protocol.service.ServiceRegistration;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.SampleServices;
import dev.hivedeck.ui.shell.ScreenId;
import java.nio.file.Path;
import java.util.Set;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** A change says where its app answers, and ends it by a button. */
class PreviewBarTest {
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  @BeforeEach
  void open() {
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    robot.write("gc");
    FxThread.until("changes", () -> desktop.frame().place().equals(ScreenId.CHANGES));
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

  private void tell(String change, ServiceState state, String why) {
    door.tell(
        "service.changed",
        ServiceRegistration.SERVICE,
        null,
        SampleServices.service("preview:" + change, ServiceOrigin.HIVEDECK, state, why, 23_456, 1));
  }

  /** The change that is read. */
  private String read() {
    return door.snapshot(Set.of(Topic.CHANGE)).things().get(Topic.CHANGE).stream()
        .map(View::id)
        .filter(id -> text("#" + id.substring(2) + " "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theAppOfAChangeStandsBesideItAndIsEndedByAButton() {
    var change = read();
    tell("C-9999", ServiceState.HEALTHY, "");
    tell(change, ServiceState.UNHEALTHY, "no good answer since it was begun");
    FxThread.until("told", () -> text("App of " + change));
    assertThat(text("App of C-9999")).isFalse();
    assertThat(text("Open it in the browser")).as("nothing answers").isFalse();
    tell(change, ServiceState.HEALTHY, "");
    FxThread.until("answers", () -> text("Open it in the browser"));
    assertThat(text(":23456")).isTrue();
    robot.clickOn("End its app");
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new PreviewCommand.StopPreview(change));
  }
}
