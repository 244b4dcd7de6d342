package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.service.PreviewCommand.StartPreview;
import dev.hivedeck.engine.protocol.service.PreviewCommand.StopPreview;
import dev.hivedeck.engine.protocol.service.PreviewQuery;
import dev.hivedeck.engine.protocol.service.ServiceQuery;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLine;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLog;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The apps of changes and attempts, run for real. */
@DisabledOnOs(OS.WINDOWS) // they are shell commands
class PreviewTest {
  @TempDir Path folder;
  private TestRepository sandbox;
  private Engine engine;

  private static final String PLAN =
      "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n";

  private String server() {
    return "exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' %s"
        .formatted(
            ProcessHandle.current().info().command().orElse("java"),
            Path.of("target/test-classes").toAbsolutePath(),
            EchoService.class.getName());
  }

  private void hive(String agent, String worktree) {
    sandbox = new TestRepository(folder);
    sandbox.write(".gitignore", ".env\n");
    sandbox.write("app.txt", "before\n");
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 60s }
        agents: { a: { driver: command, run: "%s" } }
        gates: { fine: { run: "true" } }
        decisions: { default: { human: required } }
        %s
        """
            .formatted(agent, worktree));
    sandbox.commit("Begin");
    sandbox.write(".env", "KEY=1\n");
  }

  private List<Service> previews() {
    return StreamSupport.stream(engine.query(new PreviewQuery.Previews()).spliterator(), false)
        .map(node -> Json.as(node, Service.class))
        .toList();
  }

  private Service until(String id, ServiceState state) {
    TestRepository.await(
        id + " " + state,
        engine,
        () -> previews().stream().anyMatch(s -> id.equals(s.previewed()) && s.state() == state));
    return previews().stream().filter(s -> id.equals(s.previewed())).findFirst().orElseThrow();
  }

  private void gone() {
    TestRepository.await("gone", engine, () -> previews().isEmpty());
  }

  private static String get(String address) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
          .body();
    }
  }

  private void changeOpen() {
    TestRepository.begin(engine, PLAN, 1);
    TestRepository.await(
        "open",
        engine,
        () -> TestRepository.changes(engine).stream().anyMatch(c -> c.state() == ChangeState.OPEN));
  }

  private List<String> ofPreviews() {
    return ProcessTree.carrying().stream()
        .map(ProcessTree.Found::key)
        .filter(key -> key.contains("preview:") && key.contains(folder.toString()))
        .toList();
  }

  @Test
  void theAppOfAChangeRunsFromACheckoutOfItAndGoesWithTheChange() throws Exception {
    hive(
        "echo after > app.txt",
        "worktree: { copy: [.env], ports: 2, setup: 'test -f .env && cp app.txt ready', teardown:"
            + " 'echo $HIVEDECK_ATTEMPT >> %s/undone', run: \"cat ready; echo $HIVEDECK_PORT $PORT"
                .formatted(folder)
            + " $HIVEDECK_PORT_1; "
            + server()
            + "\" }");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      changeOpen();
      engine.execute(new StartPreview("#1"), null);
      engine.execute(new StartPreview("T-1"), null); // the same
      var preview = until("C-1", ServiceState.HEALTHY);
      assertThat(previews()).hasSize(1);
      assertThat(get(preview.address())).isEqualTo("preview:C-1-1");
      int port = preview.instances().getFirst().port();
      var log =
          Json.as(
              engine.query(new ServiceQuery.Log("preview:C-1", null, -100, 100)), ServiceLog.class);
      assertThat(log.lines().stream().map(ServiceLine::text))
          .contains("after", "%d %d %d".formatted(port, port, port + 1));
      var checkout = Path.of(preview.folder());
      assertThat(checkout.resolve("app.txt")).hasContent("after");
      Files.deleteIfExists(folder.resolve("undone"));

      engine.execute(new Command.CloseChange("C-1", null), null);
      gone();
      TestRepository.await("removed", engine, () -> !Files.exists(checkout));
      assertThat(folder.resolve("undone")).hasContent("T-1.1");
      assertThatThrownBy(() -> engine.execute(new StartPreview("C-1"), null))
          .isInstanceOfSatisfying(
              HiveException.class,
              e -> assertThat(e.fault().hint()).contains("preview start T-1.1"));
    }
    assertThat(ofPreviews()).isEmpty();
  }

  /** What is approved is never another commit than the one that is looked at. */
  @Test
  void theAppOfAnOlderCommitIsNotShown() throws IOException {
    hive("echo more >> app.txt", "worktree: { ports: 1, run: \"" + server() + "\" }");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      changeOpen();
      engine.execute(new StartPreview("C-1"), null);
      until("C-1", ServiceState.HEALTHY);
      engine.execute(new Command.ReturnChange("C-1", "More.", List.of()), null);
      gone();
    }
  }

  @Test
  void theAppOfAnAttemptRunsWhereItWorksAndEndsWithIt() throws IOException {
    hive(
        "touch begun; while ! test -e " + "%s/go; do sleep 0.1; done; echo x > app.txt",
        "worktree: { run: exec sleep 600 }");
    Files.writeString(
        sandbox.repository.resolve(".hivedeck/hive.yaml"),
        Files.readString(sandbox.repository.resolve(".hivedeck/hive.yaml"))
            .replace("%s", folder.toString()));
    sandbox.commit("Wait");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "works",
          engine,
          () ->
              TestRepository.task(engine, "T-1").attempt() != null
                  && attempt().state() == AttemptState.WORKING);
      engine.execute(new StartPreview("T-1.1"), null);
      var preview = until("T-1.1", ServiceState.STARTING);
      assertThat(preview.folder()).isEqualTo(attempt().worktree());
      TestRepository.await("started", engine, () -> ofPreviews().size() == 1);
      Files.writeString(folder.resolve("go"), "");
      gone();
      TestRepository.await("open", engine, () -> !TestRepository.changes(engine).isEmpty());
      assertThat(sandbox.git("show", TestRepository.changes(engine).getFirst().head() + ":app.txt"))
          .contains("x");
    }
    assertThat(ofPreviews()).isEmpty();
  }

  private AttemptViews.Attempt attempt() {
    return Json.as(
        engine.query(new Query.Thing(Topic.ATTEMPT, "T-1.1")), AttemptViews.Attempt.class);
  }

  @Test
  void whatCannotBeLookedAtIsRefusedWithTheReason() {
    hive("echo after > app.txt", "");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.trust(engine);
      assertThatThrownBy(() -> engine.execute(new StartPreview("C-1"), null))
          .isInstanceOfSatisfying(
              HiveException.class,
              e -> assertThat(e.fault().hint()).contains("worktree: { run: npm start"));
    }
  }

  @Test
  void anEngineEndsItsPreviewsAndTheNextHasNone() {
    hive("echo after > app.txt", "worktree: { run: exec sleep 600, timeout: 1s }");
    Path checkout;
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      changeOpen();
      assertThatThrownBy(() -> engine.execute(new StartPreview("C-9"), null))
          .hasMessageContaining("no change C-9");
      assertThatThrownBy(() -> engine.execute(new StartPreview("../x"), null))
          .hasMessageContaining("no attempt");
      assertThatThrownBy(() -> engine.execute(new StopPreview("C-1"), null))
          .hasMessageContaining("No preview of C-1");
      engine.execute(new StartPreview("C-1"), null);
      checkout = Path.of(until("C-1", ServiceState.UNHEALTHY).folder());
      assertThat(checkout).isDirectory();
      engine.execute(new StartPreview("T-1.1"), null);
      assertThat(previewsWanted()).isEqualTo(2);
      engine.execute(new StopPreview("T-1.1"), null);
      TestRepository.await("one", engine, () -> previews().size() == 1);
    }
    assertThat(checkout).doesNotExist();
    assertThat(ofPreviews()).isEmpty();
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      gone();
    }
  }

  @Test
  void aTeardownThatTakesLongHoldsUpNothing() throws Exception {
    Path tearing = folder.resolve("tearing");
    hive(
        "echo after > app.txt",
        "worktree: { run: exec sleep 600, timeout: 5h, teardown: 'case $PWD in *preview-*) echo $$"
            + " > "
            + tearing
            + "; exec sleep 600;; esac' }");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      changeOpen();
      engine.execute(new StartPreview("C-1"), null);
      until("C-1", ServiceState.STARTING);
      engine.execute(new StopPreview("C-1"), null);
      TestRepository.await("tearing", engine, () -> tearing.toFile().length() > 0);
      assertThatThrownBy(() -> engine.execute(new StartPreview("C-1"), null))
          .hasMessageContaining("is just ending");
      engine.execute(new StartPreview("T-1.1"), null);
      until("T-1.1", ServiceState.STARTING);
    }
    long pid = Long.parseLong(Files.readString(tearing).strip());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void whatTakesLongToBringHoldsUpNothing() throws Exception {
    Path go = folder.resolve("go");
    Files.writeString(go, "");
    Path reached = folder.resolve("reached");
    hive("echo after > app.txt", "worktree: { run: exec sleep 600 }");
    sandbox.write(".gitattributes", "*.txt filter=slow\n");
    sandbox.commit("Filter");
    sandbox.git(
        "config",
        "filter.slow.smudge",
        "touch " + reached + "; while ! test -e " + go + "; do sleep 0.1; done; cat");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      changeOpen();
      Files.delete(go);
      Files.delete(reached);
      var start = Thread.startVirtualThread(() -> startOfC1());
      TestRepository.await("reached", engine, () -> Files.exists(reached));
      assertThatThrownBy(() -> engine.execute(new StartPreview("C-1"), null))
          .hasMessageContaining("made ready already");
      Files.writeString(go, "");
      start.join();
      until("C-1", ServiceState.STARTING);
    }
  }

  private void startOfC1() {
    engine.execute(new StartPreview("C-1"), null);
  }

  @Test
  void whatAKilledEngineSetUpIsSetUpAnew() throws Exception {
    Path count = folder.resolve("count");
    hive(
        "echo after > app.txt",
        "worktree: { run: exec sleep 600, ports: 1, setup: 'echo x >> " + count + "' }");
    Path data;
    Path kept = folder.resolve("kept.db");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      changeOpen();
      engine.execute(new StartPreview("C-1"), null);
      until("C-1", ServiceState.STARTING);
      try (var files = Files.walk(sandbox.home)) {
        data = files.filter(f -> f.endsWith("hive.db")).findFirst().orElseThrow();
      }
      try (var database = DriverManager.getConnection("jdbc:sqlite:" + data);
          var copy = database.createStatement()) {
        copy.execute("VACUUM INTO '" + kept + "'"); // what a kill would leave
      }
    }
    Files.move(kept, data, StandardCopyOption.REPLACE_EXISTING);
    Files.delete(count);
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      engine.execute(new StartPreview("C-1"), null);
      TestRepository.await("set up", engine, () -> Files.exists(count));
    }
  }

  private int previewsWanted() {
    TestRepository.await("two", engine, () -> previews().size() == 2);
    return previews().size();
  }
}
