package dev.hivedeck.engine.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.Discovery.Category;
import dev.hivedeck.engine.protocol.Discovery.Definition;
import dev.hivedeck.engine.protocol.Discovery.Definitions;
import dev.hivedeck.engine.protocol.Discovery.Form;
import dev.hivedeck.engine.protocol.Discovery.Standing;
import dev.hivedeck.engine.protocol.Discovery.Trouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Definitions of every form in real repositories, with all that goes wrong in them. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "rights and links are POSIX here")
class RepositoryScanTest {
  @TempDir Path folder;
  private TestRepository sandbox;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
  }

  private void script(String path, String text) throws IOException {
    sandbox.write(path, text);
    Files.setPosixFilePermissions(
        sandbox.repository.resolve(path), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Definitions look() {
    return look(HiveConfig.parse("hive.yaml", "version: 1\n"));
  }

  private Definitions look(HiveConfig config) {
    var nowhere = new HostEnvironment(Map.of("PATH", ""), folder, "Linux");
    return new RepositoryScan(sandbox.repository, nowhere).look(config);
  }

  private static Definition named(Definitions all, String name) {
    return all.definitions().stream()
        .filter(d -> d.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + all));
  }

  @Test
  void everyFormIsFoundAndKnowsItsOwnCommandLine() throws IOException {
    sandbox.write(
        ".claude/agents/reviewer.md",
        """
        ---
        name: code-reviewer
        description: Reviews diffs for style and complexity. Use it after each change.
        tools: Read, Grep
        model: opus
        ---
        You review code.
        """);
    sandbox.write(
        ".opencode/agent/ops/deployer.md",
        "---\ndescription: Deploys with terraform\nmode: subagent\n---\nDeploy.\n");
    sandbox.write(
        ".opencode/agents/planner.md", "---\nmode: primary\n---\n# Planner\n\nPlans releases.\n");
    sandbox.write(
        ".codex/agents/auditor.toml",
        "name = \"auditor\"\ndescription = \"Looks for vulnerabilities\"\nmodel = \"gpt-5\"\n"
            + "developer_instructions = \"\"\"\nLook.\n\"\"\"\n");
    sandbox.write(
        ".codex/config.toml",
        "[agents.watcher]\ndescription = \"Watches metrics\"\n"
            + "[agents.auditor]\nconfig_file = \"agents/auditor.toml\"\n");
    sandbox.write(".codex/prompts/changelog.md", "Write the changelog of a release.\n");
    sandbox.write(
        ".gemini/agents/tester.md",
        "---\nname: tester\ndescription: Writes e2e tests\n---\nTest.\n");
    sandbox.write(
        ".github/agents/docs.agent.md", "---\ndescription: Writes documentation\n---\nWrite.\n");
    sandbox.write("AGENTS.md", "# How to work here\n\nRun make test.\n");
    sandbox.write("packages/api/AGENTS.md", "# The API\n\nPython.\n");
    script("agents/lint-fix.sh", "#!/bin/sh\n# Fixes what lint finds.\necho fix\n");
    sandbox.commit("Agents");

    var all = look();
    assertThat(all.troubles()).isEmpty();
    assertThat(named(all, "code-reviewer"))
        .returns(Form.CLAUDE, Definition::form)
        .returns("claude", Definition::driver)
        .returns(List.of("--agent", "code-reviewer"), Definition::args)
        .returns(null, Definition::run)
        .returns("Reviews diffs for style and complexity", Definition::role)
        .returns("opus", Definition::model)
        .returns(Category.CODE_QUALITY, Definition::category)
        .returns(Standing.NEW, Definition::standing)
        .satisfies(d -> assertThat(d.note()).contains("Claude Code is not installed"));
    assertThat(named(all, "deployer"))
        .returns("opencode", Definition::driver)
        .returns(List.of("--agent", "ops/deployer"), Definition::args)
        .returns(Category.INFRASTRUCTURE, Definition::category);
    assertThat(named(all, "planner").role()).isEqualTo("Plans releases");
    assertThat(named(all, "auditor"))
        .returns("codex", Definition::driver)
        .returns(List.of(), Definition::args)
        .returns(Category.SECURITY, Definition::category)
        .satisfies(
            d ->
                assertThat(d.role())
                    .isEqualTo(
                        "Looks for vulnerabilities. Your instructions are in .codex/agents/auditor.toml"));
    assertThat(named(all, "watcher"))
        .returns(".codex/config.toml#watcher", Definition::id)
        .returns(Category.MONITORING, Definition::category);
    assertThat(named(all, "changelog").category()).isEqualTo(Category.WORKFLOW);
    assertThat(named(all, "tester").category()).isEqualTo(Category.TESTING);
    assertThat(named(all, "docs").run())
        .isEqualTo("copilot --agent docs --allow-all-tools --output-format json");
    assertThat(named(all, "docs").format()).isEqualTo("copilot");
    assertThat(named(all, "builder").owns()).isEmpty();
    assertThat(named(all, "packages-api"))
        .returns(List.of("packages/api/**"), Definition::owns)
        .returns(Form.AGENTS_MD, Definition::form);
    assertThat(named(all, "lint-fix"))
        .returns("./agents/lint-fix.sh", Definition::run)
        .returns("Fixes what lint finds", Definition::role)
        .returns("“lint” in its name", d -> d.reason().split(";")[0]);
    assertThat(all.definitions()).hasSize(11);
  }

  @Test
  void whatIsMalformedIsNamedByFileAndLineAndTheRestIsThere() throws IOException {
    sandbox.write(".claude/agents/good.md", "---\nname: good\ndescription: Good\n---\nBe good.\n");
    sandbox.write(".claude/agents/endless.md", "---\nname: endless\nBe.\n");
    sandbox.write(".claude/agents/list.md", "---\nname: x\ntools: [Read\n---\nBe.\n");
    sandbox.write(".claude/agents/twice.md", "---\nname: a\ndescription: b\nname: c\n---\nBe.\n");
    sandbox.write(".claude/agents/headless.md", "Just a text.\n");
    sandbox.write(".claude/agents/empty.md", "");
    sandbox.write(".codex/agents/bad.toml", "name = \"x\"\ndescription = \n");
    sandbox.write("AGENTS.md", "  \n");
    sandbox.commit("Agents");
    var all = look();
    assertThat(all.definitions()).extracting(Definition::name).containsExactly("good");
    assertThat(all.troubles())
        .extracting(t -> t.file() + ":" + t.line())
        .containsExactly(
            ".claude/agents/empty.md:1",
            ".claude/agents/endless.md:1",
            ".claude/agents/headless.md:1",
            ".claude/agents/list.md:3",
            ".claude/agents/twice.md:4",
            ".codex/agents/bad.toml:2",
            "AGENTS.md:1");
    assertThat(all.troubles()).allSatisfy(t -> assertThat(t.remedy()).isNotBlank());
  }

  @Test
  void headsThatTheAgentsThemselvesTakeAreTakenThoughTheyAreNoYaml() throws IOException {
    sandbox.write(
        ".claude/agents/qa.md",
        "---\nname: qa\n"
            + "description: Use this agent when: tests fail. Examples: <example>Context: it's red."
            + "\\nuser: \"fix\"</example>\nmodel: inherit\n---\nTest.\n");
    sandbox.commit("Agents");
    var all = look();
    assertThat(all.troubles()).isEmpty();
    assertThat(named(all, "qa"))
        .returns("Use this agent when: tests fail", Definition::role)
        .returns(null, Definition::model);
  }

  @Test
  void aScriptIsOneThatCanBeRunWhereAgentsLie() throws IOException {
    script("agents/run me.sh", "#!/bin/bash\necho\n");
    script("tools/agents/it's.py", "#!/usr/bin/env python3\n\"\"\"Checks it.\"\"\"\n");
    sandbox.write("agents/not executable.sh", "#!/usr/bin/env bash\n");
    sandbox.write("agents/main.py", "import x\nif __name__ == '__main__':\n  x.run()\n");
    sandbox.write("agents/library.py", "def helper():\n  pass\n");
    sandbox.write("agents/notes.txt", "nothing\n");
    script("bin/deploy-agent", "#!/bin/sh\n# Deploys to kubernetes.\n");
    script("bin/deploy", "#!/bin/sh\n");
    script("node_modules/x/agents/a.js", "#!/usr/bin/env node\n");
    sandbox.write("src/main/java/UserAgent.java", "class UserAgent {}\n");
    sandbox.commit("Agents");
    assertThat(look().definitions())
        .extracting(d -> d.name() + " | " + d.run())
        .containsExactlyInAnyOrder(
            "run-me | './agents/run me.sh'",
            "it-s | './tools/agents/it'\\''s.py'",
            "not-executable | bash 'agents/not executable.sh'",
            "main | python3 agents/main.py",
            "deploy-agent | ./bin/deploy-agent");
  }

  @Test
  void blanksBeforeTheFirstLineHideNoInterpreter() throws IOException {
    script("agents/one.sh", "  #!/bin/bash\n# Writes code.\n");
    script("agents/two.sh", "\n\n  #!/usr/bin/env bash\n# Reads code.\n");
    script("agents/three.sh", "\uFEFF#!/bin/bash -e\n");
    script("agents/four", " #!/usr/bin/env python3\n");
    script("agents/five.sh", "echo\n");
    sandbox.commit("Agents");
    assertThat(look().definitions())
        .extracting(d -> d.name() + " | " + d.run())
        .containsExactlyInAnyOrder(
            "one | bash agents/one.sh",
            "two | bash agents/two.sh",
            "three | bash -e agents/three.sh",
            "four | python3 agents/four",
            "five | sh agents/five.sh");
    assertThat(named(look(), "one").role()).isEqualTo("Writes code");
    assertThat(named(look(), "two").role()).isEqualTo("Reads code");
  }

  @Test
  void rolesAreSentencesAndNoRulers() throws IOException {
    String ruler = "\u2550".repeat(40);
    script("agents/one.sh", "#!/bin/bash\n# " + ruler + "\n# Writes the code.\n# " + ruler + "\n");
    script(
        "agents/two.sh",
        "#!/bin/bash\n#\u2554"
            + ruler
            + "\u2557\n#\u2551  Tests it  \u2551\n#\u255A"
            + ruler
            + "\u255D\n");
    script("agents/three.sh", "#!/bin/bash\n#=====\n# three.sh\n#=====\n# Reviews it.\n");
    script("agents/four.sh", "#!/bin/bash\n# ~~~ Deploys it ~~~\n# +-+-+-+\n");
    script("agents/five.sh", "#!/bin/bash\n# " + ruler + "\n# " + "·".repeat(20) + "\n");
    sandbox.write(
        ".claude/agents/six.md", "---\nname: six\ndescription: \"" + ruler + "\"\n---\nx\n");
    sandbox.commit("Agents");
    assertThat(look().definitions())
        .extracting(d -> d.name() + ": " + d.role())
        .containsExactlyInAnyOrder(
            "one: Writes the code",
            "two: Tests it",
            "three: Reviews it",
            "four: Deploys it",
            "five: Does what agents/five.sh does",
            "six: Does what .claude/agents/six.md does");
  }

  @Test
  void loopsLinksBinariesAndHugeFilesDoNoHarm() throws IOException {
    Files.createDirectories(sandbox.repository.resolve("agents"));
    Files.createSymbolicLink(sandbox.repository.resolve("agents/loop"), Path.of("../agents"));
    Files.createSymbolicLink(sandbox.repository.resolve("agents/self.sh"), Path.of("self.sh"));
    Path secret = Files.writeString(folder.resolve("secret.md"), "---\nname: secret\n---\nx\n");
    Files.createDirectories(sandbox.repository.resolve(".claude/agents"));
    Files.createSymbolicLink(sandbox.repository.resolve(".claude/agents/out.md"), secret);
    Files.write(sandbox.repository.resolve("agents/data"), new byte[] {1, 0, 2});
    script("agents/bot", "ELF");
    Files.write(sandbox.repository.resolve("agents/bot"), new byte[] {0x7f, 'E', 'L', 'F', 0, 0});
    Files.write(sandbox.repository.resolve(".claude/agents/blob.md"), new byte[] {'-', 0, 1});
    Files.writeString(
        sandbox.repository.resolve(".claude/agents/huge.md"),
        "---\nname: huge\n---\n" + "word ".repeat(500_000));
    script("agents/long.sh", "#!/bin/sh\n# Long.\n" + "# é".repeat(300_000) + "\n");
    sandbox.commit("Agents");
    var all = look();
    assertThat(all.definitions()).extracting(Definition::name).containsExactly("long");
    assertThat(all.troubles())
        .extracting(Trouble::file)
        .containsExactly(".claude/agents/blob.md", ".claude/agents/huge.md", "agents/bot");
  }

  @Test
  void textThatIsNoUtf8IsReadAsWesternEuropean() throws IOException {
    Files.createDirectories(sandbox.repository.resolve(".claude/agents"));
    Files.write(
        sandbox.repository.resolve(".claude/agents/x.md"),
        "---\nname: Prüfer für Maße\ndescription: Prüft größere Dinge\n---\nJa.\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    sandbox.commit("Agents");
    assertThat(named(look(), "Pruefer-fuer-Masse").role()).isEqualTo("Prüft größere Dinge");
  }

  @Test
  void namesAreMadeGoodAndNobodyHasTwo() throws IOException {
    String head = "---\nname: %s\ndescription: One\n---\nx\n";
    sandbox.write(".claude/agents/a.md", head.formatted("Reviewer"));
    sandbox.write(".claude/agents/b.md", head.formatted("reviewer"));
    sandbox.write(".claude/agents/c.md", head.formatted("REVIEWER"));
    sandbox.write(".claude/agents/d.md", head.formatted("you"));
    sandbox.write(".claude/agents/e.md", head.formatted("\"!!!\""));
    sandbox.write(".opencode/agent/reviewer.md", "---\ndescription: Two\n---\nx\n");
    script("agents/naïve größe.sh", "#!/bin/sh\n");
    sandbox.commit("Agents");
    assertThat(look().definitions())
        .extracting(Definition::name)
        .containsExactlyInAnyOrder(
            "Reviewer",
            "reviewer-claude",
            "REVIEWER-claude-2",
            "you-agent",
            "agent",
            "reviewer-opencode",
            "naive-groesse");
    assertThat(look()).as("always the same").isEqualTo(look());
  }

  @Test
  void whatIsInHiveYamlIsKnownBySourceOrName() throws IOException {
    script("agents/one.sh", "#!/bin/sh\n");
    script("agents/two.sh", "#!/bin/sh\n");
    script("agents/three.sh", "#!/bin/sh\n");
    sandbox.commit("Agents");
    var all =
        look(
            HiveConfig.parse(
                "hive.yaml",
                """
                version: 1
                agents:
                  renamed: { run: x, source: agents/one.sh }
                  two: { run: something-else }
                """));
    assertThat(named(all, "one"))
        .returns(Standing.IMPORTED, Definition::standing)
        .returns("renamed", Definition::agent);
    assertThat(named(all, "two")).returns(Standing.TAKEN, Definition::standing);
    assertThat(named(all, "three")).returns(Standing.NEW, Definition::standing);
  }

  @Test
  void whatIsNotCommittedOrIgnoredIsFoundAndSaysSo() throws IOException {
    sandbox.write(".gitignore", ".claude/\nscratch/\n");
    sandbox.commit("Ignore");
    sandbox.write(".claude/agents/mine.md", "---\nname: mine\ndescription: Mine\n---\nx\n");
    script("agents/new.sh", "#!/bin/sh\n");
    script("scratch/agents/old.sh", "#!/bin/sh\n");
    var all = look();
    assertThat(all.definitions()).extracting(Definition::name).containsExactly("mine", "new");
    assertThat(all.definitions()).allSatisfy(d -> assertThat(d.note()).startsWith("Not committed"));
  }

  @Test
  void whatAScriptSaysOfItselfIsItsFirstComment() {
    assertThat(
            says(
                "#!/bin/sh\n# Copyright 2026 Some Body\n# SPDX-License-Identifier: MIT\n#\n# Does it.\n"))
        .isEqualTo("Does it");
    assertThat(says("#!/bin/sh\n#\n# x.sh - Cleans up old branches\n# and more.\n# Usage: x\n"))
        .isEqualTo("Cleans up old branches and more");
    assertThat(says("#!/usr/bin/env node\n'use strict';\n/**\n * Reads the mail.\n */\nrun();\n"))
        .isEqualTo("Reads the mail");
    assertThat(says("#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n'''One line.'''\nimport x\n"))
        .isEqualTo("One line");
    assertThat(says("#!/bin/sh\nset -e\n\n# ---------\n# Third.\n# ---------\n"))
        .isEqualTo("Third");
    assertThat(says("#!/bin/sh\necho hi # not this\n")).isNull();
  }

  private static String says(String head) {
    return ScriptHeader.of("agents/x.sh", true, true, head).orElseThrow().description();
  }

  @Test
  void aCategoryIsJudgedByWordsAndTheReasonIsShown() {
    assertThat(CategoryClassifier.judge(null, "e2e-runner", "", "Runs playwright", ""))
        .returns(Category.TESTING, CategoryClassifier.Judgement::category)
        .returns(
            "“e2e” in its name; “playwright” in its description",
            CategoryClassifier.Judgement::reason);
    assertThat(CategoryClassifier.judge("Monitoring", "e2e-runner", "", null, null))
        .returns(Category.MONITORING, CategoryClassifier.Judgement::category)
        .returns("it says so itself", CategoryClassifier.Judgement::reason);
    assertThat(CategoryClassifier.judge(null, "x", "security/scanners", null, "echo"))
        .returns("“secur” in its folder", j -> j.reason().replace("security", "secur"));
    assertThat(CategoryClassifier.judge(null, "author", "", "Writes as an author", null).category())
        .as("an author is not about authentication")
        .isEqualTo(Category.CORE);
    assertThat(CategoryClassifier.judge(null, "dbMigrationAgent", "", null, null).category())
        .isEqualTo(Category.AUTOMATION);
    assertThat(CategoryClassifier.judge(null, "x", "", null, null).reason())
        .contains("no telling word");
  }
}
