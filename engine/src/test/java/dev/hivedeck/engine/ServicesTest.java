package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceQuery;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLine;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Services, run for real: begun, checked, begun again, ended. */
@DisabledOnOs(OS.WINDOWS)
class ServicesTest {
  @TempDir Path folder;
  private Engine engine;

  private TestRepository with(String services) {
    var sandbox = new TestRepository(folder);
    sandbox.write(".hivedeck/hive.yaml", "version: 1\nservices:\n" + services.indent(2));
    sandbox.commit("Set up");
    return sandbox;
  }

  private Service service(String name) {
    return engine.snapshot(Set.of(Topic.of("service"))).things().get(Topic.of("service")).stream()
        .map(Service.class::cast)
        .filter(s -> s.id().equals(name))
        .findFirst()
        .orElse(null);
  }

  private Service until(String name, Predicate<Service> is) {
    var found = new AtomicReference<Service>();
    TestRepository.await(
        name,
        engine,
        () -> {
          found.set(service(name));
          return found.get() != null && is.test(found.get());
        });
    return found.get();
  }

  private Service until(String name, ServiceState state) {
    return until(name, s -> s.state() == state);
  }

  private List<String> log(String name) {
    var page = engine.query(new ServiceQuery.Log(name, null, -1_000, 1_000));
    return Json.as(page, ServiceLog.class).lines().stream().map(ServiceLine::text).toList();
  }

  private static boolean alive(Long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void aServiceIsBegunOnceTrustedStoppedStartedAndBegunAnewWhenAsked() {
    var sandbox = with("idle: { run: 'echo port $PORT of $HIVEDECK_INSTANCE; exec sleep 600' }");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      assertThat(service("idle")).isNull();
      TestRepository.trust(engine);
      var first = until("idle", ServiceState.HEALTHY).instances().getFirst();
      assertThat(first.version()).hasSize(7);
      TestRepository.await(
          "log", engine, () -> log("idle").contains("port " + first.port() + " of idle-1"));
      engine.execute(new ServiceCommand.StopService("idle"), null);
      var stopped = until("idle", ServiceState.STOPPED);
      assertThat(stopped.wanted()).isFalse();
      assertThat(alive(first.pid())).isFalse();
      engine.execute(new ServiceCommand.StartService("idle"), null);
      var second = until("idle", ServiceState.HEALTHY).instances().getFirst();
      engine.execute(new ServiceCommand.RestartService("idle"), null);
      var third =
          until(
              "idle",
              s ->
                  s.state() == ServiceState.HEALTHY
                      && !second.pid().equals(s.instances().getFirst().pid()));
      assertThat(third.instances().getFirst().port()).isEqualTo(first.port());
      assertThat(alive(second.pid())).isFalse();
    }
    assertThat(ProcessTree.carrying().stream().map(ProcessTree.Found::key))
        .noneMatch(key -> key.endsWith(folder.resolve("home").toString()));
  }

  @Test
  void oneThatEndsByItselfIsBegunAgainAndGivenUpAfterFiveTimes() {
    var sandbox = with("broken: { run: 'echo boom $RANDOM; exit 3' }");
    try (Engine opened = sandbox.open(1_000, false)) {
      engine = opened;
      TestRepository.trust(engine);
      var broken = until("broken", ServiceState.FAILED);
      assertThat(broken.why()).isEqualTo("ended with exit 3, 5 times in a row");
      assertThat(broken.instances().getFirst().restarts()).isEqualTo(4);
      sandbox.write("fine", "");
      engine.execute(new ServiceCommand.StartService("broken"), null);
      until("broken", s -> s.instances().getFirst().restarts() > 4);
    }
  }

