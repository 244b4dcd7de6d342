package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AgentViews.AgentState;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.Samples;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.Dialogs;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.view.agent.AgentRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Agents as a person watches, addresses and stops them. */
class AgentsScreenTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final List<Query.LogLine> LINES =
      List.of(
          line(0, "plan", "3 steps: CartDrawer.tsx, useCart.ts, cart.test.tsx"),
          line(1, "read", "src/components/Header.tsx"),
          line(2, "edit", "src/components/CartDrawer.tsx +212"),
          line(3, "run", "npm test -- cart: 12 passed"),
          line(4, "say", "Drawer opens from the header; quantity edits are debounced."),
          line(5, "gate", "lint failed: 3 findings"),
          line(6, "retry", "2 of 3 in 15 s, with the 3 findings as context"),
          line(7, "err", "src/hooks/useCart.ts:31 react-hooks/exhaustive-deps"));

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private final RecordedDialogs recordedDialogs = new RecordedDialogs();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.queries =
        query ->
            query instanceof Query.Log l
                ? Json.tree(new Query.LogPage(l.attempt(), 0, LINES.size(), LINES))
                : Json.tree(List.of());
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"), recordedDialogs);
    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS));
    FxThread.until("agents", () -> rows().size() == 8);
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  @Test
  void howItLooks() {
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      watch("security");
      robot.clickOn("Live");
      FxThread.until("its log", () -> text("src/components/Header.tsx"));
      FxThread.picture(desktop, PICTURES.resolve("agents-live-" + preference + ".png"));
      robot.clickOn(labelled("Attempts "));
      FxThread.picture(desktop, PICTURES.resolve("agents-attempts-" + preference + ".png"));
      robot.clickOn("About");
      FxThread.picture(desktop, PICTURES.resolve("agents-about-" + preference + ".png"));
    }
  }

  @Test
  void itsHealthIsAWordAndANumberAndAClickTellsWhy() throws Exception {
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      watch("security");
      FxThread.until("uneven", () -> text("uneven"));
      robot.clickOn(badge("security"));
      FxThread.until("why", () -> robot.lookup(".health-card").tryQuery().isPresent());
      var card = robot.lookup(".health-card").<javafx.scene.layout.Region>query();
      var said =
          robot.from(card).lookup(".label").<Labeled>queryAll().stream()
              .map(Labeled::getText)
              .toList();
      assertThat(said)
          .contains("Health of security", "Verified", "weight 40", "3 m 7 s", "2 m 40 s", "worse");
      robot.type(KeyCode.ESCAPE);
      FxThread.until("closed", () -> robot.lookup(".health-card").tryQuery().isEmpty());
    }
  }

  @Test
  void withTooFewRunsThereIsNoNumber() {
    var name =
        door.snapshot(Set.of(Topic.AGENT)).things().get(Topic.AGENT).stream()
            .map(AgentViews.Agent.class::cast)
            .filter(a -> a.health().score() == null)
            .findFirst()
            .orElseThrow()
            .id();
    watch(name);
    FxThread.until("no number", () -> text("not enough runs yet"));
    robot.clickOn(badge(name));
    FxThread.until("how many are needed", () -> text("3 attempts have ended so far; with 5"));
  }

  private Node badge(String agent) {
    return robot
        .lookup(".health-badge")
        .match(
            (Node n) ->
                n.isVisible()
                    && n.getAccessibleText() != null
                    && n.getAccessibleText().contains(agent + ":"))
        .queryAll()
        .iterator()
        .next();
  }

  @Test
  void whoWaitsForAPersonComesFirst() {
    assertThat(FxThread.get(() -> rows().getFirst().agent().state())).isEqualTo(AgentState.WAITING);
    assertThat(FxThread.get(() -> rows().getLast().agent().state())).isEqualTo(AgentState.IDLE);
  }

  @Test
  void whatAnAgentSaysAppearsAsItIsSaid() {
    watch("core-api");
    FxThread.until("its log", () -> text("src/components/Header.tsx"));
    door.log(new Query.LogPage("T-101.1", 8, 9, List.of(line(8, "say", "All orders are safe."))));
    FxThread.until("the new line", () -> text("All orders are safe."));
    door.log(new Query.LogPage("T-102.1", 8, 9, List.of(line(8, "say", "Of another."))));
    door.log(new Query.LogPage("T-101.1", 9, 10, List.of(line(9, "say", "And done."))));
    FxThread.until("the next", () -> text("And done."));
    assertThat(FxThread.get(() -> text("Of another."))).isFalse();
  }

  @Test
  void whatItsProcessesTakeIsOneLineAsLongAsTheyRun() {
    watch("core-api");
    FxThread.until("its use", () -> text("180.0 MB · 0.4 cores · 5 processes of 200"));
    var attempt =
        door.snapshot(Set.of(Topic.ATTEMPT)).things().get(Topic.ATTEMPT).stream()
            .map(AttemptViews.Attempt.class::cast)
            .filter(a -> a.id().equals("T-101.1"))
            .findFirst()
            .orElseThrow();
    door.tell(
        "attempt.progressed",
        Topic.ATTEMPT,
        null,
        attempt.using(1_240_000_000L, 0.84, 14, new AttemptViews.Quota(2_000_000_000L, 1.5, 200)));
    FxThread.until("more", () -> text("1.2 GB of 2.0 GB · 0.8 of 1.5 cores · 14 processes of 200"));
    door.tell("attempt.progressed", Topic.ATTEMPT, null, attempt.using(0, 0, 1, null));
    FxThread.until("where memory is not to be seen", () -> text("0.0 cores · 1 process"));
    door.tell("attempt.checking", Topic.ATTEMPT, null, attempt.using(0, 0, 0, null));
    FxThread.until("none", () -> !text(" cores · "));
  }

  @Test
  void isToldSomethingByKeysAlone() {
    watch("core-api");
    FxThread.run(() -> robot.lookup(".thing-table").query().requestFocus());
    robot.type(KeyCode.ENTER);
    FxThread.until("the field", () -> robot.lookup(".say").query().isFocused());
    robot.write("keep the old route");
    robot.press(KeyCode.SHORTCUT, KeyCode.ENTER).release(KeyCode.ENTER, KeyCode.SHORTCUT);
    FxThread.until("said", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .containsExactly(new Command.SayToAgent("core-api", "keep the old route"));
  }

  @Test
  void isPausedWithAWayBack() {
    watch("core-api");
    robot.clickOn("Pause");
    FxThread.until("asked", () -> door.commands.contains(new Command.PauseAgent("core-api")));
    FxThread.until("undo", () -> text("Undo"));
    robot.clickOn("Undo");
    FxThread.until("back", () -> door.commands.contains(new Command.ResumeAgent("core-api")));
  }

  @Test
  void onePausedAtWorkSaysSoAndIsResumed() {
    watch("core-api");
    FxThread.until("at work", () -> text("Pause"));
    door.tell("agent.paused", Topic.AGENT, "core-api is paused", paused(agent("core-api")));
    FxThread.until("it says so", () -> text("running, then pauses"));
    robot.clickOn("Resume");
    FxThread.until("asked", () -> door.commands.contains(new Command.ResumeAgent("core-api")));
  }

  private AgentViews.Agent agent(String id) {
    return Samples.one(door, Topic.AGENT, AgentViews.Agent.class, id);
  }

  private static AgentViews.Agent paused(AgentViews.Agent a) {
    return new AgentViews.Agent(
        a.id(),
        a.role(),
        a.category(),
        a.driver(),
        a.version(),
        a.model(),
        a.capabilities(),
        a.owns(),
        a.fallback(),
        a.state(),
        true,
        a.task(),
        a.attempt(),
        a.stage(),
        a.activity(),
        a.since(),
        a.succeeded(),
        a.failed(),
        a.health(),
        a.tokens(),
        a.cost());
  }

  @Test
  void isStoppedOnlyAfterAYesToWhatItMeans() {
    watch("core-api");
    recordedDialogs.answer = false;
    robot.clickOn("Stop");
    FxThread.until("asked", () -> recordedDialogs.consequence != null);
    assertThat(recordedDialogs.consequence).contains("core-api", "T-101", "kept");
    assertThat(door.commands).isEmpty();
    recordedDialogs.answer = true;
    robot.clickOn("Stop");
    FxThread.until("stopped", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new Command.StopAgent("core-api"));
  }

  @Test
  void isTakenOverOnlyAfterAYesToWhatItMeans() {
    watch("core-api");
    recordedDialogs.answer = false;
    robot.clickOn("Take over");
    FxThread.until("asked", () -> recordedDialogs.consequence != null);
    assertThat(recordedDialogs.consequence)
        .contains("core-api", "T-101", "with you", "hand it back");
    assertThat(door.commands).isEmpty();
    recordedDialogs.answer = true;
    robot.clickOn("Take over");
    FxThread.until("taken", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new Command.TakeTask("T-101"));
  }

  @Test
  void tellsWhatItUsedAndWhetherItHears() {
    watch("core-api");
    FxThread.until("what it used", () -> text("41.2 k tokens in (30.0 k cached) · 6,800 out"));
    FxThread.until("heard of", () -> text("last heard of"));
    assertThat(FxThread.get(() -> text("if it reads its inbox"))).isTrue();
  }

  @Test
  void whatRunsNoMoreCannotBeStopped() {
    var idle = FxThread.get(() -> rows().getLast());
    watch(idle.agent().id());
    FxThread.until(
        "off",
        () -> {
          var buttons = robot.lookup("Stop").queryAll();
          return !buttons.isEmpty() && buttons.stream().allMatch(Node::isDisabled);
        });
  }

  @Test
  void withoutAgentsItTeaches() {
    FxThread.run(desktop.stage()::close);
    var bare = new InMemoryEngineApi(Sample.CLOCK);
    bare.seed(Topic.WORKSPACE, Sample.workspace());
    desktop = FxThread.desktop(bare, folder.resolve("bare.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS));
    FxThread.until("taught", () -> text("No agents yet") && text("Set up hive.yaml…"));
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  private void watch(String agent) {
    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS, agent));
    FxThread.until(agent, () -> agent.equals(table().chosen().get()));
  }

  private static Query.LogLine line(long index, String kind, String text) {
    return new Query.LogLine(
        index, Sample.CLOCK.instant().minusSeconds(120 - 10 * index), kind, text);
  }

  @SuppressWarnings("unchecked")
  private EntityTable<AgentRow> table() {
    return (EntityTable<AgentRow>) robot.lookup(".thing-table").query();
  }

  private List<AgentRow> rows() {
    return robot.lookup(".thing-table").tryQuery().isPresent() ? table().rows() : List.of();
  }

  private Node labelled(String start) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().startsWith(start))
        .query();
  }

  private boolean text(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .tryQuery()
        .isPresent();
  }

  /** Dialogs that answer as told and remember what was asked. */
  private static final class RecordedDialogs implements Dialogs {
    volatile boolean answer = true;
    volatile String consequence;

    @Override
    public boolean confirm(String title, String consequence, String verb) {
      this.consequence = consequence;
      return answer;
    }

    @Override
    public Optional<Path> chooseFolder(String title) {
      return Optional.empty();
    }

    @Override
    public List<Path> chooseFiles(String title, List<String> patterns) {
      return List.of();
    }

    @Override
    public Optional<Path> chooseTarget(String title, String name) {
      return Optional.empty();
    }
  }
}
