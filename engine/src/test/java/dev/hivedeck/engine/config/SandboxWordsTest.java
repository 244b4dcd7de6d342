package dev.hivedeck.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.HiveException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code sandbox:} means for which kind of agent, and how that is said. */
class SandboxWordsTest {
  private static AgentSpec agent(String rest) {
    return HiveConfig.parse("hive.yaml", "version: 1\nagents:\n  a: { " + rest + " }\n")
        .agents()
        .get("a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run: x | no sandbox: it has your rights",
        "run: x, sandbox: full | no sandbox: it has your rights",
        "run: x, sandbox: workspace | sandbox: changes only its own folder; with network",
        "run: x, sandbox: { network: off } | sandbox: changes only its own folder; without network",
        "run: x, sandbox: { mode: workspace, network: false } | sandbox: changes only its own folder; without network",
        "run: x, sandbox: { mode: workspace, caches: [/c/m2], read: [/c/rc] } | sandbox: changes only its own folder and /c/m2; reads your /c/rc; with network",
        "run: x, sandbox: read-only | sandbox: changes nothing; with network",
        "driver: acp, run: x | no sandbox: it has your rights",
        "driver: acp, run: x, sandbox: workspace | sandbox: changes only its own folder; with network",
        "driver: codex | its own sandbox: as far as codex holds itself to its folder",
        "driver: codex, sandbox: read-only | its own sandbox: may only look",
        "driver: claude, sandbox: { mode: full } | no sandbox: it has your rights",
      })
  void whatIsInForceIsSaid(String yaml, String words) {
    assertThat(agent(yaml).sandboxInWords()).isEqualTo(words);
  }

  @Test
  void placesAreTheUsers() {
    var sandboxOptions = agent("run: x, sandbox: { caches: [~/.m2, /var/cache/x] }").held();
    assertThat(sandboxOptions.caches())
        .isEqualTo(
            List.of(Path.of(System.getProperty("user.home"), ".m2"), Path.of("/var/cache/x")));
    assertThat(sandboxOptions.network()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run: x, sandbox: { caches: [m2] } | is no place",
        "run: x, sandbox: { caches: [/] } | is more than one folder of yours",
        "run: x, sandbox: { caches: [~/] } | is more than one folder of yours",
        "run: x, sandbox: { caches: [~/x/..] } | is more than one folder of yours",
        "driver: codex, sandbox: { mode: workspace, network: off } | is its own and takes one word",
        "run: x, sandbox: everything | sandbox",
        "run: x, sandbox: { net: off } | net",
      })
  void whatMakesNoSenseIsSaid(String yaml, String words) {
    assertThatThrownBy(() -> agent(yaml))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining(words);
  }
}
