package dev.hivedeck.ui.view.rollout.flag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.flag.FlagCommand;
import dev.hivedeck.engine.protocol.flag.FlagQuery;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.WeightSource;
import dev.hivedeck.ui.Baseline;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.SampleFlags;
import dev.hivedeck.ui.SampleRollouts;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.control.Labeled;
import javafx.scene.control.Slider;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Flags as a person looks at them and switches them. */
class FlagsPaneTest {
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private final FxThread.Answering dialogs = new FxThread.Answering();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.queries = SampleFlags::answer;
    SampleFlags.history().forEach(e -> door.seed(Topic.of("audit"), e));
    door.seed(Topic.of("rollout"), SampleFlags.rollout());
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"), dialogs);
    FxThread.run(() -> desktop.frame().to(ScreenId.ROLLOUTS));
    FxThread.until("a pill", () -> shown("Flags 3"));
  }

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  private boolean shown(String text) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.isVisible() && text.equals(l.getText()))
        .tryQuery()
        .isPresent();
  }

  private void openFlag(String key) {
    FxThread.run(() -> desktop.frame().to(ScreenId.ROLLOUTS, key));
    FxThread.until("the flag", () -> titled(key));
  }

  private boolean titled(String key) {
    return robot.lookup(".inspector-title").queryAllAs(Labeled.class).stream()
        .anyMatch(l -> key.equals(l.getText()));
  }

  private void answers(Flag flag) {
    door.queries =
        query ->
            query instanceof FlagQuery.Flags
                ? Json.tree(List.of(flag))
                : SampleRollouts.answer(query);
  }

  /** Something happens: then what flags are is asked for anew. */
  private void happens() {
    door.tell("rollout.aborted", Topic.of("rollout"), "ended", SampleFlags.rollout());
  }

  private void sent(FlagCommand command) {
    FxThread.until("sent " + door.commands, () -> door.commands.contains(command));
  }

  private Slider slider() {
    return robot.lookup(".weight-slider .slider").queryAllAs(Slider.class).stream()
        .filter(s -> "Share of on".equals(s.getAccessibleText()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void looksAsAccepted() {
    openFlag("new-checkout");
    FxThread.until("its history", () -> shown("gave on 20%"));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      Baseline.await("flags-" + preference, desktop);
    }
  }

  @Test
  void saysWhoGetsWhatAndWhoSaidSo() {
    openFlag("new-checkout");
    FxThread.until("what", () -> shown("on 20%, off 80%"));
    FxThread.until("rules", () -> shown("plan is one of pro, team"));
    FxThread.until("who changed it", () -> shown("you · desktop"));
    FxThread.until("a rollout of it", () -> shown("R-9"));
    robot.clickOn("R-9");
    FxThread.until("that rollout", () -> shown("Ended by you: stopped for the release"));
  }

  @Test
  void theFirstKeyLeadsThereAndBack() {
    robot.write("f");
    FxThread.until("flags", () -> shown("3 flags · one is killed"));
    robot.write("f");
    FxThread.until("rollouts", () -> !shown("3 flags · one is killed"));
  }

  @Test
  void aKeyKillsItAtOnceAndTheNoticeTakesItBack() {
    openFlag("new-checkout");
    robot.write("x");
    sent(new FlagCommand.KillFlag("new-checkout", null));
    FxThread.until("said", () -> shown("new-checkout is killed, everybody gets off"));
    robot.clickOn("Undo");
    sent(new FlagCommand.RestoreFlag("new-checkout"));
  }

  @Test
  void whatIsKilledSaysWhyAndIsRestored() {
    openFlag("fast-search");
    FxThread.until("says so", () -> shown("all get off"));
    robot.clickOn("Restore");
    sent(new FlagCommand.RestoreFlag("fast-search"));
    FxThread.until("said", () -> shown("fast-search is evaluated again"));
    robot.clickOn("Undo");
    sent(new FlagCommand.KillFlag("fast-search", "searches find nothing"));
  }

  @Test
  void aShareIsShownAsACommandSentOnceAndTakenBack() {
    openFlag("new-checkout");
    FxThread.run(() -> slider().setValueChanging(true));
    FxThread.run(() -> slider().setValue(33.4));
    FxThread.until("command", () -> shown("hivedeck flag set new-checkout 33% --variant on"));
    assertThat(door.commands).isEmpty();
    FxThread.run(() -> slider().setValueChanging(false));
    sent(new FlagCommand.SetFlag("new-checkout", 33, "on"));
    FxThread.until("said", () -> shown("on of new-checkout has 33%"));
    robot.clickOn("Undo");
    sent(new FlagCommand.SetFlag("new-checkout", 20, "on"));
  }

  @Test
  void aRefusedShareGoesBackToWhatItIs() {
    openFlag("new-checkout");
    door.answer =
        _ -> {
          throw new HiveException(ErrorCode.NOT_NOW, "R-3 says what share it has.", "Look again.");
        };
    FxThread.run(() -> slider().setValue(40));
    FxThread.until("asked", () -> !door.commands.isEmpty());
    FxThread.until("as it was", () -> slider().getValue() == 20);
  }

  @Test
  void oneInARolloutIsSteeredThereAndAsksBeforeItIsKilled() {
    answers(SampleFlags.newCheckout(50, WeightSource.ROLLOUT, false, "R-14"));
    openFlag("new-checkout");
    happens();
    FxThread.until("in it", () -> shown("in R-14"));
    assertThat(FxThread.get(() -> slider().isDisabled())).isTrue();
    robot.press(KeyCode.X).release(KeyCode.X);
    sent(new FlagCommand.KillFlag("new-checkout", null));
    assertThat(dialogs.asked).singleElement().asString().contains("R-14 exposes it");
  }

  @Test
  void aKeyThatIsHeldKillsOnceAndGivesNothingBack() {
    answers(SampleFlags.newCheckout(20, WeightSource.CONFIGURATION, false, null));
    openFlag("new-checkout");
    happens();
    robot.press(KeyCode.X).release(KeyCode.X);
    sent(new FlagCommand.KillFlag("new-checkout", null));
    answers(SampleFlags.newCheckout(20, WeightSource.CONFIGURATION, true, null));
    happens();
    FxThread.until("killed", () -> shown("Restore"));
    for (int i = 0; i < 3; i++) {
      robot.press(KeyCode.X).release(KeyCode.X);
    }
    robot.clickOn(n -> n instanceof Labeled l && l.isVisible() && "Restore".equals(l.getText()));
    sent(new FlagCommand.RestoreFlag("new-checkout"));
    assertThat(door.commands)
        .containsExactly(
            new FlagCommand.KillFlag("new-checkout", null),
            new FlagCommand.RestoreFlag("new-checkout"));
  }

  @Test
  void anAnswerThatCannotBeReadIsSaidAboveWhatWasKnown() {
    openFlag("new-checkout");
    door.queries =
        query ->
            query instanceof FlagQuery.Flags
                ? Json.tree(List.of("no flag"))
                : SampleRollouts.answer(query);
    happens();
    FxThread.until(
        "said",
        () ->
            robot
                .lookup(
                    n ->
                        n instanceof Labeled l
                            && l.isVisible()
                            && l.getText() != null
                            && l.getText().startsWith("This is what was known last."))
                .tryQuery()
                .isPresent());
    assertThat(FxThread.get(() -> titled("new-checkout"))).isTrue();
  }

  @Test
  void whereThereIsNoneItIsTaught() {
    door.queries = SampleRollouts::answer;
    happens();
    robot.write("f");
    FxThread.until("none", () -> shown("No flag"));
    assertThat(FxThread.get(() -> shown("Copy an example"))).isTrue();
  }
}
