package dev.hivedeck.engine.agent.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.driver.Drivers;
import dev.hivedeck.engine.agent.driver.Recorded;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.time.SystemTimers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Command agents whose events are known by their format: what pi 0.73.1, qwen 0.15.10, copilot
 * 1.0.102 and cline 3.0.65 printed, said again by a real process.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class FormatTest {
  @TempDir Path folder;
  private final SystemTimers timers = new SystemTimers();
  private final Recorded told = new Recorded();

  @AfterEach
  void close() {
    timers.close();
  }

  private RunResult run(String format, String script) throws Exception {
    Path worktree = Files.createDirectories(folder.resolve("worktree"));
    Path prompt = Files.writeString(folder.resolve("prompt.md"), "append a line");
    var request =
        new RunRequest(
            "w",
            "T-1",
            "T-1.1",
            1,
            1,
            "coder",
            script,
            RunRequest.Setup.USUAL,
            null,
            null,
            worktree,
            prompt,
            "append a line",
            Map.of(
                ProcessTree.MARK,
                "format-" + System.nanoTime(),
                "HIVEDECK_PROMPT_FILE",
                prompt.toString()),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            ResourceQuota.NONE,
            1);
    return Drivers.all(timers, new Meter()).get(format).run(request, told);
  }

  private RunResult said(String format, String stream) throws Exception {
    Path file = folder.resolve(stream + ".jsonl");
    Files.write(file, DialectTest.lines(stream));
    return run(format, "cat '" + file + "'; echo 'a line that is no event'; echo done > made.txt");
  }

  private <T extends Act> List<T> acts(Class<T> type) {
    return told.acts.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "pi, 4000, 400, 200, 0.00404",
    "qwen, 4000, 400, 200, ",
    "cline, 4000, 400, 200, ",
    "copilot, 0, 0, 0, " // it tells no tokens, so they are unknown
  })
  void whatItSaysDoesAndUsesIsSeen(String format, long in, long cached, long out, Double cost)
      throws Exception {
    assertThat(said(format, format)).isEqualTo(RunResult.good());

    assertThat(acts(Act.Say.class))
        .extracting(Act.Say::words)
        .containsExactly(
            "I will look at the file first.", "Now I edit it.", "And a test that fails.", "Done.");
    var runs = acts(Act.Run.class).stream().filter(r -> r.exit() != null).toList();
    assertThat(runs.getFirst().command()).isEqualTo("cat hello.txt");
    assertThat(runs.getFirst().output()).startsWith("hello");
    assertThat(runs.getFirst().exit()).isZero();
    assertThat(runs.getLast().exit()).isEqualTo(format.equals("cline") ? 1 : 3);
    assertThat(acts(Act.Edit.class).getFirst().path()).endsWith("new.txt");
    assertThat(acts(Act.Edit.class).getFirst().diff()).contains("+one");
    assertThat(acts(Act.Raw.class)).isEmpty();
    assertThat(told.has("out a line that is no event")).isTrue();
    assertThat(told.models).isNotEmpty().containsOnly("scripted");

    var spent = acts(Act.Spend.class);
    assertThat(spent.stream().mapToLong(Act.Spend::in).sum()).isEqualTo(in);
    assertThat(spent.stream().mapToLong(Act.Spend::cached).sum()).isEqualTo(cached);
    assertThat(spent.stream().mapToLong(Act.Spend::out).sum()).isEqualTo(out);
    if (cost == null) {
      assertThat(spent).allSatisfy(spend -> assertThat(spend.cost()).isNull());
    } else {
      assertThat(told.cost).isCloseTo(cost, org.assertj.core.data.Offset.offset(1e-9));
    }
    assertThat(told.untold).isEqualTo(format.equals("copilot"));
  }

  @ParameterizedTest
  @CsvSource({
    "pi, fault-pi-e401, sign-in",
    "pi, fault-pi-e429, quota",
    "qwen, fault-qwen-e401, sign-in",
    "copilot, fault-copilot-e401, sign-in",
    "copilot, fault-copilot-e429, quota",
    "cline, fault-cline-e401, sign-in",
    "cline, fault-cline-e429, quota"
  })
  void eachFaultLandsInItsClassThoughItEndsWithNothing(String format, String stream, String fault)
      throws Exception {
    assertThat(said(format, stream).reason().word()).isEqualTo(fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pi", "qwen", "copilot", "cline"})
  void itsPromptIsOnItsInputAndInItsFile(String format) throws Exception {
    var result = run(format, "cat > told.txt; cp \"$HIVEDECK_PROMPT_FILE\" file.txt");

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(folder.resolve("worktree/told.txt")).content().contains("append a line");
    assertThat(folder.resolve("worktree/file.txt")).hasContent("append a line");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pi", "qwen", "copilot", "cline"})
  void whatANewerVersionTellsIsKeptAndBreaksNothing(String format) throws Exception {
    var result =
        run(
            format,
            """
            echo '{"type":"novelty","of":"next year"}'
            echo '{"type":"message_end","message":7}'
            echo '{"type":"assistant","message":{"content":"text","usage":[]}}'
            echo '{"type":"agent_event","event":"text"}'
            echo '{"type":"tool.execution_complete","data":null}'
            echo '{"type":"run_result"}'
            echo '{"half":'
            echo made > made.txt
            """);

    assertThat(result).isEqualTo(RunResult.good());
    assertThat(acts(Act.Raw.class)).anySatisfy(raw -> assertThat(raw.json()).contains("next year"));
    assertThat(told.has("out {\"half\":")).isTrue();
  }

  @Test
  void everyFormatOfTheSchemaHasItsReader() throws Exception {
    try (var in = FormatTest.class.getResourceAsStream("/hivedeck/schema/hive.schema.json")) {
      var schema = dev.hivedeck.engine.protocol.Json.MAPPER.readTree(in);
      var words =
          schema.at("/properties/agents/additionalProperties/properties/format/enum").valueStream();
      assertThat(words.map(word -> word.asText()).toList())
          .containsExactlyInAnyOrderElementsOf(CommandDialect.FORMATS.keySet());
    }
  }
}
