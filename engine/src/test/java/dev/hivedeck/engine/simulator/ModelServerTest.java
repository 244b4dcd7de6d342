package dev.hivedeck.engine.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripted model as an agent meets it: over HTTP, in the words of each API. */
class ModelServerTest {
  private static final String CHAT_TOOL =
      "{\"type\":\"function\",\"function\":{\"name\":\"bash\"}}";

  @TempDir Path folder;
  private final SystemTimers timers = new SystemTimers();
  private final HttpClient client = HttpClient.newHttpClient();
  private ModelServer server;

  @BeforeEach
  void serve() {
    server = ModelServer.start(Scenarios.bundled(), timers, 0, _ -> {});
  }

  @AfterEach
  void close() {
    server.close();
    client.close();
    timers.close();
  }

  private HttpRequest.Builder request(String path, String body) {
    return HttpRequest.newBuilder(URI.create(server.address() + path))
        .header("content-type", "application/json")
        .timeout(Duration.ofSeconds(60))
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return client.send(request(path, body).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.read(answer.body(), JsonNode.class);
  }

  /** The data of each event. */
  private static List<JsonNode> events(HttpResponse<String> answer) {
    assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
    return answer
        .body()
        .lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> Json.read(line.substring(6), JsonNode.class))
        .toList();
  }

  private static String chat(boolean stream, String messages) {
    return "{\"model\":\"m\",\"stream\":%s,\"messages\":[%s],\"tools\":[%s]}"
        .formatted(stream, messages, CHAT_TOOL);
  }

  private static final String USER = "{\"role\":\"user\",\"content\":\"Do it\"}";
  private static final String RESULT = "{\"role\":\"tool\",\"content\":\"ok\"}";

