package dev.hivedeck.app.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration as a user edits it in a terminal. */
class ConfigCommandTest {
  private static final String HIVE =
      """
      version: 1
      agents:
        a: { run: "true", parallel: 1 }  # the only one
      """;

  @TempDir Path folder;
  private Path repository;

  @BeforeEach
  void repository() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository = new Shop(folder).configure(HIVE).commit().path();
  }

  @AfterEach
  void noHome() {
    System.clearProperty("hivedeck.home");
  }

  private Path file() {
    return repository.resolve(".hivedeck/hive.yaml");
  }

  private String text() throws IOException {
    return Files.readString(file());
  }

  @Test
  void aKeyIsSetShownAndTakenOut() throws IOException {
    var dry = CliRunner.in(repository, "config", "set", "agents.a.parallel", "3", "--dry-run");
    assertThat(dry.status()).isZero();
    assertThat(dry.out())
        .contains("-  a: { run: \"true\", parallel: 1 }", "+  a: { run: \"true\", parallel: 3 }");
    assertThat(text()).isEqualTo(HIVE);

    var set = CliRunner.in(repository, "config", "set", "agents.a.parallel", "3");
    assertThat(set.status()).isZero();
    assertThat(set.out())
        .contains("hivedeck trust", "To undo: hivedeck config set /agents/a/parallel '1'");
    assertThat(text()).isEqualTo(HIVE.replace("parallel: 1", "parallel: 3"));
    assertThat(CliRunner.in(repository, "config", "get", "agents.a.parallel").out().strip())
        .isEqualTo("3");
    assertThat(CliRunner.in(repository, "config", "unset", "agents.a.parallel").status()).isZero();
    assertThat(text()).isEqualTo(HIVE.replace(", parallel: 1", ""));
    var gone = CliRunner.in(repository, "config", "get", "agents.a.parallel");
    assertThat(gone.status()).isEqualTo(2);
    assertThat(gone.err()).contains("is not set");
  }

  @Test
  void programsGetDocumentsAndARefusalLeavesTheFile() throws IOException {
    var shown = CliRunner.in(repository, "--json", "config").json();
    assertThat(shown.get("text").asText()).isEqualTo(HIVE);
    var wrong =
        CliRunner.in(repository, "--json", "config", "set", "agents.a.paralel", "3", "--dry-run");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.json().get("problems").get(0).asText())
        .contains("hive.yaml:3", "did you mean parallel?");
    var refused = CliRunner.in(repository, "--json", "config", "set", "agents.a.paralel", "3");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.json().at("/error/code").asText()).isEqualTo("config-invalid");
    assertThat(CliRunner.in(repository, "config", "set", "agents..a", "3").status()).isEqualTo(2);
    assertThat(CliRunner.in(repository, "config", "set", "agents.a").status()).isEqualTo(2);
    assertThat(text()).isEqualTo(HIVE);
    var set =
        CliRunner.in(
            repository, "--json", "config", "set", "prices.\"gpt-5.1\"", "{ in: 1, out: 2 }");
    assertThat(set.json().at("/edited/trusted").asBoolean(true)).isFalse();
    assertThat(text()).isEqualTo(HIVE + "prices:\n  gpt-5.1: { in: 1, out: 2 }\n");
  }

  @Test
  void wordsBecomeValuesAsYamlHasThem() {
    assertThat(ConfigCommand.value("3")).isEqualTo(Json.tree(3));
    assertThat(ConfigCommand.value("true").isBoolean()).isTrue();
    assertThat(ConfigCommand.value("make: all").asText()).isEqualTo("make: all");
    assertThat(ConfigCommand.value("\"20\"")).isEqualTo(Json.tree("20"));
    assertThat(ConfigCommand.value("[a, b]")).hasSize(2);
    assertThat(ConfigCommand.pointer("a.\"b.c\".d")).isEqualTo("/a/b.c/d");
    assertThat(ConfigCommand.pointer("/a/b")).isEqualTo("/a/b");
  }

  @Test
  void aCommandThatOnlyBeginsAsYamlIsWholeOrRefused() throws IOException {
    String quoted = "\"$HOME/bin/lint\" --all";
    assertThat(CliRunner.in(repository, "config", "set", "agents.a.run", quoted).status()).isZero();
    assertThat(CliRunner.in(repository, "config", "get", "agents.a.run").out().strip())
        .isEqualTo(quoted);
    String test = "[ -e x ] && make";
    assertThat(CliRunner.in(repository, "config", "set", "agents.a.run", test).err())
        .contains("is no YAML list");
    assertThat(CliRunner.in(repository, "config", "set", "--text", "agents.a.run", test).status())
        .isZero();
    String tagged = "[!!binary bWFrZQ==]"; // make, where nobody sees it
    assertThat(CliRunner.in(repository, "config", "set", "agents.a.capabilities", tagged).err())
        .contains("the tag !!binary is not understood here");
    String before = text();

    var set =
        CliRunner.in(repository, "config", "set", "agents.a.run", "it's", "agents.a.role", "r");
    assertThat(set.status()).isZero();
    assertThat(set.out())
        .contains("hivedeck config set /agents/a/run '\"[ -e x ] && make\"'")
        .contains("hivedeck config unset /agents/a/role");
    CliRunner.in(repository, "config", "set", "/agents/a/run", "\"[ -e x ] && make\"");
    CliRunner.in(repository, "config", "unset", "/agents/a/role");
    assertThat(text()).isEqualTo(before);
  }

  @Test
  void whatAValueHoldsSteersNoTerminal() throws IOException {
    Files.writeString(file(), "agents:\n  a: { run: \"true\", role: \"a\\e[2J\" } # \u202eb\n");
    assertThat(CliRunner.in(repository, "config", "get", "agents.a.role").out().strip())
        .isEqualTo("a\\e[2J");
    assertThat(CliRunner.in(repository, "config", "get", "agents.a").out())
        .doesNotContain("\u001b");
    assertThat(CliRunner.in(repository, "config", "set", "agents.a.role", "b", "--dry-run").out())
        .contains("\\u202eb")
        .doesNotContain("\u202e");
  }
}
