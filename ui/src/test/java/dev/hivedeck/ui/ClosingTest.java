package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.ui.feed.EngineAddress;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.settings.ClosePolicy;
import dev.hivedeck.ui.shell.theme.Theme;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javafx.scene.control.ButtonBase;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The window closes, the engine ends: what becomes of the work, and how it comes back. */
class ClosingTest {
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final Program program = new Program();
  private Desktop desktop;
  private TestUser person;

  private void open(EngineApi through) {
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
              made.show(through);
              return made;
            });
    FxThread.until("shown", () -> desktop.frame() != null && desktop.frame().place() != null);
    person = new TestUser(desktop);
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private boolean showing() {
    return FxThread.get(desktop.stage()::isShowing);
  }

  @Test
  void aWindowOverRunningAgentsAsksBeforeItCloses() {
    open(door);
    person.closesTheWindow();
    person.waitsFor("Agents are at work");
    assertThat(showing()).isTrue();
    assertThat(person.sees("8 agents work now.")).isTrue();
    person.click("Stay here");
    person.waitsUntilGone("Agents are at work");
    assertThat(showing()).isTrue();
    assertThat(door.commands).isEmpty();

    person.closesTheWindow();
    person.click("Keep working in the background");
    FxThread.until("closed", () -> !desktop.stage().isShowing());
    assertThat(program.kept).containsExactly(door);
  }

  @Test
  void parkingTellsTheEngineFirst() {
    open(door);
    person.closesTheWindow();
    person.click("Park");
    FxThread.until("closed", () -> !desktop.stage().isShowing());
    assertThat(door.commands).containsExactly(new Command.PauseHive(true));
    assertThat(program.kept).isEmpty();
  }

  @Test
  void whatWasChosenForEveryTimeIsNotAskedAgain() {
    open(door);
    person.closesTheWindow();
    person.click("Do the same next time, unasked");
    person.click("Stop");
    FxThread.until("closed", () -> !desktop.stage().isShowing());
    open(door);
    assertThat(FxThread.get(() -> ClosePolicy.of(desktop.frame().desk().settings())))
        .isEqualTo(ClosePolicy.STOP);
    person.closesTheWindow();
    assertThat(showing()).isFalse();
  }

  @Test
  void nothingIsAskedWhereNothingRunsOrTheEngineIsNotOurs() {
    var idle = new InMemoryEngineApi(Sample.CLOCK);
    idle.seed(Topic.WORKSPACE, Sample.workspace());
    open(idle);
    person.closesTheWindow();
    assertThat(showing()).isFalse();

    program.owns = false;
    open(door);
    person.closesTheWindow();
    assertThat(showing()).isFalse();
  }

  @Test
  void anotherWorkspaceIsNoReasonToKillAgentsEither() {
    open(door);
    FxThread.run(
        () ->
            desktop.frame().actions().stream()
                .filter(a -> a.name().equals("Close workspace"))
                .findFirst()
                .orElseThrow()
                .run()
                .run());
    person.waitsFor("Agents are at work");
    person.click("Keep working in the background");
    person.waitsFor("Open a repository");
    assertThat(program.kept).containsExactly(door);
  }

  @Test
  void withoutItsEngineAWindowStandsStillAndBringsItBack() {
    var timers = new SystemTimers();
    Authenticator anyone = _ -> Optional.of(Authenticator.Caller.person());
    var server = new AtomicReference<>(FeedServer.start(door, anyone, 0, "0.1.0", timers));
    var client =
        FeedClient.connect(
            () -> new EngineAddress(URI.create(server.get().address()), "t"),
            "test",
            Clock.systemUTC());
    open(client);
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-101"));
    person.waitsFor("T-101 Idempotent order placement");
    server.get().close();
    person.waitsFor("Cut off from the engine");
    assertThat(FxThread.get(() -> button("Pause").isDisabled())).as("an act").isTrue();
    assertThat(FxThread.get(() -> button("Pause").getAccessibleHelp()))
        .isEqualTo("Off while the engine is out of reach.");
    var still = FxThread.get(() -> desktop.frame().desk().live().now().get());
    var wall = FxThread.get(() -> desktop.frame().desk().live().wall());
    var first = new AtomicReference<>(wall.get());
    FxThread.run(() -> wall.addListener((_, _, now) -> first.set(now)));
    assertThat(FxThread.get(() -> desktop.frame().desk().live().now().get()))
        .as("nothing ages that nobody watches")
        .isEqualTo(still);

    program.refusal =
        new HiveException(ErrorCode.SECOND_ENGINE, "Another engine works on it.", "Use that one.");
    person.click("Start the engine here");
    person.waitsFor("Take over…");
    program.refusal = null;
    program.starting =
        () -> server.set(FeedServer.start(door, anyone, 0, "0.1.0", new SystemTimers()));
    person.click("Take over…");
    FxThread.until("live", () -> desktop.frame().desk().live().connection().get().live());
    assertThat(program.takeOvers).containsExactly(false, true);
    FxThread.until("acts again", () -> !button("Pause").isDisabled());
    server.get().close();
  }

  private ButtonBase button(String text) {
    return (ButtonBase)
        person.nodes(n -> n instanceof ButtonBase b && text.equals(b.getText())).getFirst();
  }

  /** A program whose engines end with it, unless it is told to keep them. */
  private static final class Program implements Desktop.Host {
    final List<EngineApi> kept = new CopyOnWriteArrayList<>();
    final List<Boolean> takeOvers = new CopyOnWriteArrayList<>();
    volatile boolean owns = true;
    volatile HiveException refusal;
    volatile Runnable starting = () -> {};

    @Override
    public EngineApi open(Path folder) {
      throw new HiveException(ErrorCode.NO_ENGINE, "None here.", "Open another.");
    }

    @Override
    public boolean owns(EngineApi engine) {
      return owns;
    }

    @Override
    public void keep(EngineApi engine) {
      kept.add(engine);
    }

    @Override
    public boolean canStart() {
      return true;
    }

    @Override
    public void start(EngineApi engine, Path folder, boolean takeOver) {
      takeOvers.add(takeOver);
      if (refusal != null) {
        throw refusal;
      }
      starting.run();
    }
  }
}
