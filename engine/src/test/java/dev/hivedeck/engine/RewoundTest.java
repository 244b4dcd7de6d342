package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was merged and is not on main any more. */
@Timeout(120)
class RewoundTest {
  @TempDir Path folder;

  /** Whoever resets main decides what becomes of the work that it had; until then all say so. */
  @ParameterizedTest
  @ValueSource(strings = {"put-back", "retry", "close", "keep", "undone"})
  void workThatItsUserTakesOffMainIsKeptToldAndSettled(String remedy) {
    var sandbox = EngineTest.twentyTasksOnEightAgents(folder);
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(new Command.ImportPlan("plan.yaml", EngineTest.plan(1)), null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      String merge = sandbox.git("rev-parse", "main");
      sandbox.git("reset", "-q", "--hard", "HEAD~1");
      TestRepository.await(
          "noticed",
          engine,
          () -> {
            engine.execute(new Command.Reconcile(), null);
            return !TestRepository.task(engine, "T-1").merged();
          });
      assertThat(drift(engine, "main-moved")).as("its user's own move").isEmpty();
      var drift = drift(engine, "main-rewound").orElseThrow();
      assertThat(drift.remedies())
          .extracting("id")
          .containsExactly("put-back", "retry", "close", "keep");
      assertThat(TestRepository.task(engine, "T-1").reason())
          .contains("no longer on main", "kept as");
      assertThat(TestRepository.changes(engine).getFirst().state())
          .isEqualTo(ChangeViews.ChangeState.BLOCKED);
      assertThat(sandbox.git("for-each-ref", "--contains", merge, "refs/hivedeck/kept"))
          .as("outlives any reflog")
          .isNotEmpty();
      if (remedy.equals("undone")) {
        sandbox.git("reset", "-q", "--hard", merge);
        engine.execute(new Command.Reconcile(), null);
      } else {
        engine.execute(new Command.Repair(drift.id(), remedy), null);
      }
      if (remedy.equals("close")) {
        assertThat(TestRepository.task(engine, "T-1").state())
            .isEqualTo(TaskViews.TaskState.CANCELLED);
      } else {
        TestRepository.await(
            "merged again", engine, () -> TestRepository.task(engine, "T-1").merged());
      }
      engine.execute(new Command.Reconcile(), null);
      assertThat(drift(engine, "main-rewound")).isEmpty();
      assertThat(attempts(engine)).hasSize(remedy.equals("retry") ? 2 : 1);
    }
    assertThat(sandbox.git("ls-tree", "main:", "out/").isEmpty())
        .isEqualTo(remedy.equals("close") || remedy.equals("keep"));
  }

  /** The engine looks by itself, and so does whoever asks it to, at the same moment. */
  @Test
  void thoseThatLookAtOnceWriteItDownOnce() throws Exception {
    var sandbox = EngineTest.twentyTasksOnEightAgents(folder);
    try (Engine engine = sandbox.open();
        var askers = Executors.newVirtualThreadPerTaskExecutor()) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(new Command.ImportPlan("plan.yaml", EngineTest.plan(1)), null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      String merge = sandbox.git("rev-parse", "main");
      for (String place : List.of("HEAD~1", merge, "HEAD~1")) {
        sandbox.git("reset", "-q", "--hard", place);
        Callable<?> look = () -> engine.execute(new Command.Reconcile(), null);
        for (var asked : askers.invokeAll(Collections.nCopies(8, look))) {
          asked.get();
        }
      }
      assertThat(TestRepository.changes(engine).getFirst().state())
          .isEqualTo(ChangeViews.ChangeState.BLOCKED);
    }
  }

  /** What is no longer on main is not merged along with work that began before that. */
  @ParameterizedTest
  @ValueSource(strings = {"a commit that is amended", "a merge that is taken off"})
  void whatItsUserTookOffMainComesBackWithNoLaterMerge(String what) throws Exception {
    boolean amended = what.contains("amended");
    var sandbox = new TestRepository(folder);
    Path go = folder.resolve("go");
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1 }
        agents:
          quick: { run: "echo work of $HIVEDECK_TASK > $HIVEDECK_TASK.txt" }
          slow:
            run: "until test -e '%s'; do sleep 0.05; done; echo $HIVEDECK_TASK > $HIVEDECK_TASK.txt"
        decisions: { default: { human: none } }
        """
            .formatted(go));
    sandbox.write("secrets.txt", "oops");
    sandbox.commit("Set up");
    try (Engine engine = sandbox.open()) {
      String plan =
          """
          plan: Two
          tasks:
            - { id: T-1, title: First, agent: quick, prompt: x }
            - { id: T-2, title: Second, agent: slow, prompt: x, needs: [T-1] }
          """;
      TestRepository.begin(engine, plan, 1);
      TestRepository.await(
          "begun", engine, () -> !sandbox.git("branch", "--list", "hive/T-2*").isEmpty());
      String merge = sandbox.git("rev-parse", "main");
      if (amended) {
        sandbox.git("rm", "-q", "secrets.txt");
        sandbox.git("commit", "-q", "--amend", "-m", "Set up");
      } else {
        sandbox.git("reset", "-q", "--hard", "HEAD~1");
      }
      Files.createFile(go);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-2").merged());
      assertThat(attempts(engine)).extracting("task").containsExactly("T-1", "T-2", "T-2");
      assertThat(sandbox.git("log", "--format=%H", "main")).doesNotContain(merge);
      assertThat(sandbox.git("ls-tree", "--name-only", "main").lines())
          .contains("T-2.txt")
          .doesNotContain(amended ? "secrets.txt" : "T-1.txt");
      if (!amended) {
        engine.execute(new Command.Reconcile(), null);
        assertThat(TestRepository.task(engine, "T-1").merged()).isFalse();
        engine.execute(
            new Command.Repair(drift(engine, "main-rewound").orElseThrow().id(), "put-back"), null);
        TestRepository.await(
            "by its wish", engine, () -> TestRepository.task(engine, "T-1").merged());
      }
    }
  }

  private static Optional<DriftViews.Drift> drift(Engine engine, String kind) {
    return all(engine, Topic.DRIFT, DriftViews.Drift.class).stream()
        .filter(d -> d.kind().equals(kind))
        .findFirst();
  }

  private static List<AttemptViews.Attempt> attempts(Engine engine) {
    return all(engine, Topic.ATTEMPT, AttemptViews.Attempt.class);
  }

  private static <T> List<T> all(Engine engine, Topic topic, Class<T> type) {
    return engine.snapshot(Set.of(topic)).things().get(topic).stream().map(type::cast).toList();
  }
}
