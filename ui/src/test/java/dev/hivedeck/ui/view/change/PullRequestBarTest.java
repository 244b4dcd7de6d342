package dev.hivedeck.ui.view.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.forge.ForgeCommand;
import dev.hivedeck.engine.protocol.forge.ForgeRegistration;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckRun;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Mergeable;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullRequest;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Reach;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ReviewVerdict;
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

/** A change shows its pull request, and GitHub is looked at by a button, where there is a link. */
class PullRequestBarTest {
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

  private static ForgeStatus status(Reach reach, String problem) {
    return new ForgeStatus(
        ForgeStatus.ID,
        reach,
        "acme/storefront",
        "https://api.github.com",
        "gh",
        "octocat",
        problem,
        null,
        4_812,
        5_000,
        Sample.CLOCK.instant().plusSeconds(900),
        Sample.CLOCK.instant().minusSeconds(120),
        null);
  }

  private void tell(ForgeStatus status) {
    door.tell("forge.changed", ForgeRegistration.FORGE, null, status);
  }

  private void tell(String change, CheckState checks, String problem) {
    door.tell(
        "pull-request.changed",
        ForgeRegistration.PULL_REQUEST,
        null,
        new PullRequest(
            change,
            47,
            "https://github.com/acme/storefront/pull/47",
            PullState.OPEN,
            "a".repeat(40),
            Mergeable.MERGEABLE,
            ReviewVerdict.CHANGES_REQUESTED,
            checks,
            List.of(
                new CheckRun(
                    "unit", "ci", CheckState.FAILING, true, "https://github.com/acme/runs/1"),
                new CheckRun("lint", "ci", CheckState.PASSING, true, null)),
            2,
            problem,
            "Look at it, then send it back, merge or close it yourself.",
            Sample.CLOCK.instant()));
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
  void aPullRequestStandsBesideItsChangeAndIsLookedAtByAButton() {
    assertThat(text("Sync GitHub")).as("there is no link").isFalse();
    tell(status(Reach.REACHED, null));
    FxThread.until("linked", () -> text("Sync GitHub"));
    robot.clickOn("Sync GitHub");
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new ForgeCommand.Sync());

    String change = read();
    tell(
        change,
        CheckState.FAILING,
        "it went back to its agent 2 times: checks failed on GitHub: unit");
    FxThread.until("shown", () -> text("Pull request 47"));
    assertThat(text("checks failed")).isTrue();
    assertThat(text("ci / unit: failed")).isTrue();
    assertThat(text("ci / lint")).as("what passed is not listed").isFalse();
    assertThat(text("changes requested")).isTrue();
    assertThat(text("went back 2 times")).isTrue();
    assertThat(text("It went back to its agent 2 times")).isTrue();
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("pull-request-" + preference + ".png"));
    }
    tell(status(Reach.OFFLINE, "GitHub was not reached to read pull request 47: nobody is there."));
    FxThread.until("offline", () -> text("GitHub is not reached"));
    tell(ForgeStatus.NONE);
    FxThread.until("unlinked", () -> !text("Sync GitHub"));
  }
}
