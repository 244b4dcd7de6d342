package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that comes again with its key is answered, not done again. */
class IdempotencyKeysTest {
  @TempDir Path folder;

  private TestRepository sandbox;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml", "version: 1\nagents:\n  a: { driver: command, run: \"true\" }\n");
    sandbox.write(
        ".claude/agents/helper.md", "---\nname: helper\ndescription: Helps.\n---\nHelp.\n");
    sandbox.commit("Set up");
  }

  /** Commands that can be done here as it stands, of both kinds: in the ledger, and beside it. */
  private List<Command> all(Engine engine) {
    return List.of(
        consent(engine),
        new Command.ImportPlan(
            "p.yaml", "plan: P\ntasks: [{ id: T-1, title: One, agent: a, prompt: x }]\n"),
        new Command.AddTask(null, "More", "x", "a", List.of(), List.of(), List.of(), null, null),
        new Command.PauseAgent("a"),
        new Command.PauseTask("T-1"),
        new Command.PauseHive(),
        new Command.StartHive(1),
        new Command.PauseHive(true),
        new Command.SetPermission(null, "bash", "ls", true),
        new Command.Reconcile(),
        new Command.ImportAgents(List.of(definition(engine))));
  }

  private static Command consent(Engine engine) {
    return new Command.Trust(TestRepository.workspace(engine).consent().digest());
  }

  private static String definition(Engine engine) {
    return engine.query(new Query.Definitions()).findValuesAsText("id").getFirst();
  }

  @Test
  void theSameKeyIsAnsweredAsTheFirstTimeAndDoesNothingMore() {
    try (Engine engine = sandbox.open()) {
      int n = 0;
      for (Command command : all(engine)) {
        String key = "key-" + n++;
        JsonNode first = engine.execute(command, null, key);
        int events = engine.query(events()).size();
        assertThat(engine.execute(command, null, key).toString())
            .as("%s", command)
            .isEqualTo(first.toString());
        assertThat(engine.query(events()).size()).as("%s", command).isEqualTo(events);
      }
      assertThat(TestRepository.tasks(engine)).as("added once").hasSize(2);
    }
  }

  private static Query events() {
    return new Query.Events(0, 5_000);
  }

  @Test
  void aKeyIsForOneCommandOnlyWhateverTheTwoAre() {
    try (Engine engine = sandbox.open()) {
      var commands = all(engine);
      int n = 0;
      for (Command command : commands) {
        engine.execute(command, null, "key-" + n++);
      }
      for (int i = 0; i < commands.size(); i++) {
        for (Command other : commands) {
          if (!other.equals(commands.get(i))) {
            String key = "key-" + i;
            assertThatThrownBy(() -> engine.execute(other, null, key))
                .as("%s after %s", other, commands.get(i))
                .isInstanceOfSatisfying(
                    HiveException.class, e -> assertThat(e.code()).isEqualTo("key-reused"));
          }
        }
      }
    }
  }

  @Test
  void whatIsDoneBesideTheLedgerIsDoneOnceHoweverManyComeAtOnce() throws Exception {
    try (Engine engine = sandbox.open()) {
      engine.execute(consent(engine), null, "k");
      sandbox.write("mine.txt", "mine");
      sandbox.commit("Mine");
      sandbox.git("update-ref", "refs/hivedeck/kept/T-9/1/1", "HEAD");
      var restore = new Command.RestoreKept("T-9/1/1", "back");
      var all = new ArrayList<CompletableFuture<JsonNode>>();
      for (int i = 0; i < 10; i++) {
        all.add(CompletableFuture.supplyAsync(() -> engine.execute(restore, null, "restore")));
      }
      for (var one : all) {
        assertThat(one.get().path("branch").asText()).isEqualTo("back");
      }
      assertThat(engine.snapshot(Set.of(Topic.KEPT)).things().get(Topic.KEPT)).isNotEmpty();
      assertThatThrownBy(() -> engine.execute(restore, null, "another"))
          .as("it is there")
          .isInstanceOf(HiveException.class);
    }
  }

  /** Nor after the engine was started again; and consent that was taken back stays so. */
  @Test
  void aKeyIsKnownToTheNextEngine() throws Exception {
    try (Engine engine = sandbox.open()) {
      engine.execute(consent(engine), null, "trust");
    }
    try (var files = Files.walk(sandbox.home)) {
      for (Path file : files.filter(f -> f.endsWith("consent.json")).toList()) {
        Files.delete(file);
      }
    }
    try (Engine engine = sandbox.open()) {
      engine.execute(consent(engine), null, "trust");
      assertThatThrownBy(() -> engine.execute(new Command.StartHive(1), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("not-trusted"));
    }
  }

  @Test
  void whatWasRefusedMayBeSentAgain() {
    try (Engine engine = sandbox.open()) {
      assertThatThrownBy(() -> engine.execute(new Command.RestoreKept("T-9/1/1", "b"), null, "k"))
          .isInstanceOf(HiveException.class);
      sandbox.git("update-ref", "refs/hivedeck/kept/T-9/1/1", "HEAD");
      assertThat(
              engine
                  .execute(new Command.RestoreKept("T-9/1/1", "b"), null, "k")
                  .path("branch")
                  .asText())
          .isEqualTo("b");
    }
  }
}
