package dev.hivedeck.engine.api.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.Sandbox;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Views;
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
class McpFoeTest {
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

  private HttpRequest.Builder request(AtWork at, String token, String session) {
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

  private HttpResponse<String> post(AtWork at, String token, String session, String body)
      throws Exception {
    return post(at, token, session, BodyPublishers.ofString(body));
  }

  private HttpResponse<String> post(AtWork at, String token, String session, BodyPublisher body)
      throws Exception {
    return http.send(request(at, token, session).POST(body).build(), BodyHandlers.ofString());
  }

  private String session(AtWork at, String attempt) throws Exception {
    var answer = post(at, at.token(attempt), null, INITIALIZE);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
  }

  private static int lessons(AtWork at) {
    return at.hive.query(new Query.Lessons(100)).size();
  }

  private static String call(String tool, String arguments) {
    return """
    {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"%s","arguments":%s}}\
    """
        .formatted(tool, arguments);
  }

  @Test
  void onlyTheTokenOfAnAttemptAtWorkOpensAndOnlyItsOwnSession() throws Exception {
    try (var at = new AtWork(folder)) {
      String session = session(at, "T-1.1");
      String person = at.hive.endpoint().token();
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
      Sandbox.await("closed", at.hive, () -> at.hive.query(new Query.Attempts("T-1")).size() == 1);
      Sandbox.await("refused", at.hive, () -> status(at, "T-1.1", session, LESSON) == 401);
      assertThat(lessons(at)).isEqualTo(1);
    }
  }

  private int status(AtWork at, String attempt, String session, String body) {
    try {
      return post(at, at.token(attempt), session, body).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPageFromElsewhereDoesNotComeInByOriginNorByName() throws Exception {
    try (var at = new AtWork(folder)) {
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
  private static String named(AtWork at, String host) throws IOException {
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
    try (var at = new AtWork(folder)) {
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
              call("change_diff", "{\"change\":\"../../etc\"}"),
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
      Sandbox.await("still serves", at.hive, () -> status(at, "T-1.1", session, LESSON) == 200);
      assertThat(lessons(at)).isEqualTo(1);
      assertThat(Sandbox.task(at.hive, "T-1").state()).isEqualTo(Views.TaskState.RUNNING);
    }
  }

  /** The answer to 10 MB; -1 when the line was cut before it could be read. */
  private int large(AtWork at, String token, String session, boolean chunked) throws Exception {
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
    try (var at = new AtWork(folder)) {
      String first = session(at, "T-1.1");
      for (int i = 0; i < Sessions.MOST; i++) {
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
    try (var at = new AtWork(folder);
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
      Sandbox.await(
          "all wait", at.hive, () -> status(at, "T-1.1", session, call("task_get", "{}")) == 429);
      String other = session(at, "T-2.1");
      assertThat(post(at, at.token("T-2.1"), other, LESSON).statusCode()).isEqualTo(200);
      at.hive.execute(new Command.CancelTask("T-1"), null);
      for (var waits : waiting) {
        assertThat(waits.get(120, TimeUnit.SECONDS)).isEqualTo(401);
      }
    }
  }

  /** Waits again and again. */
  private int untilTurnedAway(AtWork at, String session, String wait) throws Exception {
    int status = status(at, "T-1.1", session, wait);
    while (status == 200 || status == 429 || status == 404) {
      Thread.sleep(50);
      status = status(at, "T-1.1", session, wait);
    }
    return status;
  }

  @Test
  void itCanBeSwitchedOff() throws Exception {
    try (var at = new AtWork(folder, "mcp: off")) {
      assertThat(at.environment("T-1.1")).doesNotContainKey("HIVEDECK_MCP");
      var answer = post(at, at.token("T-1.1"), null, INITIALIZE);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).contains("switched off");
    }
  }
}
