package dev.hivedeck.ui.view.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutRegistration;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Finding;
import dev.hivedeck.ui.Baseline;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.SampleRollouts;
import dev.hivedeck.ui.control.chart.BandChart;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Labeled;
import javafx.scene.control.Slider;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Rollouts as a person looks at them and steers them. */
class RolloutsScreenTest {
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.queries = SampleRollouts::answer;
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.ROLLOUTS));
    FxThread.run(() -> desktop.frame().to(ScreenId.ROLLOUTS, "R-14"));
    FxThread.until(
        "its figures", () -> starts("Not enough data to pass 20%: errors are known only"));
  }

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  private boolean starts(String text) {
    return robot
        .lookup(
            n ->
                n instanceof Labeled l
                    && l.isVisible()
                    && l.getText() != null
                    && l.getText().startsWith(text))
        .tryQuery()
        .isPresent();
  }

  private Slider slider() {
    return robot.lookup(".weight-slider .slider").query();
  }

  private void answersFigures(Finding errors, double odds) {
    door.queries =
        query ->
            query instanceof RolloutQuery.Figures q
                ? Json.tree(SampleRollouts.figures(q.id(), errors, odds))
                : SampleRollouts.answer(query);
    FxThread.run(() -> desktop.frame().to(ScreenId.ROLLOUTS, "R-15"));
    FxThread.run(() -> desktop.frame().to(ScreenId.ROLLOUTS, "R-14"));
  }

  @Test
  void looksAsAccepted() {
    FxThread.until("a plan", () -> starts("At 20 requests a minute this step finds 3% errors"));
    FxThread.until("charts", () -> robot.lookup(".odds-chart").queryAll().size() == 1);
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      Baseline.await("rollouts-full-" + preference, desktop);
    }
  }

  @Test
  void chartsSayInWordsWhatTheyShow() {
    FxThread.until(
        "counts",
        () ->
            robot.lookup(".band-chart").queryAllAs(BandChart.class).stream()
                .anyMatch(c -> c.getAccessibleText().startsWith("Errors: canary 6 of 400")));
  }

  @Test
  void whatTakesItBackAtOnceIsARuleAndNoFinding() {
    FxThread.until("the rule", () -> starts("half of its last 10 fail"));
    FxThread.until("when", () -> starts("at once"));
    assertThat(FxThread.get(() -> starts("evidence of steps multiplies"))).isTrue();
    assertThat(FxThread.get(() -> starts("clear"))).isFalse();
  }

  @Test
  void aKeyGivesOnePercentMoreAndCtrlZTakesItBack() {
    robot.press(KeyCode.RIGHT).release(KeyCode.RIGHT);
    FxThread.until(
        "sent", () -> door.commands.contains(new RolloutCommand.WeighRollout("R-14", 21)));
    door.commands.clear();
    robot.press(KeyCode.CONTROL, KeyCode.Z).release(KeyCode.Z, KeyCode.CONTROL);
    FxThread.until(
        "back", () -> door.commands.contains(new RolloutCommand.WeighRollout("R-14", 20)));
  }

  @Test
  void whatADragWouldSendIsShownBeforeItIsSentOnce() {
    FxThread.run(() -> slider().setValueChanging(true));
    FxThread.run(() -> slider().setValue(33.4));
    FxThread.run(() -> slider().setValue(35.2));
    FxThread.until("command", () -> starts("hivedeck rollout weight R-14 35"));
    assertThat(door.commands).isEmpty();
    FxThread.run(() -> slider().setValueChanging(false));
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new RolloutCommand.WeighRollout("R-14", 35));
  }

  @Test
  void aRefusedWeightGoesBackToWhatItIs() {
    door.answer =
        _ -> {
          throw new HiveException(ErrorCode.NOT_NOW, "The rollout R-14 is over.", "Look again.");
        };
    robot.press(KeyCode.RIGHT).release(KeyCode.RIGHT);
    FxThread.until("asked", () -> !door.commands.isEmpty());
    FxThread.until("as it was", () -> slider().getValue() == 20);
  }

  @Test
  void isHeldByAKeyAndRolledBackOnceAsked() {
    robot.write("h");
    FxThread.until("held", () -> door.commands.contains(new RolloutCommand.HoldRollout("R-14")));
    robot.write("r");
    FxThread.until(
        "back", () -> door.commands.contains(new RolloutCommand.AbortRollout("R-14", null)));
  }

  @Test
  void noButtonIsGreenWhileEvidenceIsMissing() {
    var promote = (Button) button("Promote to 50%…");
    assertThat(FxThread.get(() -> promote.getStyleClass())).doesNotContain("success");
    answersFigures(Finding.PASSES, 0.05);
    FxThread.until("passes", () -> starts("20% is surely good enough"));
    assertThat(FxThread.get(() -> promote.getStyleClass())).contains("success");
    robot.clickOn(promote);
    FxThread.until(
        "sent", () -> door.commands.contains(new RolloutCommand.PromoteRollout("R-14", 1)));
  }

  @Test
  void whatIsWorseIsSaidWithItsEvidence() {
    answersFigures(Finding.WORSE, 37);
    FxThread.until("verdict", () -> starts("Worse than stable: errors lie between"));
    FxThread.until(
        "odds",
        () ->
            starts(
                "orders-api e3b1c07 → 7c40d1e · evidence 37 : 1 that it is worse, rolled back at 20"
                    + " : 1"));
  }

  @Test
  void oneOfThePastIsShownAsItEndedAndCannotBeSteered() {
    FxThread.run(() -> desktop.frame().to(ScreenId.ROLLOUTS, "R-12"));
    FxThread.until("why", () -> starts("Rolled back: evidence 44 : 1"));
    assertThat(FxThread.get(() -> robot.lookup(".weight-slider").query().isVisible())).isFalse();
    robot.write("r");
    assertThat(door.commands).isEmpty();
    robot.clickOn("cart-web  5%");
    FxThread.until("one that goes on", () -> robot.lookup(".weight-slider").query().isVisible());
  }

  @Test
  void blueGreenIsTriedThenSwitchedAtOnceAndTheNoticeSwitchesBack() {
    door.tell(
        "rollout.held",
        RolloutRegistration.ROLLOUT,
        "waits",
        SampleRollouts.preview("R-16", "mail-api"));
    FxThread.until("its pill", () -> starts("mail-api  0%"));
    FxThread.run(() -> desktop.frame().to(ScreenId.ROLLOUTS, "R-16"));
    FxThread.until("verdict", () -> starts("It is there, and waits for you to switch to it"));
    FxThread.until(
        "how to try it",
        () ->
            starts(
                "mail-api e3b1c07 → 7c40d1e · try it at its own address or by X-Hivedeck-Version:"
                    + " 7c4"));
    assertThat(FxThread.get(() -> robot.lookup(".weight-slider").query().isVisible())).isFalse();
    assertThat(FxThread.get(() -> starts("Preview") && starts("All traffic"))).isTrue();
    Baseline.await("rollouts-preview", desktop);
    robot.clickOn("Switch all traffic…");
    FxThread.until(
        "sent", () -> door.commands.contains(new RolloutCommand.PromoteRollout("R-16", 0)));
    FxThread.until("said", () -> starts("mail-api is switched"));
    robot.clickOn("Undo");
    FxThread.until(
        "back", () -> door.commands.contains(new RolloutCommand.AbortRollout("R-16", null)));
  }

  @Test
  void whatIsNotWellSaysWhyAndCannotBeSwitchedTo() {
    door.tell(
        "rollout.held",
        RolloutRegistration.ROLLOUT,
        "waits",
        SampleRollouts.preview(
            "R-16", "mail-api", HoldReason.UNCLEAR, "7c40d1e has no healthy instance"));
    FxThread.until("its pill", () -> starts("mail-api  0%"));
    FxThread.run(() -> desktop.frame().to(ScreenId.ROLLOUTS, "R-16"));
    FxThread.until(
        "why", () -> starts("It cannot be switched to yet: 7c40d1e has no healthy instance"));
    assertThat(FxThread.get(() -> starts("Switch all traffic…"))).isFalse();
    assertThat(FxThread.get(() -> starts("it has no traffic before you switch to it"))).isTrue();
  }

  @Test
  void anotherIsStartedFromWhatIsOffered() {
    robot.clickOn("New rollout");
    FxThread.until("an offer that can be started", () -> starts("catalog-api, stable is e3b1c07."));
    robot.clickOn("Start");
    FxThread.until(
        "started",
        () ->
            door.commands.contains(
                new RolloutCommand.StartRollout("catalog-api", "91bd002", null)));
  }

  @Test
  void anOpenChangeOfAServiceThatHivedeckRunsIsOfferedToo() {
    robot.clickOn("New rollout");
    FxThread.until("an offer that can be started", () -> starts("catalog-api, stable is e3b1c07."));
    FxThread.run(
        () ->
            robot.lookup(".combo-box").<ComboBox<String>>queryAll().stream()
                .filter(box -> box.getItems().contains("91bd002"))
                .forEach(box -> box.getSelectionModel().select("C-9")));
    robot.clickOn("Start");
    FxThread.until(
        "started",
        () -> door.commands.contains(new RolloutCommand.StartRollout("catalog-api", null, "C-9")));
  }

  @Test
  void whereThereIsNoneTheNextStepIsTaught() {
    SampleRollouts.all()
        .forEach(r -> door.remove(RolloutRegistration.ROLLOUT, r.id(), r.id() + " is gone"));
    FxThread.until("none", () -> starts("No rollout"));
  }

  @Test
  void theRailSaysHowMuchTrafficACanaryHasAndWhetherItAsks() {
    FxThread.until("the one that asks", () -> rail("5%", "tone-amber"));
    door.tell(
        "rollout.resumed",
        RolloutRegistration.ROLLOUT,
        "goes on",
        SampleRollouts.rollout(
            "R-15", "cart-web", RolloutState.ABORTED, null, "", 0, 0, Sample.NOW, Sample.NOW));
    FxThread.until("the other", () -> rail("20%", "tone-teal"));
  }

  private boolean rail(String text, String tone) {
    return robot.lookup(".rail .badge").queryAllAs(Labeled.class).stream()
        .anyMatch(b -> b.getText().equals(text) && b.getStyleClass().contains(tone));
  }

  private Node button(String text) {
    return robot.lookup(n -> n instanceof Button b && text.equals(b.getText())).query();
  }
}
