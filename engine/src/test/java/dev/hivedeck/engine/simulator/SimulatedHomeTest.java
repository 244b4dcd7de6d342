package dev.hivedeck.engine.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.Installed;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real agents, started by hand as the guide says, talk to the scripted model and to nobody else.
 */
class SimulatedHomeTest {
  @TempDir Path folder;

  @Test
  void anAgentThatIsNotKnownIsSaid() {
    assertThatThrownBy(() -> SimulatedHome.of("codec", "http://127.0.0.1:1/s/edit", folder))
        .hasMessageContaining("did you mean codex");
  }

  @Tag("agents")
  @ParameterizedTest
  @ValueSource(strings = {"codex", "opencode", "gemini", "claude"})
  void aRealAgentPlaysAScenario(String agent) throws IOException, InterruptedException {
    var sandbox = new TestRepository(folder);
    sandbox.write("test.sh", "grep -q 42 answer.txt\n");
    try (var timers = new SystemTimers();
        var server = ModelServer.start(Scenarios.bundled(), timers, 0, _ -> {})) {
      var home = SimulatedHome.of(agent, server.address("repair"), folder.resolve("rig")).write();
      var environment = new LinkedHashMap<>(home.environment());
      environment.put(ProcessTree.MARK, "rig-" + agent);
      String program = Installed.program(agent);
      String command =
          Stream.of(Stream.of(program), home.arguments().stream(), Stream.of("Repair it"))
              .flatMap(words -> words)
              .map(word -> "'" + word + "'")
              .collect(Collectors.joining(" "));
      var tree = ProcessTree.start(command + " </dev/null 2>&1", sandbox.repository, environment);
      String out;
      try (var in = tree.process().getInputStream()) {
        out = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tree.process().waitFor(120, TimeUnit.SECONDS)).as(out).isTrue();
      } finally {
        tree.end();
      }
      assertThat(tree.process().exitValue()).as(out).isZero();
      assertThat(Files.readString(sandbox.repository.resolve("answer.txt"))).isEqualTo("42\n");
      // Claude asks its model for something of its own besides.
      boolean aside = agent.equals("claude");
      assertThat(
              server.asked().stream().map(RequestRecord::step).filter(step -> !aside || step >= 0))
          .as(out)
          .containsExactly(0, 1, 2, 3);
      assertThat(server.asked().getLast().answer()).isEqualTo("text");
    }
    assertThat(ProcessTree.carrying()).noneMatch(p -> p.key().equals("rig-" + agent));
  }
}
