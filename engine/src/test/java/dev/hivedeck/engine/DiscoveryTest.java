package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.agent.discovery.HostEnvironment;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Discovery.CliState;
import dev.hivedeck.engine.protocol.Discovery.Clis;
import dev.hivedeck.engine.protocol.Discovery.Definition;
import dev.hivedeck.engine.protocol.Discovery.Definitions;
import dev.hivedeck.engine.protocol.Discovery.Imported;
import dev.hivedeck.engine.protocol.Discovery.Standing;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** From a repository full of definitions to agents that work, through the engine's API. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "scripts are shell scripts here")
class DiscoveryTest {
  @TempDir Path folder;
  private TestRepository sandbox;
  private Engine engine;

  @BeforeEach
  void open() throws IOException {
    sandbox = new TestRepository(folder);
    Path bin = Files.createDirectories(folder.resolve("bin"));
    executable(Files.writeString(bin.resolve("codex"), "#!/bin/sh\necho codex-cli 0.58.0\n"));
    engine =
        Engine.open(
            new EngineOptions(
                sandbox.repository,
                sandbox.home,
                10,
                false,
                0,
                0,
                new SystemTimers(),
                () -> UUID.randomUUID().toString(),
                new Random(1),
                new HostEnvironment(
                    Map.of("PATH", bin.toString(), "CODEX_API_KEY", "secret"), folder, "Linux")));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void script(String path, String text) throws IOException {
    sandbox.write(path, text);
    executable(sandbox.repository.resolve(path));
  }

  private Definitions definitions() {
    return Json.as(engine.query(new Query.Definitions()), Definitions.class);
  }

  private Imported add(List<String> ids) {
    return Json.as(engine.execute(new Command.ImportAgents(ids), null), Imported.class);
  }

  private List<AgentViews.Agent> agents() {
    return engine.snapshot(Set.of(Topic.AGENT)).things().get(Topic.AGENT).stream()
        .map(AgentViews.Agent.class::cast)
        .toList();
  }

  private WorkspaceViews.Workspace workspace() {
    return TestRepository.workspace(engine);
  }

  @Test
  void whatIsImportedWorksOnceItsCommandIsTrusted() throws IOException {
    script("agents/greeter.sh", "#!/bin/sh\n# Greets everybody.\necho hello > greeting.txt\n");
    sandbox.commit("An agent");

    var imported = add(List.of("agents/greeter.sh"));
    assertThat(imported.added()).containsExactly("greeter");
    assertThat(workspace().trusted()).isFalse();
    assertThat(workspace().consent().items())
        .filteredOn(i -> i.kind().equals("agent"))
        .singleElement()
        .satisfies(
            i -> {
              assertThat(i.name()).isEqualTo("greeter");
              assertThat(i.mark()).isEqualTo(WorkspaceViews.Mark.NEW);
              assertThat(i.fields())
                  .contains(
                      new WorkspaceViews.ConsentField("run", List.of("./agents/greeter.sh"), null));
            });
    assertThat(agents()).extracting(AgentViews.Agent::role).containsExactly("Greets everybody");

    TestRepository.trust(engine);
    engine.execute(
        new Command.AddTask("T-1", "Greet", "", "greeter", null, null, null, 5, null), null);
    engine.execute(new Command.StartHive(1), null);
    TestRepository.await("its change", engine, () -> !TestRepository.changes(engine).isEmpty());
    assertThat(
            sandbox.git("show", TestRepository.changes(engine).getFirst().head() + ":greeting.txt"))
        .isEqualTo("hello");
  }

  @Test
  void aFirstFileIsProposedForWhatIsInstalled() {
    var there = Json.as(engine.query(new Query.ConfigSource()), Config.Source.class);
    assertThat(there.proposal()).contains("Codex is installed;").doesNotContain("None is");
  }

  @Test
  void importingAgainChangesNothingAndTakingOutLeavesTheFileAsItWas() throws IOException {
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\nagents:\n  mine: { run: ./mine.sh } # by hand\n  two: { run: ./2.sh }\n");
    script("agents/one.sh", "#!/bin/sh\n");
    script("agents/two.sh", "#!/bin/sh\n");
    sandbox.commit("Agents");
    Path file = sandbox.repository.resolve(".hivedeck/hive.yaml");
    String before = Files.readString(file);

    var first = add(List.of("agents/one.sh", "agents/two.sh", "agents/one.sh"));
    assertThat(first)
        .returns(".hivedeck/hive.yaml", Imported::file)
        .returns(5, Imported::from)
        .returns(List.of("one"), Imported::added)
        .returns(List.of("agents/two.sh"), Imported::kept);
    String after = Files.readString(file);
    var again = add(List.of("agents/one.sh", "agents/two.sh"));
    assertThat(again.added()).isEmpty();
    assertThat(again.kept()).containsExactly("agents/one.sh", "agents/two.sh");
    assertThat(again.from()).isZero();
    assertThat(Files.readString(file)).isEqualTo(after);
    assertThat(definitions().definitions())
        .extracting(Definition::standing)
        .containsExactly(Standing.IMPORTED, Standing.TAKEN);

    var heard = new CopyOnWriteArrayList<Event>();
    engine.subscribe(engine.stats().seq(), heard::addAll);
    engine.execute(new Command.RemoveAgents(List.of("one", "nobody")), null);
    assertThat(Files.readString(file)).isEqualTo(before);
    assertThat(agents()).extracting(AgentViews.Agent::id).containsExactly("mine", "two");
    TestRepository.await(
        "told", engine, () -> heard.stream().anyMatch(e -> e.type() == AgentEvent.REMOVED));
    var e =
        catchThrowableOfType(
            HiveException.class,
            () -> engine.execute(new Command.RemoveAgents(List.of("mine")), null));
    assertThat(e.code()).isEqualTo("not-imported");
  }

  @Test
  void whatIsNotThereIsRefusedAndNothingIsWritten() throws IOException {
    script("agents/one.sh", "#!/bin/sh\n");
    var e =
        catchThrowableOfType(
            HiveException.class, () -> add(List.of("agents/one.sh", "agents/onne.sh")));
    assertThat(e.code()).isEqualTo("no-definition");
    assertThat(e.getMessage()).contains("agents/onne.sh", "did you mean agents/one.sh");
    assertThat(sandbox.repository.resolve(".hivedeck")).doesNotExist();
  }

  @Test
  void aBrokenHiveYamlIsNotMadeWorse() throws IOException {
    script("agents/one.sh", "#!/bin/sh\n");
    sandbox.write(".hivedeck/hive.yaml", "version: 1\nagents: [\n");
    var e = catchThrowableOfType(HiveException.class, () -> add(List.of("agents/one.sh")));
    assertThat(e.code()).isEqualTo("config-invalid");
    assertThat(sandbox.repository.resolve(".hivedeck/hive.yaml"))
        .hasContent("version: 1\nagents: [\n");
  }

  @Test
  void hundredsOfScriptsComeInAtOnce() throws IOException {
    String[] kinds = {"test", "lint", "deploy", "monitor", "security", "sync", "release", "llm"};
    for (int i = 0; i < 250; i++) {
      script(
          "scripts/agents/" + kinds[i % kinds.length] + "/worker-" + i + ".sh",
          "#!/bin/sh\n# Does number " + i + ".\necho " + i + " > out.txt\n");
    }
    sandbox.commit("Many");
    var all = definitions().definitions();
    assertThat(all).hasSize(250);
    assertThat(all).extracting(Definition::category).doesNotContainNull();
    assertThat(all.stream().map(Definition::category).distinct().count()).isEqualTo(8);
    var imported = add(all.stream().map(Definition::id).toList());
    assertThat(imported.added()).hasSize(250);
    assertThat(agents()).hasSize(250);
    assertThat(agents()).extracting(AgentViews.Agent::category).contains("code-quality", "ai");
    assertThat(definitions().definitions())
        .allSatisfy(d -> assertThat(d.standing()).isEqualTo(Standing.IMPORTED));
  }

  @Test
  void commandLineAgentsAreKnownByNameAndNotBySecret() {
    var clis = engine.query(new Query.Clis());
    assertThat(clis.toString()).doesNotContain("secret");
    var codex = Json.as(clis, Clis.class).clis().getFirst();
    assertThat(codex.state()).isEqualTo(CliState.READY);
    assertThat(codex.pass()).containsExactly("CODEX_API_KEY");
  }

  @Test
  void whatIsSignedInByAVariableGetsIt() {
    sandbox.write("AGENTS.md", "# Here\n\nBe kind.\n");
    sandbox.commit("Words");
    assertThat(definitions().definitions().getFirst())
        .returns("builder", Definition::name)
        .returns("codex", Definition::driver)
        .returns(List.of("CODEX_API_KEY"), Definition::pass);
    add(List.of("AGENTS.md"));
    assertThat(workspace().consent().items().getFirst().fields())
        .contains(
            new WorkspaceViews.ConsentField("program", List.of("codex"), null),
            new WorkspaceViews.ConsentField("pass", List.of("CODEX_API_KEY"), null));
  }
}
