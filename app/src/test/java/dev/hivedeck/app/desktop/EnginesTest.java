package dev.hivedeck.app.desktop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.feed.FeedClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engines of the desktop's process: they outlive its window where that is wanted. */
class EnginesTest {
  @TempDir Path folder;
  private final List<Path> told = new CopyOnWriteArrayList<>();
  private final List<NotifyViews.Notice> shown = new CopyOnWriteArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Engines engines =
      new Engines(
          told::add,
          ended::countDown,
          () -> Demo.open(null, 1, true),
          new SystemNotification("none", List.of(), (_, _) -> {}, () -> false),
          new KeptNotices(shown::add));
  private Path repository;

  @BeforeEach
  void home() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    var shop =
        new Shop(folder)
            .configure(
                """
                version: 1
                agents:
                  a: { driver: command, run: sleep 600 }
                """);
    repository = shop.commit().path();
  }

  @AfterEach
  void end() {
    engines.close();
    System.clearProperty("hivedeck.home");
  }

  @Test
  void aTestOfTheDesktopSaysWhetherAnyShowsIt() throws Exception {
    assertThat(CliRunner.in(repository, "notify", "test", "desktop").out())
        .startsWith("Not sent: No desktop runs for this workspace");
    var door = engines.open(repository);
    var bare = CliRunner.in(repository, "notify", "test", "desktop");
    assertThat(bare.status()).isEqualTo(1);
    assertThat(bare.out()).startsWith("Not sent: The desktop runs, but its system has no notif");
    try (var other = EngineAccess.connect(repository, "desktop", true)) {
      assertThat(other.connection().live()).isTrue();
      var shown = CliRunner.in(repository, "notify", "test", "desktop");
      assertThat(shown.status()).isZero();
      assertThat(shown.out()).startsWith("Sent: The desktop shows it");
    }
    await("it is gone", () -> !tested(door).sent());
    assertThat(CliRunner.in(repository, "notify", "test", "inbox").status()).isZero();
    engines.left(door);
  }

  private static NotifyViews.Tested tested(EngineApi door) {
    return Json.as(
        door.execute(new Command.TestChannel("desktop"), null), NotifyViews.Tested.class);
  }

  @Test
  void whatIsBegunBeforeTheWindowIsWhatItOpens() throws Exception {
    engines.begin(repository);
    var door = (FeedClient) engines.open(repository);
    assertThat(engines.owns(door)).isTrue();
    door.close();
    engines.left(door);
    await("gone", () -> EngineAccess.running(repository).isEmpty());

    var nothing = Files.createDirectory(folder.resolve("nothing"));
    engines.begin(nothing);
    assertThatThrownBy(() -> engines.open(nothing))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("no-repository"));

    engines.begin(repository);
    engines.close();
    assertThat(EngineAccess.running(repository)).as("a window that is closed at once").isEmpty();
  }

  @Test
  void anEngineThatIsKeptWorksOnWithoutItsWindow() throws Exception {
    var door = (FeedClient) engines.open(repository);
    assertThat(engines.owns(door)).isTrue();
    door.execute(new Command.Trust(EngineAccess.workspace(door).consent().digest()), null);
    door.execute(
        new Command.AddTask(
            "T-1", "Sleep", "Sleep.", "a", List.of(), List.of(), List.of(), null, null),
        null);
    door.execute(new Command.StartHive(1), null);
    await(
        "at work",
        () -> EngineAccess.all(door, Topic.ATTEMPT, AttemptViews.Attempt.class).size() == 1);

    engines.keep(door);
    door.close();
    engines.left(door);
    assertThat(told).containsExactly(repository);
    CliRunner.in(repository, "notify", "test", "desktop");
    await("what the desktop is to show without a window", () -> shown.size() == 1);
    assertThat(shown.getFirst().title()).contains("A test of the channel desktop");

    var again = (FeedClient) engines.open(repository);
    assertThat(EngineAccess.all(again, Topic.ATTEMPT, AttemptViews.Attempt.class))
        .as("the same attempt, still at it")
        .singleElement()
        .satisfies(a -> assertThat(a.state().over()).isFalse());
    CliRunner.in(repository, "notify", "test", "desktop");
    assertThat(shown).as("it has a window again").hasSize(1);
    assertThat(engines.owns(again)).as("it ends with this window, unless kept again").isTrue();
    assertThat(CliRunner.in(repository, "--json", "stop").json().get("stopped").asBoolean())
        .isTrue();
    await("gone", () -> EngineAccess.running(repository).isEmpty());
    again.close();
    assertThat(CliRunner.in(repository, "--json", "stop").json().get("stopped").asBoolean())
        .isFalse();
  }

  @Test
  void whatIsOpenedAgainWhileItsEngineEndsHasOneThatLives() throws Exception {
    var door = (FeedClient) engines.open(repository);
    engines.leaving(door);
    var opened = CompletableFuture.supplyAsync(() -> engines.open(repository));
    assertThatThrownBy(() -> opened.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    door.close();
    engines.left(door);
    var again = (FeedClient) opened.get();
    assertThat(engines.owns(again)).as("an engine of its own").isTrue();
    assertThat(EngineAccess.workspace(again).path()).isEqualTo(repository.toString());
    again.close();
  }

  @Test
  void whatIsKeptIsKnownUntilItHasAWindowAgain() {
    var door = (FeedClient) engines.open(repository);
    assertThat(engines.kept()).isEmpty();
    engines.keep(door);
    door.close();
    engines.left(door);
    assertThat(engines.kept()).containsExactly(repository);
    var again = (FeedClient) engines.open(repository);
    assertThat(engines.kept()).isEmpty();
    again.close();
  }

  @Test
  void anEngineThatCannotBeKeptIsStillTheWindows() throws Exception {
    var door = (FeedClient) engines.open(repository);
    CliRunner.in(repository, "stop");
    await("gone", () -> EngineAccess.running(repository).isEmpty());
    await("cut off", () -> !door.connection().live());
    assertThatThrownBy(() -> engines.keep(door)).isInstanceOf(HiveException.class);
    assertThat(engines.owns(door)).isTrue();
    assertThat(engines.kept()).isEmpty();
    assertThat(told).isEmpty();
    door.close();
  }

  @Test
  void theProgramHearsWhenTheLastOfThemHasEnded() throws Exception {
    var door = (FeedClient) engines.open(repository);
    engines.keep(door);
    door.close();
    engines.left(door);
    CliRunner.in(repository, "stop");
    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(EngineAccess.running(repository)).isEmpty();
  }

  @Test
  void aDeadEngineIsStartedAgainForTheSameDoor() throws Exception {
    var door = (FeedClient) engines.open(repository);
    CliRunner.in(repository, "stop");
    await("cut off", () -> !door.connection().live());
    engines.start(door, repository, false);
    door.retry();
    await("live again", () -> door.connection().live());
    assertThat(engines.owns(door)).isTrue();
    assertThatThrownBy(() -> EngineAccess.hive(repository, folder.resolve("home"), 1, true, 0, 0))
        .isInstanceOf(HiveException.class);
    door.close();
  }

  /** What a second run tells and ends with, when the engine that it watches ends before it. */
  @Test
  void aRunThatWatchesAnotherEngineTellsHowThatEnded() throws Exception {
    Path go = folder.resolve("go");
    new Shop(folder)
        .configure(
            """
            version: 1
            agents:
              a: { driver: command, run: "until [ -e '%s' ]; do sleep 0.05; done; date > made" }
            decisions: { default: { human: none } }
            """
                .formatted(go))
        .commit();
    CompletableFuture<CliRunner> second;
    try (var engine = EngineAccess.hive(repository, folder.resolve("home"), 1, true, 0, 0)) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(
          new Command.AddTask(
              "T-1", "Make", "Make it.", "a", List.of(), List.of(), List.of(), null, null),
          null);
      second = run();
      await("at work for it", () -> engine.stats().running() > 0);
    }
    assertThat(second.get().out()).contains("has ended", "0 of 1 tasks are on main");
    assertThat(second.get().status()).isEqualTo(HivedeckCommand.STOPPED);
    try (var engine = EngineAccess.hive(repository, folder.resolve("home"), 1, true, 0, 0)) {
      second = run();
      await("at work for it", () -> engine.stats().running() > 0);
      Files.createFile(go);
      await(
          "merged",
          () -> EngineAccess.all(engine, Topic.TASK, TaskViews.Task.class).getFirst().merged());
    }
    assertThat(second.get().out()).contains("1 of 1 tasks are on main", "All is done.");
    assertThat(second.get().status()).isEqualTo(HivedeckCommand.DONE);
  }

  private CompletableFuture<CliRunner> run() {
    return CompletableFuture.supplyAsync(() -> CliRunner.in(repository, "run", "--until-idle"));
  }

  private static void await(String what, BooleanSupplier so) throws InterruptedException {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime()).as("never: " + what).isLessThan(end);
      Thread.sleep(20);
    }
  }
}
