package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.ui.feed.EngineAddress;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javafx.scene.AccessibleAttribute;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.Region;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** The desktop as a person uses it: by keys and by mouse, on data that comes as from an engine. */
class DesktopInteractionTest {
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  @BeforeEach
  void open() {
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private ScreenId place() {
    return FxThread.get(() -> desktop.frame().place());
  }

  @Test
  void theDesktopIsDressedFromTheFirstMoment() {
    var ground =
        FxThread.get(
            () -> {
              var root = desktop.stage().getScene().getRoot();
              root.applyCss();
              return ((Region) root).getBackground().getFills().getFirst().getFill();
            });
    assertThat(ground).isEqualTo(desktop.theme().look().get().color("canvas"));
  }

  @Test
  void aClosedWindowIsLetGo() {
    for (var screen : Screens.all().keySet()) {
      FxThread.run(() -> desktop.frame().to(screen));
    }
    FxThread.run(() -> desktop.theme().toggle());
    FxThread.run(desktop.stage()::close);
    var closed = new WeakReference<>(desktop);
    desktop = FxThread.desktop(Sample.door(), folder.resolve("next.json"));
    FxThread.until(
        "the closed window is let go",
        () -> {
          System.gc();
          return closed.get() == null;
        });
  }

  @Test
  void gAndALetterGoToAScreen() {
    robot.type(KeyCode.G).type(KeyCode.D);
    FxThread.until("decisions", () -> desktop.frame().place() == ScreenId.DECISIONS);
    robot.type(KeyCode.G).type(KeyCode.S);
    FxThread.until("settings", () -> desktop.frame().place() == ScreenId.SETTINGS);
    robot.type(KeyCode.G).type(KeyCode.O);
    FxThread.until("overview", () -> desktop.frame().place() == ScreenId.OVERVIEW);
  }

  @Test
  void thePaletteFindsByLettersAndOpensByKey() {
    robot.press(KeyCode.CONTROL).type(KeyCode.K).release(KeyCode.CONTROL);
    FxThread.until("the palette is open", () -> shown(".palette").isPresent());
    robot.write("split orders");
    FxThread.until(
        "found", () -> texts(".palette-title").contains("Split the orders table by tenant?"));
    robot.type(KeyCode.ENTER);
    FxThread.until("the decision", () -> desktop.frame().place() == ScreenId.DECISIONS);
    FxThread.until(
        "in full", () -> texts(".question").contains("Split the orders table by tenant?"));
    assertThat(FxThread.get(() -> shown(".palette"))).isEmpty();
  }

  @Test
  void escClosesThePaletteAndLettersTypedThereGoNowhereElse() {
    robot.press(KeyCode.CONTROL).type(KeyCode.K).release(KeyCode.CONTROL);
    FxThread.until("open", () -> shown(".palette").isPresent());
    robot.write("gd");
    robot.type(KeyCode.ESCAPE);
    FxThread.until("closed", () -> shown(".palette").isEmpty());
    assertThat(place()).isEqualTo(ScreenId.OVERVIEW);
  }

  @Test
  void theThemeSwitchesLiveAndIsRemembered() {
    FxThread.run(() -> desktop.theme().choose(Theme.Preference.DARK));
    robot.clickOn(named("Switch between dark and light"));
    FxThread.until("light", () -> !desktop.theme().look().get().dark());
    FxThread.run(desktop.stage()::close);
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    assertThat(FxThread.get(() -> desktop.theme().choice().get()))
        .isEqualTo(Theme.Preference.LIGHT);
  }

  @Test
  void aDecisionIsAnsweredWithOneClick() {
    robot.clickOn(named("Deny: answer Q-4.*"));
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new Command.Decide("Q-4", "deny", null));
    door.tell("decision.decided", Topic.DECISION, "you decided Q-4", decided("Q-4"));
    FxThread.until("counted", () -> texts(".pill").contains("1 decision"));
  }

