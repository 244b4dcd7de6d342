package dev.hivedeck.engine.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.simulator.Scenario.Call;
import dev.hivedeck.engine.simulator.Scenario.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scenarios as files, good and bad. */
class ScenarioReaderTest {
  @TempDir Path folder;

  private Scenario read(String text) {
    return ScenarioReader.read("mine", "mine.yaml", text);
  }

  @Test
  void everyKindOfStepIsRead() {
    var scenario =
        read(
            """
            about: All of them.
            repeatLast: true
            resumes: true
            steps:
              - { text: Hello, delay_ms: 250 }
              - { tool: { bash: { command: ls } }, custom: { name: apply_patch, input: p } }
              - { status: 429, error: rate, code: limit, message: Not now, headers: { x-a: b }, reset_s: 9 }
              - hang: true
            final: Bye.
            """);
    assertThat(scenario.about()).isEqualTo("All of them.");
    assertThat(scenario.resumes()).isTrue();
    assertThat(scenario.step(0))
        .isEqualTo(new Step.Reply(Duration.ofMillis(250), "Hello", List.of()));
    assertThat(((Step.Reply) scenario.step(1)).calls())
        .extracting(Call::tool)
        .containsExactly("bash", "apply_patch");
    assertThat(scenario.step(2))
        .isInstanceOfSatisfying(
            Step.Failure.class,
            f -> {
              assertThat(f.status()).isEqualTo(429);
              assertThat(f.headers()).containsEntry("x-a", "b");
              assertThat(f.reset()).isEqualTo(Duration.ofSeconds(9));
            });
    assertThat(scenario.step(99)).as("the last is repeated").isInstanceOf(Step.Hang.class);
  }

  @Test
  void jsonIsReadToo() {
    var scenario = read("{\"steps\": [{\"text\": \"Hello\"}],\n \"final\": \"Bye.\"}");
    assertThat(scenario.step(1)).isEqualTo(new Step.Reply(Duration.ZERO, "Bye.", List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          steps: [ { txt: hello } ]                         | txt       | did you mean text
          steps: [ {} ]                                     | nothing   | give it text
          steps: [ { delay_ms: 5 } ]                        | nothing   | give it text
          steps: [ { status: 429, text: hello } ]           | several   | steps
          steps: [ { hang: true, status: 500 } ]            | several   | steps
          steps: [ { code: limit } ]                        | without   | status: 429
          steps: [ { status: 200 } ]                        | status    | 400
          steps: [ { status: many } ]                       | status    | wrong kind
          steps: [ { delay_ms: -1 } ]                       | delay_ms  | 0
          steps: [ { hang: false } ]                        | hang      | true
          steps: [ { tool: { bash: ls } } ]                 | bash      | wrong kind
          steps: [ { run: a, write: { file: f, text: t } } ] | one tool | two steps
          steps: [ { write: { file: ../f, text: t } } ]     | ../f      | paths start there
          steps: [ { write: { file: /f, text: t } } ]       | /f        | paths start there
          steps: [ { status: 429, headers: { 'a b': c } } ] | headers   | pattern
          { repeatLast: true, steps: [] }                   | repeat    | add one
          { final: bye }                                    | steps     | missing
          { steps: [], finally: bye }                       | finally   | did you mean final
          """)
  void whatCannotBePlayedIsRefusedWithPlaceAndRemedy(String bad, String what, String remedy) {
    var refused =
        catchThrowableOfType(HiveException.class, () -> read("# A scenario\n" + bad + "\n"));
    assertThat(refused.code()).isEqualTo("scenario-invalid");
    assertThat(refused.getMessage()).contains("mine.yaml:2: ", what, remedy);
    assertThat(refused.hint()).isNotBlank();
  }

  @Test
  void allMistakesAreToldAtOnceEachWithItsLine() {
    assertThatThrownBy(() -> read("steps:\n  - { status: 500, hang: true }\n  - {}\n"))
        .hasMessageContaining("mine.yaml:2: ")
        .hasMessageContaining("mine.yaml:3: ");
  }

  @Test
  void everyBundledScenarioCanBePlayedAndSaysWhatItDoes() throws IOException {
    var names = Scenarios.bundled().all().stream().map(Scenario::name).toList();
    assertThat(Scenarios.bundled().all()).allSatisfy(s -> assertThat(s.about()).isNotBlank());
    var resources = Path.of("../resources/src/main/resources/hivedeck/flight");
    try (var files = Files.list(resources)) {
      assertThat(files.map(f -> f.getFileName().toString().replace(".yaml", "")))
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void aFileGoesBeforeTheBundledScenarioOfItsName() throws IOException {
    Path mine =
        Files.writeString(folder.resolve("edit.json"), "{\"steps\": [], \"about\": \"My own\"}");
    var scenarios = Scenarios.with(List.of(mine));
    assertThat(scenarios.find("edit").about()).isEqualTo("My own");
    assertThat(scenarios.standard()).contains(scenarios.find("edit"));
    assertThat(scenarios.find("e401").steps()).hasSize(1);
  }

  @Test
  void filesThatCannotBeAskedForAreRefused() throws IOException {
    Path odd = Files.writeString(folder.resolve("my edit.yaml"), "steps: []");
    Path one = Files.writeString(folder.resolve("one.yaml"), "steps: []");
    Path other = Files.writeString(folder.resolve("one.json"), "{\"steps\": []}");
    assertThatThrownBy(() -> Scenarios.with(List.of(odd)))
        .hasMessageContaining("my edit")
        .hasMessageContaining("base URL");
    assertThatThrownBy(() -> Scenarios.with(List.of(one, other))).hasMessageContaining("one.yaml");
    assertThatThrownBy(() -> Scenarios.with(List.of(folder.resolve("gone.yaml"))))
        .hasMessageContaining("gone.yaml");
    assertThatThrownBy(() -> Scenarios.bundled().find("e402"))
        .hasMessageContaining("did you mean e4");
  }
}
