package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.git.Git;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** From a repository that nobody set up to a change on main, in two commands. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the agent is a shell script here")
class FirstChangeTest {
  @TempDir Path folder;
  private Path repository;

  @BeforeEach
  void home() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository =
        new Shop(folder)
            .write("Makefile", "test:\n\ttest -f made.txt\n")
            .write("README.md", "# Shop\n")
            .commit()
            .path();
  }

  @AfterEach
  void noHome() {
    System.clearProperty("hivedeck.home");
  }

  @Test
  void whatPassesTheProposedGatesIsMerged() {
    var init = CliRunner.in(repository, "init", "--yes", "--trust", "--run", "cat > made.txt");
    assertThat(init.status()).as(init.toString()).isZero();
    assertThat(init.out()).contains("make test", "as you said", "Trusted.");

    var run = CliRunner.in(repository, "run", "--task", "Make it", "--kind", "bug-fix");
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(new Git(repository).must("show", "main:made.txt")).contains("Make it");
  }

  @Test
  void withoutYesNothingIsWrittenAndScriptsSeeEachLineWithItsReason() {
    var json = CliRunner.in(repository, "--json", "init", "--trust", "--run", "./mine").json();
    assertThat(json.path("written").asBoolean(true)).isFalse();
    assertThat(repository.resolve(".hivedeck")).doesNotExist();
    assertThat(json.path("lines"))
        .anySatisfy(
            line -> {
              assertThat(line.path("text").asText()).contains("run: make test");
              assertThat(line.path("reason").asText()).isEqualTo("Makefile");
              assertThat(line.path("guess").asBoolean(true)).isFalse();
            });
  }

  @Test
  void aTaskIsNotAddedWhereNothingIsTrusted() {
    CliRunner.in(repository, "init", "--yes", "--run", "cat > made.txt");
    for (int time = 0; time < 2; time++) {
      var run = CliRunner.in(repository, "run", "--task", "Make it");
      assertThat(run.status()).as(run.toString()).isEqualTo(HivedeckCommand.NOT_ALLOWED);
      assertThat(run.err()).contains("was not added", "hivedeck trust");
    }
    assertThat(CliRunner.in(repository, "tasks").out()).doesNotContain("Make it");
  }

  @Test
  void aTaskIsNotAddedWhereNobodyWorksAndAFileInTheWrongPlaceIsNamed() throws IOException {
    var run = CliRunner.in(repository, "run", "--task", "Make it");
    assertThat(run.status()).as(run.toString()).isNotZero();
    assertThat(run.err()).contains("was not added", "hivedeck init --trust");
    assertThat(CliRunner.in(repository, "tasks").out()).doesNotContain("Make it");

    Files.writeString(repository.resolve("hive.yaml"), "agents: { maker: { run: 'true' } }\n");
    assertThat(CliRunner.in(repository, "run", "--task", "Make it").err())
        .contains("hive.yaml is not read where it lies", "Move it to .hivedeck/hive.yaml");
    assertThat(CliRunner.in(repository, "status").out()).contains("is not read where it lies");

    Files.writeString(repository.resolve("hive.yaml"), "tables: [ bees ]\n");
    assertThat(CliRunner.in(repository, "status").out()).doesNotContain("is not read");
  }

  @Test
  void aTaskLeadsToItsChangeAndToWhatItsAgentSaid() {
    CliRunner.in(
        repository, "init", "--yes", "--trust", "--run", "cat > made.txt; echo it is made");
    assertThat(CliRunner.in(repository, "task", "add", "Later", "--priority", "9").out())
        .startsWith("T-1 is added.");
    assertThat(CliRunner.in(repository, "log", "T-1").err())
        .contains("Nobody has begun with T-1 yet", "hivedeck task why T-1");
    CliRunner.in(repository, "run", "--task", "Make it");
    assertThat(CliRunner.in(repository, "log", "T-2").out()).contains("it is made");
    assertThat(CliRunner.in(repository, "task", "why", "T-2").out()).contains("change show C-");
  }

  @Test
  void whatIsWithAPersonIsNeverSaidToBeDone() {
    CliRunner.in(repository, "init", "--yes", "--trust", "--run", "cat > made.txt");
    CliRunner.in(repository, "task", "add", "By hand", "--agent", "you");
    var run = CliRunner.in(repository, "run", "--until-idle");
    assertThat(run.status()).as(run.toString()).isEqualTo(HivedeckCommand.WAITS);
    assertThat(run.out())
        .contains("a question waits for your answer: D-1", "asks again where one runs")
        .doesNotContain("All is done");
  }

  @Test
  void whatIsWrittenBesideARunningEngineIsConsentedTo() {
    try (var engine = EngineAccess.hive(repository, folder.resolve("home"), 1, true, 0, 0)) {
      var init = CliRunner.in(repository, "init", "--yes", "--trust", "--run", "cat > made.txt");
      assertThat(init.status()).as(init.toString()).isZero();
      assertThat(init.out()).contains("Trusted.").doesNotContain("already");
      assertThat(EngineAccess.workspace(engine).consent().at()).isNotNull();
    }
    var again = CliRunner.in(repository, "trust", "--yes");
    assertThat(again.out()).contains("You trust this workspace already");
  }

  @Test
  void aBlankCommandIsRefused() {
    var init = CliRunner.in(repository, "init", "--yes", "--run", " ");
    assertThat(init.status()).isEqualTo(2);
    assertThat(init.err()).contains("The command is blank");
    assertThat(repository.resolve(".hivedeck")).doesNotExist();
  }

  @Test
  void whoIsUnknownIsRefusedWithWhoIsMeant() {
    var init = CliRunner.in(repository, "init", "--yes", "--agent", "claud");
    assertThat(init.status()).isEqualTo(2);
    assertThat(init.err()).contains("No agent is called claud", "claude", "gemini");
    assertThat(repository.resolve(".hivedeck")).doesNotExist();
    var run = CliRunner.in(repository, "run", "--kind", "bug-fix");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("none is given", "--task");
  }
}
