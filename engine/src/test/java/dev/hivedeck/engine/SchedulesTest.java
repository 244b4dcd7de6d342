package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.schedule.ScheduleCommand;
import dev.hivedeck.engine.protocol.schedule.ScheduleQuery;
import dev.hivedeck.engine.protocol.schedule.ScheduleViews.Schedule;
import dev.hivedeck.engine.protocol.view.TaskViews.Task;
import dev.hivedeck.engine.time.BackgroundTasks;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks come when they are due, once, whatever becomes of the engine meanwhile. */
class SchedulesTest {
  @TempDir Path folder;
  private TestRepository sandbox;

  /** A Friday. */
  private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-27T05:00:00Z"));

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    sandbox.write("a.txt", "a\n");
    schedule("cron: \"0 7 * * 1-5\", zone: Europe/Berlin");
    sandbox.commit("Begin");
  }

  private void schedule(String when) {
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents: { a: { run: "true" } }
        schedules:
          deps: { %s, task: { title: Update dependencies, agent: a, priority: 3 } }
        """
            .formatted(when));
  }

  /** One that begins nothing by itself: it looks at schedules when the test says so. */
  private Engine open() {
    var engine =
        Engine.record(
            new EngineOptions(
                sandbox.repository,
                sandbox.home,
                1,
                false,
                0,
                0,
                time,
                () -> UUID.randomUUID().toString(),
                new Random(1)));
    engine.work.schedules.start(new BackgroundTasks(new VirtualTime()), engine.monitor::view);
    return engine;
  }

  private static Schedule only(Engine engine) {
    return StreamSupport.stream(engine.query(new ScheduleQuery.Schedules()).spliterator(), false)
        .map(node -> Json.as(node, Schedule.class))
        .findFirst()
        .orElseThrow();
  }

  /** What was told of runs that were missed, in the history of the workspace. */
  private static List<Event> missed(Engine engine) {
    var missed = new ArrayList<Event>();
    long last = engine.stats().seq();
    var heard = new CountDownLatch(1);
    var subscription =
        engine.subscribe(
            0,
            events -> {
              events.stream()
                  .filter(e -> e.type() == WorkspaceEvent.SCHEDULE_MISSED)
                  .forEach(missed::add);
              if (events.getLast().seq() >= last) {
                heard.countDown();
              }
            });
    try {
      assertThat(heard.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      subscription.close();
    }
    return missed;
  }

  private static List<Task> tasks(Engine engine) {
    return TestRepository.tasks(engine);
  }

  private void pass(Engine engine, Duration duration) {
    for (long minute = 0; minute < duration.toMinutes(); minute++) {
      time.advance(Duration.ofMinutes(1));
      engine.work.schedules.look();
    }
  }

  @Test
  void aTaskIsAddedWhenItIsDue() {
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofMinutes(1));
      assertThat(only(engine).next()).isEqualTo("2026-11-27T06:00:00Z");
      pass(engine, Duration.ofMinutes(58));
      assertThat(tasks(engine)).isEmpty();
      pass(engine, Duration.ofMinutes(2));
      assertThat(tasks(engine)).hasSize(1);
      assertThat(tasks(engine).getFirst().title()).isEqualTo("Update dependencies");
      assertThat(tasks(engine).getFirst().priority()).isEqualTo(3);
      var after = only(engine);
      assertThat(after.task()).isEqualTo(tasks(engine).getFirst().id());
      assertThat(after.next()).isEqualTo("2026-11-30T06:00:00Z");
      assertThat(after.note()).isNull();
    }
  }

  @Test
  void whatNobodyConsentedToAddsNothing() {
    try (Engine engine = open()) {
      pass(engine, Duration.ofDays(4));
      assertThat(tasks(engine)).isEmpty();
      assertThat(engine.query(new ScheduleQuery.Schedules())).isEmpty();
      assertThatThrownBy(() -> engine.execute(new ScheduleCommand.RunSchedule("deps"), null))
          .isInstanceOf(HiveException.class)
          .hasMessageContaining("no schedule deps in force");
    }
  }

  @Test
  void whatWasMissedIsToldAndMadeUpForOnce() {
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofMinutes(1));
    }
    time.advance(Duration.ofDays(5)); // Friday to Wednesday
    try (Engine engine = open()) {
      pass(engine, Duration.ofMinutes(1));
      assertThat(tasks(engine)).hasSize(1);
      assertThat(only(engine).missed()).isEqualTo(3); // Friday, Monday and Tuesday
      assertThat(only(engine).note())
          .isEqualTo("3 runs were missed while no engine ran; one task was added late");
      assertThat(missed(engine))
          .extracting(Event::text)
          .containsExactly(
              "Schedule deps: 3 runs were missed while no engine ran; one task was added late");
    }
    try (Engine engine = open()) {
      pass(engine, Duration.ofMinutes(1));
      assertThat(tasks(engine)).hasSize(1);
    }
  }

  /** Killed between the task that makes up for missed runs and what is told of them. */
  public static final class KilledEngine {
    private KilledEngine() {}

    /**
     * @param arguments repository and home
     */
    public static void main(String[] arguments) {
      var engine =
          Engine.record(
              new EngineOptions(
                  Path.of(arguments[0]),
                  Path.of(arguments[1]),
                  1,
                  false,
                  0,
                  0,
                  new VirtualTime(Instant.parse("2026-12-02T05:02:00Z")),
                  () -> UUID.randomUUID().toString(),
                  new Random(1)));
      engine.work.schedules.start(
          new BackgroundTasks(new VirtualTime()),
          sql -> {
            Runtime.getRuntime().halt(128 + 9);
            return engine.monitor.view(sql);
          });
      engine.work.schedules.look();
      Runtime.getRuntime().halt(0);
    }
  }

  @Test
  void whatWasMissedIsToldThoughTheEngineIsKilledAtThatMoment() throws Exception {
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofMinutes(1));
    }
    var killed =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledEngine.class.getName(),
                sandbox.repository.toString(),
                sandbox.home.toString())
            .inheritIO()
            .start();
    assertThat(killed.waitFor()).isEqualTo(128 + 9);
    time.advance(Duration.ofDays(5));
    try (Engine engine = open()) {
      pass(engine, Duration.ofMinutes(1));
      assertThat(tasks(engine)).hasSize(1);
      assertThat(missed(engine)).hasSize(1);
    }
  }

  @Test
  void whatWasMissedCanBeSkipped() {
    schedule("cron: \"0 7 * * 1-5\", zone: Europe/Berlin, missed: skip");
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofMinutes(1));
    }
    time.advance(Duration.ofDays(5));
    try (Engine engine = open()) {
      pass(engine, Duration.ofMinutes(1));
      assertThat(tasks(engine)).isEmpty();
      assertThat(only(engine).note()).isEqualTo("3 runs were missed while no engine ran");
      pass(engine, Duration.ofDays(1));
      assertThat(tasks(engine)).hasSize(1);
      assertThat(only(engine).note()).isNull();
    }
  }

  @Test
  void noneIsAddedWhileTheOneBeforeIsNotOver() {
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofHours(2));
      var first = tasks(engine).getFirst().id();
      pass(engine, Duration.ofDays(3));
      assertThat(tasks(engine)).hasSize(1);
      assertThat(only(engine).note()).isEqualTo("no task was added, as T-1 is not over yet");
      engine.execute(new Command.CancelTask(first), null);
      pass(engine, Duration.ofDays(1));
      assertThat(tasks(engine)).hasSize(2);
    }
  }

  /** A review that waits is no reason for more of the same to wait. */
  @Test
  void noneIsAddedWhileTheChangeOfTheOneBeforeIsOpen() {
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofHours(2));
      var first = tasks(engine).getFirst().id();
      change(first, "open");
      pass(engine, Duration.ofDays(4));
      assertThat(tasks(engine)).hasSize(1);
      assertThat(only(engine).note())
          .isEqualTo("no task was added, as change C-1 of T-1 is still open");
      assertThat(missed(engine))
          .as("once, not with each run")
          .extracting(Event::text)
          .containsExactly("Schedule deps: no task was added, as change C-1 of T-1 is still open");
      change(first, "merged");
      pass(engine, Duration.ofDays(1));
      assertThat(tasks(engine)).hasSize(2);
      assertThat(only(engine).note()).isNull();
    }
  }

  /** Its task is done, and what came of it is in a state. */
  private void change(String task, String state) {
    try (var files = Files.walk(sandbox.home)) {
      Path database = files.filter(f -> f.endsWith(Engine.DATABASE)).findFirst().orElseThrow();
      try (var sql = DriverManager.getConnection("jdbc:sqlite:" + database);
          var all = sql.createStatement()) {
        all.executeUpdate("UPDATE task SET state = 'done' WHERE id = '" + task + "'");
        all.executeUpdate(
            "INSERT INTO change(number, task, attempt, agent, state, branch, base, head, files,"
                + " additions, deletions, commits, gates, review, opened_at, updated_at) VALUES"
                + " (1, '%s', 'T-1.1', 'a', '%s', 'b', 'm', 'h', 1, 1, 0, 1, '[]', 'none', 0, 0)"
                    .formatted(task, state)
                + " ON CONFLICT DO UPDATE SET state = excluded.state");
      }
    } catch (IOException | SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anotherTimeIsNothingToCatchUpWith() {
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofMinutes(1));
    }
    time.advance(Duration.ofDays(5));
    schedule("cron: \"0 8 * * *\", zone: UTC");
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofMinutes(1));
      assertThat(tasks(engine)).isEmpty();
      assertThat(only(engine).next()).isEqualTo("2026-12-02T08:00:00Z");
    }
  }

  @Test
  void aPersonHasOneAddedNow() {
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofMinutes(1));
      engine.execute(new ScheduleCommand.RunSchedule("deps"), null);
      assertThat(tasks(engine)).hasSize(1);
      assertThat(only(engine).next()).isEqualTo("2026-11-27T06:00:00Z");
    }
  }

  @Test
  void aTaskThatCannotBeAddedIsToldAndHarmsNoOther() {
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents: { a: { run: "true" } }
        schedules:
          deps: { cron: "0 * * * *", zone: UTC, task: { title: x, requirements: [R-9] } }
          zeta: { cron: "0 * * * *", zone: UTC, task: { title: y } }
        """);
    try (Engine engine = open()) {
      TestRepository.trust(engine);
      pass(engine, Duration.ofMinutes(61));
      assertThat(tasks(engine)).extracting(Task::title).containsExactly("y");
      assertThat(missed(engine))
          .singleElement()
          .extracting(Event::text)
          .asString()
          .contains("no task could be added", "R-9");
    }
  }
}
