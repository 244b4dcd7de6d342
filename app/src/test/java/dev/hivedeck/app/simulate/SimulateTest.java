package dev.hivedeck.app.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.Launcher;
import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.app.cli.HivedeckCommand;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flight simulator on the command line. */
class SimulateTest {
  @TempDir Path folder;

  @Test
  void whatCanBePlayedIsListed() {
    assertThat(CliRunner.type("simulate", "list").out()).contains("e429", "runaway", "codex");
    var json = CliRunner.type("--json", "simulate", "list").json();
    assertThat(json.path("scenarios").findValuesAsText("name")).contains("edit", "e401");
  }

  @Test
  void aScenarioThatCannotBePlayedIsRefusedWithItsLine() throws IOException {
    Path file = Files.writeString(folder.resolve("mine.yaml"), "steps:\n  - { txt: hello }\n");
    for (String verb : new String[] {"list", "serve"}) {
      var refused = CliRunner.type("simulate", verb, "--scenario", file.toString());
      assertThat(refused.status()).isEqualTo(HivedeckCommand.BAD_INPUT);
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
                        Launcher.run(
                            out, err, "--json", "simulate", "serve", "--log", log.toString())));
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
    assertThat(status.get(60, TimeUnit.SECONDS)).isEqualTo(HivedeckCommand.STOPPED);
    assertThat(config).as("what it had made is gone").doesNotExist();
  }

  /** A program that speaks as codex does. */
  private Path codex(String... lines) throws IOException {
    var script = new StringBuilder("#!/bin/sh\ncat > /dev/null\n");
    script.append("echo '{\"type\":\"thread.started\",\"thread_id\":\"t\"}'\n");
    for (String line : lines) {
      script.append(line).append('\n');
    }
    Path file = Files.writeString(folder.resolve("codex"), script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  private static CliRunner run(Path program, String... more) {
    return CliRunner.type(
        Stream.concat(
                Stream.of("simulate", "run", "--agent", "codex", "--program", program.toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void aRunShowsTheFaultForWhatItIsAndWhatFollows() throws IOException {
    Path refused =
        codex(
            "echo '{\"type\":\"turn.failed\",\"error\":{\"message\":\"status 401 Unauthorized\"}}'",
            "exit 1");
    var words = run(refused, "--scenario", "e401");
    assertThat(words.status()).as(words.toString()).isZero();
    assertThat(words.out()).contains("Outcome   sign-in: ", "Next      ", "requests to the model");
    var json = run(refused, "--scenario", "e401", "--json").json();
    assertThat(json.at("/attempt/reason").asText()).isEqualTo("sign-in");
    assertThat(json.path("activity")).isNotEmpty();
  }

  @Test
  void aRunThatGoesWellEndsOnMain() throws IOException {
    Path working =
        codex(
            "echo more >> hello.txt",
            "echo '{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":7,\"cached_input_tokens\":2,\"output_tokens\":3}}'");
    var json = run(working, "--scenario", "edit", "--json").json();
    assertThat(json.at("/task/merged").asBoolean()).as(json.toString()).isTrue();
    assertThat(json.at("/attempt/tokensIn").asInt()).isEqualTo(7);
    assertThat(json.at("/attempt/cached").asInt()).isEqualTo(2);
  }

  @Test
  void aRunThatTakesTooLongIsCutOff() throws IOException {
    var cut = run(codex("exec sleep 600"), "--scenario", "hang", "--within", "2s");
    assertThat(cut.status()).isEqualTo(HivedeckCommand.FAILED);
    assertThat(cut.out()).contains("not ended; cut off");
  }

  @Test
  void whatCannotBeRunIsSaidWithARemedy() throws IOException {
    Path program = codex("exit 0");
    String[][] wrong = {
      {
        "--agent",
        "codex",
        "--program",
        "/nowhere/codex",
        "--scenario",
        "edit",
        "/nowhere/codex",
        "npm install"
      },
      {
        "--agent",
        "codec",
        "--program",
        program.toString(),
        "--scenario",
        "edit",
        "codec",
        "did you mean codex"
      },
      {
        "--agent",
        "codex",
        "--program",
        program.toString(),
        "--scenario",
        "e402",
        "e402",
        "did you mean"
      },
      {
        "--agent",
        "codex",
        "--program",
        program.toString(),
        "--within=soon",
        "--scenario=edit",
        "soon",
        "30s"
      },
      {
        "--agent",
        "codex",
        "--program",
        program.toString(),
        "--sandbox=big",
        "--scenario=edit",
        "big",
        "read-only"
      },
    };
    for (String[] line : wrong) {
      int words = line.length - 2;
      var refused =
          CliRunner.type(
              Stream.concat(Stream.of("simulate", "run"), Arrays.stream(line, 0, words))
                  .toArray(String[]::new));
      assertThat(refused.status()).isEqualTo(HivedeckCommand.BAD_INPUT);
      assertThat(refused.err()).contains(line[words], line[words + 1]);
    }
  }
}
