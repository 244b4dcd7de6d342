package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.app.cli.Manual;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Which commands the command line knows, and which of them it builds. */
class CommandsTest {

  @Test
  void eachIsListedByItsOwnNameAndFormerOnesAreNotListed() {
    var listed = Manual.visible(Commands.model());
    assertThat(listed).extracting(CommandLine::getCommandName).doesNotHaveDuplicates();
    assertThat(listed)
        .extracting(CommandLine::getCommandName)
        .contains("start", "pause", "decision", "lesson", "lessons", "permission", "permissions")
        .doesNotContain("work", "rest", "decide");
    assertThat(Commands.model().getSubcommands()).containsKeys("work", "rest", "decide");
  }

  /** One word for one act: plural lists, singular acts. */
  @Test
  void whatIsDoneToOneThingIsACommandOfThatThing() {
    var model = Commands.model();
    assertThat(Manual.visible(model.getSubcommands().get("agents"))).isEmpty();
    assertThat(Manual.visible(model.getSubcommands().get("agent")))
        .extracting(CommandLine::getCommandName)
        .contains("discover", "import", "remove", "health", "pause", "resume", "stop", "say");
    assertThat(Manual.visible(model.getSubcommands().get("lessons"))).isEmpty();
    assertThat(model.getSubcommands().get("lessons").getSubcommands()).containsKey("accept");
    assertThat(CliRunner.type("agents", "--help").out()).doesNotContain("COMMAND");
    assertThat(CliRunner.type("kept", "--help").out()).contains("[COMMAND]");
  }

  @Test
  void everyOptionIsDescribed() {
    for (var command : Manual.visible(Commands.model())) {
      described(command);
    }
  }

  private static void described(CommandLine command) {
    assertThat(Manual.summary(command)).as(command.getCommandName()).isNotBlank();
    Manual.options(command)
        .forEach(
            option ->
                assertThat(option.description())
                    .as("%s %s", command.getCommandName(), option.longestName())
                    .isNotEmpty());
    Manual.visible(command).forEach(CommandsTest::described);
  }

  @Test
  void onlyThoseAreBuiltThatTheArgumentsMayMean() {
    assertThat(Commands.named("--workspace", "tasks", "status"))
        .containsOnlyKeys("tasks", "status");
    assertThat(Commands.named("status", "--json")).containsOnlyKeys("status");
  }

  @Test
  void helpAndTyposSeeAllOfThem() {
    assertThat(Commands.named("--help")).hasSameSizeAs(Commands.ALL);
    assertThat(Commands.named("status", "-h")).hasSameSizeAs(Commands.ALL);
    assertThat(Commands.named("statsu")).hasSameSizeAs(Commands.ALL);
    assertThat(Commands.named("--bogus")).hasSameSizeAs(Commands.ALL);
  }

  @Test
  void aWindowNeedsNone() {
    assertThat(Commands.named()).isEmpty();
    assertThat(Commands.named("src")).isEmpty();
    assertThat(Commands.named("--workspace", "src")).isEmpty();
    assertThat(Commands.named("src", "--bogus")).hasSameSizeAs(Commands.ALL);
    assertThat(Commands.named("not\0a path")).hasSameSizeAs(Commands.ALL);
  }

  @Test
  void whatTheBuildUsesIsNotListed() {
    assertThat(CliRunner.type("--help").out()).contains("status").doesNotContain("train");
  }
}
