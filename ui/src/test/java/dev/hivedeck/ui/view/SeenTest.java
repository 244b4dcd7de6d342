package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.reading.ReadingCommand;
import dev.hivedeck.engine.protocol.reading.ReadingQuery;
import dev.hivedeck.engine.protocol.reading.ReadingRegistration;
import dev.hivedeck.engine.protocol.reading.ReadingViews.FileKind;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Pace;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Reading;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingFile;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingHunk;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingOrder;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.scene.control.ListView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Reading a change for the second time: only what is new. */
class SeenTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final Instant THEN = Sample.NOW.minus(Duration.ofMinutes(32));
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.seed(Topic.CHANGE, ReviewTest.change(ChangeState.OPEN, List.of()));
    door.seed(ReadingRegistration.TOPIC, new Reading("C-52", 4, 1, 9, 7));
    door.queries = SeenTest::answer;
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.CHANGES, "C-52"));
    FxThread.until("the strip", () -> text("1 of 4 hunks seen"));
    FxThread.until("the lines", () -> robot.lookup(".diff-lines").tryQuery().isPresent());
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private static JsonNode answer(Query query) {
    return Json.tree(
        query instanceof Query.Diff
            ? diff()
            : query instanceof ReadingQuery.OfChange ? order() : List.of());
  }

  private static ReadingOrder order() {
    return new ReadingOrder(
        "C-52",
        "b52e10d",
        List.of(
            new ReadingFile(
                ".github/workflows/ci.yml",
                FileKind.RISKY,
                List.of(RiskKind.CI),
                2,
                List.of(new ReadingHunk("a1", 2, null))),
            new ReadingFile(
                "services/api/orders.py",
                FileKind.CODE,
                List.of(),
                5,
                List.of(new ReadingHunk("b1", 2, THEN), new ReadingHunk("b2", 3, null))),
            new ReadingFile(
                "docs/api.md",
                FileKind.DOCS,
                List.of(),
                2,
                List.of(new ReadingHunk("c1", 2, null)))));
  }

  private static FileDiffs diff() {
    return new FileDiffs(
        "a41f09c",
        "b52e10d",
        List.of(
            file(".github/workflows/ci.yml", hunk("a1", 4)),
            file("docs/api.md", hunk("c1", 10)),
            file("services/api/orders.py", hunk("b1", 1), hunk("b2", 41))),
        false);
  }

  private static FileDiff file(String path, Hunk... hunks) {
    return new FileDiff(path, null, "modified", false, 1, 1, "100644", "100644", List.of(hunks));
  }

  private static Hunk hunk(String hash, int line) {
    return new Hunk(
        "@@ -%d,3 +%d,3 @@".formatted(line, line),
        line,
        line,
        List.of(
            new DiffLine(" ", line, line, "same()"),
            new DiffLine("-", line + 1, 0, "before_" + hash + "()"),
            new DiffLine("+", 0, line + 1, "after_" + hash + "()")),
        hash);
  }

  @Test
  void whatWasSeenIsPutAwayAndTheRestIsReadInOrderOfRisk() {
    // What decides over others comes first, whatever its name.
    assertThat(FxThread.get(() -> text("file 1 of 3"))).isTrue();
    robot.clickOn("orders.py");
    FxThread.until("its diff", () -> text("@@ -41,3 +41,3 @@"));
    assertThat(FxThread.get(() -> shows("after_b2()"))).isTrue();
    assertThat(FxThread.get(() -> shows("after_b1()"))).as("seen, so it is put away").isFalse();
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop, PICTURES.resolve("seen-" + preference.name().toLowerCase() + ".png"));
    }
    robot.clickOn("unfold");
    FxThread.until("unfolded", () -> shows("after_b1()"));
    robot.clickOn("fold");
    FxThread.until("put away again", () -> !shows("after_b1()"));
  }

  @Test
  void aKeyMarksAHunkAndGoesOnToWhatIsNewInTheNextFile() {
    FxThread.run(() -> list().requestFocus());
    robot.write("m", 0);
    FxThread.until("the next file", () -> shows("after_b2()"));
    assertThat(door.commands)
        .containsExactly(new ReadingCommand.MarkSeen("C-52", List.of("a1"), null));
    FxThread.until("counted", () -> text("2 of 4 hunks seen"));
    robot.write("m", 0);
    FxThread.until("the last", () -> shows("after_c1()"));
    robot.write("K", 0);
    FxThread.until("back", () -> text("services/api/orders.py"));
  }

  @Test
  void aMarkThatIsRefusedIsNotShown() {
    door.answer =
        _ -> {
          throw new HiveException(
              ErrorCode.CHANGE_MOVED, "#52 has no hunk a1.", "Look at it again.");
        };
    FxThread.run(() -> list().requestFocus());
    robot.write("m", 0);
    FxThread.until("refused", () -> text("#52 has no hunk a1."));
    FxThread.until("as it is kept", () -> text("1 of 4 hunks seen"));
  }

  @Test
  void howLongThatTakesIsSaidOnceThePaceIsKnown() {
    assertThat(FxThread.get(() -> text(" min of your reading"))).isFalse();
    door.tell("pace.changed", ReadingRegistration.PACE, null, new Pace(Pace.ID, 3, 24.0));
    FxThread.until("7 lines are left of it", () -> text(", ~3 min"));
    assertThat(FxThread.get(() -> text(" min of your reading"))).isTrue();
  }

  @Test
  void filesAreByFolderWhereOneWantsThat() {
    FxThread.run(() -> list().requestFocus());
    robot.write("f", 0);
    FxThread.until("by folder", () -> text("by folder"));
    FxThread.run(desktop.stage()::close);
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.CHANGES, "C-52"));
    FxThread.until("as it was left", () -> text("by folder"));
  }

  @SuppressWarnings("unchecked")
  private ListView<Object> list() {
    return (ListView<Object>) robot.lookup(".diff-lines").query();
  }

  private boolean shows(String line) {
    return list().getItems().stream().anyMatch(row -> row.toString().contains(line));
  }

  private boolean text(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .queryAll()
        .stream()
        .anyMatch(SeenTest::shown);
  }

  private static boolean shown(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return node.getScene() != null;
  }
}