  @Test
  void whatAnEngineThatWasKilledLeftIsEndedAndBegunOnce() throws IOException {
    var sandbox = with("idle: { run: exec sleep 600 }");
    ServiceInstance before;
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.trust(engine);
      before = until("idle", ServiceState.HEALTHY).instances().getFirst();
      engine.execute(new ServiceCommand.StopService("idle"), null);
      until("idle", ServiceState.STOPPED);
    }
    assertThat(alive(before.pid())).isFalse();
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      // What somebody stopped stays so.
      until("idle", s -> s.state() == ServiceState.STOPPED && !s.wanted());
      engine.execute(new ServiceCommand.StartService("idle"), null);
      until("idle", ServiceState.HEALTHY);
    }
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      assertThat(until("idle", ServiceState.HEALTHY).wanted()).isTrue();
    }
  }

  @Test
  void itIsBegunOnceAllThatItNeedsIsHealthyAndEndedBeforeThat() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    var sandbox =
        with(
            "db: { address: '127.0.0.1:"
                + port
                + "', health: { tcp: true, every: 100ms, fall: 1,"
                + " within: 100ms } }\n"
                + "api: { run: 'echo db at $HIVEDECK_DB_PORT; exec sleep 600', needs: [db] }\n");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.trust(engine);
      until("db", s -> s.why().equals("port " + port + " is closed"));
      assertThat(until("api", s -> s.why().equals("waits for db")).state())
          .isEqualTo(ServiceState.STOPPED);
      try (var db = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
        until("db", ServiceState.HEALTHY);
        until("api", ServiceState.HEALTHY);
        TestRepository.await("log", engine, () -> log("api").contains("db at " + port));
        assertThat(db.isBound()).isTrue();
      }
      until("db", ServiceState.UNHEALTHY);
      assertThat(service("api").state()).isEqualTo(ServiceState.HEALTHY);
      assertThatThrownBy(() -> engine.execute(new ServiceCommand.StopService("db"), null))
          .hasMessageContaining("runs elsewhere");
    }
  }

  @Test
  void aPortThatIsTakenIsNamedWithWhoHasItAndANextOne() throws IOException {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();
      var sandbox = with("web: { run: exec sleep 600, port: " + port + " }");
      try (Engine opened = sandbox.open(1, false)) {
        engine = opened;
        TestRepository.trust(engine);
        var web = until("web", ServiceState.BACKING_OFF);
        assertThat(web.why()).startsWith("port " + port + " is taken by ");
        assertThat(log("web").getFirst()).contains("Free is ");
      }
    }
  }

  @Test
  void instancesAreBegunAnewOneAfterAnotherAndOneThatIsToldToGoGoes() {
    var sandbox = with("pool: { run: exec sleep 600, instances: 3 }");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.trust(engine);
      var before = until("pool", s -> s.healthy() == 3);
      engine.execute(new ServiceCommand.RestartService("pool"), null);
      var least = new int[] {3};
      until(
          "pool",
          s -> {
            least[0] = Math.min(least[0], (int) s.healthy());
            return s.healthy() == 3
                && s.instances().stream()
                    .noneMatch(
                        i -> before.instances().stream().anyMatch(b -> b.pid().equals(i.pid())));
          });
      assertThat(least[0]).as("healthy ones at any moment").isGreaterThanOrEqualTo(2);
      sandbox.write(
          ".hivedeck/hive.yaml", "version: 1\nservices: { pool: { run: exec sleep 600 } }");
      engine.execute(new Command.Reconcile(), null);
      TestRepository.await(
          "seen", engine, () -> TestRepository.workspace(engine).consent().why() != null);
      assertThat(service("pool").instances()).hasSize(3);
      TestRepository.trust(engine);
      until("pool", s -> s.instances().size() == 1);
      sandbox.write(".hivedeck/hive.yaml", "version: 1\n");
      TestRepository.await(
          "seen", engine, () -> TestRepository.workspace(engine).consent().why() != null);
      TestRepository.trust(engine);
      TestRepository.await("gone", engine, () -> service("pool") == null);
    }
  }

  @Test
  void aSeedRunsOnceBeforeTheFirstInstanceAndOneThatFailsKeepsItBack() throws IOException {
    var sandbox = with("api: { run: exec sleep 600, seed: 'test -e ready && echo x >> seeded' }");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.trust(engine);
      assertThat(until("api", ServiceState.FAILED).why()).isEqualTo("the seed ended with exit 1");
      sandbox.write("ready", "");
      engine.execute(new ServiceCommand.StartService("api"), null);
      until("api", ServiceState.HEALTHY);
      engine.execute(new ServiceCommand.RestartService("api"), null);
      until("api", s -> s.state() == ServiceState.HEALTHY);
    }
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      until("api", ServiceState.HEALTHY);
    }
    assertThat(Files.readString(sandbox.repository.resolve("seeded"))).isEqualTo("x\n");
  }

  private void write(TestRepository sandbox, String services) {
    sandbox.write(".hivedeck/hive.yaml", "version: 1\nservices:\n" + services.indent(2));
    engine.execute(new Command.Reconcile(), null);
    TestRepository.await(
        "seen", engine, () -> TestRepository.workspace(engine).consent().why() != null);
    TestRepository.trust(engine);
  }

  @Test
  void aSeedThatFailedIsToldOnceAlsoForAnotherCommandAndRunsOnceItIsCorrected() throws Exception {
    var sandbox = with("api: { run: exec sleep 600, seed: 'exit 1' }");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.trust(engine);
      until("api", ServiceState.FAILED);
      write(sandbox, "api: { run: exec sleep 601, seed: 'exit 1' }");
      until("api", s -> s.run().equals("exec sleep 601") && s.state() == ServiceState.FAILED);
      long events = engine.snapshot(Set.of(Topic.of("service"))).seq();
      pause();
      assertThat(engine.snapshot(Set.of(Topic.of("service"))).seq()).isEqualTo(events);
      write(sandbox, "api: { run: exec sleep 601, seed: 'echo x >> seeded' }");
      until("api", ServiceState.HEALTHY);
      assertThat(Files.readString(sandbox.repository.resolve("seeded"))).isEqualTo("x\n");
    }
  }

  private static void inDatabase(TestRepository sandbox, String sql) throws Exception {
    try (var files = Files.walk(sandbox.home)) {
      Path database = files.filter(f -> f.endsWith(Engine.DATABASE)).findFirst().orElseThrow();
      try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
          var statement = connection.createStatement()) {
        statement.executeUpdate(sql);
      }
    }
  }

  @Test
  void aSeedThatCannotBeWrittenDownIsToldAndRunsAgainWhenAsked() throws Exception {
    var sandbox = with("api: { run: exec sleep 600, seed: 'echo x >> seeded' }");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      inDatabase(
          sandbox,
          "CREATE TRIGGER full BEFORE UPDATE ON service WHEN NEW.seeded IS NOT NULL"
              + " BEGIN SELECT raise(ABORT, 'no room'); END");
      TestRepository.trust(engine);
      assertThat(until("api", ServiceState.FAILED).why())
          .isEqualTo("the seed ran, but that could not be written down");
      inDatabase(sandbox, "DROP TRIGGER full");
      engine.execute(new ServiceCommand.StartService("api"), null);
      until("api", ServiceState.HEALTHY);
    }
    assertThat(Files.readString(sandbox.repository.resolve("seeded"))).isEqualTo("x\nx\n");
  }

  @Test
  void aSeedEndsWithTheEngineOrWhenTheServiceIsStoppedAndRunsAgain() {
    var sandbox =
        with("api: { run: exec sleep 600, seed: 'echo x >> seeded; test -e ready || sleep 900' }");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.trust(engine);
      until("api", s -> s.why().equals("is being seeded"));
      TestRepository.await("seeding", engine, () -> seeders() == 1);
      engine.execute(new ServiceCommand.StopService("api"), null);
      TestRepository.await("stopped", engine, () -> seeders() == 0);
      engine.execute(new ServiceCommand.StartService("api"), null);
      TestRepository.await("seeding", engine, () -> seeders() == 1);
    }
    assertThat(seeders()).isZero();
    sandbox.write("ready", "");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      until("api", ServiceState.HEALTHY);
    }
  }

  private long seeders() {
    return ProcessTree.carrying().stream()
        .map(ProcessTree.Found::key)
        .filter(key -> key.startsWith("service api-seed of " + folder.resolve("home")))
        .distinct()
        .count();
  }

  @Test
  void anotherVersionRunsBesideFromItsOwnFolderAndEndsAlone() throws Exception {
    var sandbox =
        with(
            "api: { run: 'echo $HIVEDECK_VERSION at $PORT of $(cat name); exec sleep 600',"
                + " instances: 2 }\ndb: { address: '127.0.0.1:1' }");
    sandbox.write("name", "one");
    sandbox.commit("Name");
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("name"), "two");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.trust(engine);
      var before = until("api", s -> s.healthy() == 2);
      var versions = engine.versions();
      assertThat(versions.state("api", "v2")).isEmpty();
      versions.begin("api", "v2", other, "abc1234");
      versions.begin("api", "v2", other, "abc1234");
      var both = until("api", s -> s.healthy() == 4);
      assertThat(both.instances())
          .extracting(ServiceInstance::name)
          .containsExactly("api-1", "api-2", "api@v2-1", "api@v2-2");
      assertThat(both.instances()).extracting(ServiceInstance::port).doesNotHaveDuplicates();
      assertThat(both.instances().getLast().version()).isEqualTo("abc1234");
      assertThat(versions.state("api", "v2").orElseThrow().isHealthy()).isTrue();
      TestRepository.await(
          "log",
          engine,
          () -> log("api").contains("v2 at " + both.instances().get(2).port() + " of two"));
      // What is begun anew is what hive.yaml has.
      engine.execute(new ServiceCommand.RestartService("api"), null);
      var anew =
          until(
              "api",
              s ->
                  s.healthy() == 4
                      && s.instances().stream()
                          .limit(2)
                          .noneMatch(i -> before.instances().stream().anyMatch(b -> same(b, i))));
      assertThat(anew.instances().get(2).pid()).isEqualTo(both.instances().get(2).pid());
      versions.end("api", "v2", () -> {});
      until("api", s -> s.instances().size() == 2 && s.healthy() == 2);
      assertThat(versions.state("api", "v2")).isEmpty();
      assertThat(alive(both.instances().getLast().pid())).isFalse();
      assertThatThrownBy(() -> versions.begin("api", "stable", other, ""))
          .hasMessageContaining("no name of another version");
      assertThatThrownBy(() -> versions.begin("web", "v2", other, ""))
          .hasMessageContaining("no service web");
      assertThatThrownBy(() -> versions.begin("db", "v2", other, ""))
          .hasMessageContaining("runs elsewhere");
      versions.begin("api", "v3", folder.resolve("missing"), "");
      TestRepository.await(
          "failed",
          engine,
          () ->
              versions.state("api", "v3").orElseThrow().state() == ServiceState.BACKING_OFF
                  || versions.state("api", "v3").orElseThrow().state() == ServiceState.FAILED);
      assertThat(service("api").state()).isEqualTo(ServiceState.HEALTHY);
    }
  }

  private static boolean same(ServiceInstance a, ServiceInstance b) {
    return a.pid().equals(b.pid());
  }

  @Test
  void aServiceIsBegunAnewWhenAFileThatItWatchesChangesButNotByWhatGitIgnores() {
    var sandbox =
        with(
            "api: { run: 'date +%N > api/made.log; exec sleep 600', watch: ['api/**'] }\n"
                + "other: { run: exec sleep 600, watch: ['*.md'] }\n");
    sandbox.write(".gitignore", "*.log\nout/\n");
    sandbox.write("api/main.py", "one");
    sandbox.commit("Add");
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.trust(engine);
      var first = until("api", ServiceState.HEALTHY).instances().getFirst();
      var untouched = until("other", ServiceState.HEALTHY).instances().getFirst();
      // Whether it is watched already nobody is told: it is changed until it is seen.
      var second =
          until(
              "api",
              s -> {
                sandbox.write("api/main.py", String.valueOf(System.nanoTime()));
                sandbox.write("api/more.log", String.valueOf(System.nanoTime()));
                pause();
                return s.healthy() == 1 && !first.pid().equals(s.instances().getFirst().pid());
              });
      assertThat(log("api")).contains("api/main.py changed");
      assertThat(log("api")).doesNotContain("api/made.log changed", "api/more.log changed");
      sandbox.write("api/new/deep.py", "new");
      until(
          "api",
          s ->
              s.healthy() == 1
                  && !second.instances().getFirst().pid().equals(s.instances().getFirst().pid()));
      assertThat(service("other").instances().getFirst().pid()).isEqualTo(untouched.pid());
    }
  }

  /** Until what changed has been quiet for a moment. */
  private static void pause() {
    try {
      Thread.sleep(700);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
