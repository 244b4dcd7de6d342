package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.NoticeEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.ui.feed.EngineAddress;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Labeled;
import javafx.scene.control.PopupControl;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several repositories in one window, each with an engine of its own. */
class SeveralWorkspacesTest {
  private static final Path PICTURES = Path.of("target", "screens");

  @TempDir Path folder;
  private final InMemoryEngineApi shop = Sample.door();
  private final InMemoryEngineApi payments = door("payments");
  private final Program program = new Program();
  private Desktop desktop;
  private TestUser person;

  private static InMemoryEngineApi door(String name) {
    var door = new InMemoryEngineApi(Sample.CLOCK);
    door.queries = Samples::nothing;
    door.seed(Topic.WORKSPACE, workspace(name));
    door.seed(Topic.DECISION, question("Q-3", "May " + name + " refund twice?"));
    return door;
  }

  private static WorkspaceViews.Workspace workspace(String name) {
    return workspace(name, "/home/you/code/" + name);
  }

  static WorkspaceViews.Workspace workspace(String name, String path) {
    var w = Sample.workspace();
    return new WorkspaceViews.Workspace(
        name,
        name,
        path,
        w.main(),
        w.commit(),
        w.checkout(),
        0,
        w.upstream(),
        true,
        false,
        4,
        null,
        w.engine(),
        w.startedAt(),
        List.of(),
        Sample.TRUSTED);
  }

  private static DecisionViews.Decision question(String id, String words) {
    return new DecisionViews.Decision(
        id,
        "T-1",
        "T-1.1",
        "ledger",
        "refund",
        2,
        words,
        null,
        List.of("yes", "no"),
        null,
        DecisionState.OPEN,
        null,
        null,
        null,
        Sample.NOW.minusSeconds(60),
        null,
        null);
  }

  private void window() {
    shop.queries = Samples::nothing;
    desktop =
        FxThread.get(
            () -> {
              var options =
                  new Desktop.Options(
                      folder.resolve("desktop.json"),
                      Sample.CLOCK,
                      ZoneOffset.UTC,
                      new FxThread.Answering());
              var made = Desktop.open(new Stage(), program, options);
              made.stage().setWidth(1440);
              made.stage().setHeight(900);
              made.theme().choose(Theme.Preference.DARK);
              return made;
            });
    person = new TestUser(desktop);
  }

  private void open() {
    program.doors.put("storefront", shop);
    program.doors.put("payments", payments);
    window();
    show("storefront");
    show("payments");
  }

  private void show(String name) {
    FxThread.run(() -> desktop.show(Path.of("/home/you/code", name)));
    shown(name);
  }

