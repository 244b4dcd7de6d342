package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.simulator.ModelServer;
import dev.hivedeck.engine.simulator.RequestRecord;
import dev.hivedeck.engine.simulator.Scenarios;
import dev.hivedeck.engine.simulator.SimulatedHome;
import dev.hivedeck.engine.time.SystemTimers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole engine with real agents, which talk to the scripted model. */
@Tag("agents")
class SimulatedModelTest {
  /** Dollars that one answer of the model takes, by the prices in opencode's rig. */
  private static final double PRICE = (900 * 1 + 100 * 0.1 + 50 * 5) / 1e6;

  private static final Duration PATIENCE = Duration.ofMinutes(6);

  @TempDir Path folder;
  private final SystemTimers timers = new SystemTimers();
  private final Set<String> keys = ConcurrentHashMap.newKeySet();
  private TestRepository sandbox;
  private ModelServer model;

  @BeforeEach
  void begin() {
    sandbox = new TestRepository(folder);
    model = ModelServer.start(Scenarios.bundled(), timers, 0, _ -> mark());
  }

  @AfterEach
  void noProcessIsLeft() {
    model.close();
    timers.close();
    assertThat(keys).as("attempts were seen while they ran").isNotEmpty();
    assertThat(ProcessTree.carrying()).noneMatch(p -> keys.contains(p.key()));
  }

  /** Remembers whose processes work in this test's folder, each time that one asks the model. */
  private void mark() {
    ProcessTree.carrying().stream()
        .filter(p -> p.folder() != null && p.folder().startsWith(folder))
        .forEach(p -> keys.add(p.key()));
  }

