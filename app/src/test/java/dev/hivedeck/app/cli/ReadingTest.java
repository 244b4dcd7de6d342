package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.security.WorkspaceLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who only looks changes nothing: no agent begins, none ends, nothing is written. */
class ReadingTest {
  private static final List<List<String>> READING =
      List.of(
          List.of("status"),
          List.of("agents"),
          List.of("agents", "health"),
          List.of("tasks"),
          List.of("attempts"),
          List.of("changes"),
          List.of("decisions"),
          List.of("events"),
          List.of("kept"),
          List.of("budget"),
          List.of("permissions"),
          List.of("lessons"),
          List.of("slos"),
          List.of("alerts"),
          List.of("plan", "show"),
          List.of("doctor"));

  @TempDir Path folder;
  private Path repository;

  @BeforeEach
  void workspace() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    var shop =
        new Shop(folder)
            .configure(
                """
                version: 1
                agents:
                  a: { driver: command, run: "echo $HIVEDECK_ATTEMPT >> %s; sleep 100" }
                """
                    .formatted(folder.resolve("begun")));
    repository = shop.commit().path();
  }

  @AfterEach
  void noHome() {
    System.clearProperty("hivedeck.home");
  }

  private void all() {
    for (var command : READING) {
      for (boolean json : new boolean[] {false, true}) {
        var words = new java.util.ArrayList<>(command);
        if (json) {
          words.add("--json");
        }
        var answer = CliRunner.in(repository, words.toArray(String[]::new));
        if (!command.equals(List.of("doctor"))) { // which tells what is missing on this machine
          assertThat(answer.status()).as("%s: %s", words, answer).isZero();
        }
        assertThat(answer.err()).as("%s", words).isEmpty();
      }
    }
  }

  private static Map<String, String> files(Path folder) throws IOException {
    var all = new TreeMap<String, String>();
    try (var files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        boolean plain = Files.isRegularFile(file) && !file.toString().endsWith("-shm");
        all.put(
            folder.relativize(file).toString(),
            plain ? Arrays.hashCode(Files.readAllBytes(file)) + "" : "");
      }
    }
    return all;
  }

  @Test
  void whereHivedeckWasNeverUsedNothingIsMade() throws IOException {
    var before = files(repository);
    all();
    assertThat(folder.resolve("home")).doesNotExist();
    assertThat(files(repository)).isEqualTo(before);
  }

  @Test
  void whatAKilledEngineLeftIsToldAndLeftToTheNextOne() throws Exception {
    Path killed = folder.resolve("killed");
    var engine = EngineAccess.hive(repository, folder.resolve("home"), 1, false, 0, 0);
    try (engine) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(
          new Command.ImportPlan(
              "p.yaml", "plan: P\ntasks: [{ id: T-1, title: One, agent: a, prompt: x }]\n"),
          null);
      engine.execute(new Command.StartHive(1), null);
      until(
          () ->
              Files.exists(folder.resolve("begun"))
                  && EngineAccess.all(engine, Topic.ATTEMPT, AttemptViews.Attempt.class).stream()
                      .anyMatch(a -> a.state() == AttemptViews.AttemptState.WORKING));
      copy(folder.resolve("home"), killed);
    }
    Path home = folder.resolve("home");
    Folders.delete(home);
    Files.move(killed, home); // where its worktree is known to be
    System.setProperty("hivedeck.home", home.toString());
    var before = files(home);
    long begun = Files.size(folder.resolve("begun"));

    all();
    assertThat(files(home)).isEqualTo(before);
    assertThat(CliRunner.in(repository, "status").out())
        .contains("1 attempt was at work when it ended");
    assertThat(CliRunner.in(repository, "attempts").out()).contains("T-1.1");
    assertThat(CliRunner.in(repository, "log", "T-1.1").status()).isZero();

    var doctor = CliRunner.in(repository, "doctor").out();
    assertThat(doctor).doesNotContain("worktree of T-1");
    // Killed while it made another one.
    Path half = Files.createDirectories(EngineAccess.folder(repository).resolve("worktrees/T-2"));
    assertThat(CliRunner.in(repository, "doctor").out())
        .contains("The worktree of T-2 is still there. The engine ended before it removed it")
        .doesNotContain("No running attempt");
    Files.delete(half);

    // Nor do commands that write, without an engine: they are taken down for the next one.
    var paused = CliRunner.in(repository, "agent", "pause", "a");
    assertThat(paused.status()).as(paused.toString()).isZero();
    assertThat(paused.out()).contains("No engine runs");
    assertThat(CliRunner.in(repository, "task", "add", "Two", "--agent", "a").status()).isZero();
    assertThat(CliRunner.in(repository, "agent", "resume", "a").status()).isZero();
    var attempts = CliRunner.in(repository, "--json", "attempts").json();
    assertThat(attempts).hasSize(1);
    assertThat(attempts.get(0).get("state").asText()).isEqualTo("working");
    assertThat(Files.size(folder.resolve("begun"))).isEqualTo(begun);

    var taken = CliRunner.in(repository, "task", "pause", "T-1");
    assertThat(taken.status()).as(taken.toString()).isZero();
    assertThat(CliRunner.in(repository, "status").out()).contains("not running");
  }

  @Test
  void whileAnotherProcessHasTheWorkspaceItCanBeRead() throws IOException {
    assertThat(CliRunner.in(repository, "agent", "pause", "a").status()).isZero();
    Path place = EngineAccess.folder(repository);
    try (var _ = WorkspaceLock.acquire(place)) {
      all();
      assertThat(CliRunner.in(repository, "agent", "resume", "a").status()).isEqualTo(3);
    }
  }

  @Test
  void aStateThatNoTaskIsInIsNoEmptyPlan() throws IOException {
    Path plan =
        Files.writeString(
            folder.resolve("p.yaml"), "plan: P\ntasks: [{ id: T-1, title: One, agent: a }]\n");
    assertThat(CliRunner.in(repository, "plan", "import", plan.toString()).status()).isZero();
    assertThat(CliRunner.in(repository, "tasks", "--state", "running").out())
        .contains("No task is running")
        .doesNotContain("plan import");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("lock") && !name.equals("endpoint.json")) {
          Path target = to.resolve(from.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectories(target);
          } else {
            Files.copy(file, target);
          }
        }
      }
    }
  }

  private static void until(BooleanSupplier so) throws InterruptedException {
    for (int i = 0; i < 6_000 && !so.getAsBoolean(); i++) {
      Thread.sleep(20);
    }
    assertThat(so.getAsBoolean()).isTrue();
  }
}