  private void shown(String name) {
    FxThread.until(
        name + " is shown",
        () ->
            desktop.frame() != null
                && desktop.frame().place() != null
                && desktop.stage().getTitle().equals(name + " – Hivedeck"));
  }

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  @Test
  void eachHasItsOwnScreensAndTheBarCountsAll() {
    open();
    person.waitsFor("3 decisions");
    assertThat(person.texts()).as("what waits in the other").anyMatch(t -> t.matches("\\+\\d+"));
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT1);
    shown("storefront");
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-104"));
    person.waitsFor("3 decisions");
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT2);
    shown("payments");
    assertThat(FxThread.get(() -> desktop.frame().place())).isEqualTo(ScreenId.OVERVIEW);
    assertThat(person.sees("Rotate API keys")).as("what the other works on").isFalse();
    FxThread.run(() -> desktop.frame().newTask());
    var written = person.field("Title");
    FxThread.run(() -> written.setText("Round down"));
    person.presses(KeyCode.ESCAPE);
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT9);
    assertThat(FxThread.get(() -> desktop.stage().getTitle())).startsWith("payments");
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT1);
    shown("storefront");
    assertThat(FxThread.get(() -> desktop.frame().place())).isEqualTo(ScreenId.TASKS);
    FxThread.run(() -> desktop.frame().newTask());
    assertThat(title()).isEmpty();
    person.presses(KeyCode.ESCAPE);
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT2);
    shown("payments");
    FxThread.run(() -> desktop.frame().newTask());
    assertThat(title()).isEqualTo("Round down");
  }

  @Test
  void theMenuTellsWhatEachDoesAndWhatNeedsAPersonThere() {
    open();
    person.click("workspace payments");
    FxThread.until("the menu", () -> said().contains("storefront"));
    assertThat(FxThread.get(this::said))
        .contains("storefront", "running", "payments", "paused", "1 needs you")
        .contains("Ctrl 1", "Ctrl 2", "/home/you/code/payments");
    FxThread.picture(desktop, PICTURES.resolve("workspaces-menu-window.png"));
    var menu = FxThread.get(() -> popups().getFirst().getScene());
    FxThread.run(
        () -> {
          try {
            PngWriter.write(menu.snapshot(null), PICTURES.resolve("workspaces-menu.png"));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    FxThread.click(person.robot(), "storefront", () -> popup("storefront"));
    shown("storefront");
    person.click("workspace storefront");
    FxThread.click(person.robot(), "close it", () -> popup("Close payments"));
    person.waitsFor("2 decisions");
    assertThat(person.sees("+1")).isFalse();
    FxThread.until("left", () -> program.left.contains(payments));
  }

  @Test
  void oneQueueHoldsWhatAllAskAndAnswersWhereItWasAsked() {
    open();
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT1);
    shown("storefront");
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-3"));
    person.waitsFor("May payments refund twice?");
    person.waitsFor("payments · ledger · T-1 · refund");
    person.waitsFor("storefront · core-api · T-101");
    FxThread.click(person.robot(), "the other's", () -> label("May payments"));
    person.waitsFor("Asked in workspace payments");
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop,
          PICTURES.resolve("workspaces-queue-" + preference.name().toLowerCase() + ".png"));
    }
    FxThread.run(() -> desktop.stage().setWidth(1024));
    FxThread.run(() -> desktop.frame().desk().settings().put("language", "de"));
    person.waitsFor("May payments refund twice?");
    FxThread.picture(desktop, PICTURES.resolve("workspaces-queue-german.png"));
    FxThread.run(() -> desktop.frame().desk().settings().put("language", "en"));
    FxThread.run(() -> desktop.stage().setWidth(1440));
    FxThread.click(person.robot(), "the other's", () -> label("May payments"));
    person.waitsFor("Asked in workspace payments");
    person.click("Yes");
    FxThread.until("sent", () -> !payments.commands.isEmpty());
    assertThat(payments.commands).containsExactly(new Command.Decide("Q-3", "yes", null));
    assertThat(shop.commands).isEmpty();

    person.click("Show workspace payments");
    shown("payments");
    assertThat(FxThread.get(() -> desktop.frame().place())).isEqualTo(ScreenId.DECISIONS);
    payments.remove(Topic.DECISION, "Q-3", "withdrawn");
    person.waitsUntilGone("May payments");
  }

  @Test
  void theOverviewHasWhatTheOthersAsk() {
    payments.seed(
        Topic.CHANGE,
        Samples.wanted(Samples.one(shop, Topic.CHANGE, ChangeViews.Change.class, "C-39")));
    open();
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT1);
    shown("storefront");
    person.waitsFor("May payments refund twice?");
    FxThread.picture(desktop, PICTURES.resolve("workspaces-overview.png"));
    FxThread.run(person.button("Yes")::fire);
    FxThread.until("answered there", () -> !payments.commands.isEmpty());
    assertThat(payments.commands).containsExactly(new Command.Decide("Q-3", "yes", null));
    FxThread.run(person.button("May payments refund twice?")::fire);
    shown("payments");
    assertThat(FxThread.get(() -> desktop.frame().place())).isEqualTo(ScreenId.DECISIONS);
  }

  @Test
  void theNextThatWaitsMayBeInAnother() {
    open();
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT2);
    shown("payments");
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-3"));
    person.types("n");
    shown("storefront");
    person.types("p");
    shown("payments");
    assertThat(FxThread.get(() -> desktop.frame().place())).isEqualTo(ScreenId.DECISIONS);
  }

  @Test
  void theWindowAsksOnceForAllAndOpensThemAgain() {
    beginWork();
    open();
    person.closesTheWindow();
    person.waitsFor("Agents are at work");
    person.click("Keep working in the background");
    FxThread.until("closed", () -> !desktop.stage().isShowing());
    assertThat(program.kept).contains(shop);

    window();
    FxThread.run(() -> desktop.resume());
    shown("payments");
    person.waitsFor("3 decisions");
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT1);
    shown("storefront");
  }

  @Test
  void whatCannotBeOpenedSaysSoInItsPlace() {
    open();
    person.closesTheWindow();
    person.click("Stop");
    FxThread.until("closed", () -> !desktop.stage().isShowing());
    program.doors.remove("payments");

    window();
    FxThread.run(() -> desktop.resume());
    shown("storefront");
    person.click("workspace storefront");
    FxThread.until("why", () -> said().contains("There is no folder payments any more."));
    program.doors.put("payments", payments);
    FxThread.click(person.robot(), "again", () -> popup("Try again"));
    shown("payments");
  }

  @Test
  void anEngineThatEndsIsMissedInItsPlaceOnly() {
    Authenticator anyone = _ -> Optional.of(Authenticator.Caller.person());
    var server = FeedServer.start(payments, anyone, 0, "0.1.0", new SystemTimers());
    var client =
        FeedClient.connect(
            () -> new EngineAddress(URI.create(server.address()), "t"), "test", Clock.systemUTC());
    program.doors.put("storefront", shop);
    program.doors.put("payments", client);
    window();
    show("payments");
    show("storefront");
    person.waitsFor("3 decisions");
    server.close();
    FxThread.until(
        "cut off", () -> desktop.frame().desk().workspaces().all().getFirst().live().cut().get());
    assertThat(person.sees("Cut off from the engine")).isFalse();
    person.click("workspace storefront");
    FxThread.until("said", () -> said().contains("no engine"));
    FxThread.click(person.robot(), "payments", () -> popup("payments"));
    shown("payments");
    person.waitsFor("Cut off from the engine");
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT2);
    shown("storefront");
  }

  @Test
  void screensThatWereLeftLongAgoAreMadeAnewWhereThePersonWas() {
    program.doors.put("storefront", shop);
    window();
    show("storefront");
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-104"));
    var before = desktop.frame();
    for (var name : List.of("a", "b", "c", "d")) {
      program.doors.put(name, door(name));
      show(name);
    }
    FxThread.until("known anew", () -> before.desk().live() != all().getFirst().live());
    person.waitsFor("6 decisions");
    var told = question("Q-9", "And this one?");
    shop.tell("decision.opened", Topic.DECISION, "asked", told);
    person.waitsFor("7 decisions");
    person.presses(KeyCode.CONTROL, KeyCode.DIGIT1);
    shown("storefront");
    assertThat(desktop.frame()).isNotSameAs(before);
    assertThat(FxThread.get(() -> desktop.frame().place())).isEqualTo(ScreenId.TASKS);
    person.waitsFor("7 decisions");
  }

  @Test
  void aFolderWithinARepositoryThatIsOpenLeadsToThat() {
    open();
    program.doors.put("docs", door("payments"));
    FxThread.run(() -> desktop.show(Path.of("/home/you/code/storefront")));
    shown("storefront");
    FxThread.run(() -> desktop.show(Path.of("/home/you/code/payments/docs")));
    FxThread.until("left", () -> program.left.contains(program.doors.get("docs")));
    shown("payments");
    assertThat(FxThread.get(() -> all().size())).isEqualTo(2);
    assertThat(FxThread.get(() -> all().getLast().engine())).isSameAs(payments);
  }

  @Test
  void theSystemIsToldOfAllAndOfWhich() {
    open();
    FxThread.run(() -> desktop.stage().setIconified(true));
    var notice =
        NotifySamples.notice(1, "Refunds fail", "page", "firing", "objective", "refunds", 0, false);
    payments.tell(NoticeEvent.SHOWN.word(), Topic.NOTICE, "told", notice);
    FxThread.until("told", () -> program.told.contains("payments: Refunds fail"));
  }

  @Test
  void aWindowThatIsClosedOpensNothingMore() throws Exception {
    open();
    program.doors.put("docs", door("docs"));
    show("docs");
    person.closesTheWindow();
    person.click("Stop");
    FxThread.until("closed", () -> !desktop.stage().isShowing());
    program.left.clear();
    program.opened.clear();

    window();
    program.wait.put("payments", new CountDownLatch(1));
    FxThread.run(() -> desktop.show(Path.of("/home/you/code/storefront")));
    shown("storefront");
    FxThread.run(() -> desktop.show(Path.of("/home/you/code/payments")));
    FxThread.until("begun", () -> program.opened.contains("payments"));
    FxThread.run(desktop.stage()::close);
    program.wait.get("payments").countDown();
    FxThread.until("left", () -> program.left.contains(payments));

    window();
    program.left.clear();
    program.opened.clear();
    program.wait.put("payments", new CountDownLatch(1));
    FxThread.run(() -> desktop.resume());
    FxThread.until("begun", () -> program.opened.contains("payments"));
    FxThread.run(desktop.stage()::close);
    program.wait.get("payments").countDown();
    FxThread.until("left", () -> program.left.contains(payments));
    FxThread.pulse();
    assertThat(program.opened).as("no other after it").containsExactly("storefront", "payments");
  }

  @Test
  void whatWorksInTheBackgroundIsOpenedAlone() {
    open();
    person.closesTheWindow();
    person.click("Keep working in the background");
    FxThread.until("closed", () -> !desktop.stage().isShowing());
    program.opened.clear();

    window();
    FxThread.run(() -> desktop.resume(List.of(Path.of("/home/you/code/storefront"))));
    shown("storefront");
    FxThread.pulse();
    assertThat(program.opened).containsExactly("storefront");
    assertThat(FxThread.get(() -> all().size())).isEqualTo(1);
  }

  @Test
  void oneThatCannotBeKeptTakesNoOtherDownAndIsAskedAbout() {
    beginWork();
    open();
    program.refuses = shop;
    person.closesTheWindow();
    person.waitsFor("Agents are at work");
    person.click("Keep working in the background");
    person.waitsFor("It does not answer.");
    person.waitsFor("Agents are at work");
    assertThat(program.kept).containsExactly(payments);
    assertThat(FxThread.get(desktop.stage()::isShowing)).isTrue();
    person.click("Stop");
    FxThread.until("closed", () -> !desktop.stage().isShowing());
  }

  @Test
  void oneThatIsNotParkedKeepsTheWindowOpenUntilThatIsDecided() {
    beginWork();
    open();
    shop.answer =
        _ -> {
          throw new HiveException(ErrorCode.NO_ANSWER, "It does not answer.", "Try again.");
        };
    person.closesTheWindow();
    person.click("Park");
    person.waitsFor("It does not answer.");
    person.waitsFor("Agents are at work");
    assertThat(payments.commands).containsExactly(new Command.PauseHive(true));
    assertThat(FxThread.get(desktop.stage()::isShowing)).isTrue();
    shop.answer = _ -> Json.object();
    person.click("Park");
    FxThread.until("closed", () -> !desktop.stage().isShowing());
    assertThat(payments.commands).as("it was told once").hasSize(1);
    assertThat(shop.commands).endsWith(new Command.PauseHive(true));
  }

  @Test
  void screensThatWereLeftHearNothingMore() {
    var silent = new AtomicBoolean(true);
    var slow =
        new InMemoryEngineApi(Sample.CLOCK) {
          @Override
          public Snapshot snapshot(Set<Topic> topics) {
            if (silent.get()) {
              throw new HiveException(ErrorCode.DISCONNECTED, "Not there yet.", "Wait.");
            }
            return super.snapshot(topics);
          }
        };
    slow.queries = Samples::nothing;
    slow.seed(Topic.WORKSPACE, workspace("slow"));
    program.doors.put("slow", slow);
    window();
    FxThread.run(() -> desktop.show(Path.of("/home/you/code/slow")));
    FxThread.until("there", () -> desktop.frame() != null);
    var before = FxThread.get(desktop::frame);
    for (var name : List.of("a", "b", "c")) {
      program.doors.put(name, door(name));
      show(name);
    }
    silent.set(false);
    FxThread.until("known", () -> before.desk().live().workspace().get() != null || isKnown(slow));
    FxThread.pulse();
    assertThat(FxThread.get(before::place)).as("nobody sees these screens").isNull();
  }

  private boolean isKnown(EngineApi engine) {
    return all().stream().anyMatch(w -> w.engine() == engine && w.live().workspace().get() != null);
  }

  @Test
  void whatTheOthersAskHangsOnWhatIsKnownOfThemNow() {
    Authenticator anyone = _ -> Optional.of(Authenticator.Caller.person());
    var server = FeedServer.start(payments, anyone, 0, "0.1.0", new SystemTimers());
    var client =
        FeedClient.connect(
            () -> new EngineAddress(URI.create(server.address()), "t"), "test", Clock.systemUTC());
    program.doors.put("payments", client);
    program.doors.put("storefront", shop);
    window();
    show("payments");
    var before = FxThread.get(() -> all().getFirst().live());
    show("storefront");
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS));
    FxThread.click(person.robot(), "the other's", () -> label("May payments"));
    person.waitsFor("Asked in workspace payments");
    for (var name : List.of("a", "b")) {
      program.doors.put(name, new InMemoryEngineApi(Sample.CLOCK));
      ((InMemoryEngineApi) program.doors.get(name)).queries = Samples::nothing;
      ((InMemoryEngineApi) program.doors.get(name)).seed(Topic.WORKSPACE, workspace(name));
      show(name);
    }
    FxThread.until("known anew", () -> all().getFirst().live() != before);
    FxThread.run(() -> desktop.frame().to(ScreenId.OVERVIEW));
    person.waitsFor("May payments refund twice?");
    assertThat(FxThread.get(() -> yes().isDisabled())).isFalse();
    server.close();
    FxThread.until("it cannot be answered", () -> yes().isDisabled());
    show("storefront");
    person.waitsFor("Asked in workspace payments");
    assertThat(FxThread.get(() -> yes().isDisabled())).as("nor in the queue").isTrue();
    client.close();
  }

  @Test
  void anActForAWorkspaceThatIsClosedReachesNoOther() {
    open();
    var switcher = FxThread.get(() -> desktop.frame().desk().workspaces());
    var gone = FxThread.get(() -> all().getFirst());
    FxThread.run(() -> switcher.close(gone));
    person.click("Stop");
    FxThread.until("left", () -> program.left.contains(shop));
    FxThread.run(() -> switcher.show(gone).to(ScreenId.TASKS, "T-104"));
    FxThread.run(() -> switcher.show(gone).newTask());
    shown("payments");
    assertThat(FxThread.get(() -> desktop.frame().place())).isEqualTo(ScreenId.OVERVIEW);
    assertThat(person.sees("Instructions")).isFalse();
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  /** Payments has something to do as well. */
  private void beginWork() {
    var w = workspace("payments");
    payments.seed(
        Topic.WORKSPACE,
        new WorkspaceViews.Workspace(
            w.id(),
            w.name(),
            w.path(),
            w.main(),
            w.commit(),
            w.checkout(),
            0,
            w.upstream(),
            true,
            true,
            4,
            null,
            w.engine(),
            w.startedAt(),
            List.of(),
            Sample.TRUSTED));
    payments.seed(Topic.TASK, Samples.one(shop, Topic.TASK, TaskViews.Task.class, "T-145"));
  }

  private Node yes() {
    return person.nodes(n -> n instanceof ButtonBase b && "Yes".equals(b.getText())).getFirst();
  }

  private String title() {
    var field = person.field("Title");
    return FxThread.get(field::getText);
  }

  private List<OpenWorkspace> all() {
    return desktop.frame().desk().workspaces().all();
  }

  private Node label(String words) {
    return person.nodes(n -> is(n, words)).stream().findFirst().orElse(null);
  }

  private static boolean is(Node node, String words) {
    return node instanceof Labeled l && l.getText() != null && l.getText().startsWith(words);
  }

  private static List<Window> popups() {
    return Window.getWindows().stream()
        .filter(w -> w instanceof PopupControl && w.isShowing())
        .toList();
  }

  private List<String> said() {
    return inPopups().stream()
        .filter(n -> n instanceof Labeled l && l.getText() != null)
        .map(n -> ((Labeled) n).getText())
        .toList();
  }

  private Node popup(String words) {
    return inPopups().stream()
        .filter(
            n ->
                n instanceof Labeled l
                    && (words.equals(l.getText()) || words.equals(l.getAccessibleText())))
        .findFirst()
        .orElse(null);
  }

  private static List<Node> inPopups() {
    var found = new ArrayList<Node>();
    popups().forEach(w -> collect(w.getScene().getRoot(), found));
    return found;
  }

  private static void collect(Node node, List<Node> found) {
    found.add(node);
    if (node instanceof Parent parent) {
      parent.getChildrenUnmodifiable().forEach(child -> collect(child, found));
    }
  }

  /** A program with an engine in each folder that it knows. */
  private static final class Program implements Desktop.Host {
    final Map<String, EngineApi> doors = new TreeMap<>();
    final List<String> opened = new CopyOnWriteArrayList<>();
    final Map<String, CountDownLatch> wait = new ConcurrentHashMap<>();
    volatile EngineApi refuses;
    final List<EngineApi> kept = new CopyOnWriteArrayList<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    final Set<EngineApi> left = ConcurrentHashMap.newKeySet();

    @Override
    public EngineApi open(Path folder) {
      var name = folder.getFileName().toString();
      opened.add(name);
      try {
        if (wait.containsKey(name)) {
          wait.get(name).await();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      var door = doors.get(name);
      if (door == null) {
        throw new HiveException(
            ErrorCode.NO_REPOSITORY,
            "There is no folder " + name + " any more.",
            "Open it where it is now.");
      }
      return door;
    }

    @Override
    public boolean owns(EngineApi engine) {
      return true;
    }

    @Override
    public void keep(EngineApi engine) {
      if (engine == refuses) {
        throw new HiveException(ErrorCode.NO_ANSWER, "It does not answer.", "Try again.");
      }
      kept.add(engine);
    }

    @Override
    public void left(EngineApi engine) {
      left.add(engine);
    }

    @Override
    public void tell(String title, String text, boolean urgent) {
      told.add(title);
    }
  }
}
