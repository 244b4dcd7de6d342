package dev.hivedeck.engine.api.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Those who should not get in, and those who are in and behave badly, by plain HTTP. */
class McpAbuseTest {
  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
      "capabilities":{},"clientInfo":{"name":"foe","version":"1"}}}\
      """;
  private static final String LESSON =
      """
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"lesson_record",\
      "arguments":{"text":"I was here"}}}\
      """;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  private HttpRequest.Builder request(WorkingAgents at, String token, String session) {
    var builder =
        HttpRequest.newBuilder(URI.create(at.address()))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream");
    if (token != null) {
      builder.header("Authorization", "Bearer " + token);
    }
    if (session != null) {
      builder.header("Mcp-Session-Id", session);
    }
    return builder;
  }

  private HttpResponse<String> post(WorkingAgents at, String token, String session, String body)
      throws Exception {
    return post(at, token, session, BodyPublishers.ofString(body));
  }

  private HttpResponse<String> post(
      WorkingAgents at, String token, String session, BodyPublisher body) throws Exception {
    return http.send(request(at, token, session).POST(body).build(), BodyHandlers.ofString());
  }

  private String session(WorkingAgents at, String attempt) throws Exception {
    var answer = post(at, at.token(attempt), null, INITIALIZE);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
  }

  private static int lessons(WorkingAgents at) {
    return at.engine.query(new Query.Lessons(100)).size();
  }

  private static String call(String tool, String arguments) {
    return """
    {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"%s","arguments":%s}}\
    """
        .formatted(tool, arguments);
  }

  @Test
  void onlyTheTokenOfAnAttemptAtWorkOpensAndOnlyItsOwnSession() throws Exception {
    try (var at = new WorkingAgents(folder)) {
      String session = session(at, "T-1.1");
      String person = at.engine.endpoint().token();
      assertThat(post(at, null, session, LESSON).statusCode()).isEqualTo(401);
      assertThat(post(at, "made-up", session, LESSON).statusCode()).isEqualTo(401);
      assertThat(post(at, person, session, LESSON).statusCode()).isEqualTo(403);
      var stolen = post(at, at.token("T-2.1"), session, LESSON);
      assertThat(stolen.statusCode()).isEqualTo(403);
      assertThat(stolen.body()).contains("another attempt's").contains("Initialize your own");
      assertThat(post(at, at.token("T-1.1"), "no-such", LESSON).statusCode()).isEqualTo(404);
      assertThat(lessons(at)).isZero();
      var own = post(at, at.token("T-1.1"), session, LESSON);
      assertThat(own.statusCode()).isEqualTo(200);
      assertThat(lessons(at)).isEqualTo(1);

      at.go("T-1");
      TestRepository.await(
          "closed", at.engine, () -> at.engine.query(new Query.Attempts("T-1")).size() == 1);
      TestRepository.await("refused", at.engine, () -> status(at, "T-1.1", session, LESSON) == 401);
      assertThat(lessons(at)).isEqualTo(1);
    }
  }

  private int status(WorkingAgents at, String attempt, String session, String body) {
    try {
      return post(at, at.token(attempt), session, body).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPageFromElsewhereDoesNotComeInByOriginNorByName() throws Exception {
    try (var at = new WorkingAgents(folder)) {
      var foreign =
          request(at, at.token("T-1.1"), null)
              .header("Origin", "https://evil.example")
              .POST(BodyPublishers.ofString(INITIALIZE))
              .build();
      assertThat(http.send(foreign, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
      assertThat(named(at, "evil.example:80")).startsWith("HTTP/1.1 403");
      assertThat(named(at, "localhost")).startsWith("HTTP/1.1 200");
      assertThat(named(at, "127.0.0.1")).startsWith("HTTP/1.1 200");
    }
  }

  /** The answer to a request that was sent to that name. */
  private static String named(WorkingAgents at, String host) throws IOException {
    var address = URI.create(at.address());
    try (var socket = new Socket(address.getHost(), address.getPort())) {
      String head =
          """
          POST /mcp HTTP/1.1
          Host: %s
          Authorization: Bearer %s
          Content-Type: application/json
          Accept: application/json, text/event-stream
          Content-Length: %d
          Connection: close

          """
              .formatted(host, at.token("T-1.1"), INITIALIZE.length())
              .replace("\n", "\r\n");
      socket.getOutputStream().write((head + INITIALIZE).getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whateverComesInNothingBreaks() throws Exception {
    try (var at = new WorkingAgents(folder)) {
      String token = at.token("T-1.1");
      String session = session(at, "T-1.1");
      String deep = "[".repeat(100_000) + "]".repeat(100_000);
      String nested =
          call(
              "lesson_record",
              "{\"text\":" + "{\"a\":".repeat(50_000) + "1" + "}".repeat(50_000) + "}");
      for (String body :
          List.of(
              "",
              "null",
              "[]",
              "{",
              "\u0000\u0001",
              "{\"jsonrpc\":\"2.0\"}",
              "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":7}",
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":[]}",
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":\"x\"}",
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":null}}",
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/none\"}",
              "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{}}",
              call("no_such_tool", "{}"),
              call("lesson_record", "[]"),
              call("lesson_record", "{\"text\":7}"),
              call("lesson_record", "{\"text\":\"\"}"),
              call("lesson_record", "{\"text\":\"" + "x".repeat(5_000) + "\"}"),
              call("progress_report", "{\"stage\":-1}"),
              call("decision_get", "{\"id\":\"D-x\"}"),
              call("change_diff", "{\"id\":\"../../etc\"}"),
              deep,
              nested)) {
        post(at, token, session, body);
        assertThat(lessons(at)).as(body.substring(0, Math.min(100, body.length()))).isZero();
      }
      long seed = 20_261_121;
      var random = new Random(seed);
      for (int i = 0; i < 60; i++) {
        byte[] bytes = new byte[random.nextInt(2_000)];
        random.nextBytes(bytes);
        post(at, token, session, BodyPublishers.ofByteArray(bytes));
        Thread.sleep(20); // below the pace of an attempt; how long it takes does not matter
        var cut = LESSON.substring(0, random.nextInt(LESSON.length() - 1));
        post(at, token, session, cut);
        Thread.sleep(20);
      }
      assertThat(lessons(at)).as("seed %d", seed).isZero();
      assertThat(large(at, token, session, false)).isEqualTo(413);
      assertThat(large(at, token, session, true)).isEqualTo(413);
      TestRepository.await(
          "still serves", at.engine, () -> status(at, "T-1.1", session, LESSON) == 200);
      assertThat(lessons(at)).isEqualTo(1);
      assertThat(TestRepository.task(at.engine, "T-1").state())
          .isEqualTo(TaskViews.TaskState.RUNNING);
    }
  }

  /** What is sent, the id of the answer, its code, and what it says. */
  private static final String MALFORMED =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize"} | 1 | -32602 | params.protocolVersion" is missing
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":null} | 1 | -32602 | "params" must be an object
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":[]} | 1 | -32602 | "params" must be an object
      {"jsonrpc":"2.0","id":"a","method":"initialize","params":7} | "a" | -32602 | "params" must be an object
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":{}}} | 1 | -32602 | "params.protocolVersion" must be text
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":7}} | 1 | -32602 | "params.protocolVersion" must be text
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"1","capabilities":[1]}} | 1 | -32602 | "params.capabilities" must be an object
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"1","capabilities":{"roots":{"listChanged":"x"}}}} | 1 | -32602 | "params.capabilities.roots.listChanged" must be true or false
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"1","capabilities":{},"clientInfo":"foe"}} | 1 | -32602 | "params.clientInfo" must be an object
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"1","capabilities":{},"clientInfo":{"name":"x"}}} | 1 | -32602 | "params.clientInfo.version" is missing
      {"jsonrpc":"2.0","id":2,"method":"tools/call"} | 2 | -32602 | "params.name" is missing
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":"x"} | 2 | -32602 | "params" must be an object
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":null}} | 2 | -32602 | "params.name" is missing
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":["a"]}} | 2 | -32602 | "params.name" must be text
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"task_get","arguments":[]}} | 2 | -32602 | "params.arguments" must be an object
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"task_get","arguments":"x"}} | 2 | -32602 | "params.arguments" must be an object
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"task_get","_meta":3}} | 2 | -32602 | "params._meta" must be an object
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"no_such_tool"}} | 2 | -32602 | Unknown tool
      {"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":{}}} | 2 | -32602 | "params.cursor" must be text
      {"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":7}} | 2 | -32602 | "params.uri" must be text
      {"jsonrpc":"2.0","id":2,"method":"resources/read","params":{}} | 2 | -32602 | "params.uri" is missing
      {"jsonrpc":"2.0","id":2,"method":"no/such"} | 2 | -32601 | no/such
      {"jsonrpc":"2.0","id":2} | 2 | -32600 | "method" is missing
      {"jsonrpc":"2.0","id":2,"method":7} | 2 | -32600 | "method" must be text
      {"jsonrpc":"2.0","id":{},"method":"ping"} | null | -32600 | "id" must be text or a whole number
      {"jsonrpc":"2.0","id":null,"method":"ping"} | null | -32600 | "id" must be text or a whole number
      {"id":2,"method":"ping"} | 2 | -32600 | "jsonrpc" must be "2.0"
      {"jsonrpc":"2.0","result":{}} | null | -32600 | Nothing was asked
      {"jsonrpc":"2.0","id":"x","result":{}} | null | -32600 | Nothing was asked
      [{"jsonrpc":"2.0","id":2,"method":"ping"}] | null | -32600 | A batch is not taken
      [] | null | -32600 | A batch is not taken
      null | null | -32600 | A message is a JSON object
      7 | null | -32600 | A message is a JSON object
      {"jsonrpc":"2.0", | null | -32700 | not JSON (line 1, column 18)
      {"jsonrpc":"2.0","id":2,"method":"ping"} {} | null | -32700 | not JSON (line 1
      ping | null | -32700 | not JSON (line 1
      """;

  /** Each is told as JSON-RPC does what is wrong with it, and nothing of the engine's insides. */
  @Test
  void whatIsMalformedIsToldAsJsonRpcDoes() throws Exception {
    try (var at = new WorkingAgents(folder)) {
      String session = session(at, "T-1.1");
      for (String line : MALFORMED.lines().toList()) {
        var told = line.split(" \\| ");
        String open = told[0].contains("initialize") ? null : session;
        var answer = post(at, at.token("T-1.1"), open, told[0]);
        assertThat(answer.body())
            .as(told[0])
            .doesNotContain("Exception", "stackTrace", "java", "io.modelcontextprotocol");
        var json = Json.read(answer.body().replaceFirst("(?s).*data: ?", ""), JsonNode.class);
        assertThat(json.at("/jsonrpc").asText()).isEqualTo("2.0");
        assertThat(json.get("id").toString()).as(told[0]).isEqualTo(told[1]);
        assertThat(json.at("/error/code").toString()).as(told[0]).isEqualTo(told[2]);
        assertThat(json.at("/error/message").asText()).as(told[0]).contains(told[3]);
        assertThat(answer.statusCode()).as(told[0]).isEqualTo(told[1].equals("null") ? 400 : 200);
        Thread.sleep(20); // below the pace of an attempt; how long it takes does not matter
      }
      assertThat(post(at, at.token("T-1.1"), session, LESSON).statusCode()).isEqualTo(200);
    }
  }

  /** The answer to 10 MB; -1 when the line was cut before it could be read. */
  private int large(WorkingAgents at, String token, String session, boolean chunked)
      throws Exception {
    byte[] bytes = " ".repeat(10 << 20).getBytes(StandardCharsets.US_ASCII);
    try {
      return post(
              at,
              token,
              session,
              chunked
                  ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))
                  : BodyPublishers.ofByteArray(bytes))
          .statusCode();
    } catch (IOException e) {
      return 413; // cut off while it was still sending, which is a refusal too
    }
  }

  @Test
  void whoKeepsConnectingAnewLeavesNothingBehind() throws Exception {
    try (var at = new WorkingAgents(folder)) {
      String first = session(at, "T-1.1");
      for (int i = 0; i < McpSessions.MOST; i++) {
        session(at, "T-1.1");
      }
      assertThat(post(at, at.token("T-1.1"), first, LESSON).statusCode()).isEqualTo(404);
      String last = session(at, "T-1.1");
      var goodbye = request(at, at.token("T-1.1"), last).DELETE().build();
      assertThat(http.send(goodbye, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      assertThat(post(at, at.token("T-1.1"), last, LESSON).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void thoseWhoWaitHoldUpNobodyAndAreLetGoWithTheirAttempt() throws Exception {
    try (var at = new WorkingAgents(folder);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String session = session(at, "T-1.1");
      post(
          at,
          at.token("T-1.1"),
          session,
          call("decision_ask", "{\"question\":\"?\",\"wait_seconds\":0}"));
      String wait = call("decision_get", "{\"id\":\"D-1\",\"wait_seconds\":50}");
      var waiting = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 8; i++) {
        waiting.add(threads.submit(() -> untilTurnedAway(at, session, wait)));
      }
      TestRepository.await(
          "all wait", at.engine, () -> status(at, "T-1.1", session, call("task_get", "{}")) == 429);
      String other = session(at, "T-2.1");
      assertThat(post(at, at.token("T-2.1"), other, LESSON).statusCode()).isEqualTo(200);
      at.engine.execute(new Command.CancelTask("T-1"), null);
      for (var waits : waiting) {
        assertThat(waits.get(120, TimeUnit.SECONDS)).isEqualTo(401);
      }
    }
  }

  /** Waits again and again. */
  private int untilTurnedAway(WorkingAgents at, String session, String wait) throws Exception {
    int status = status(at, "T-1.1", session, wait);
    while (status == 200 || status == 429 || status == 404) {
      Thread.sleep(50);
      status = status(at, "T-1.1", session, wait);
    }
    return status;
  }

  @Test
  void itCanBeSwitchedOff() throws Exception {
    try (var at = new WorkingAgents(folder, "mcp: off")) {
      assertThat(at.environment("T-1.1")).doesNotContainKey("HIVEDECK_MCP");
      var answer = post(at, at.token("T-1.1"), null, INITIALIZE);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).contains("switched off");
    }
  }
}
