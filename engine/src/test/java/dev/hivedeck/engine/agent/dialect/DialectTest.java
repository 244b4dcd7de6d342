package dev.hivedeck.engine.agent.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.FailureClassifier;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.dialect.acp.AcpDialect;
import dev.hivedeck.engine.agent.dialect.codex.CodexAppServerDialect;
import dev.hivedeck.engine.agent.dialect.codex.CodexDialect;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What recorded streams of the real programs mean. */
class DialectTest {
  static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T21:00:00Z"), ZoneOffset.UTC);

  static final Map<String, Dialect> DIALECTS =
      Map.of(
          "codex", new CodexDialect(CLOCK),
          "claude", new ClaudeDialect(CLOCK),
          "opencode", new OpenCodeDialect(CLOCK),
          "gemini", new GeminiDialect(CLOCK),
          "acp", new AcpDialect(CLOCK),
          "codex-app", new CodexAppServerDialect(CLOCK));

  static RunRequest job(RunRequest.Conversation conversation) {
    return new RunRequest(
        "w",
        "T-1",
        "T-1.1",
        1,
        1,
        "coder",
        "agent --acp",
        new RunRequest.Setup(null, Sandbox.WORKSPACE, null, List.of()),
        conversation,
        null,
        Path.of("/repo"),
        Path.of("/repo/prompt.md"),
        "append a line",
        Map.of(),
        Duration.ofMinutes(1),
        Duration.ofMinutes(1),
        ResourceQuota.NONE,
        1);
  }

