package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.audit.AuditQuery;
import dev.hivedeck.engine.protocol.health.HealthCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What speaks against a change is let be by a person, with a reason that stays. */
@DisabledOnOs(OS.WINDOWS) // its agent is a shell script
class ClearanceTest {
  @TempDir Path folder;

  private static ChangeViews.Change open(Engine engine, int attempt) {
    TestRepository.await(
        "C-1 is open",
        engine,
        () ->
            TestRepository.changes(engine).stream()
                .anyMatch(
                    c -> c.state() == ChangeState.OPEN && c.attempt().endsWith("." + attempt)));
    return TestRepository.changes(engine).getFirst();
  }

  private static ChangeViews.Change clear(Engine engine, String code, String because) {
    return Json.as(
        engine.execute(new HealthCommand.Clear("C-1", code, because), null),
        ChangeViews.Change.class);
  }

  private static List<String> standing(ChangeViews.Change change) {
    return change.verdict().obstacles().stream()
        .filter(o -> o.cleared() == null)
        .map(Obstacle::code)
        .toList();
  }

  @Test
  void aLargeChangeIsLetBeUntilAPushMakesItAnotherOne() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 30s }
        changes: { size: { warn: 2, max: 4 }, health: { weights: { unchecked: 30 } } }
        agents: { a: { driver: command, run: sh tools/agent.sh } }
        decisions: { default: { human: required } }
        """);
    sandbox.write("tools/agent.sh", "seq $(( 6 + $(wc -l < work.txt) )) > work.txt\n");
    sandbox.write("work.txt", "1\n");
    sandbox.commit("Set up");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      engine.execute(
          new Command.ImportPlan(
              "plan.yaml", "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n"),
          null);
      engine.execute(new Command.StartHive(1), null);
      var change = open(engine, 1);
      assertThat(standing(change)).containsExactly("unchecked", "size");
      assertThat(change.health()).isEqualTo(40);
      assertThatThrownBy(() -> clear(engine, "size", "  "))
          .hasMessageContaining("Without a reason");
      assertThatThrownBy(() -> clear(engine, "sise", "x"))
          .isInstanceOf(HiveException.class)
          .satisfies(e -> assertThat(((HiveException) e).hint()).contains("unchecked, size"));
      assertThatThrownBy(() -> clear(engine, "size", "x".repeat(2_001)))
          .hasMessageContaining("2,001 characters");
      assertThatThrownBy(() -> engine.execute(new HealthCommand.Unclear("C-1", "size"), null))
          .hasMessageContaining("was not cleared");
      assertThat(standing(clear(engine, "unchecked", "There is nothing to test yet."))).hasSize(1);
      change = clear(engine, "size", "It is one table.");
      assertThat(standing(change)).isEmpty();
      assertThat(change.health()).isEqualTo(100);
      assertThat(change.verdict().cleared().getLast().cleared().reason())
          .isEqualTo("It is one table.");
      engine.execute(new HealthCommand.Unclear("C-1", "unchecked"), null);
    }
    try (Engine engine = sandbox.open()) {
      var change = TestRepository.changes(engine).getFirst();
      assertThat(standing(change)).containsExactly("unchecked"); // also after a restart
      assertThat(change.health()).isEqualTo(70);
      engine.execute(new Command.StartHive(1), null);
      engine.execute(new Command.ReturnChange("C-1", "More.", List.of()), null);
      assertThat(standing(open(engine, 2))).containsExactly("unchecked", "size");
      assertThatThrownBy(() -> engine.execute(new Command.ApproveChange("C-1", null), null))
          .hasMessageContaining("lines to read");
      clear(engine, "size", "It is one table still.");
      engine.execute(new Command.ApproveChange("C-1", null), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThatThrownBy(() -> clear(engine, "size", "x")).hasMessageContaining("is merged");
      assertThat(engine.query(new AuditQuery.Entries(null, null, 100)).toString())
          .contains("change.clear", "It is one table.", "change.unclear");
    }
  }

  @Test
  void whatBlocksIsNotMergedBecauseNobodyObjects() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 30s }
        changes: { health: { block: [unchecked] } }
        agents: { a: { driver: command, run: sh tools/agent.sh } }
        decisions: { default: { human: advisory, within: 100ms } }
        """);
    sandbox.write("tools/agent.sh", "echo more > work.txt\n");
    sandbox.commit("Set up");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(
          engine, "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n", 1);
      open(engine, 1);
      TestRepository.await(
          "a person is waited for",
          engine,
          () -> TestRepository.changes(engine).getFirst().dueAt() == null);
      var change = TestRepository.changes(engine).getFirst();
      assertThat(change.state()).isEqualTo(ChangeState.OPEN);
      assertThat(change.verdict().blockers()).extracting(Obstacle::code).contains("unchecked");
    }
  }

  @Test
  void whatAWorkspaceWantsToBlockIsHeldAlsoWhereNobodyNeedsToApprove() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 30s }
        changes: { health: { block: [contract], owners: on } }
        agents: { a: { driver: command, run: sh tools/agent.sh } }
        decisions: { default: { human: none } }
        """);
    sandbox.write(
        "tools/agent.sh",
        """
        sed -i '/carts/d' api/openapi.yaml
        echo 'drop table carts;' > db/migrations/2.sql
        echo 'changed' >> db/migrations/1.sql
        echo more >> hot.txt
        """);
    sandbox.write("api/openapi.yaml", "openapi: 3.1.0\npaths:\n  /orders: {}\n  /carts: {}\n");
    sandbox.write("db/migrations/1.sql", "create table carts(id int);\n");
    sandbox.write("CODEOWNERS", "* @ada\n/db/ @bob # the database\n");
    sandbox.commit("Set up");
    for (int i = 0; i < 10; i++) {
      sandbox.write("hot.txt", ("line " + i + "\n").repeat(600));
      sandbox.commit("Change " + i);
    }
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(
          engine, "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n", 1);
      var change = open(engine, 1);
      assertThat(change.verdict().obstacles().stream().map(Obstacle::text))
          .contains(
              "breaks others: api/openapi.yaml removes /carts",
              "not undone by a revert: edits db/migrations/1.sql,"
                  + " db/migrations/2.sql: drop table carts",
              "large and changed often: hot.txt",
              "owned by @ada, @bob");
      assertThat(change.verdict().blockers()).hasSize(1);
      assertThatThrownBy(() -> engine.execute(new Command.ApproveChange("C-1", "Yes."), null))
          .hasMessageContaining("#1 is blocked: breaks others");
      clear(engine, "contract", "Nobody asked for carts in a year.");
      engine.execute(new Command.ApproveChange("C-1", null), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
    }
  }
}
