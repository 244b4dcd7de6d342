package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.FindingAge;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that guards main changes without a person, and gates judge what would be merged. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class GatesTest {
  @TempDir Path folder;

  private static final String NONE = "decisions: { default: { human: none } }\n";

  /** A repository whose only agent runs {@code work} for every task. */
  private TestRepository sandbox(String work, String more) {
    return sandbox(work, 1, more);
  }

  private TestRepository sandbox(String work, int attempts, String more) {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ndefaults: { attempts: %d, timeout: 30s, backoff: [10ms] }\n"
                .formatted(attempts)
            + "agents: { a: { driver: command, run: sh tools/agent.sh, parallel: 1 } }\n"
            + more);
    sandbox.write("tools/agent.sh", work);
    sandbox.write("check.sh", "grep -q good work.txt\n");
    sandbox.write("work.txt", "good\n");
    sandbox.commit("Set up");
    return sandbox;
  }

  private static Engine work(TestRepository sandbox, int tasks) {
    Engine engine = sandbox.open();
    TestRepository.trust(engine);
    var plan = new StringBuilder("plan: P\ntasks:\n");
    for (int i = 1; i <= tasks; i++) {
      plan.append("  - { id: T-%d, title: Task %d, agent: a, prompt: x }\n".formatted(i, i));
    }
    engine.execute(new Command.ImportPlan("plan.yaml", plan.toString()), null);
    engine.execute(new Command.StartHive(1), null);
    return engine;
  }

  private static ChangeViews.Change change(Engine engine, String task) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.task().equals(task))
        .findFirst()
        .orElseThrow();
  }

  private static boolean is(Engine engine, String task, ChangeState state) {
    return TestRepository.changes(engine).stream()
        .anyMatch(c -> c.task().equals(task) && c.state() == state);
  }

  @Test
  void whatGuardsMainWaitsForAPersonAndOrdinaryWorkDoesNot() {
    var sandbox =
        sandbox(
            "if [ $HIVEDECK_TASK = T-1 ]; then mkdir -p .github/workflows; echo on: push >"
                + " .github/workflows/ci.yml; else echo x > $HIVEDECK_TASK.txt; fi\n",
            NONE);
    try (Engine engine = work(sandbox, 2)) {
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-2").merged());
      TestRepository.await("open", engine, () -> is(engine, "T-1", ChangeState.OPEN));
      var change = change(engine, "T-1");
      assertThat(change.review()).isEqualTo(ReviewState.WANTED);
      assertThat(change.risks())
          .containsExactly(new Risk(RiskKind.CI, ".github/workflows/ci.yml", null));
      assertThat(change.healthReasons())
          .containsExactly(
              "-10 nothing was checked: no gate judges this work",
              "-10 needs your approval: changes .github/workflows/ci.yml (continuous integration)");
      assertThat(change.health()).isEqualTo(80);
      assertThat(change(engine, "T-2").risks()).isEmpty();
      engine.execute(new Command.ApproveChange(change.id(), null), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
    }
  }

  @Test
  void theSecondAttemptShowsWhatTheFirstWasToldAlready() {
    var sandbox =
        sandbox(
            """
            if grep -q 'Gate words failed' "$HIVEDECK_PROMPT_FILE"; then
              echo bad > work.txt; printf 'a\nbad\n' > other.txt
            else
              printf 'bad\nbad\n' > work.txt; echo bad > other.txt
            fi
            """,
            2,
            NONE
                + """
                gates:
                  words:
                    run: >-
                      ! grep -n bad work.txt other.txt | sed 's/:bad/: is a bad word/' | grep .
                """);
    try (Engine engine = work(sandbox, 1)) {
      TestRepository.await(
          "given up",
          engine,
          () -> TestRepository.task(engine, "T-1").state() == TaskViews.TaskState.DEAD);
      var gates =
          Stream.of(Json.as(engine.query(new Query.Attempts("T-1")), AttemptViews.Attempt[].class))
              .sorted(Comparator.comparing(AttemptViews.Attempt::startedAt))
              .map(attempt -> attempt.gates().getFirst())
              .toList();
      assertThat(gates.getFirst().findings())
          .containsExactlyInAnyOrder(
              new Finding("work.txt", 1, "is a bad word"),
              new Finding("work.txt", 2, "is a bad word"),
              new Finding("other.txt", 1, "is a bad word"));
      assertThat(gates.getLast().findings())
          .containsExactlyInAnyOrder(
              new Finding("work.txt", 1, "is a bad word", FindingAge.STILL),
              new Finding("other.txt", 2, "is a bad word", FindingAge.STILL));
      assertThat(gates.getLast().fixed())
          .containsExactly(new Finding("work.txt", 2, "is a bad word"));
    }
  }

  @Test
  void anAdvisoryReviewOfItDoesNotGoOnByItself() {
    var sandbox =
        sandbox(
            "echo '# more' >> check.sh\n",
            "decisions: { default: { human: advisory, within: 100ms } }\n"
                + "gates: { g: { run: sh ./check.sh } }\n");
    try (Engine engine = work(sandbox, 1)) {
      TestRepository.await("open", engine, () -> is(engine, "T-1", ChangeState.OPEN));
      assertThat(change(engine, "T-1").dueAt()).isNull();
      assertThat(change(engine, "T-1").risks())
          .containsExactly(new Risk(RiskKind.GATE, "check.sh", "g"));
    }
  }

  @Test
  void aGateScriptThatItsAgentHidFromTheDiffDoesNotJudge() {
    var sandbox =
        sandbox(
            "git update-index --skip-worktree check.sh; echo exit 0 > check.sh; echo bad >"
                + " work.txt\n",
            NONE + "gates: { g: { run: sh ./check.sh } }\n");
    try (Engine engine = work(sandbox, 1)) {
      TestRepository.await(
          "refused or asked",
          engine,
          () ->
              TestRepository.task(engine, "T-1").state() == TaskViews.TaskState.DEAD
                  || is(engine, "T-1", ChangeState.OPEN));
      assertThat(sandbox.git("show", "main:work.txt")).isEqualTo("good");
    }
  }

  /** Main, or what is protected, may have moved since the change was approved or needed no word. */
  @Test
  void whatNobodyHasApprovedIsHeldBeforeItIsMerged() throws Exception {
    var sandbox = sandbox("echo better > work.txt\n", "");
    try (Engine engine = work(sandbox, 1)) {
      TestRepository.await("open", engine, () -> is(engine, "T-1", ChangeState.OPEN));
      assertThat(change(engine, "T-1").risks()).isEmpty();
      Path file = sandbox.repository.resolve(".hivedeck/hive.yaml");
      Files.writeString(file, Files.readString(file) + "protected: [/work.txt]\n");
      sandbox.commit("Protect it");
      TestRepository.await(
          "asked", engine, () -> TestRepository.workspace(engine).consent().why() != null);
      TestRepository.trust(engine);
      assertThat(engine.config().protectedPaths()).isNotEmpty();
      engine.execute(new Command.ApproveChange("C-1", null), null);
      TestRepository.await("held", engine, () -> !change(engine, "T-1").risks().isEmpty());
      TestRepository.await("open", engine, () -> is(engine, "T-1", ChangeState.OPEN));
      assertThat(change(engine, "T-1").review()).isEqualTo(ReviewState.WANTED);
      assertThat(sandbox.git("show", "main:work.txt")).isEqualTo("good");
      engine.execute(new Command.ApproveChange("C-1", null), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
    }
  }

  @Test
  void aGateFindsTheSameSurroundingsAtAnAttemptAndBeforeTheMerge() throws Exception {
    var sandbox =
        sandbox(
            "echo better > made.txt\n",
            NONE
                + "gates: { g: { run: 'env | grep ^HIVEDECK_ | sort >"
                + " \"$HIVEDECK_WORKSPACE/../env-$HIVEDECK_CHECKPOINT\"', at: [attempt, merge] }"
                + " }\n");
    try (Engine engine = work(sandbox, 1)) {
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
    }
    var attempt = Files.readAllLines(folder.resolve("env-attempt"));
    var merge = Files.readAllLines(folder.resolve("env-merge"));
    assertThat(names(merge)).isEqualTo(names(attempt)).contains("HIVEDECK_WORKSPACE");
    assertThat(merge).contains("HIVEDECK_TASK=T-1", "HIVEDECK_ATTEMPT=T-1.1");
    assertThat(names(attempt)).doesNotContain("HIVEDECK_TOKEN");
  }

  private static List<String> names(List<String> lines) {
    return lines.stream().map(l -> l.substring(0, l.indexOf('='))).toList();
  }

  @Test
  void whatAGatePrintsStopsNoOtherMerge() {
    var sandbox =
        sandbox(
            "echo x > $HIVEDECK_TASK.txt\n",
            NONE
                + "gates: { g: { run: \"test ! -e T-1.txt || { echo 'foo.py:99999999999: bad';"
                + " exit 1; }\", at: [merge] } }\n");
    try (Engine engine = work(sandbox, 2)) {
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-2").merged());
      assertThat(TestRepository.task(engine, "T-1").merged()).isFalse();
    }
  }

  @Test
  void whatAGateOfAMergeLeftWhenTheEngineWasKilledIsEnded() throws Exception {
    var sandbox = sandbox("echo x > made.txt\n", "");
    try (Engine engine = work(sandbox, 1)) {
      TestRepository.await("open", engine, () -> is(engine, "T-1", ChangeState.OPEN));
      assertThat(engine.query(new Query.Attempts("T-1"))).hasSize(1);
    }
    String key;
    try (var files = Files.walk(sandbox.home)) {
      Path database = files.filter(f -> f.endsWith(Engine.DATABASE)).findFirst().orElseThrow();
      try (var sql = DriverManager.getConnection("jdbc:sqlite:" + database);
          var all = sql.createStatement()) {
        all.executeUpdate("UPDATE change SET state = 'merging'");
        key = all.executeQuery("SELECT token FROM attempt").getString(1);
      }
    }
    var left =
        ProcessTree.start(
            "sleep 300", sandbox.repository, Map.of(ProcessTree.MARK, key + "-merge"));
    try (Engine engine = sandbox.open()) {
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(left.process().isAlive()).isFalse();
    } finally {
      left.end();
    }
  }
}
