package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.simulator.ModelServer;
import dev.hivedeck.engine.simulator.Scenarios;
import dev.hivedeck.engine.simulator.SimulatedHome;
import dev.hivedeck.engine.time.SystemTimers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real agents ask a person, who answers by the engine's own API. */
@Tag("agents")
class ConversationsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  @TempDir Path folder;
  private final SystemTimers timers = new SystemTimers();
  private TestRepository sandbox;
  private ModelServer model;

  @BeforeEach
  void begin() {
    sandbox = new TestRepository(folder);
    model = ModelServer.start(Scenarios.bundled(), timers, 0, _ -> {});
  }

  @AfterEach
  void noProcessIsLeft() {
    model.close();
    timers.close();
    assertThat(ProcessTree.carrying())
        .noneMatch(p -> p.folder() != null && p.folder().startsWith(folder));
  }

  private void hive(String agent, String scenario) {
    var home = SimulatedHome.of(agent, model.address(scenario), folder.resolve("rig")).write();
    String program = Installed.program(agent);
    var entry = Json.object();
    switch (agent) {
      case "codex" ->
          entry.put("driver", "codex-app").put("program", program).put("sandbox", "read-only");
      case "claude" ->
          entry
              .put("driver", "claude")
              .put("program", program)
              .put("model", home.model())
              .put("sandbox", "read-only");
      case "gemini" ->
          entry
              .put("driver", "acp")
              .put("run", "'" + program + "' --acp --skip-trust -m " + home.model());
      default -> entry.put("driver", "acp").put("run", "'" + program + "' acp");
    }
    var env = entry.putObject("env");
    home.environment().forEach(env::put);
    if (agent.equals("opencode")) {
      env.put("OPENCODE_PERMISSION", "{\"bash\":\"ask\",\"edit\":\"ask\"}");
    }
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          it: %s
        defaults: { attempts: 1 }
        decisions: { default: { human: none }, permission: { human: required } }
        """
            .formatted(Json.write(entry)));
    sandbox.write("hello.txt", "hello\n");
    sandbox.commit("Begin");
  }

  private static void work(Engine engine, String scenario) {
    TestRepository.trust(engine);
    engine.execute(
        new Command.ImportPlan(
            "plan.yaml",
            "plan: P\ntasks:\n- { id: T-1, title: It, agent: it, prompt: \"Do it [[scenario:"
                + scenario
                + "]]\" }\n"),
        null);
    engine.execute(new Command.StartHive(1), null);
  }

  private static List<AttemptViews.Attempt> attempts(Engine engine) {
    return Arrays.asList(
        Json.as(engine.query(new Query.Attempts("T-1")), AttemptViews.Attempt[].class));
  }

  private static List<Query.LogLine> log(Engine engine) {
    return attempts(engine).stream()
        .flatMap(
            a ->
                Json.as(engine.query(new Query.Log(a.id(), 0, 500)), Query.LogPage.class)
                    .lines()
                    .stream())
        .toList();
  }

  private static String told(Engine engine) {
    return attempts(engine)
        + log(engine).stream()
            .map(l -> "\n  " + l.kind() + " " + l.text())
            .collect(Collectors.joining());
  }

  private static void await(String what, Engine engine, BooleanSupplier condition) {
    long limit = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > limit) {
        throw new AssertionError("never: " + what + "\n" + told(engine));
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static List<DecisionViews.Decision> open(Engine engine) {
    return TestRepository.decisions(engine).stream()
        .filter(d -> "permission".equals(d.kind()) && d.state() == DecisionViews.DecisionState.OPEN)
        .toList();
  }

  /** Answers what is asked until the attempt has ended. */
  private static List<DecisionViews.Decision> answer(Engine engine, String option) {
    await(
        "it has ended",
        engine,
        () -> {
          open(engine).forEach(d -> engine.execute(new Command.Decide(d.id(), option, null), null));
          return attempts(engine).stream().anyMatch(a -> a.endedAt() != null);
        });
    return TestRepository.decisions(engine).stream()
        .filter(d -> "permission".equals(d.kind()))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"codex, 3000", "gemini, 3000", "opencode, 1000", "claude, 3000"})
  void whatAPersonAllowsIsDoneAndReachesMain(String agent, long tokens) {
    hive(agent, "edit");
    try (Engine engine = sandbox.open()) {
      work(engine, "edit");
      var asked = answer(engine, "allow once");
      assertThat(asked).as(told(engine)).isNotEmpty();
      assertThat(asked)
          .last()
          .satisfies(
              d -> {
                assertThat(d.question()).contains("edited by a scripted model");
                assertThat(d.answer()).isEqualTo("allow once");
              });
      await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(attempts(engine)).as(told(engine)).hasSize(1);
      assertThat(attempts(engine).getFirst().tokensIn()).as(told(engine)).isEqualTo(tokens);
      assertThat(log(engine))
          .as(told(engine))
          .anyMatch(l -> l.kind().equals("say") && l.text().startsWith("Done: hello.txt"))
          .anyMatch(l -> l.act() instanceof Act.Run run && Integer.valueOf(0).equals(run.exit()));
    }
    assertThat(sandbox.git("show", "main:hello.txt"))
        .isEqualTo("hello\nedited by a scripted model");
  }

  @ParameterizedTest
  @ValueSource(strings = {"codex", "gemini", "opencode", "claude"})
  void whatAPersonDoesNotAllowIsNotDone(String agent) {
    hive(agent, "permission");
    try (Engine engine = sandbox.open()) {
      work(engine, "permission");
      var asked = answer(engine, "no");
      assertThat(asked).as(told(engine)).isNotEmpty();
      assertThat(attempts(engine).getFirst().reason()).as(told(engine)).isEqualTo("refused");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"codex", "gemini", "opencode", "claude"})
  void whatAPersonSaysMeanwhileIsHeard(String agent) {
    hive(agent, "permission");
    try (Engine engine = sandbox.open()) {
      work(engine, "permission");
      await("asked", engine, () -> !open(engine).isEmpty());
      engine.execute(new Command.SayToAgent("it", "Also mind the rain."), null);
      await("answered", engine, () -> !answer(engine, "allow once").isEmpty());
      assertThat(log(engine))
          .as(told(engine))
          .anyMatch(l -> l.text().equals("told: Also mind the rain."));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemini", "opencode"})
  void itTellsHowFarItIsByTheServerOfItsSession(String agent) {
    hive(agent, "progress");
    try (Engine engine = sandbox.open(10, true)) {
      work(engine, "progress");
      answer(engine, "allow once");
      assertThat(log(engine))
          .as(told(engine))
          .anyMatch(l -> l.text().equals("Half of it is there."));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "codex, e401, sign-in",
    "codex, overflow, context",
    "gemini, e401, sign-in",
    "opencode, e401, sign-in",
    "claude, e401, sign-in",
    "claude, overflow, context"
  })
  void aFaultIsKnownForWhatItIs(String agent, String scenario, String reason) {
    hive(agent, scenario);
    try (Engine engine = sandbox.open()) {
      work(engine, scenario);
      answer(engine, "allow once");
      assertThat(attempts(engine).getFirst().reason()).as(told(engine)).isEqualTo(reason);
    }
  }
}
