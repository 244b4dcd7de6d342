package dev.hivedeck.engine.agent.driver;

import static dev.hivedeck.engine.agent.driver.FakeAgent.ask;
import static dev.hivedeck.engine.agent.driver.FakeAgent.error;
import static dev.hivedeck.engine.agent.driver.FakeAgent.result;
import static dev.hivedeck.engine.agent.driver.FakeAgent.says;
import static dev.hivedeck.engine.agent.driver.FakeAgent.tells;
import static dev.hivedeck.engine.agent.driver.FakeAgent.update;
import static dev.hivedeck.engine.agent.driver.Recorded.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.dialect.acp.AcpDialect;
import dev.hivedeck.engine.agent.dialect.codex.CodexAppServerDialect;
import dev.hivedeck.engine.agent.watch.LoopDetector;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversations with agents that ask, listen and have things done for them: real processes. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class StreamDriverTest {
  private static final String END = result(2, "{\"stopReason\":\"end_turn\"}");
  private static final String OPTIONS =
      """
      [{"optionId":"a","kind":"allow_always","name":"Always"},\
      {"optionId":"o","kind":"allow_once","name":"Once"},\
      {"optionId":"r","kind":"reject_once","name":"No"}]\
      """;

  @TempDir Path folder;
  private Path worktree;
  private final String key = "stream-" + System.nanoTime();
  private final SystemTimers real = new SystemTimers();
  private final VirtualTime time = new VirtualTime();
  private final Recorded told = new Recorded();
  private Sandbox sandbox = Sandbox.WORKSPACE;
  private RunRequest.Conversation conversation;
  private String model;

  @BeforeEach
  void worktree() throws Exception {
    worktree = Files.createDirectory(folder.resolve("worktree")).toRealPath();
    Files.writeString(worktree.resolve(".git"), "gitdir: elsewhere\n");
    Files.writeString(worktree.resolve("hello.txt"), "hello\nyou\n");
    Files.writeString(folder.resolve("secret.txt"), "secret\n");
  }

  @AfterEach
  void nothingIsLeft() {
    real.close();
    try {
      assertThat(ProcessTree.carrying()).noneMatch(p -> p.key().equals(key));
    } finally {
      ProcessTree.endCarrying(Set.of(key));
    }
  }

  private RunRequest job(FakeAgent agent) throws Exception {
    Path program = agent.write(folder.resolve("agent"));
    return new RunRequest(
        "w",
        "T-1",
        "T-1.1",
        1,
        1,
        "coder",
        program.toString(),
        new RunRequest.Setup(model, sandbox, program.toString(), List.of()),
        conversation,
        null,
        worktree,
        folder.resolve("prompt.md"),
        "Do it.",
        Map.of(ProcessTree.MARK, key),
        Duration.ofMinutes(20),
        Duration.ofMinutes(5),
        ResourceQuota.NONE,
        1);
  }

  private static StreamDriver driver(String word, Timers timers) {
    var dialect =
        word.equals("acp")
            ? new AcpDialect(timers.clock())
            : new CodexAppServerDialect(timers.clock());
    return StreamDriver.of(dialect, timers, new Meter());
  }

  private RunResult acp(FakeAgent agent) throws Exception {
    return driver("acp", real).run(job(agent), told);
  }

  private RunResult codex(FakeAgent agent) throws Exception {
    return driver("codex-app", real).run(job(agent), told);
  }

  /** Lets virtual time pass until the agent has ended. */
  private RunResult overTime(FakeAgent agent) throws Exception {
    var request = job(agent);
    var run = new FutureTask<>(() -> driver("acp", time).run(request, told));
    Thread.ofVirtual().start(run);
    until(() -> told.has("say Working"));
    for (int i = 0; i < 10_000 && !run.isDone(); i++) {
      time.advance(Duration.ofSeconds(1));
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return run.get(60, TimeUnit.SECONDS);
  }

  private List<String> sent(String part) {
    return told.transcript.stream().filter(l -> l.startsWith("in ") && l.contains(part)).toList();
  }

  // ── what is done for it ─────────────────────────────────────────────────────────────────────

  @Test
  void filesAreReadAndWrittenForItInItsWorktreeAndNowhereElse() throws Exception {
    Files.createSymbolicLink(worktree.resolve("way-out"), folder);
    Files.createSymbolicLink(worktree.resolve("nowhere"), folder.resolve("new.txt"));
    var result =
        acp(
            FakeAgent.acp()
                .on(
                    "session/prompt",
                    ask(10, "fs/read_text_file", "{\"path\":\"" + worktree + "/hello.txt\"}"),
                    ask(11, "fs/read_text_file", "{\"path\":\"hello.txt\",\"line\":2,\"limit\":1}"),
                    ask(12, "fs/read_text_file", "{\"path\":\"../secret.txt\"}"),
                    ask(13, "fs/read_text_file", "{\"path\":\"way-out/secret.txt\"}"),
                    ask(14, "fs/read_text_file", "{\"path\":\"not-there.txt\"}"),
                    ask(15, "fs/read_text_file", "{\"path\":\".\"}"),
                    ask(20, "fs/write_text_file", "{\"path\":\"a/b.txt\",\"content\":\"made\"}"),
                    ask(21, "fs/write_text_file", "{\"path\":\"way-out/c.txt\",\"content\":\"x\"}"),
                    ask(22, "fs/write_text_file", "{\"path\":\"nowhere\",\"content\":\"x\"}"),
                    ask(23, "fs/write_text_file", "{\"path\":\".git\",\"content\":\"x\"}"),
                    ask(
                        24,
                        "fs/write_text_file",
                        "{\"path\":\"" + folder + "/d\",\"content\":\"x\"}"),
                    ask(25, "fs/delete_everything", "{}"))
                .on("\"id\":25", END));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(sent("\"id\":10")).singleElement().asString().contains("hello\\nyou\\n");
    assertThat(sent("\"id\":11")).singleElement().asString().contains("{\"content\":\"you\"}");
    for (int refused : List.of(12, 13, 15, 21, 22, 23, 24)) {
      assertThat(sent("\"id\":" + refused)).singleElement().asString().contains("-32602");
    }
    assertThat(sent("\"id\":14")).singleElement().asString().contains("-32002");
    assertThat(sent("\"id\":25")).singleElement().asString().contains("-32601");
    assertThat(told.transcript).noneMatch(l -> l.contains("secret\\n"));
    assertThat(worktree.resolve("a/b.txt")).hasContent("made");
    assertThat(worktree.resolve(".git")).hasContent("gitdir: elsewhere\n");
    assertThat(folder).isDirectoryNotContaining("glob:**/{c.txt,d,new.txt}");
  }

  @Test
  void commandsAreRunForItAndEndWithIt() throws Exception {
    var result =
        acp(
            FakeAgent.acp()
                .on(
                    "session/prompt",
                    ask(
                        10,
                        "terminal/create",
                        "{\"command\":\"sh\",\"args\":[\"-c\",\"pwd; echo $GREETING >&2; exit 3\"],"
                            + "\"env\":[{\"name\":\"GREETING\",\"value\":\"hi there\"}]}"),
                    ask(11, "terminal/wait_for_exit", "{\"terminalId\":\"terminal-1\"}"))
                .on(
                    "\"id\":11,",
                    ask(12, "terminal/output", "{\"terminalId\":\"terminal-1\"}"),
                    ask(13, "terminal/release", "{\"terminalId\":\"terminal-1\"}"))
                .on(
                    "\"id\":13,",
                    ask(14, "terminal/output", "{\"terminalId\":\"terminal-1\"}"),
                    ask(
                        15,
                        "terminal/create",
                        "{\"command\":\"seq 100000\",\"outputByteLimit\":25}"),
                    ask(16, "terminal/create", "{\"command\":\"pwd\",\"cwd\":\"/\"}"))
                .on(
                    "\"id\":16,",
                    ask(17, "terminal/wait_for_exit", "{\"terminalId\":\"terminal-2\"}"))
                .on("\"id\":17,", ask(18, "terminal/output", "{\"terminalId\":\"terminal-2\"}"))
                .on(
                    "\"id\":18,",
                    ask(19, "terminal/create", "{\"command\":\"setsid sleep 1000 & sleep 1000\"}"),
                    update(
                        """
                        {"sessionUpdate":"tool_call","toolCallId":"c","kind":"execute",\
                        "title":"greet","status":"in_progress",\
                        "content":[{"type":"terminal","terminalId":"terminal-1"}]}\
                        """),
                    update(
                        """
                        {"sessionUpdate":"tool_call_update","toolCallId":"c","status":"completed"}\
                        """))
                .on("\"id\":19,", ask(20, "terminal/kill", "{\"terminalId\":\"terminal-2\"}"))
                .on("\"id\":20,", END));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(sent("\"id\":11,")).singleElement().asString().contains("\"exitCode\":3");
    assertThat(sent("\"id\":12,"))
        .singleElement()
        .asString()
        .contains(worktree + "\\n", "hi there\\n", "\"truncated\":false", "\"exitCode\":3");
    assertThat(sent("\"id\":14,")).singleElement().asString().contains("-32002");
    assertThat(sent("\"id\":16,")).singleElement().asString().contains("-32602");
    assertThat(sent("\"id\":18,"))
        .singleElement()
        .asString()
        .contains("\"truncated\":true")
        .containsPattern("\"output\":\".{20,30}\"");
    assertThat(told.acts)
        .filteredOn(Act.Run.class::isInstance)
        .last()
        .satisfies(
            act -> {
              var run = (Act.Run) act;
              assertThat(run.command()).isEqualTo("greet");
              assertThat(run.output()).contains("hi there");
              assertThat(run.exit()).isEqualTo(3);
            });
  }

  @Test
  void whoMayOnlyReadGetsNothingWrittenOrRun() throws Exception {
    sandbox = Sandbox.READ_ONLY;
    acp(
        FakeAgent.acp()
            .on(
                "session/prompt",
                ask(10, "fs/write_text_file", "{\"path\":\"x\",\"content\":\"x\"}"),
                ask(11, "terminal/create", "{\"command\":\"touch x\"}"))
            .on("\"id\":11", END));

    assertThat(sent("\"initialize\""))
        .singleElement()
        .asString()
        .contains("\"terminal\":false", "\"writeTextFile\":false");
    assertThat(sent("-32601")).hasSize(2);
    assertThat(worktree.resolve("x")).doesNotExist();
  }

  // ── what it asks ────────────────────────────────────────────────────────────────────────────

  private static String wants(String call) {
    return ask(
        10,
        "session/request_permission",
        "{\"sessionId\":\"s-1\",\"options\":" + OPTIONS + ",\"toolCall\":" + call + "}");
  }

  private static final String PUSH =
      "{\"toolCallId\":\"c\",\"kind\":\"execute\",\"title\":\"git push\"}";

  private static String edit(String path) {
    return "{\"toolCallId\":\"c\",\"kind\":\"edit\",\"title\":\"Edit\",\"content\":[{\"type\":\"diff\","
        + "\"path\":\""
        + path
        + "\",\"oldText\":\"hello\\nyou\\n\",\"newText\":\"hello\\nme\\n\"}]}";
  }

  @ParameterizedTest
  @CsvSource({"ONCE, o", "ALWAYS, o", "NO, r"})
  void aPersonAnswersByTheKindOfTheOption(Permission.Answer answer, String option)
      throws Exception {
    told.permitted = answer;
    acp(FakeAgent.acp().on("session/prompt", wants(PUSH)).on("\"id\":10", END));

    assertThat(told.permissions).containsExactly(new Permission("execute", "git push", null, null));
    assertThat(sent("\"id\":10"))
        .singleElement()
        .asString()
        .contains("{\"outcome\":\"selected\",\"optionId\":\"" + option + "\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "FULL, ../x, 0",
    "WORKSPACE, hello.txt, 0",
    "WORKSPACE, ../x, 1",
    "WORKSPACE, .git, 1",
    "READ_ONLY, hello.txt, 1"
  })
  void whatItsSandboxAllowsIsNotAsked(Sandbox sandbox, String path, int asked) throws Exception {
    this.sandbox = sandbox;
    acp(FakeAgent.acp().on("session/prompt", wants(edit(path))).on("\"id\":10", END));

    assertThat(told.permissions).hasSize(asked);
    if (asked == 1) {
      assertThat(told.permissions.getFirst().detail())
          .isEqualTo("@@ -1,2 +1,2 @@\n hello\n-you\n+me\n");
    }
    assertThat(sent("\"id\":10")).singleElement().asString().contains("\"optionId\":\"o\"");
  }

  @Test
  void whatWasRefusedIsWhyNothingCameOfIt() throws Exception {
    told.permitted = Permission.Answer.NO;
    var result = acp(FakeAgent.acp().on("session/prompt", wants(PUSH)).on("\"id\":10", END));

    assertThat(result.reason()).isEqualTo(FailureReason.REFUSED);
    assertThat(result.detail()).contains("git push");
  }

  // ── what it uses ────────────────────────────────────────────────────────────────────────────

  private static String uses(String words, int in, int out, int thought, int total) {
    return update(
        """
        {"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"%s"},\
        "_meta":{"usage":{"inputTokens":%d,"outputTokens":%d,"totalTokens":%d,\
        "thoughtTokens":%d,"cachedReadTokens":100}}}\
        """
            .formatted(words, in, out, total, thought));
  }

  @Test
  void whatEachAnswerTookIsReadBesideItsWords() throws Exception {
    var result =
        acp(
            FakeAgent.acp()
                .on(
                    "session/prompt",
                    uses("One", 1_000, 50, 20, 1_050), // thought within, cached within
                    uses("Two", 900, 50, 20, 1_070), // thought apart, cached apart
                    END));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(told.soFar)
        .extracting(Act.Spend::in, Act.Spend::out)
        .containsExactly(tuple(1_000L, 50L), tuple(2_000L, 120L));
    assertThat(told.tokens).hasValue(2_120);
    assertThat(told.untold).isFalse();
  }

  @Test
  void whoToldNothingBeforeItEndedIsNotTakenToHaveUsedNothing() throws Exception {
    acp(FakeAgent.acp().on("session/prompt", says("Working"), END));
    assertThat(told.untold).isTrue();
  }

  @Test
  void aRunawayThatIsAskedToStopStillTellsWhatItUsed() throws Exception {
    var loop = new String[2 * LoopDetector.MOST + 2];
    for (int i = 0; i < loop.length; i += 2) {
      loop[i] =
          update(
              "{\"sessionUpdate\":\"tool_call\",\"toolCallId\":\"c"
                  + i
                  + "\",\"kind\":\"other\",\"title\":\"x\",\"status\":\"in_progress\"}");
      loop[i + 1] =
          update(
              "{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"c"
                  + i
                  + "\",\"status\":\"completed\"}");
    }
    var result =
        acp(
            FakeAgent.acp()
                .on("session/prompt", loop)
                .on(
                    "session/cancel",
                    result(
                        2,
                        "{\"stopReason\":\"cancelled\",\"usage\":{\"inputTokens\":7000,"
                            + "\"outputTokens\":300,\"totalTokens\":7300}}")));

    assertThat(result.reason()).isEqualTo(FailureReason.RUNAWAY);
    assertThat(told.tokens).hasValue(7_300);
    assertThat(told.untold).isFalse();
  }

  // ── what it is told ─────────────────────────────────────────────────────────────────────────

  @Test
  void whatIsSaidWhileItWorksIsItsNextTurn() throws Exception {
    told.toSay.add("Then do that.");
    told.toSay.add("And that.");
    var result =
        acp(
            FakeAgent.acp()
                .on("And that.", says("Three"), result(4, "{\"stopReason\":\"end_turn\"}"))
                .on("Then do that.", says("Two"), result(3, "{\"stopReason\":\"end_turn\"}"))
                .on("session/prompt", says("One"), END));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(sent("session/prompt")).hasSize(3);
    assertThat(told.acts)
        .containsExactly(new Act.Say("One"), new Act.Say("Two"), new Act.Say("Three"));
  }

  @Test
  void codexIsSteeredWhileItWorks() throws Exception {
    told.toSay.add("Stop that.");
    told.toSay.add("And that.");
    var result =
        codex(
            FakeAgent.codex()
                .on(
                    "And that.\"}],\"expectedTurnId",
                    error(4, -1, "this turn is not steerable"),
                    FakeAgent.ended("completed", "null"))
                .on(
                    "And that.",
                    result(5, "{\"turn\":{\"id\":\"t-2\"}}"),
                    FakeAgent.ended("completed", "null"))
                .on("turn/steer", result(3, "{\"turnId\":\"t-1\"}"))
                .on("turn/start", result(2, "{\"turn\":{\"id\":\"t-1\"}}")));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(sent("turn/steer"))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("\"expectedTurnId\":\"t-1\""));
    assertThat(sent("turn/start")).last().asString().contains("And that.");
  }

  // ── how it begins ───────────────────────────────────────────────────────────────────────────

  @Test
  void aConversationIsTakenUpAgain() throws Exception {
    conversation = new RunRequest.Conversation("s-0", new Act.Spend(5_000, 0, 100, 0.5), "Go on.");
    var result =
        acp(
            FakeAgent.acp("{\"sessionCapabilities\":{\"resume\":{}}}")
                .on("session/resume", result(1, "{}"))
                .on(
                    "session/prompt",
                    update(
                        "{\"sessionUpdate\":\"usage_update\",\"used\":1,\"size\":9,"
                            + "\"cost\":{\"amount\":0.75,\"currency\":\"USD\"}}"),
                    result(
                        2,
                        "{\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":900,"
                            + "\"cachedReadTokens\":100,\"outputTokens\":50}}")));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(sent("session/resume")).singleElement().asString().contains("\"s-0\"");
    assertThat(sent("session/prompt")).singleElement().asString().contains("Go on.");
    assertThat(told.tokens.get()).isEqualTo(1_050);
    assertThat(told.cost).isEqualTo(0.25);
  }

  @Test
  void whatItRecountsWhenItLoadsAConversationIsNotNews() throws Exception {
    conversation = new RunRequest.Conversation("s-0", Act.Spend.NOTHING, "Go on.");
    var result =
        acp(
            FakeAgent.acp("{\"loadSession\":true}")
                .on("session/load", says("Long ago"), result(1, "{}"))
                .on("session/prompt", says("Now"), END));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(told.acts).containsExactly(new Act.Say("Now"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"loadSession\":true}"})
  void aConversationThatIsGoneIsBegunAnew(String capabilities) throws Exception {
    conversation = new RunRequest.Conversation("s-0", Act.Spend.NOTHING, "Go on.");
    var result =
        acp(
            FakeAgent.acp(capabilities)
                .on("session/load", error(1, -32602, "Invalid session identifier s-0"))
                .on("session/prompt", END));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(sent("session/prompt")).singleElement().asString().contains("Do it.");
    assertThat(told.sessions).containsExactly("s-1");
  }

  @Test
  void whoIsNotSignedInIsTold() throws Exception {
    var result =
        acp(
            new FakeAgent()
                .on(
                    "initialize",
                    result(
                        0,
                        "{\"protocolVersion\":1,\"authMethods\":[{\"id\":\"web\",\"name\":\"Log in"
                            + " in the browser\"}]}"))
                .on("session/new", error(1, -32000, "Authentication required")));

    assertThat(result.reason()).isEqualTo(FailureReason.SIGN_IN);
    assertThat(result.detail()).contains("Authentication required", "Log in in the browser");
    assertThat(sent("authenticate")).isEmpty();
  }

  @Test
  void withAKeyItIsSignedIn() throws Exception {
    var result =
        acp(
            new FakeAgent()
                .on(
                    "initialize",
                    result(
                        0,
                        "{\"protocolVersion\":1,\"authMethods\":[{\"id\":\"web\"},"
                            + "{\"id\":\"some-api-key\"}]}"))
                .on("authenticate", result(2, "{}"))
                .on("\"id\":1,", error(1, -32000, "Authentication required"))
                .on("session/new", result(3, "{\"sessionId\":\"s-1\"}"))
                .on("session/prompt", result(4, "{\"stopReason\":\"end_turn\"}")));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(sent("authenticate")).singleElement().asString().contains("some-api-key");
  }

  @Test
  void itsModelIsChosenFromThoseItHas() throws Exception {
    model = "big";
    var result =
        acp(
            new FakeAgent()
                .on("initialize", result(0, "{\"protocolVersion\":1}"))
                .on(
                    "session/new",
                    result(
                        1,
                        "{\"sessionId\":\"s-1\",\"configOptions\":[{\"id\":\"m\",\"category\":\"model\","
                            + "\"currentValue\":\"small\"}]}"))
                .on("session/set_config_option", result(2, "{\"configOptions\":[]}"))
                .on("session/prompt", result(3, "{\"stopReason\":\"end_turn\"}")));

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(sent("set_config_option"))
        .singleElement()
        .asString()
        .contains("\"configId\":\"m\"", "\"value\":\"big\"");
  }

  @Test
  void anotherVersionOfTheProtocolIsNotSpoken() throws Exception {
    var result = acp(new FakeAgent().on("initialize", result(0, "{\"protocolVersion\":2}")));

    assertThat(result.ok()).isFalse();
    assertThat(result.detail()).contains("version 2");
  }

  // ── how it ends ─────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest
  @CsvSource({
    "max_tokens, context",
    "max_turn_requests, runaway",
    "refusal, refused",
    "cancelled, exit",
    "because, exit"
  })
  void whyItStoppedIsWhyItFailed(String stop, String reason) throws Exception {
    var result =
        acp(FakeAgent.acp().on("session/prompt", result(2, "{\"stopReason\":\"" + stop + "\"}")));

    assertThat(result.reason().word()).isEqualTo(reason);
  }

  @Test
  void anErrorInItsTurnIsToldByItsKind() throws Exception {
    var result =
        acp(
            FakeAgent.acp()
                .on("session/prompt", error(2, -32603, "Internal error: status code: 429")));

    assertThat(result.reason()).isEqualTo(FailureReason.QUOTA);
  }

  @Test
  void aTurnThatIsNeverAnsweredIsStoppedInTheEnd() throws Exception {
    var result =
        overTime(
            FakeAgent.acp()
                .on("session/prompt", says("Working"), update("{\"sessionUpdate\":\"plan\"}"))
                .on("session/cancel", result(2, "{\"stopReason\":\"cancelled\"}")));

    assertThat(result.reason()).isEqualTo(FailureReason.QUIET);
    assertThat(sent("session/cancel")).hasSize(1);
  }

  @Test
  void whoDoesNotStopWhenAskedIsEnded() throws Exception {
    var result =
        overTime(
            FakeAgent.acp()
                .on("session/prompt", says("Working"), update("{\"sessionUpdate\":\"plan\"}")));

    assertThat(result.reason()).isEqualTo(FailureReason.QUIET);
    assertThat(sent("session/cancel")).hasSize(1);
  }

  @Test
  void whoHasFinishedAndDoesNotGoIsEndedWithoutBlame() throws Exception {
    var result =
        overTime(FakeAgent.acp().on("session/prompt", says("Working"), END).last("sleep 1000"));

    assertThat(result).isEqualTo(RunResult.good());
  }

  @Test
  void whoGoesInTheMiddleOfItsTurnHasNotFinished() throws Exception {
    var result = acp(FakeAgent.acp().does("session/prompt", "exit 0"));

    assertThat(result.reason()).isEqualTo(FailureReason.EXIT);
    assertThat(result.detail()).contains("in the middle of its turn");
  }

  // ── codex ───────────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest
  @CsvSource({"ONCE, accept", "ALWAYS, accept", "NO, decline"})
  void codexAsksForAChangeOfFilesWithItsDiff(Permission.Answer answer, String decision)
      throws Exception {
    told.permitted = answer;
    codex(
        FakeAgent.codex()
            .on(
                "turn/start",
                result(2, "{\"turn\":{\"id\":\"t-1\"}}"),
                tells(
                    "item/started",
                    "{\"threadId\":\"th-1\",\"item\":{\"type\":\"fileChange\",\"id\":\"i\",\"status\":"
                        + "\"inProgress\",\"changes\":[{\"path\":\"/etc/hosts\",\"diff\":\"+x\"}]}}"),
                ask(7, "item/fileChange/requestApproval", "{\"itemId\":\"i\",\"reason\":null}"))
            .on("\"id\":7", FakeAgent.ended("completed", "null")));

    assertThat(told.permissions)
        .containsExactly(new Permission("apply_patch", "/etc/hosts", "/etc/hosts", "+x\n"));
    assertThat(sent("\"id\":7")).singleElement().asString().contains(decision);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"contextWindowExceeded\"', context",
    "'\"usageLimitExceeded\"', quota",
    "'\"serverOverloaded\"', overload",
    "'\"unauthorized\"', sign-in",
    "'{\"httpConnectionFailed\":{\"httpStatusCode\":503}}', overload",
    "'{\"httpConnectionFailed\":{\"httpStatusCode\":null}}', unreachable",
    "null, exit"
  })
  void codexTellsWhatWentWrong(String info, String reason) throws Exception {
    var result =
        codex(
            FakeAgent.codex()
                .on(
                    "turn/start",
                    result(2, "{\"turn\":{\"id\":\"t-1\"}}"),
                    FakeAgent.ended(
                        "failed", "{\"message\":\"It broke\",\"codexErrorInfo\":" + info + "}")));

    assertThat(result.reason().word()).isEqualTo(reason);
    assertThat(result.detail()).contains("It broke");
  }
}
