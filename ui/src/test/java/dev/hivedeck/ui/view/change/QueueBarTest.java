package dev.hivedeck.ui.view.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.merge.BatchViews.Batch;
import dev.hivedeck.engine.protocol.merge.BatchViews.BatchState;
import dev.hivedeck.engine.protocol.merge.BatchViews.Fate;
import dev.hivedeck.engine.protocol.merge.BatchViews.Member;
import dev.hivedeck.engine.protocol.merge.BatchViews.Run;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunKind;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunOutcome;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.MergeViews.Freeze;
import dev.hivedeck.engine.protocol.merge.MergeViews.FreezeKind;
import dev.hivedeck.engine.protocol.merge.MergeViews.Meeting;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import dev.hivedeck.engine.protocol.merge.MergeViews.Queue;
import dev.hivedeck.engine.protocol.merge.MergeViews.QueueState;
import dev.hivedeck.engine.protocol.merge.MergeViews.RedMain;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javafx.scene.control.Labeled;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** The merge queue is frozen and unfrozen by a person, and says what main was proven to be. */
class QueueBarTest {
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
        .anyMatch(n -> n.isVisible() && ((Labeled) n).getText().contains(wanted));
  }

  private void state(Freeze... freezes) {
    door.tell(
        freezes.length > 0 ? "queue.frozen" : "queue.unfrozen",
        MergeRegistration.QUEUE,
        null,
        new QueueState(QueueState.ID, List.of(freezes), null));
  }

  @Test
  void aPersonFreezesItWithAReasonAndLetsItGoOn() {
    robot.clickOn("Merge queue 0");
    FxThread.until("runs", () -> text("The merge queue runs"));
    robot.clickOn("Freeze…");
    robot.type(KeyCode.ENTER); // without a reason nothing is sent
    assertThat(door.commands).isEmpty();
    robot.write("release 2.4 is cut").type(KeyCode.ENTER);
    FxThread.until("frozen", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new MergeCommand.Freeze("release 2.4 is cut"));
    state(new Freeze("1", FreezeKind.BY_HAND, "release 2.4 is cut", Sample.CLOCK.instant()));
    FxThread.until("told", () -> text("The merge queue is frozen: release 2.4 is cut"));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("queue-frozen-" + preference + ".png"));
    }
    robot.clickOn("Unfreeze");
    FxThread.until("goes on", () -> door.commands.size() == 2);
    assertThat(door.commands.getLast()).isEqualTo(new MergeCommand.Unfreeze(null));
  }

  @Test
  void theBarSaysHowChangesComeToMainAndHowManyAtOnce() {
    var queue = new Queue(List.of(), "", null, List.of(), MergeMethod.SQUASH, 4, 0);
    door.queries = query -> query instanceof MergeQuery.Queue ? Json.tree(queue) : null;
    robot.clickOn("Merge queue 0");
    state(); // whatever has happened, it is asked again
    FxThread.until("how", () -> text("Squashed · batches of up to 4"));
  }

  @Test
  void whereMainItselfFailsTheBarSaysSinceWhenAndWhatGoesOn() {
    var now = Sample.CLOCK.instant();
    door.tell(
        "queue.main-red",
        MergeRegistration.QUEUE,
        null,
        new QueueState(
            QueueState.ID,
            List.of(),
            new RedMain("4f1c", now, now.plusSeconds(300), List.of("tests"))));
    robot.clickOn("Merge queue 0");
    FxThread.until("red", () -> text("Main itself fails tests since"));
    assertThat(text("What mends it goes first")).isTrue();
    state();
    FxThread.until("green", () -> text("The merge queue runs"));
  }

  @Test
  void aMergeThatIsNotExplainedIsLetBeOnlyWithAReason() {
    state(
        new Freeze(
            "1",
            FreezeKind.UNPROVEN,
            "merge 1a2b3c of #41 is on main, and its change does not explain it: a.txt",
            Sample.CLOCK.instant()));
    FxThread.until("told", () -> text("does not explain it: a.txt"));
    robot.clickOn("Unfreeze");
    assertThat(door.commands).isEmpty();
    robot.write("reverted by hand").type(KeyCode.ENTER);
    FxThread.until("goes on", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new MergeCommand.Unfreeze("reverted by hand"));
  }

  @Test
  void whoConflictsWithWhomIsShownPairByPair() {
    forecast("C-41", new Encounter("C-42", Meeting.CONFLICT, List.of("orders.py", "cart.py")));
    forecast(
        "C-42",
        new Encounter("C-41", Meeting.CONFLICT, List.of("orders.py", "cart.py")),
        new Encounter("C-43", Meeting.OVERLAP, List.of("README.md")),
        new Encounter("main", Meeting.CONFLICT, List.of("api.py")));
    forecast("C-43", new Encounter("C-42", Meeting.OVERLAP, List.of("README.md")));
    forecast("C-44");
    robot.clickOn("Merge queue 0");
    FxThread.until("shown", () -> text("Conflict forecast") && text("× 2"));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("queue-conflicts-" + preference + ".png"));
    }
    robot.clickOn("× 2");
    FxThread.until(
        "its change is shown", () -> text("#41 Empty states of the cart") && text("Review"));
  }

  @Test
  void whoMadeABatchFailIsInEachRunThatFailedAndInNoneThatPassed() {
    var members =
        List.of(
            new Member("C-41", "Index for orders by day", "data", Fate.MERGED, ""),
            new Member("C-42", "Header shows the number of items", "frontend", Fate.MERGED, ""),
            new Member("C-43", "Larger outbox batches", "reliability", Fate.CULPRIT, ""),
            new Member("C-45", "Describe the error answers", "docs", Fate.BESIDE, ""));
    var all = members.stream().map(Member::change).toList();
    var failed = List.of("system/checkout-e2e");
    var runs =
        List.of(
            new Run(1, RunKind.WHOLE, all, RunOutcome.FAILED, failed, 242),
            new Run(2, RunKind.BASE, List.of(), RunOutcome.PASSED, List.of(), 218),
            new Run(3, RunKind.AGAIN, all, RunOutcome.FAILED, failed, 221),
            new Run(4, RunKind.PART, all.subList(0, 2), RunOutcome.PASSED, List.of(), 235),
            new Run(5, RunKind.PART, all.subList(0, 3), RunOutcome.FAILED, failed, 19.4));
    door.tell(
        "batch.ended",
        MergeRegistration.BATCH,
        null,
        new Batch(
            "B-23",
            BatchState.FAILED,
            Sample.CLOCK.instant(),
            Sample.CLOCK.instant(),
            "e3b1c07a11112222333344445555666677778888",
            members,
            runs,
            "#43 is the culprit, found in 5 runs: gate system/checkout-e2e failed with it; #41, #42"
                + " merged",
            List.of("main passed at the same base")));
    robot.clickOn("Merge queue 0");
    FxThread.until("shown", () -> text("Batch B-23: #43 is the culprit, found in 5 runs"));
    assertThat(text("culprit, sent back")).isTrue();
    assertThat(text("the first 2")).isTrue();
    assertThat(text("main alone")).isTrue();
    assertThat(text("main passed at the same base")).isTrue();
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("queue-batch-" + preference + ".png"));
    }
  }

  private void forecast(String id, Encounter... encounters) {
    door.tell(
        "forecast.changed",
        MergeRegistration.FORECAST,
        null,
        new Forecast(id, "abc", 3, List.of(encounters)));
  }

  @Test
  void aMergedChangeSaysThatMainIsWhatTheGatesJudged() {
    var merged =
        door.snapshot(Set.of(Topic.CHANGE)).things().get(Topic.CHANGE).stream()
            .map(ChangeViews.Change.class::cast)
            .filter(c -> c.state() == ChangeState.MERGED)
            .findFirst()
            .orElseThrow();
    door.tell(
        "merge.made",
        MergeRegistration.TOPIC,
        null,
        new Merge(
            "M1",
            merged.id(),
            merged.title(),
            Sample.CLOCK.instant(),
            merged.base(),
            merged.merge(),
            "9f31c2a",
            true,
            true,
            5,
            List.of(),
            null));
    FxThread.run(() -> desktop.frame().to(ScreenId.CHANGES, merged.id()));
    FxThread.until("proven", () -> text("main is what the gates judged, 5 paths"));
  }
}