  @Test
  void noQuestionTakesThePlaceOfTheOneUnderThePointer() {
    var person = new TestUser(desktop);
    var answer = person.button("Keep one table");
    person.robot().moveTo(answer);
    double there = FxThread.get(() -> answer.localToScene(0, 0).getY());
    var asked = Samples.one(door, Topic.DECISION, DecisionViews.Decision.class, "Q-3");
    door.tell("decision.opened", Topic.DECISION, "asked", pressing(asked));
    person.waitsFor("Which one at once?");
    assertThat(FxThread.get(() -> answer.localToScene(0, 0).getY())).isEqualTo(there);
    door.remove(Topic.DECISION, "Q-3", "answered elsewhere");
    FxThread.until("off", answer::isDisabled);
    assertThat(FxThread.get(() -> answer.localToScene(0, 0).getY())).isEqualTo(there);
    person.robot().moveTo(desktop.stage());
    person.waitsUntilGone("Split the orders table by tenant?");
    assertThat(person.sees("Which one at once?")).isTrue();
  }

  @Test
  void aQuestionKeepsItsPlaceInTheListUnderThePointer() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS));
    var person = new TestUser(desktop);
    var row = FxThread.get(() -> desktop.frame().lookup(".decision-list .list-cell:filled"));
    var first = FxThread.get(() -> ((ListCell<?>) row).getItem());
    person.robot().moveTo(row);
    var asked = Samples.one(door, Topic.DECISION, DecisionViews.Decision.class, "Q-3");
    door.tell("decision.opened", Topic.DECISION, "asked", pressing(asked));
    person.waitsFor("Which one at once?");
    assertThat(FxThread.get(() -> items().getFirst())).isEqualTo(first);
    person.robot().moveTo(desktop.stage());
    FxThread.until("first by now", () -> !items().getFirst().equals(first));
  }

  private List<?> items() {
    return ((ListView<?>) desktop.frame().lookup(".decision-list")).getItems();
  }

  /** The same, asked by another, and due before all else. */
  private static DecisionViews.Decision pressing(DecisionViews.Decision d) {
    return new DecisionViews.Decision(
        "Q-99",
        d.task(),
        d.attempt(),
        d.agent(),
        d.kind(),
        d.level(),
        "Which one at once?",
        d.detail(),
        List.of("this", "that"),
        d.fallback(),
        d.state(),
        null,
        null,
        null,
        d.openedAt(),
        Sample.NOW.plusSeconds(5),
        null);
  }

  @Test
  void aCommentGoesWithTheAnswer() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-3"));
    robot.clickOn(field("A comment for the agent (optional)")).write("with a dry run");
    robot.clickOn(labelled("Keep one table"));
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .containsExactly(new Command.Decide("Q-3", "keep one table", "with a dry run"));
  }

  @Test
  void aTaskThatIsWithThePersonOpensInTheirEditor() throws Exception {
    var opened = folder.resolve("opened");
    var editor = Files.writeString(folder.resolve("editor.sh"), "echo \"$1\" > " + opened);
    FxThread.run(() -> desktop.frame().desk().settings().put("editor", "sh " + editor));
    door.tell(
        "decision.opened",
        Topic.DECISION,
        "you ask",
        new DecisionViews.Decision(
            "Q-9",
            "T-101",
            "T-101.1",
            "you",
            "manual",
            3,
            "T-101 is with you. Work in /tmp/T-101, then hand it back.",
            "Place an order once, however often the request comes.",
            List.of("hand back", "give up"),
            null,
            DecisionViews.DecisionState.OPEN,
            null,
            null,
            null,
            Instant.now(),
            null,
            null));
    FxThread.until("heard", () -> desktop.frame().desk().live().decisions().get("Q-9").isPresent());
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-9"));
    FxThread.until("shown", () -> !texts(".question").isEmpty());
    robot.clickOn("Open in the editor");
    FxThread.until("opened", () -> Files.exists(opened));
    FxThread.until("told where", () -> read(opened).equals("/tmp/T-101"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void aRefusalIsShownWithItsCodeAndTheNextStep() {
    door.answer =
        _ -> {
          throw new HiveException(
              ErrorCode.NOT_NOW, "The hive already rests.", "Start it again first.");
        };
    robot.clickOn(labelled("Pause hive"));
    FxThread.until(
        "told",
        () ->
            allTexts()
                .containsAll(
                    List.of("The hive already rests.", "Start it again first.", "not-now")));
  }

  @Test
  void everyTileIsADoor() {
    robot.clickOn(named("Agents: 7 running.*"));
    // Screens that are not there do not open; the one that is, does.
    FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS));
    assertThat(place()).isEqualTo(ScreenId.SETTINGS);
  }

  @Test
  void theHiveIsPausedAndStarted() {
    robot.clickOn(labelled("Pause hive"));
    FxThread.until("sent", () -> door.commands.contains(new Command.PauseHive()));
    var w = Sample.workspace();
    door.tell(
        "workspace.paused",
        Topic.WORKSPACE,
        "the hive is paused",
        new WorkspaceViews.Workspace(
            w.id(),
            w.name(),
            w.path(),
            w.main(),
            w.commit(),
            w.checkout(),
            0,
            new WorkspaceViews.Upstream("origin/main", 0, 3, null, null, null),
            true,
            false,
            w.limit(),
            w.plan(),
            w.engine(),
            w.startedAt(),
            List.of(),
            w.consent()));
    FxThread.until("may start", () -> allTexts().contains("Start hive"));
    assertThat(allTexts()).as("main lacks what was fetched").contains("↓3");
    robot.clickOn(labelled("Start hive"));
    FxThread.until("sent", () -> door.commands.contains(new Command.StartHive(0)));
  }

  @Test
  void aTaskIsWritten() {
    robot.clickOn(labelled("New task"));
    FxThread.until("the sheet", () -> texts(".paper-title").contains("New task"));
    robot.write("Sort the imports");
    robot.clickOn(labelled("Add task"));
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands.getFirst())
        .isInstanceOfSatisfying(
            Command.AddTask.class, t -> assertThat(t.title()).isEqualTo("Sort the imports"));
    FxThread.until("closed", () -> shown(".paper").isEmpty());
  }

  @Test
  void theQuestionMarkShowsTheMap() {
    FxThread.run(() -> desktop.frame().requestFocus());
    robot.press(KeyCode.SHIFT).type(KeyCode.SLASH).release(KeyCode.SHIFT);
    FxThread.until("the map", () -> texts(".paper-title").contains("Keyboard map"));
    robot.type(KeyCode.ESCAPE);
    FxThread.until("closed", () -> shown(".paper").isEmpty());
  }

  @Test
  void jAndKMoveInTheList() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS));
    robot.type(KeyCode.J).type(KeyCode.J);
    FxThread.until(
        "the second", () -> texts(".question").contains("Split the orders table by tenant?"));
    robot.type(KeyCode.K);
    FxThread.until("the first", () -> texts(".question").contains("May docs use the network?"));
  }

  @Test
  void theLastScreenIsRemembered() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS));
    FxThread.run(desktop.stage()::close);
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    assertThat(place()).isEqualTo(ScreenId.DECISIONS);
  }

  @Test
  void anotherLanguageIsSpokenAtOnce() {
    FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS));
    FxThread.run(() -> desktop.frame().desk().settings().put("language", "de"));
    FxThread.until("German", () -> allTexts().contains("Einstellungen"));
  }

  @Test
  void aCutLineKeepsWhatWasKnownAndHealsByItself() throws Exception {
    var timers = new SystemTimers();
    Authenticator anyone = _ -> Optional.of(Authenticator.Caller.person());
    var server = FeedServer.start(door, anyone, 0, "0.1.0", timers);
    var address = URI.create(server.address());
    var client =
        FeedClient.connect(() -> new EngineAddress(address, "t"), "test", Clock.systemUTC());
    FxThread.run(desktop::welcome); // It is the same workspace, by another way.
    FxThread.run(() -> desktop.show(client));
    FxThread.until("loaded", () -> desktop.frame() != null && desktop.frame().place() != null);
    server.close();
    FxThread.until("the banner", () -> allTexts().stream().anyMatch(t -> t.startsWith("Cut off")));
    assertThat(FxThread.get(this::allTexts)).contains("docs");
    var again = FeedServer.start(door, anyone, address.getPort(), "0.1.0", timers);
    FxThread.until("live", () -> desktop.frame().desk().live().connection().get().live());
    FxThread.until("no banner", () -> allTexts().stream().noneMatch(t -> t.startsWith("Cut off")));
    again.close();
  }

  @Test
  void everyFocusableControlHasAName() {
    for (var screen : Screens.all().keySet()) {
      FxThread.run(() -> desktop.frame().to(screen));
      FxThread.run(() -> desktop.stage().getScene().getRoot().applyCss());
      var nameless =
          FxThread.get(
              () ->
                  nodes(
                          n ->
                              n.isFocusTraversable()
                                  && n.isVisible()
                                  && blank(n.queryAccessibleAttribute(AccessibleAttribute.TEXT))
                                  && blank(n.getAccessibleText()))
                      .stream()
                      .map(Node::toString)
                      .toList());
      assertThat(nameless).as(screen.name()).isEmpty();
    }
  }

  private static boolean blank(Object text) {
    return text == null || text.toString().isBlank();
  }

  private DecisionViews.Decision decided(String id) {
    return new DecisionViews.Decision(
        id,
        "T-104",
        "T-104.1",
        "docs",
        "permission",
        3,
        "May docs use the network?",
        null,
        List.of("allow once", "deny"),
        "deny",
        DecisionViews.DecisionState.DECIDED,
        "deny",
        null,
        "you",
        Sample.NOW,
        null,
        Sample.NOW);
  }

  private List<Node> nodes(Predicate<Node> wanted) {
    var found = new ArrayList<Node>();
    collect(desktop.stage().getScene().getRoot(), wanted, found);
    return found;
  }

  private static void collect(Node node, Predicate<Node> wanted, List<Node> found) {
    if (!node.isVisible()) {
      return;
    }
    if (wanted.test(node)) {
      found.add(node);
    }
    if (node instanceof Parent parent) {
      parent.getChildrenUnmodifiable().forEach(c -> collect(c, wanted, found));
    }
  }

  private Optional<Node> shown(String selector) {
    return desktop.stage().getScene().getRoot().lookupAll(selector).stream()
        .filter(DesktopInteractionTest::visible)
        .findFirst();
  }

  private static boolean visible(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return true;
  }

  private List<String> texts(String selector) {
    return desktop.stage().getScene().getRoot().lookupAll(selector).stream()
        .filter(n -> n instanceof Labeled && visible(n))
        .map(n -> ((Labeled) n).getText())
        .toList();
  }

  private List<String> allTexts() {
    return nodes(n -> n instanceof Labeled l && l.getText() != null).stream()
        .map(n -> ((Labeled) n).getText())
        .toList();
  }

  private Node field(String name) {
    return one(n -> n instanceof TextInputControl && name.equals(n.getAccessibleText()), name);
  }

  private Node labelled(String text) {
    return one(n -> n instanceof Button b && text.equals(b.getText()), text);
  }

  private Node named(String pattern) {
    return one(
        n -> n.getAccessibleText() != null && n.getAccessibleText().matches(pattern), pattern);
  }

  private Node one(Predicate<Node> wanted, String what) {
    FxThread.until(what, () -> !nodes(wanted).isEmpty());
    return FxThread.get(() -> nodes(wanted).getFirst());
  }
}
