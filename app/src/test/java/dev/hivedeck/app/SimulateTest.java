package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flight simulator on the command line. */
class SimulateTest {
  @TempDir Path folder;

  @Test
  void whatCanBePlayedIsListed() {
    assertThat(Terminal.type("simulate", "list").out()).contains("e429", "runaway", "codex");
    var json = Terminal.type("--json", "simulate", "list").json();
    assertThat(json.path("scenarios").findValuesAsText("name")).contains("edit", "e401");
  }

  @Test
  void aScenarioThatCannotBePlayedIsRefusedWithItsLine() throws IOException {
    Path file = Files.writeString(folder.resolve("mine.yaml"), "steps:\n  - { txt: hello }\n");
    for (String verb : new String[] {"list", "serve"}) {
      var refused = Terminal.type("simulate", verb, "--scenario", file.toString());
      assertThat(refused.status()).isEqualTo(Cli.BAD_INPUT);
      assertThat(refused.err()).contains("mine.yaml:2", "did you mean text");
    }
  }

  @Test
  void theServerSaysHowToPointEachAgentAtItAndAnswers() throws Exception {
    Path log = folder.resolve("requests.jsonl");
    var pipe = new PipedInputStream(1 << 20);
    var out = new PrintStream(new PipedOutputStream(pipe), true, StandardCharsets.UTF_8);
    var err = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    var status = new CompletableFuture<Integer>();
    var serving =
        Thread.ofPlatform()
            .daemon()
            .start(
                () ->
                    status.complete(
                        Cli.run(out, err, "--json", "simulate", "serve", "--log", log.toString())));
    JsonNode told;
    try (var lines = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8))) {
      told = Json.read(lines.readLine(), JsonNode.class);
    }
    Path config = null;
    for (var agent : told.path("agents")) {
      if (agent.path("agent").asText().equals("codex")) {
        config = Path.of(agent.at("/environment/CODEX_HOME").asText(), "config.toml");
      }
    }
    assertThat(config).content().contains(told.path("address").asText() + "/s/edit/v1");
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(told.path("address").asText() + "/s/e500/v1/responses"))
              .POST(HttpRequest.BodyPublishers.ofString("{\"input\":\"Do it\"}"))
              .build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(500);
    }
    assertThat(log).content().contains("\"scenario\":\"e500\"").doesNotContain("Do it");
    serving.interrupt();
    assertThat(status.get(60, TimeUnit.SECONDS)).isEqualTo(Cli.STOPPED);
    assertThat(config).as("what it had made is gone").doesNotExist();
  }
}
