package dev.hivedeck.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.Sandbox;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Views.GateResult;
import dev.hivedeck.engine.protocol.Views.Outcome;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.time.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gates judge what an agent left. */
class CheckpointTest {
  @TempDir Path folder;
  private final Timers timers = new SystemTimers();
  private final List<String> log = new ArrayList<>();
  private Sandbox sandbox;

  @BeforeEach
  void repository() {
    sandbox = new Sandbox(folder);
  }

  @AfterEach
  void stop() {
    timers.close();
  }

  private GateResult run(GateSpec gate, String... owns) throws InterruptedException {
    return new Checkpoint(timers)
        .run(
            "attempt",
            List.of(gate),
            new Subject(
                sandbox.repository,
                "HEAD~1",
                "HEAD",
                List.of(owns),
                Map.of("HIVEDECK_ATTEMPT_KEY", "gate-test")),
            log::add)
        .getFirst();
  }

  private static GateSpec command(String command, Duration timeout) {
    return new GateSpec("unit", GateSpec.Kind.RUN, command, List.of("attempt"), timeout, 0, 0);
  }

  private static GateSpec builtin(GateSpec.Kind kind, int warn, int max) {
    return new GateSpec("g", kind, null, List.of("attempt"), null, warn, max);
  }

  private void changed(String path, String text) {
    sandbox.write(path, text);
    sandbox.commit("Change " + path);
  }

  @Test
  void aCommandPassesWithZeroAndSaysItsLastLine() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("echo one; echo 12 passed", null));
    assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(result.summary()).isEqualTo("12 passed");
    assertThat(log).containsExactly("one", "12 passed");
  }

  @Test
  void aFailureTellsWhereItFound() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("echo src/cart.ts:31:7 no-unused-vars >&2; exit 2", null));
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.findings().getFirst().file()).isEqualTo("src/cart.ts");
    assertThat(result.findings().getFirst().line()).isEqualTo(31);
  }

  @Test
  void aMissingCommandSaysWhereToLook() throws Exception {
    changed("a.txt", "x\n");
    assertThat(run(command("no-such-tool", null)).summary()).contains("hive.yaml").contains("unit");
  }

  @Test
  void aHangingCommandIsEndedWithAllThatItStarted() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("setsid sleep 300 & sleep 300", Duration.ofMillis(300)));
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.summary()).contains("did not end");
    assertThat(ProcessTree.carrying()).noneMatch(p -> p.key().equals("gate-test"));
  }

  @Test
  void aFloodOfOutputIsBounded() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("yes flood | head -c 50000000; echo; echo the end", null));
    assertThat(result.summary()).isEqualTo("the end");
  }

  @Test
  void ownersRefusesWhatIsNotItsOwn() throws Exception {
    changed("web/a.js", "x\n");
    var refused = run(builtin(GateSpec.Kind.OWNERS, 0, 0), "services/**");
    assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(refused.findings().getFirst().file()).isEqualTo("web/a.js");
    assertThat(run(builtin(GateSpec.Kind.OWNERS, 0, 0), "web/**").outcome())
        .isEqualTo(Outcome.PASSED);
    assertThat(run(builtin(GateSpec.Kind.OWNERS, 0, 0)).outcome()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void sizeWarnsAndFails() throws Exception {
    changed("a.txt", "x\n".repeat(40));
    assertThat(run(builtin(GateSpec.Kind.SIZE, 100, 200)).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(run(builtin(GateSpec.Kind.SIZE, 30, 200)).outcome()).isEqualTo(Outcome.WARNED);
    assertThat(run(builtin(GateSpec.Kind.SIZE, 10, 30)).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void placeholdersCountOnlyWhereTheyWereAdded() throws Exception {
    changed("a.py", "# TODO: old\nx = 1\n");
    changed("a.py", "# TODO: old\nx = 2\n");
    assertThat(run(builtin(GateSpec.Kind.PLACEHOLDERS, 0, 0)).outcome()).isEqualTo(Outcome.PASSED);
    changed("b.py", "def f():\n    raise NotImplementedError\n");
    var refused = run(builtin(GateSpec.Kind.PLACEHOLDERS, 0, 0));
    assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(refused.findings().getFirst().line()).isEqualTo(2);
  }
}