  private void hive(String agent, String scenario, String sandboxed, String more) {
    var home = SimulatedHome.of(agent, model.address(scenario), folder.resolve("rig")).write();
    String program = Installed.program(agent);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        queue: { load: 1000 }
        agents:
          it: %s
        decisions: { default: { human: none } }
        %s
        """
            .formatted(home.entry(program, sandboxed), more));
    sandbox.write("hello.txt", "hello\n");
    sandbox.write("test.sh", "grep -q 42 answer.txt\n");
    sandbox.commit("Begin");
  }

  private static String plan(String... scenarios) {
    var plan = new StringBuilder("plan: P\ntasks:\n");
    for (int i = 1; i <= scenarios.length; i++) {
      plan.append(
          "- { id: T-%d, title: Task %d, agent: it, needs: [%s], prompt: \"Do it [[scenario:%s]]\" }\n"
              .formatted(i, i, i == 1 ? "" : "T-" + (i - 1), scenarios[i - 1]));
    }
    return plan.toString();
  }

  private static void work(Engine engine, String... scenarios) {
    TestRepository.trust(engine);
    engine.execute(new Command.ImportPlan("plan.yaml", plan(scenarios)), null);
    engine.execute(new Command.StartHive(1), null);
  }

  private static List<AttemptViews.Attempt> attempts(Engine engine, String task) {
    return Arrays.asList(
        Json.as(engine.query(new Query.Attempts(task)), AttemptViews.Attempt[].class));
  }

  private static List<Query.LogLine> log(Engine engine, String attempt) {
    return Json.as(engine.query(new Query.Log(attempt, 0, 500)), Query.LogPage.class).lines();
  }

  private static String told(Engine engine, String task) {
    return attempts(engine, task).stream()
        .map(
            a ->
                a
                    + "\n"
                    + log(engine, a.id()).stream()
                        .map(l -> "  " + l.kind() + " " + l.text())
                        .collect(Collectors.joining("\n")))
        .collect(Collectors.joining("\n"));
  }

  /** Patiently: on a busy machine an agent takes half a minute to begin. */
  private static void await(String what, Engine engine, BooleanSupplier condition) {
    long limit = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > limit) {
        throw new AssertionError(
            "never: "
                + what
                + TestRepository.tasks(engine).stream()
                    .map(t -> "\n" + t + "\n" + told(engine, t.id()))
                    .collect(Collectors.joining()));
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"codex", "opencode", "gemini", "claude"})
  void threeTasksReachMainWithTheirTokensAndWhatWasDone(String agent) {
    hive(agent, "edit", "full", "gates: { tests: { run: sh ./test.sh, at: [attempt, merge] } }");
    try (Engine engine = sandbox.open()) {
      work(engine, "repair", "edit", "permission");
      await(
          "all merged",
          engine,
          () -> TestRepository.tasks(engine).stream().allMatch(TaskViews.Task::merged));
      int[] answers = {4, 3, 2};
      for (int i = 0; i < answers.length; i++) {
        String task = "T-" + (i + 1);
        assertThat(attempts(engine, task)).as(told(engine, task)).hasSize(1);
        var attempt = attempts(engine, task).getFirst();
        assertThat(attempt.state()).isEqualTo(AttemptViews.AttemptState.SUCCEEDED);
        assertThat(attempt.tokensIn()).as(told(engine, task)).isEqualTo(answers[i] * 1_000L);
        assertThat(attempt.cached()).isEqualTo(answers[i] * 100L);
        assertThat(attempt.tokensOut()).isEqualTo(answers[i] * 50L);
        if (agent.equals("opencode")) {
          assertThat(attempt.cost()).isCloseTo(answers[i] * PRICE, within(1e-9));
        } else if (agent.equals("codex")) {
          assertThat(attempt.cost()).as("nobody knows a price of its model").isNull();
        } else if (agent.equals("claude")) {
          assertThat(attempt.cost()).isPositive();
        }
      }
      var runs =
          log(engine, attempts(engine, "T-1").getFirst().id()).stream()
              .map(Query.LogLine::act)
              .filter(Act.Run.class::isInstance)
              .map(Act.Run.class::cast)
              .toList();
      assertThat(runs).as(told(engine, "T-1")).anyMatch(r -> r.command().contains("test.sh"));
    }
    assertThat(sandbox.git("show", "main:answer.txt")).isEqualTo("42");
    assertThat(sandbox.git("show", "main:hello.txt"))
        .isEqualTo("hello\nedited by a scripted model");
    assertThat(sandbox.git("show", "main:allowed.txt")).isEqualTo("allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"codex", "opencode", "gemini", "claude"})
  void killedHalfWayAndTakenUpAgainTheWorkIsDoneOnce(String agent) {
    hive(agent, "edit", "full", "defaults: { attempts: 3, backoff: [1s] }");
    try (Engine engine = sandbox.open()) {
      work(engine, "half-way");
      await(
          "half way",
          engine,
          () -> model.asked().stream().map(RequestRecord::step).anyMatch(s -> s == 1));
      ProcessHandle.of(attempts(engine, "T-1").getFirst().pid()).orElseThrow().destroyForcibly();
      await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(attempts(engine, "T-1")).as(told(engine, "T-1")).hasSize(2);
      var first = attempts(engine, "T-1").getFirst();
      var second = attempts(engine, "T-1").getLast();
      assertThat(first.reason()).isEqualTo("crash");
      assertThat(second.session()).as("the same conversation").isEqualTo(first.session());
      // Claude writes a conversation down a moment after it was had.
      long most = agent.equals("claude") ? 4_000 : 3_000;
      assertThat(second.tokensIn()).as(told(engine, "T-1")).isBetween(1_000L, most);
    }
    assertThat(sandbox.git("show", "main:first.txt")).isEqualTo("first");
    assertThat(sandbox.git("show", "main:second.txt")).isEqualTo("second");
  }

  @ParameterizedTest
  @CsvSource({
    "codex, e401, sign-in, 120",
    "codex, e429, quota, 180",
    "codex, e500, overload, 180",
    "codex, overflow, context, 150",
    "codex, hang, quiet, 120",
    "codex, nothing-changed, nothing-changed, 120",
    "codex, runaway, runaway, 120",
    "opencode, e401, sign-in, 120",
    "opencode, e429, quota, 180",
    "opencode, e500, overload, 180",
    "opencode, overflow, context, 150",
    "opencode, hang, quiet, 120",
    "opencode, nothing-changed, nothing-changed, 120",
    "opencode, runaway, runaway, 120",
    "gemini, e401, sign-in, 120",
    "gemini, e429, quota, 180",
    "gemini, e500, overload, 180",
    "gemini, overflow, context, 150",
    "gemini, hang, quiet, 240",
    "gemini, nothing-changed, nothing-changed, 120",
    "gemini, runaway, runaway, 120",
    "claude, e401, sign-in, 120",
    "claude, e429, quota, 180",
    "claude, e500, overload, 180",
    "claude, overflow, context, 150",
    "claude, hang, quiet, 120",
    "claude, nothing-changed, nothing-changed, 120",
    "claude, runaway, runaway, 120",
  })
  void aFaultIsKnownForWhatItIsInTime(String agent, String scenario, String reason, int seconds) {
    String quiet = reason.equals("quiet") ? "1m" : "4m";
    hive(agent, scenario, "full", "defaults: { attempts: 1, quiet: " + quiet + " }");
    try (Engine engine = sandbox.open()) {
      work(engine, scenario);
      await(
          "it has ended",
          engine,
          () -> attempts(engine, "T-1").stream().anyMatch(a -> a.endedAt() != null));
      var attempt = attempts(engine, "T-1").getFirst();
      assertThat(attempt.reason()).as(told(engine, "T-1")).isEqualTo(reason);
      // From its first request: how long an agent takes to begin says nothing about Hivedeck.
      assertThat(Duration.between(model.asked().getFirst().at(), attempt.endedAt()))
          .as(told(engine, "T-1"))
          .isLessThan(Duration.ofSeconds(seconds));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude", "opencode", "codex"})
  void itTellsHowFarItIsByItsOwnTool(String agent) {
    hive(agent, "progress", "full", "defaults: { attempts: 1 }");
    try (Engine engine = sandbox.open(10, true)) {
      work(engine, "progress");
      await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(log(engine, "T-1.1"))
          .as(told(engine, "T-1"))
          .anyMatch(l -> l.text().equals("Half of it is there."));
    }
    assertThat(sandbox.git("show", "main:progress.txt")).isEqualTo("all of it");
  }

  /**
   * Gemini does not even offer the model what it may not use, and codex does not always tell what
   * its sandbox refused; then it is known that nothing came of it.
   */
  @ParameterizedTest
  @CsvSource({
    "codex, refused or nothing-changed",
    "opencode, refused",
    "gemini, nothing-changed",
    "claude, refused"
  })
  void whatIsNotAllowedIsKnown(String agent, String reasons) {
    hive(agent, "permission", "read-only", "defaults: { attempts: 1 }");
    try (Engine engine = sandbox.open()) {
      work(engine, "permission");
      await(
          "it has ended",
          engine,
          () -> attempts(engine, "T-1").stream().anyMatch(a -> a.endedAt() != null));
      assertThat(attempts(engine, "T-1").getFirst().reason())
          .as(told(engine, "T-1"))
          .isIn((Object[]) reasons.split(" or "));
    }
  }
}
