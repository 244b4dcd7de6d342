package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.cli.Terminal;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Which commands the command line knows, and which of them it builds. */
class CommandsTest {

  @Test
  void eachIsListedByItsOwnName() {
    Commands.ALL.forEach(
        (name, type) ->
            assertThat(type.getAnnotation(CommandLine.Command.class).name()).isEqualTo(name));
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
    assertThat(Terminal.type("--help").out()).contains("status").doesNotContain("train");
  }
}
