package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.health.HealthCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Described;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A change says what it is: its agent is asked to, people complete it, what is missing is told. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class DescriptionTest {
  private static final String AGENT =
      """
      cp "$HIVEDECK_PROMPT_FILE" prompt.txt
      echo more >> work.txt
      echo "## What"
      echo "A line more."
      echo ""
      echo "It is the second."
      echo "## Risk:"
      echo "None that I know."
      echo "## Rollback"
      echo "## Done"
      echo "This is no section."
      """;

  @TempDir Path folder;

  @Test
  void whatItsAgentSaidIsTakenWhatIsMissingWarnsAndAPersonHasTheLastWord() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ndefaults: { attempts: 1, timeout: 30s }\n"
            + "changes: { description: [what, risk, rollback, metrics] }\n"
            + "decisions: { default: { human: required } }\n"
            + "agents: { a: { driver: command, run: sh tools/agent.sh } }\n");
    sandbox.write("tools/agent.sh", AGENT);
    sandbox.commit("Set up");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      engine.execute(
          new Command.ImportPlan(
              "p.yaml", "plan: P\ntasks:\n  - { id: T-1, title: Task, agent: a, prompt: x }\n"),
          null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("open", engine, () -> !TestRepository.changes(engine).isEmpty());
      assertThat(change(engine).description())
          .containsExactly(
              new Described(DescriptionSection.WHAT, "A line more.\n\nIt is the second.", "a"),
              new Described(DescriptionSection.RISK, "None that I know.", "a"));
      assertThat(missing(engine).text()).isEqualTo("nobody has said: rollback, metrics");
      assertThat(missing(engine).points()).isEqualTo(2);
      assertThat(missing(engine).blocks()).isFalse();
      describe(engine, DescriptionSection.ROLLBACK, "Revert it.");
      describe(engine, DescriptionSection.RISK, "It may be slow.");
      describe(engine, DescriptionSection.METRICS, "Lines.");
      assertThat(change(engine).verdict().obstacles())
          .noneMatch(o -> o.kind() == ObstacleKind.DESCRIPTION);
      engine.execute(new Command.ReturnChange("C-1", "More.", List.of()), null);
      TestRepository.await("again", engine, () -> change(engine).attempt().equals("T-1.2"));
      assertThat(change(engine).description())
          .as("no agent replaces what a person said")
          .contains(new Described(DescriptionSection.RISK, "It may be slow.", "you"));
      describe(engine, DescriptionSection.RISK, " ");
      assertThat(missing(engine).text()).isEqualTo("nobody has said: risk");
      assertThatThrownBy(() -> describe(engine, DescriptionSection.WHY, "x".repeat(8_001)))
          .hasMessageContaining("8,001 characters");
      assertThatThrownBy(() -> describe(engine, null, "x")).hasMessageContaining("none is named");
      assertThat(sandbox.git("show", change(engine).head() + ":prompt.txt"))
          .contains("`## What`, `## Risk`, `## Rollback`, `## Metrics to watch`");
    }
  }

  private static void describe(Engine engine, DescriptionSection section, String text) {
    engine.execute(new HealthCommand.Describe("C-1", section, text), null);
  }

  private static ChangeViews.Change change(Engine engine) {
    return TestRepository.changes(engine).getFirst();
  }

  private static Obstacle missing(Engine engine) {
    return change(engine).verdict().obstacles().stream()
        .filter(o -> o.kind() == ObstacleKind.DESCRIPTION)
        .findFirst()
        .orElseThrow();
  }
}
