package dev.hivedeck.ui.view.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.merge.StackCommand;
import dev.hivedeck.engine.protocol.merge.StackQuery;
import dev.hivedeck.engine.protocol.merge.StackViews.Parts;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitBy;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitPart;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitPreview;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.ChangeViews.NextAction;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import dev.hivedeck.engine.protocol.view.ChangeViews.StackPlace;
import dev.hivedeck.engine.protocol.view.ChangeViews.Verdict;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** A change shows the stack that it is in; one that is too large is split by a button. */
class StackBarTest {
  private static final Path PICTURES = Path.of("target", "screens");

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

  private List<Change> open(Set<ChangeState> states) {
    return door.snapshot(Set.of(Topic.CHANGE)).things().get(Topic.CHANGE).stream()
        .map(Change.class::cast)
        .filter(c -> states.contains(c.state()))
        .toList();
  }

  /** The change that is read. */
  private Change read() {
    return door.snapshot(Set.of(Topic.CHANGE)).things().get(Topic.CHANGE).stream()
        .map(Change.class::cast)
        .filter(c -> text("#" + c.number() + " " + c.title()))
        .findFirst()
        .orElseThrow();
  }

  private void tell(Change c, ChangeState state, StackPlace stack, Verdict verdict) {
    View told =
        new Change(
            c.id(),
            c.number(),
            c.task(),
            c.title(),
            c.agent(),
            c.attempt(),
            state,
            null,
            c.branch(),
            c.base(),
            c.head(),
            null,
            c.files(),
            c.additions(),
            c.deletions(),
            c.commits(),
            c.gates(),
            c.comments(),
            c.review(),
            c.openedAt(),
            c.updatedAt(),
            null,
            null,
            c.risks(),
            c.health(),
            c.healthReasons(),
            c.lines(),
            verdict,
            stack,
            List.of(),
            List.of());
    door.tell("change.stacked", Topic.CHANGE, null, told);
  }

  @Test
  void aStackStandsBesideItsChangeAndEachMemberIsALink() {
    var read = read();
    var other =
        open(Set.of(ChangeState.OPEN, ChangeState.QUEUED, ChangeState.DRAFT)).stream()
            .filter(c -> !c.id().equals(read.id()))
            .findFirst()
            .orElseThrow();
    var members = List.of(other.id(), read.id());
    tell(other, other.state(), new StackPlace(null, members, null, List.of()), other.verdict());
    tell(read, read.state(), new StackPlace(other.id(), members, null, List.of()), read.verdict());
    FxThread.until("shown", () -> text("Stack"));
    assertThat(text("2 of 2")).isTrue();
    assertThat(text("this change")).isTrue();
    FxThread.until("in the list", () -> text("· 1 of 2"));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("stack-" + preference + ".png"));
    }
    robot.clickOn(
        robot
            .lookup(".change-stack .link")
            .match(n -> ((Labeled) n).getText().equals("#" + other.number()))
            .queryLabeled());
    FxThread.until("opened", () -> text("#" + other.number() + " " + other.title()));
  }

  @Test
  void aChangeThatIsTooLargeIsSplitAfterALookAndMadeOneAgain() {
    var read = read();
    var size = new Obstacle(ObstacleKind.SIZE, true, 25, "1,240 lines to read", "split it", null);
    tell(
        read,
        ChangeState.OPEN,
        null,
        new Verdict("Split it: 1,240 lines", NextAction.EXPLAIN, Holder.YOU, List.of(size)));
    var others = door.queries;
    door.queries =
        query ->
            query instanceof StackQuery.Preview p
                ? Json.tree(
                    new SplitPreview(
                        p.id(),
                        p.by(),
                        List.of(
                            new SplitPart("src/", 3, 800, 40), new SplitPart("docs/", 1, 400, 0))))
                : others.apply(query);
    door.answer = _ -> Json.tree(new Parts(read.id(), List.of(read.id())));
    FxThread.until("offered", () -> text("Split by directory"));
    robot.clickOn("Split by directory…");
    FxThread.until("split", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new StackCommand.Split(read.id(), SplitBy.DIRECTORY));
    tell(
        read,
        ChangeState.CLOSED,
        new StackPlace(null, List.of(), null, List.of(read.id())),
        read.verdict());
    FxThread.until("closed", () -> text("Make it one again"));
    robot.clickOn("Make it one again");
    FxThread.until("joined", () -> door.commands.size() == 2);
    assertThat(door.commands.getLast()).isEqualTo(new StackCommand.Join(read.id()));
  }
}
