package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.cli.Manual;
import dev.hivedeck.app.cli.setup.CompletionCommand;
import dev.hivedeck.app.docs.Reference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Pages that list what is there are made of what is there. */
class ReferenceTest {
  private static final String SHARE = "app/src/dist/share/";

  @Test
  void theCommandLine() throws IOException {
    Reference.isUpToDate(
        "docs/reference/command-line.md",
        Reference.commandLine(Manual.markdown(Commands.model()), exits(), Manual.READ));
  }

  private static String exits() {
    var text = new StringBuilder();
    Commands.model()
        .getCommandSpec()
        .usageMessage()
        .exitCodeList()
        .forEach((code, words) -> text.append("| %s | %s |\n".formatted(code.strip(), words)));
    return text.toString();
  }

  @Test
  void thePagesOfTheProtocol() throws IOException {
    Reference.isUpToDate("docs/reference/protocol.md", Reference.protocol());
  }

  @Test
  void theKeysOfTheConfiguration() throws IOException {
    Reference.isUpToDate("docs/reference/hive-yaml.md", Reference.configuration());
  }

  @Test
  void theCodesOfErrors() throws IOException {
    Reference.isUpToDate("docs/reference/errors.md", Reference.errors());
  }

  @Test
  void theMetricsOfTheEngine() throws IOException {
    Reference.isUpToDate("docs/reference/metrics.md", Reference.metrics());
  }

  @Test
  void theManualPage() throws IOException {
    Reference.isUpToDate(SHARE + "man/man1/hivedeck.1", Manual.page(Commands.model()));
  }

  @Test
  void theCompletionOfBash() throws Exception {
    String script = CompletionCommand.script(CompletionCommand.Shell.BASH, Commands.model());
    Reference.isUpToDate(SHARE + "bash-completion/completions/hivedeck", script);
    assertThat(script).contains("tasks", "--state", "blocked").doesNotContain("train", " rest ");
    // A shell reads it without complaint, where there is one.
    if (Files.isExecutable(java.nio.file.Path.of("/bin/bash"))) {
      var bash = new ProcessBuilder("/bin/bash", "-n").redirectErrorStream(true).start();
      try (var in = bash.getOutputStream()) {
        in.write(script.getBytes(StandardCharsets.UTF_8));
      }
      assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(bash.exitValue()).isZero();
    }
  }

  @Test
  void theCompletionOfFish() throws IOException {
    String script = CompletionCommand.script(CompletionCommand.Shell.FISH, Commands.model());
    Reference.isUpToDate(SHARE + "fish/vendor_completions.d/hivedeck.fish", script);
    assertThat(script).contains("-a retry", "-l state", "blocked ready").doesNotContain("train");
  }
}