  static List<String> lines(String stream) throws IOException {
    try (var in = DialectTest.class.getResourceAsStream("/streams/" + stream + ".jsonl")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static List<DialectEvent> heard(String agent, String stream) throws IOException {
    return new DialectReplay(DIALECTS.get(agent), job(null)).heard(lines(stream));
  }

  private static <T extends Act> List<T> acts(List<DialectEvent> heard, Class<T> type) {
    return heard.stream()
        .filter(DialectEvent.Did.class::isInstance)
        .map(h -> ((DialectEvent.Did) h).act())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  private static <T extends DialectEvent> List<T> all(List<DialectEvent> heard, Class<T> type) {
    return heard.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "codex, codex-exec, 3",
    "claude, claude, 3",
    "claude, claude-permission, 3",
    "opencode, opencode-run, 3",
    "gemini, gemini, 3",
    "codex-app, codex-appserver-untrusted, 3",
    "acp, acp-opencode, 1", // of the tokens of a turn it tells those of the last step
  })
  void theSameWorkIsToldInTheSameWords(String agent, String stream, int steps) throws Exception {
    var heard = heard(agent, stream);

    assertThat(acts(heard, Act.Say.class))
        .extracting(Act.Say::words)
        .containsExactly(
            "I will look at the file first.",
            "Now I edit it.",
            "Done: hello.txt now has one more line.");
    var runs = acts(heard, Act.Run.class);
    assertThat(runs).extracting(Act.Run::command).contains("cat hello.txt");
    var looked = runs.stream().filter(r -> r.exit() != null).findFirst().orElseThrow();
    assertThat(looked.output().strip()).isEqualTo("hello");
    assertThat(looked.exit()).isZero();
    assertThat(runs)
        .last()
        .satisfies(
            r -> {
              assertThat(r.command())
                  .isEqualTo("printf 'edited by a scripted model\\n' >> hello.txt");
              assertThat(r.exit()).isZero();
            });
    assertThat(all(heard, DialectEvent.Session.class)).hasSize(1);
    assertThat(all(heard, DialectEvent.Trouble.class)).isEmpty();
    var spent =
        all(heard, DialectEvent.Total.class).stream()
            .map(DialectEvent.Total::spend)
            .reduce((first, last) -> last)
            .or(() -> acts(heard, Act.Spend.class).stream().reduce(Act.Spend::plus))
            .orElseThrow();
    assertThat(spent.in()).isBetween(1_000L * steps, 1_100L * steps);
    assertThat(spent.cached()).isEqualTo(100 * steps);
    assertThat(spent.out()).isEqualTo(50 * steps);
  }

  @Test
  void claudesListOfThingsToDoIsTold() throws Exception {
    var heard = heard("claude", "claude-plan");

    assertThat(acts(heard, Act.Plan.class))
        .extracting(Act.Plan::text)
        .containsExactly(
            "0 of 1 done", "0 of 2 done", "0 of 2 done · Read it", "1 of 2 done", "1 of 1 done");
    assertThat(acts(heard, Act.Tool.class)).isEmpty();
    assertThat(acts(heard, Act.Run.class)).last().extracting(Act.Run::exit).isEqualTo(3);
  }

  @Test
  void whatClaudeUsesIsKnownAnswerByAnswer() throws Exception {
    assertThat(all(heard("claude", "claude"), DialectEvent.SpendSoFar.class))
        .extracting(spendSoFar -> spendSoFar.turn().in(), spendSoFar -> spendSoFar.turn().cached())
        .containsExactly(tuple(1_100L, 100L), tuple(2_200L, 200L), tuple(3_300L, 300L));
  }

  @Test
  void piecesOfAnswersOfAgentsThatClaudeStartedAreCountedOnce() {
    var reader = DIALECTS.get("claude").reading(job(null));
    var heard = new ArrayList<DialectEvent>();
    for (String id : List.of("m1", "m2", "m1", "m2", "m3")) {
      var event = Json.object().put("type", "assistant");
      var message = event.putObject("message").put("id", id);
      message.putObject("usage").put("input_tokens", 10);
      message.putArray("content").addObject().put("type", "text").put("text", "On it.");
      heard.addAll(reader.read(event));
    }
    assertThat(all(heard, DialectEvent.SpendSoFar.class))
        .extracting(spendSoFar -> spendSoFar.turn().in())
        .containsExactly(10L, 20L, 30L);
  }

  @ParameterizedTest
  @CsvSource({"claude, claude, 0.01134", "opencode, opencode-run, 0.00348"})
  void thoseThatNameAPriceAreBelieved(String agent, String stream, double cost) throws Exception {
    double told =
        acts(heard(agent, stream), Act.Spend.class).stream().mapToDouble(Act.Spend::cost).sum();

    assertThat(told).isCloseTo(cost, org.assertj.core.data.Offset.offset(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "codex, fault-codex-e401, SIGN_IN",
    "codex, fault-codex-e429, QUOTA",
    "codex, fault-codex-e500, OVERLOAD",
    "codex, fault-codex-ectx, CONTEXT",
    "claude, fault-claude-e401, SIGN_IN",
    "claude, fault-claude-e429, QUOTA",
    "claude, fault-claude-ectx, CONTEXT",
    "opencode, fault-opencode-e401, SIGN_IN",
    "opencode, fault-opencode-e429, QUOTA",
    "opencode, fault-opencode-ectx-start, CONTEXT",
    "gemini, fault-gemini-e401, SIGN_IN",
    "gemini, fault-gemini-ectx, CONTEXT"
  })
  void eachFaultLandsInItsClass(String agent, String stream, FailureReason failureReason)
      throws Exception {
    var troubles = all(heard(agent, stream), DialectEvent.Trouble.class);

    assertThat(troubles)
        .isNotEmpty()
        .extracting(DialectEvent.Trouble::fault)
        .containsOnly(failureReason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "terminated",
        "TypeError: terminated",
        "[API Error: terminated]",
        "API Error: Connection error.",
        "socket hang up",
        "other side closed",
        "Premature close",
        "fetch failed: UND_ERR_SOCKET",
        "write EPIPE",
        "stream closed before response.completed",
        "unexpected EOF",
        "peer closed connection without sending complete message body (incomplete chunked read)",
        "error decoding response body",
        "connection reset by peer",
        "Request timed out."
      })
  void aConnectionThatIsCutIsNotTheAgentsFailure(String message) {
    assertThat(FailureClassifier.of(0, message)).isEqualTo(FailureReason.UNREACHABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The command was terminated by signal 9.",
        "2 of 3 tests failed",
        "terminated processes: 3",
        "could not close the file"
      })
  void whatOnlySoundsLikeItIsItsOwn(String message) {
    assertThat(FailureClassifier.of(0, message)).isEqualTo(FailureReason.EXIT);
  }

  @ParameterizedTest
  @CsvSource({"claude, claude-denied", "opencode, opencode-ask", "acp, acp-opencode-reject"})
  void whatWasNotAllowedIsARefusal(String agent, String stream) throws Exception {
    assertThat(all(heard(agent, stream), DialectEvent.Refusal.class)).isNotEmpty();
  }

  @Test
  void aPermissionIsAskedForWithWhatAndWhereAndAnsweredInKind() throws Exception {
    var permissionWanted =
        all(heard("claude", "claude-permission"), DialectEvent.PermissionWanted.class).getFirst();

    assertThat(permissionWanted.permission().tool()).isEqualTo("Bash");
    assertThat(permissionWanted.permission().what())
        .isEqualTo("printf 'edited by a scripted model\\n' >> hello.txt");
    assertThat(permissionWanted.permission().where()).isEqualTo("/repo/cl-perm/hello.txt");
    var recorded =
        lines("claude-permission").stream()
            .filter(l -> l.contains("\"behavior\":\"allow\"") && l.contains("\"dir\":\">\""))
            .findFirst()
            .orElseThrow();
    assertThat(Json.MAPPER.readTree(permissionWanted.reply().apply(Permission.Answer.ONCE)))
        .isEqualTo(Json.MAPPER.readTree(recorded).path("msg"));
    assertThat(permissionWanted.reply().apply(Permission.Answer.NO))
        .contains("\"behavior\":\"deny\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"codex", "claude", "opencode", "gemini"})
  void aConversationIsTakenUpByItsName(String agent) {
    var again = job(new RunRequest.Conversation("abc-1", Act.Spend.NOTHING, "go on"));

    var launch = DIALECTS.get(agent).launch(again);

    assertThat(launch.command()).contains("abc-1");
    assertThat(String.join("\n", launch.input())).contains("go on").doesNotContain("append a line");
    assertThat(launch.command()).noneMatch(word -> word.contains("go on"));
  }

  @Test
  void everyRecordedLineIsUnderstoodOrKept() throws Exception {
    for (String agent : DIALECTS.keySet()) {
      for (String stream : streams(agent)) {
        var heard = heard(agent, stream);
        assertThat(heard).as(stream).isNotEmpty();
        assertThat(acts(heard, Act.Raw.class))
            .as(stream)
            .allSatisfy(
                r ->
                    assertThat(r.json())
                        .containsAnyOf("Model metadata for `scripted` not found", "bubblewrap"));
      }
    }
  }

  static List<String> streams(String agent) {
    return switch (agent) {
      case "codex" ->
          List.of(
              "codex-exec",
              "codex-readonly",
              "resume1-codex",
              "resume2-codex",
              "fault-codex-e401",
              "fault-codex-e429",
              "fault-codex-e500",
              "fault-codex-ectx");
      case "claude" ->
          List.of(
              "claude",
              "claude-denied",
              "claude-plan",
              "claude-permission",
              "resume1-claude",
              "resume2-claude",
              "fault-claude-e401",
              "fault-claude-e429",
              "fault-claude-ectx");
      case "acp" ->
          List.of("acp-opencode", "acp-opencode-reject", "acp-gemini", "acp-gemini-cancel");
      case "codex-app" -> List.of("codex-appserver-untrusted");
      case "opencode" ->
          List.of(
              "opencode-run",
              "opencode-ask",
              "resume1-opencode",
              "resume2-opencode",
              "fault-opencode-e401",
              "fault-opencode-e429");
      default ->
          List.of(
              "gemini",
              "gemini-denied",
              "resume1-gemini",
              "resume2-gemini",
              "fault-gemini-e401",
              "fault-gemini-e429",
              "fault-gemini-ectx");
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          opencode | timestamp=2026-11-21T16:03:55.864Z level=ERROR run=4 message="stream error" agent=build error.error="AI_APICallError: boom" | overload
          opencode | timestamp=2026-11-21T16:03:55.864Z level=ERROR run=4 message="stream error" agent=build error.error="AI_APICallError: Rate limit reached" | quota
          gemini   | Attempt 4 failed with status 500. Retrying with backoff... _ApiError: {"error":{"code":500}} | overload
          gemini   | Attempt 2 failed with status 429. Retrying with backoff... _ApiError: {"error":{}} | quota
          """)
  void whatIsTriedAgainWithoutAWordOnTheOutputIsHeardAside(
      String agent, String line, String fault) {
    var heard = DIALECTS.get(agent).reading(job(null)).aside(line);
    var trouble = all(heard, DialectEvent.Trouble.class).getFirst();
    assertThat(trouble.fault().word()).isEqualTo(fault);
    assertThat(trouble.last()).isFalse();
    assertThat(trouble.until()).isNull();
    assertThat(DIALECTS.get(agent).reading(job(null)).aside("Ripgrep is not available.")).isEmpty();
  }

  @Test
  void whenALimitIsLiftedIsHeardAside() {
    String line = "Attempt 1 failed: Rate limit reached. Please try again in 90s.";
    var heard = DIALECTS.get("gemini").reading(job(null)).aside(line);
    assertThat(all(heard, DialectEvent.Trouble.class).getFirst().until())
        .isEqualTo(CLOCK.instant().plusSeconds(90));
  }

  @Test
  void aCommandThatTheSandboxDidNotLetWriteIsARefusal() {
    String item =
        "{\"type\":\"item.completed\",\"item\":{\"id\":\"i\",\"type\":\"command_execution\","
            + "\"command\":\"touch a\",\"aggregated_output\":\"%s\",\"exit_code\":1}}";
    var reader = DIALECTS.get("codex").reading(job(null));
    var held = item.formatted("touch: cannot touch 'a': Read-only file system");
    assertThat(all(reader.read(Json.read(held, JsonNode.class)), DialectEvent.Refusal.class))
        .hasSize(1);
    var failed = item.formatted("no such file");
    assertThat(all(reader.read(Json.read(failed, JsonNode.class)), DialectEvent.Refusal.class))
        .isEmpty();
  }
}
