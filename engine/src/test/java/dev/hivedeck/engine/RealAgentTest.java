package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Agents that print events, through the whole engine; the program in their place is a script. */
@DisabledOnOs(OS.WINDOWS)
class RealAgentTest {
  private static final String INIT =
      "echo '{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"s-1\"}'\n";
  private static final String WORK = "mkdir -p out; echo done > out/$HIVEDECK_TASK.txt\n";
  private static final String DONE =
      "echo '{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":false,\"total_cost_usd\":0.25,\"usage\":{\"input_tokens\":900,\"cache_read_input_tokens\":100,\"output_tokens\":50}}'\n";

  @TempDir Path folder;

  private static String failed(String result) {
    return "echo '{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":true,\"result\":\""
        + result
        + "\"}'\n";
  }

  private TestRepository sandbox(String script) throws IOException {
    Path program = folder.resolve("claude");
    Files.writeString(program, "#!/bin/sh\n" + script);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(folder.resolve("box"));
    var sandbox = new TestRepository(folder.resolve("box"));
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 3, backoff: [0s] }
        agents:
          coder: { driver: claude, program: "%s" }
        gates:
          whole: { builtin: placeholders, at: [attempt] }
        decisions:
          default: { human: none }
          permission: { human: required }
        """
            .formatted(program));
    sandbox.commit("Set up");
    return sandbox;
  }

  private static void begin(Engine engine, int tasks) {
    TestRepository.trust(engine);
    var plan = new StringBuilder("plan: One\ntasks:\n");
    for (int i = 1; i <= tasks; i++) {
      plan.append("  - { id: T-%d, title: Work, agent: coder, prompt: Write it. }\n".formatted(i));
    }
    engine.execute(new Command.ImportPlan("plan.yaml", plan.toString()), null);
    engine.execute(new Command.StartHive(1), null);
  }

  private static TaskViews.Task task(Engine engine) {
    return TestRepository.tasks(engine).getFirst();
  }

  private static List<AttemptViews.Attempt> attempts(Engine engine) {
    var attempts = new ArrayList<AttemptViews.Attempt>();
    engine
        .query(new Query.Attempts("T-1"))
        .forEach(node -> attempts.add(Json.as(node, AttemptViews.Attempt.class)));
    return attempts;
  }

  private static Query.LogPage log(Engine engine, boolean raw) {
    return Json.as(engine.query(new Query.Log("T-1.1", 0, 1_000, raw)), Query.LogPage.class);
  }

  private static DecisionViews.Decision decision(Engine engine) {
    return TestRepository.decisions(engine).stream()
        .filter(d -> d.state() == DecisionViews.DecisionState.OPEN)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void itsWorkIsMergedAndWhatItDidAndSpentIsKnown() throws Exception {
    var sandbox =
        sandbox(
            INIT
                + "read init; read task; echo \"$task\" > \"$0.told\"\n"
                + "echo '{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\","
                + "\"id\":\"t1\",\"name\":\"Bash\",\"input\":{\"command\":\"make\"}}]}}'\n"
                + "echo '{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\","
                + "\"tool_use_id\":\"t1\",\"content\":\"built\"}]}}'\n"
                + "echo '{\"type\":\"novelty\",\"of\":\"next year\"}'\n"
                + WORK
                + DONE
                + "cat > /dev/null\n");
    try (Engine engine = sandbox.open()) {
      begin(engine, 1);
      TestRepository.await("merged", engine, () -> task(engine).merged());

      var attempt = attempts(engine).getFirst();
      assertThat(attempt.tokensIn()).isEqualTo(1_000);
      assertThat(attempt.cached()).isEqualTo(100);
      assertThat(attempt.tokensOut()).isEqualTo(50);
      assertThat(attempt.cost()).isEqualTo(0.25);
      assertThat(attempt.session()).isEqualTo("s-1");
      assertThat(log(engine, false).lines())
          .extracting(Query.LogLine::act)
          .contains(new Act.Run("t1", "make", "built", 0));
      assertThat(log(engine, false).lines())
          .anySatisfy(
              line -> assertThat(line.kind() + line.text()).startsWith("raw{").contains("novelty"));
      assertThat(log(engine, true).lines())
          .anySatisfy(line -> assertThat(line.text()).contains("tool_result"))
          .anySatisfy(line -> assertThat(line.kind()).isEqualTo("in"));
      assertThat(Files.readString(folder.resolve("claude.told"))).contains("Write it.");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          driver: codex, program: "%s" | printf '%s\\n' '{"type":"thread.started","thread_id":"t"}' '{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"Hm."}}'; exit 1
          driver: codex, program: "%s" | printf '%s\\n' '{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"Hm."}}' '{"type":"turn.completed","usage":{"input_tokens":1000,"output_tokens":50}}' '{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"More."}}'; exit 1
          run: "%s"                    | echo working; exit 1
          """)
  void whatAnAttemptUsedThatDidNotTellIsUnknownAndNotNothing(String how, String script)
      throws Exception {
    var sandbox = sandbox("cat > /dev/null; " + script + "\n");
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1 }
        prices: { m: { in: 1, out: 1 } }
        agents:
          coder: { %s, model: m }
        """
            .formatted(how.formatted(folder.resolve("claude"))));
    sandbox.commit("Another agent");
    try (Engine engine = sandbox.open()) {
      begin(engine, 1);
      TestRepository.await("dead", engine, () -> task(engine).state() == TaskState.DEAD);

      var attempt = attempts(engine).getFirst();
      assertThat(attempt.reason()).isEqualTo("exit");
      long told = script.contains("turn.completed") ? 1_050 : 0;
      assertThat(attempt.tokensIn() + attempt.tokensOut()).isEqualTo(told);
      assertThat(attempt.cost()).isNull();
    }
  }

  @Test
  void itsQuotaIsWaitedForWithoutCountingATry() throws Exception {
    long reset = Instant.now().plusSeconds(7_200).getEpochSecond();
    var sandbox =
        sandbox(
            INIT
                + "if [ -f \"$0.again\" ]; then "
                + WORK
                + DONE
                + "else touch \"$0.again\"\n"
                + failed("Claude AI usage limit reached|" + reset)
                + "fi\ncat > /dev/null\n");
    try (Engine engine = sandbox.open(1, false)) {
      begin(engine, 1);
      TestRepository.await("parked", engine, () -> task(engine).state() == TaskState.DELAYED);

      assertThat(task(engine).notBefore().getEpochSecond()).isBetween(reset - 5, reset + 5);
      assertThat(task(engine).reason()).contains("quota").contains("usage limit reached");
      assertThat(attempts(engine).getFirst().reason()).isEqualTo("quota");

      engine.execute(new Command.RetryTask("T-1", null), null);
      TestRepository.await("merged", engine, () -> task(engine).merged());
    }
  }

  @Test
  void whoIsNotSignedInIsAPersonsBusiness() throws Exception {
    var sandbox =
        sandbox(
            INIT
                + "if [ -f \"$0.signed-in\" ]; then "
                + WORK
                + DONE
                + "else\n"
                + failed("Invalid API key · Please run /login")
                + "fi\ncat > /dev/null\n");
    try (Engine engine = sandbox.open()) {
      begin(engine, 1);
      TestRepository.await("asked", engine, () -> task(engine).state() == TaskState.WAITING);

      var asked = decision(engine);
      assertThat(asked.question()).contains("coder").contains("sign-in").contains("Sign it in");
      assertThat(asked.options()).containsExactly("try again", "give up");
      Files.createFile(folder.resolve("claude.signed-in"));
      engine.execute(new Command.Decide(asked.id(), "try again", null), null);
      TestRepository.await("merged", engine, () -> task(engine).merged());
      assertThat(attempts(engine)).hasSize(2);
    }
  }

  @Test
  void givenUpItIsADeadLetter() throws Exception {
    var sandbox = sandbox(INIT + failed("Invalid API key") + "cat > /dev/null\n");
    try (Engine engine = sandbox.open()) {
      begin(engine, 1);
      TestRepository.await("asked", engine, () -> task(engine).state() == TaskState.WAITING);

      engine.execute(new Command.Decide(decision(engine).id(), "give up", null), null);

      TestRepository.await("dead", engine, () -> task(engine).state() == TaskState.DEAD);
      assertThat(task(engine).reason()).contains("Invalid API key");
    }
  }

  @Test
  void aConversationThatWasCutOffIsTakenUpInTheSamePlace() throws Exception {
    var sandbox =
        sandbox(
            INIT
                + "echo \"$PWD $*\" >> \"$0.runs\"\n"
                + "case \"$*\" in *--resume*) read init; read task; echo \"$task\" > \"$0.told\"\n"
                + WORK
                + DONE
                + "cat > /dev/null;; *) echo half > half.txt; kill -9 $$;; esac\n");
    try (Engine engine = sandbox.open()) {
      begin(engine, 1);
      TestRepository.await("merged", engine, () -> task(engine).merged());

      var runs = Files.readAllLines(folder.resolve("claude.runs"));
      assertThat(runs).hasSize(2);
      assertThat(runs.get(1)).contains("--resume s-1");
      assertThat(runs.get(1).split(" ")[0]).isEqualTo(runs.get(0).split(" ")[0]);
      assertThat(Files.readString(folder.resolve("claude.told")))
          .contains("Go on with task T-1")
          .doesNotContain("Write it.");
      assertThat(sandbox.git("show", "main:half.txt")).isEqualTo("half");
    }
  }

  @Test
  void aPermissionIsAskedOnceAndAlwaysIsARule() throws Exception {
    var sandbox =
        sandbox(
            INIT
                + "read init; read task\n"
                + "echo '{\"type\":\"control_request\",\"request_id\":\"r1\",\"request\":{\"subtype\":\"can_use_tool\",\"tool_name\":\"Bash\",\"input\":{\"command\":\"make"
                + " it\"},\"tool_use_id\":\"t1\"}}'\n"
                + "read answer; echo \"$answer\" >> \"$0.answers\"\n"
                + WORK
                + DONE
                + "cat > /dev/null\n");
    try (Engine engine = sandbox.open()) {
      begin(engine, 2);
      TestRepository.await("asked", engine, () -> task(engine).state() == TaskState.WAITING);

      var asked = decision(engine);
      assertThat(asked.kind()).isEqualTo("permission");
      assertThat(asked.question()).contains("make it");
      assertThat(asked.detail()).contains("Risk: medium");
      engine.execute(new Command.Decide(asked.id(), "always allow", null), null);
      TestRepository.await(
          "both merged",
          engine,
          () -> TestRepository.tasks(engine).stream().allMatch(TaskViews.Task::merged));

      assertThat(Files.readAllLines(folder.resolve("claude.answers")))
          .hasSize(2)
          .allSatisfy(line -> assertThat(line).contains("\"behavior\":\"allow\""));
      var rules = engine.query(new Query.Permissions());
      assertThat(rules).hasSize(1);
      assertThat(rules.get(0).path("what").asText()).isEqualTo("make it");
      assertThat(rules.get(0).path("used").asInt()).isEqualTo(1);
    }
  }

  @Test
  void aBudgetEndsATurnThatHasNotAddedUpYet() throws Exception {
    var sandbox =
        sandbox(
            INIT
                + "echo work > work.txt\n"
                + "for answer in 1 2 3 4; do echo '{\"type\":\"assistant\",\"message\":{\"id\":\"m'"
                + "$answer'\",\"usage\":{\"input_tokens\":1000,\"output_tokens\":1},\"content\":"
                + "[{\"type\":\"text\",\"text\":\"On it.\"}]}}'; done\n"
                + "sleep 60\n");
    String config = ".hivedeck/hive.yaml";
    sandbox.write(
        config,
        Files.readString(sandbox.repository.resolve(config))
            + "budgets: { attempt: { tokens: 3k } }\n");
    sandbox.commit("Budget");
    try (Engine engine = sandbox.open()) {
      begin(engine, 1);
      TestRepository.await("asked", engine, () -> task(engine).state() == TaskState.WAITING);

      var attempt = attempts(engine).getFirst();
      assertThat(attempt.reason()).isEqualTo("budget");
      assertThat(attempt.tokensIn()).isEqualTo(4_000);
      assertThat(attempt.detail()).contains("3,003 of 3,000 tokens");
    }
  }

  private static final String SPENDER =
      """
      #!/bin/sh
      for turn in 1 2 3 4; do
        echo work > work.txt
        echo '{"hivedeck":"usage","in":1000,"out":100,"cost":0.03}'
      done
      sleep 60 # its next turn takes a while
      """;

  private TestRepository spender(String budgets) throws IOException {
    Files.createDirectories(folder.resolve("box"));
    var sandbox = new TestRepository(folder.resolve("box"));
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          coder: { driver: command, run: sh tools/agent.sh }
        gates:
          whole: { builtin: placeholders, at: [attempt] }
        decisions:
          default: { human: none }
        budgets: %s
        """
            .formatted(budgets));
    sandbox.write("tools/agent.sh", SPENDER);
    sandbox.commit("Set up");
    return sandbox;
  }

  @Test
  void aBudgetIsWarnedOfThenEndsTheAttemptWithItsWorkKept() throws Exception {
    try (Engine engine = spender("{ attempt: { cost: 0.1 } }").open()) {
      begin(engine, 1);
      TestRepository.await("asked", engine, () -> task(engine).state() == TaskState.WAITING);

      var attempt = attempts(engine).getFirst();
      assertThat(attempt.reason()).isEqualTo("budget");
      assertThat(attempt.cost()).isBetween(0.12 - 1e-9, 0.12 + 1e-9); // the turn that passed it
      assertThat(attempt.detail()).contains("$0.12 of $0.10").contains("budgets.attempt");
      assertThat(log(engine, false).lines())
          .anySatisfy(line -> assertThat(line.text()).startsWith("90% of the budget of T-1.1"));
      assertThat(decision(engine).question()).contains("Raise the budget");
    }
  }

  @Test
  void whatADayMayCostHoldsEverybodyUntilTheNext() throws Exception {
    try (Engine engine = spender("{ day: { tokens: 2k } }").open(1, false)) {
      begin(engine, 2);
      TestRepository.await("parked", engine, () -> task(engine).state() == TaskState.DELAYED);

      assertThat(task(engine).notBefore()).isAfter(Instant.now());
      assertThat(task(engine).notBefore().getEpochSecond() % 86_400).isLessThanOrEqualTo(1);
      TestRepository.await("held", engine, () -> !engine.stats().held().isEmpty());
      assertThat(engine.stats().held().getFirst()).contains("of the budget of today is spent");
      assertThat(engine.stats().budgets().getFirst().percent()).isGreaterThanOrEqualTo(100);
      assertThat(TestRepository.tasks(engine).get(1).state()).isEqualTo(TaskState.READY);
    }
  }
}
