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
class KeysTest {
  @TempDir Path folder;

  private Sandbox sandbox;

  @BeforeEach
  void repository() {
    sandbox = new Sandbox(folder);
    sandbox.write(
        ".hivedeck/hive.yaml", "version: 1\nagents:\n  a: { driver: command, run: \"true\" }\n");
    sandbox.write(
        ".claude/agents/helper.md", "---\nname: helper\ndescription: Helps.\n---\nHelp.\n");
    sandbox.commit("Set up");
  }

  /** Commands that can be done here as it stands, of both kinds: in the ledger, and beside it. */
  private List<Command> all(Hive hive) {
    return List.of(
        consent(hive),
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
        new Command.ImportAgents(List.of(definition(hive))));
  }

  private static Command consent(Hive hive) {
    return new Command.Trust(Sandbox.workspace(hive).consent().digest());
  }

  private static String definition(Hive hive) {
    return hive.query(new Query.Definitions()).findValuesAsText("id").getFirst();
  }

  @Test
  void theSameKeyIsAnsweredAsTheFirstTimeAndDoesNothingMore() {
    try (Hive hive = sandbox.open()) {
      int n = 0;
      for (Command command : all(hive)) {
        String key = "key-" + n++;
        JsonNode first = hive.execute(command, null, key);
        int events = hive.query(events()).size();
        assertThat(hive.execute(command, null, key).toString())
            .as("%s", command)
            .isEqualTo(first.toString());
        assertThat(hive.query(events()).size()).as("%s", command).isEqualTo(events);
      }
      assertThat(Sandbox.tasks(hive)).as("added once").hasSize(2);
    }
  }

  private static Query events() {
    return new Query.Events(0, 5_000);
  }

  @Test
  void aKeyIsForOneCommandOnlyWhateverTheTwoAre() {
    try (Hive hive = sandbox.open()) {
      var commands = all(hive);
      int n = 0;
      for (Command command : commands) {
        hive.execute(command, null, "key-" + n++);
      }
      for (int i = 0; i < commands.size(); i++) {
        for (Command other : commands) {
          if (!other.equals(commands.get(i))) {
            String key = "key-" + i;
            assertThatThrownBy(() -> hive.execute(other, null, key))
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
    try (Hive hive = sandbox.open()) {
      hive.execute(consent(hive), null, "k");
      sandbox.write("mine.txt", "mine");
      sandbox.commit("Mine");
      sandbox.git("update-ref", "refs/hivedeck/kept/T-9/1/1", "HEAD");
      var restore = new Command.RestoreKept("T-9/1/1", "back");
      var all = new ArrayList<CompletableFuture<JsonNode>>();
      for (int i = 0; i < 10; i++) {
        all.add(CompletableFuture.supplyAsync(() -> hive.execute(restore, null, "restore")));
      }
      for (var one : all) {
        assertThat(one.get().path("branch").asText()).isEqualTo("back");
      }
      assertThat(hive.snapshot(Set.of(Topic.KEPT)).things().get(Topic.KEPT)).isNotEmpty();
      assertThatThrownBy(() -> hive.execute(restore, null, "another"))
          .as("it is there")
          .isInstanceOf(HiveException.class);
    }
  }

  /** Nor after the engine was started again; and consent that was taken back stays so. */
  @Test
  void aKeyIsKnownToTheNextEngine() throws Exception {
    try (Hive hive = sandbox.open()) {
      hive.execute(consent(hive), null, "trust");
    }
    try (var files = Files.walk(sandbox.home)) {
      for (Path file : files.filter(f -> f.endsWith("consent.json")).toList()) {
        Files.delete(file);
      }
    }
    try (Hive hive = sandbox.open()) {
      hive.execute(consent(hive), null, "trust");
      assertThatThrownBy(() -> hive.execute(new Command.StartHive(1), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("not-trusted"));
    }
  }

  @Test
  void whatWasRefusedMayBeSentAgain() {
    try (Hive hive = sandbox.open()) {
      assertThatThrownBy(() -> hive.execute(new Command.RestoreKept("T-9/1/1", "b"), null, "k"))
          .isInstanceOf(HiveException.class);
      sandbox.git("update-ref", "refs/hivedeck/kept/T-9/1/1", "HEAD");
      assertThat(
              hive.execute(new Command.RestoreKept("T-9/1/1", "b"), null, "k")
                  .path("branch")
                  .asText())
          .isEqualTo("b");
    }
  }
}