  @Test
  void chatCompletionsGoStepByStepAsToolsAnswer() throws Exception {
    var first = json(post("/s/edit/v1/chat/completions", chat(false, USER)));
    assertThat(first.at("/choices/0/message/tool_calls/0/function/arguments").asText())
        .contains("cat hello.txt");
    assertThat(first.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
    assertThat(first.at("/usage/prompt_tokens").asInt()).isEqualTo(1_000);
    var second = json(post("/s/edit/v1/chat/completions", chat(false, USER + "," + RESULT)));
    assertThat(second.at("/choices/0/message/content").asText()).isEqualTo("Now I edit it.");
    var last =
        json(post("/s/edit/v1/chat/completions", chat(false, USER + "," + RESULT + "," + RESULT)));
    assertThat(last.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(last.at("/choices/0/message/content").asText()).startsWith("Done:");
  }

  @Test
  void chatCompletionsStream() throws Exception {
    var answer = post("/s/edit/v1/chat/completions", chat(true, USER));
    var events = events(answer);
    assertThat(
            events.stream()
                .map(e -> e.at("/choices/0/delta/content").asText())
                .collect(Collectors.joining()))
        .isEqualTo("I will look at the file first.");
    assertThat(events.get(events.size() - 2).at("/choices/0/finish_reason").asText())
        .isEqualTo("tool_calls");
    assertThat(events.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(50);
    assertThat(answer.body()).endsWith("data: [DONE]\n\n");
  }

  private static String responses(boolean stream, String input) {
    return "{\"model\":\"m\",\"stream\":%s,\"input\":[%s],\"tools\":[{\"type\":\"function\",\"name\":\"exec_command\"}]}"
        .formatted(stream, input);
  }

  @Test
  void responsesAreTypedNumberedAndTheSameAsOneDocument() throws Exception {
    String input =
        """
        {"role":"user","content":[{"type":"input_text","text":"Do it"}]},
        {"type":"function_call_output","output":"hello"},
        {"role":"user","content":[{"type":"input_text","text":"<environment_context>x</environment_context>"}]}
        """;
    var events = events(post("/s/edit/v1/responses", responses(true, input)));
    assertThat(events.stream().map(e -> e.path("sequence_number").asInt()))
        .isEqualTo(java.util.stream.IntStream.range(0, events.size()).boxed().toList());
    var completed = events.getLast().path("response");
    assertThat(completed.at("/output/0/content/0/text").asText()).isEqualTo("Now I edit it.");
    assertThat(completed.at("/output/1/name").asText()).isEqualTo("exec_command");
    assertThat(completed.at("/usage/input_tokens_details/cached_tokens").asInt()).isEqualTo(100);
    var document = json(post("/s/edit/v1/responses", responses(false, input)));
    assertThat(document.path("status").asText()).isEqualTo("completed");
    assertThat(document.at("/output/1/arguments")).isEqualTo(completed.at("/output/1/arguments"));
  }

  @Test
  void messagesAnswerInBothShapes() throws Exception {
    String body =
        """
        {"model":"m","stream":%s,"tools":[{"name":"Bash"}],"messages":[
          {"role":"user","content":"Do it"},
          {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"Bash","input":{}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"hello"}]}]}
        """;
    var document = json(post("/s/edit/v1/messages", body.formatted(false)));
    assertThat(document.path("stop_reason").asText()).isEqualTo("tool_use");
    assertThat(document.at("/content/1/input/command").asText()).startsWith("printf");
    var events = events(post("/s/edit/v1/messages?beta=true", body.formatted(true)));
    assertThat(events.getFirst().path("type").asText()).isEqualTo("message_start");
    assertThat(events.get(2).at("/delta/text").asText()).isEqualTo("Now I edit it.");
    assertThat(Json.read(events.get(5).at("/delta/partial_json").asText(), JsonNode.class))
        .isEqualTo(document.at("/content/1/input"));
    assertThat(json(post("/s/edit/v1/messages/count_tokens", "{}")).path("input_tokens").asInt())
        .isEqualTo(1_000);
  }

  @Test
  void geminiAnswersInBothShapes() throws Exception {
    String body =
        """
        {"tools":[{"functionDeclarations":[{"name":"run_shell_command"}]}],
         "contents":[{"role":"user","parts":[{"text":"Do it"}]}]}
        """;
    String path = "/s/edit/v1beta/models/gemini-2.5-pro:";
    var document = json(post(path + "generateContent?key=AIzaSecret", body));
    assertThat(document.at("/candidates/0/content/parts/1/functionCall/args/command").asText())
        .isEqualTo("cat hello.txt");
    assertThat(document.path("modelVersion").asText()).isEqualTo("gemini-2.5-pro");
    var events = events(post(path + "streamGenerateContent?alt=sse", body));
    assertThat(events.getFirst().path("candidates")).isEqualTo(document.path("candidates"));
    assertThat(json(post(path + "countTokens", "{}")).path("totalTokens").asInt()).isEqualTo(1_000);
    assertThat(server.asked()).noneSatisfy(a -> assertThat(a.toString()).contains("AIza"));
  }

  @Test
  void aResultThatGeminiSendsTwiceCountsOnce() throws Exception {
    String result = "{\"functionResponse\":{\"name\":\"run_shell_command\",\"response\":{}}}";
    String body =
        """
        {"tools":[{"functionDeclarations":[{"name":"run_shell_command"}]}],
         "contents":[{"role":"user","parts":[{"text":"Do it"}]},{"role":"user","parts":[%s,%s]}]}
        """;
    var next =
        json(post("/s/edit/v1beta/models/g:generateContent", body.formatted(result, result)));
    assertThat(next.at("/candidates/0/content/parts/0/text").asText()).isEqualTo("Now I edit it.");
  }

  @Test
  void aRequestWithoutToolsIsNoStepOfTheScenario() throws Exception {
    var title = json(post("/s/e500/v1/chat/completions", "{\"messages\":[" + USER + "]}"));
    assertThat(title.at("/choices/0/message/content").asText()).isEqualTo("Scripted title");
    assertThat(server.asked().getLast().answer()).isEqualTo("aside");
  }

  @Test
  void aNewPromptBeginsAnewUnlessTheScenarioResumes() throws Exception {
    String again = USER + "," + RESULT + "," + USER;
    var anew = json(post("/s/edit/v1/chat/completions", chat(false, again)));
    assertThat(anew.at("/choices/0/message/content").asText()).contains("look at the file");
    Path file = folder.resolve("on.yaml");
    Files.writeString(file, "resumes: true\nsteps: [ { text: one }, { text: two } ]");
    try (var other = ModelServer.start(Scenarios.with(List.of(file)), timers, 0, _ -> {})) {
      var on =
          client.send(
              HttpRequest.newBuilder(URI.create(other.address() + "/v1/chat/completions"))
                  .POST(HttpRequest.BodyPublishers.ofString(chat(false, again)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(on.body()).contains("two");
    }
  }

  @Test
  void aPromptChoosesTheScenarioOverTheAddress() throws Exception {
    var answer =
        post(
            "/s/edit/v1/chat/completions",
            chat(false, USER.replace("Do it", "Do it [[scenario:e401]]")));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(server.asked().getLast().scenario()).isEqualTo("e401");
  }

  @Test
  void whatIsNotThereIsSaidWithARemedy() throws Exception {
    var unknown = post("/s/eddit/v1/chat/completions", chat(false, USER));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("eddit", "did you mean edit", "simulate list");
    var none = post("/v1/chat/completions", chat(false, USER));
    assertThat(none.body()).contains("/s/edit/v1");
    assertThat(post("/s/edit/v1/embeddings", "{}").statusCode()).isEqualTo(404);
    assertThat(post("/s/edit/v1/chat/completions", "{").statusCode()).isEqualTo(400);
  }

  @Test
  void theFolderOfTheAgentIsReadOutOfWhatItTells() throws Exception {
    Path file = folder.resolve("w.yaml");
    Files.writeString(file, "steps: [ { write: { file: a/b.txt, text: \"1\\n\" } } ]");
    String[] told = {
      "<environment_context>\\n  <cwd>%s</cwd>",
      "<env>\\n  Working directory: %s\\n  Workspace root folder: /other",
      "# Environment\\n - Primary working directory: %s\\n",
      "- **Workspace Directories:**\\n  - %s\\n- **Tree**",
    };
    try (var other = ModelServer.start(Scenarios.with(List.of(file)), timers, 0, _ -> {})) {
      for (String words : told) {
        String body =
            chat(false, USER.replace("Do it", words.formatted("/home/a user/shop")))
                .replace("bash", "write");
        var answer =
            client.send(
                HttpRequest.newBuilder(URI.create(other.address() + "/v1/chat/completions"))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(json(answer).at("/choices/0/message/tool_calls/0/function/arguments").asText())
            .as(words)
            .contains("\"/home/a user/shop/a/b.txt\"");
      }
    }
  }

  @Test
  void anAgentWithoutTheToolIsToldWhichItOffers() throws Exception {
    var answer = json(post("/s/edit/v1/chat/completions", chat(false, USER).replace("bash", "ls")));
    assertThat(answer.at("/choices/0/message/content").asText())
        .contains("no scripted tool offered; saw: ls");
  }

  @Test
  void aLimitTellsWhenItIsLiftedInEachVendorsWay() throws Exception {
    var openai = post("/s/e429/v1/responses", responses(true, USER));
    assertThat(openai.statusCode()).isEqualTo(429);
    assertThat(openai.headers().firstValue("retry-after")).contains("90");
    assertThat(Json.read(openai.body(), JsonNode.class).at("/error/resets_in_seconds").asInt())
        .isEqualTo(90);
    var google =
        post(
            "/s/e429/v1beta/models/g:generateContent",
            "{\"tools\":[{\"functionDeclarations\":[{\"name\":\"x\"}]}]}");
    assertThat(Json.read(google.body(), JsonNode.class).at("/error/details/0/retryDelay").asText())
        .isEqualTo("90s");
    var anthropic = post("/s/e429/v1/messages", "{\"tools\":[{\"name\":\"Bash\"}]}");
    assertThat(Json.read(anthropic.body(), JsonNode.class).path("type").asText())
        .isEqualTo("error");
  }

  @Test
  void aHangIsNeverAnsweredAndEndsWithTheServer() throws Exception {
    var pending =
        client.sendAsync(
            request("/s/hang/v1/chat/completions", chat(true, USER)).build(),
            HttpResponse.BodyHandlers.ofString());
    while (server.asked().isEmpty()) {
      Thread.sleep(5);
    }
    assertThatThrownBy(() -> pending.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(server.asked().getLast().answer()).isEqualTo("hang");
    server.close();
    assertThatThrownBy(() -> pending.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
  }

  @Test
  void theLogTellsWhatWasAskedAndNoSecret() throws Exception {
    client.send(
        request("/s/edit/v1/chat/completions", chat(true, USER))
            .header("authorization", "Bearer sk-abcdefghijklmnopqrstuvwxyz")
            .header("user-agent", "agent/1 sk-abcdefghijklmnopqrstuvwxyz")
            .build(),
        HttpResponse.BodyHandlers.ofString());
    var requestRecord = server.asked().getLast();
    assertThat(requestRecord.api()).isEqualTo("chat");
    assertThat(requestRecord.step()).isZero();
    assertThat(requestRecord.tools()).containsExactly("bash");
    assertThat(requestRecord.key()).isTrue();
    assertThat(requestRecord.answer()).isEqualTo("tool bash");
    assertThat(requestRecord.toString()).doesNotContain("sk-").contains("agent/1");
  }

  @Test
  void onlyThisMachineIsServed() throws Exception {
    int port = URI.create(server.address()).getPort();
    var others =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
            .toList();
    for (InetAddress address : others) {
      try (var socket = new Socket()) {
        assertThatThrownBy(() -> socket.connect(new InetSocketAddress(address, port), 2_000))
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void aPortInUseIsSaid() {
    int port = URI.create(server.address()).getPort();
    assertThatThrownBy(() -> ModelServer.start(Scenarios.bundled(), timers, port, _ -> {}))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("port-in-use"));
  }
}
