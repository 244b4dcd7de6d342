package dev.hivedeck.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.hivedeck.engine.config.edit.ConfigProposal;
import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A repository that was set up for another orchestrator is at home here. */
class OrchestratorProposalTest {
  @TempDir Path folder;

  private void file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private WorktreeConfig proposed() {
    return HiveConfig.parse("hive.yaml", ConfigProposal.of(folder)).worktree();
  }

  @Test
  void scriptsOfConductorAreProposed() throws IOException {
    file("package.json", "{\"scripts\":{\"test\":\"x\"}}");
    file("package-lock.json", "{}");
    file(
        "conductor.json",
        """
        { "scripts": {
            "setup": "npm install; cp $CONDUCTOR_ROOT_PATH/.env .env # \\"all\\"\\nnpm run: seed",
            "run": "npm run dev -- --port $CONDUCTOR_PORT",
            "archive": "./gone.sh" },
          "runScriptMode": "nonconcurrent" }
        """);

    var worktree = proposed();

    assertThat(worktree.setup())
        .isEqualTo("npm install; cp $CONDUCTOR_ROOT_PATH/.env .env # \"all\"\nnpm run: seed");
    assertThat(worktree.run()).isEqualTo("npm run dev -- --port $CONDUCTOR_PORT");
    assertThat(worktree.teardown()).isEqualTo("./gone.sh");
    assertThat(worktree.ports()).isEqualTo(10);
    assertThat(ConfigProposal.of(folder))
        .contains("teardown: ./gone.sh   # from conductor.json\n")
        .doesNotContain("npm ci");
  }

  @Test
  void commandsOfSupersetRunOneAfterTheOther() throws IOException {
    file(
        ".superset/config.json",
        "{ \"setup\": [\"./.superset/setup.sh\", \" \", \"bun install\"], \"teardown\": [],"
            + " \"run\": \"bun dev\" }");

    var worktree = proposed();

    assertThat(worktree.setup()).isEqualTo("./.superset/setup.sh && bun install");
    assertThat(worktree.teardown()).isNull();
    assertThat(worktree.run()).isEqualTo("bun dev");
    assertThat(worktree.ports()).isEqualTo(20);
  }

  @Test
  void aCommandOfAListDoesNotReachIntoTheNext() throws Exception {
    file(
        ".superset/config.json",
        """
        { "setup": ["echo one >> said # of two", "cat >> said <<END\\ntwo\\nEND", "# nothing",
          "true &", "test -e no || { echo three >> said; };", "echo four >> said"],
          "teardown": ["false # stays", "touch no"] }
        """);
    var worktree = proposed();
    assertThat(shell(worktree.setup())).isZero();
    assertThat(folder.resolve("said")).hasContent("one\ntwo\nthree\nfour");
    assertThat(shell(worktree.teardown())).isEqualTo(1);
    assertThat(folder.resolve("no")).doesNotExist();
  }

  private int shell(String command) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).start().waitFor();
  }

  @Test
  void whatEndsLikeAKeyIsQuoted() throws IOException {
    file("conductor.json", "{ \"scripts\": { \"setup\": \"./all x:\", \"run\": \"make all #\" } }");
    assertThat(proposed().setup()).isEqualTo("./all x:");
    assertThat(proposed().run()).isEqualTo("make all #");
  }

  @Test
  void patternsOfEmdashAreCopied() throws IOException {
    file(".env", "A=b");
    file(
        ".emdash.json",
        "{ \"preservePatterns\": [\".claude/**\", \"*.local\", \"true\"], \"scripts\": { \"setup\":"
            + " \"true\" } }");
    assertThat(proposed().copy()).containsExactly(".claude/**", "*.local", "true", ".env");
    assertThat(proposed().setup()).isEqualTo("true");

    file(".emdash.json", "{}");
    assertThat(proposed().copy())
        .startsWith(".env", ".env.keys")
        .contains("docker-compose.override.yml");
  }

  @Test
  void theFirstFileThatSaysSomethingSaysIt() throws IOException {
    file("conductor.json", "{ \"scripts\": { \"setup\": \"./one.sh\" } }");
    file(".superset/config.json", "{ \"setup\": [\"./two.sh\"], \"teardown\": [\"./down.sh\"] }");

    assertThat(proposed().setup()).isEqualTo("./one.sh");
    assertThat(proposed().teardown()).isEqualTo("./down.sh");
    assertThat(ConfigProposal.of(folder))
        .contains("./one.sh   # from conductor.json", "./down.sh   # from .superset/config.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          conductor.json | {"scripts":{"setup":\\n oops}} | line 2, column
          conductor.json | {"scripts":[]} | scripts is no object
          conductor.json | {"scripts":{"setup":"a","setup":"b"}} | line 1, column
          conductor.json | [] | it is no JSON object
          conductor.json | '' | it is no JSON object
          .superset/config.json | {"setup":[1]} | setup is neither text nor a list of texts
          .superset/config.json | {"setup":["a \\u202e b"]} | setup has characters that do not show
          .superset/config.json | {"setup":["a \\ud800 b"]} | setup has characters that do not show
          .superset/config.json | {"setup":["a \\u3164 b"]} | setup has characters that do not show
          .emdash.json | {"preservePatterns":["!x"]} | preservePatterns has one that is no pattern
          """)
  void whatIsBrokenIsToldWithItsPlaceAndLeft(String name, String text, String told)
      throws IOException {
    file(name, text.replace("\\n", "\n"));

    assertThat(proposed()).isEqualTo(WorktreeConfig.NONE);
    assertThat(ConfigProposal.of(folder)).contains("# " + name + " was not read: " + told);
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    file("elsewhere.json", "{ \"scripts\": { \"setup\": \"./one.sh\" } }");
    Files.createSymbolicLink(folder.resolve("conductor.json"), folder.resolve("elsewhere.json"));

    assertThat(proposed()).isEqualTo(WorktreeConfig.NONE);
    assertThat(ConfigProposal.of(folder)).contains("conductor.json was not read: it is no regular");
  }

  @Test
  void anyScriptIsProposedAsItIs() throws IOException {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    String letters = "ab 1.-:#'\"\\{}[],&*!|>%@`$~/?=\n\tü€";
    for (int round = 0; round < 300; round++) {
      var script = new StringBuilder("x"); // a script that is blank is none
      for (int i = random.nextInt(8); i > 0; i--) {
        script.append(letters.charAt(random.nextInt(letters.length())));
      }
      String text = random.nextBoolean() ? script.toString() : script.reverse().toString();
      file("conductor.json", "{\"scripts\":{\"setup\":" + json(text) + "}}");
      assertThat(proposed().setup()).as("seed %d, round %d", seed, round).isEqualTo(text.strip());
    }
  }

  private static String json(String text) {
    try {
      return Json.MAPPER.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
