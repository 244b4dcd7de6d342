package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.Shop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Doctor and discovery as a user types them. */
class DiscoveryCliTest {
  @TempDir Path folder;
  private Shop shop;
  private Path repository;

  @BeforeEach
  void repository() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    shop =
        new Shop(folder)
            .write("agents/lint-all.py", "#!/usr/bin/env python3\n\"\"\"Lints everything.\"\"\"\n")
            .write("agents/test-runner.sh", "#!/bin/sh\n# Runs the tests.\n")
            .write(
                ".claude/agents/auditor.md",
                "---\nname: auditor\ndescription: Audits\n---\nAudit.\n")
            .write(".claude/agents/broken.md", "---\nname: broken\n")
            .commit();
    repository = shop.path();
  }

  @AfterEach
  void noHome() {
    System.clearProperty("hivedeck.home");
  }

  private static List<String> strings(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  @Test
  void whatIsFoundIsListedWithReasonsAndWithWhatIsWrong() {
    var found = CliRunner.in(repository, "agents", "discover");
    assertThat(found.status()).isZero();
    assertThat(found.out())
        .contains("testing, 1", "test-runner", "code-quality, 1", "lint-all", "“lint” in its name")
        .contains(".claude/agents/broken.md:1: the head begins here and has no end.")
        .contains("--all of 3");
    var json =
        CliRunner.in(repository, "--json", "agents", "discover", "--category", "security").json();
    assertThat(json.get("definitions")).hasSize(1);
    assertThat(json.get("definitions").get(0).get("name").asText()).isEqualTo("auditor");
    assertThat(json.get("troubles")).hasSize(1);
    var wrong = CliRunner.in(repository, "agents", "discover", "--category", "tests");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("\"tests\" is no category; there are core, testing");
  }

  @Test
  void importingByNameCategoryAndAllIsIdempotentAndCanBeUndone() throws IOException {
    var nothing = CliRunner.in(repository, "agents", "import");
    assertThat(nothing.status()).isEqualTo(2);
    assertThat(nothing.err()).contains("--category or --all");
    var one = CliRunner.in(repository, "agents", "import", "auditor");
    assertThat(one.out()).contains("Added 1", "lines 4 to 10", "hivedeck trust", "agent remove");
    var testing = CliRunner.in(repository, "--json", "agents", "import", "--category", "testing");
    assertThat(strings(testing.json().get("added"))).containsExactly("test-runner");
    var all = CliRunner.in(repository, "--json", "agents", "import", "--all").json();
    assertThat(strings(all.get("added"))).containsExactly("lint-all");
    assertThat(all.get("kept")).hasSize(2);
    Path file = repository.resolve(".hivedeck/hive.yaml");
    String text = Files.readString(file);
    assertThat(CliRunner.in(repository, "agents", "import", "--all").out())
        .contains("Nothing was added. 3 were there already.");
    assertThat(Files.readString(file)).isEqualTo(text);
    assertThat(CliRunner.in(repository, "agents").out())
        .contains("auditor", "lint-all", "test-runner");
    assertThat(CliRunner.in(repository, "agents", "import", "agents/nobody.sh").status())
        .isEqualTo(2);
    assertThat(CliRunner.in(repository, "agents", "remove", "lint-all", "auditor").out())
        .contains("Removed lint-all, auditor");
    assertThat(Files.readString(file)).doesNotContain("auditor").contains("test-runner");
  }

  @Test
  void doctorEndsBadlyOnlyForWhatIsUsedHere() throws IOException {
    var before = CliRunner.in(repository, "--json", "doctor");
    assertThat(before.status()).as(before.toString()).isZero();
    var codex =
        StreamSupport.stream(before.json().spliterator(), false)
            .filter(f -> f.get("what").asText().equals("codex"))
            .findFirst()
            .orElseThrow();
    assertThat(codex.get("status").asText()).isEqualTo("note");
    assertThat(before.out()).contains("there is no .hivedeck/hive.yaml", "hivedeck init");
    // No machine has this one, whatever else it has.
    shop.configure("version: 1\nagents:\n  a: { run: ./no-such-agent }\n");
    var untrusted = CliRunner.in(repository, "doctor");
    assertThat(untrusted.status()).isEqualTo(1);
    assertThat(untrusted.out()).contains("WRONG  trust", "Run hivedeck trust.");
    CliRunner.in(repository, "trust", "--yes");
    assertThat(CliRunner.in(repository, "doctor").status()).isZero();
    assertThat(CliRunner.in(repository, "doctor").out()).contains("hive.yaml is valid");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aProgramThatIsNamedCountsWhereItIs() throws IOException {
    Path program = folder.resolve("somewhere/gemini-next");
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/bin/sh\necho 0.61.0\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    String agents = "version: 1\nagents:\n  a: { driver: gemini, program: %s }\n";
    shop.configure(agents.formatted(program));
    CliRunner.in(repository, "trust", "--yes");

    var there = CliRunner.in(repository, "doctor");
    assertThat(there.out()).contains(program + "; used by a");
    assertThat(there.status()).as(there.out()).isZero();

    shop.configure(agents.formatted(program + "-gone"));
    CliRunner.in(repository, "trust", "--yes");
    var gone = CliRunner.in(repository, "doctor");
    assertThat(gone.out()).contains("WRONG  gemini", program + "-gone is not there");
    assertThat(gone.status()).isEqualTo(1);
  }
}
