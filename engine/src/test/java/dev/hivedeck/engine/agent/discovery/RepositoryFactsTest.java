package dev.hivedeck.engine.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.edit.ConfigProposal;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.Config.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A repository is looked at before anybody trusts it. */
class RepositoryFactsTest {
  @TempDir Path folder;
  private Git git;

  @BeforeEach
  void repository() {
    git = new Git(folder);
    git.must("init", "--quiet");
  }

  private List<Finding> found() {
    git.must("add", "--all");
    return new RepositoryFacts(folder).findings();
  }

  @Test
  void filesTellTheirRulesAndWhatTheyNeed() throws IOException {
    Files.writeString(folder.resolve("CODEOWNERS"), "# all\n* @ada\n\n/db/ @bob\n");
    Files.writeString(folder.resolve(".gitattributes"), "*.bin filter=lfs\n");
    assertThat(found())
        .contains(new Finding("owners", "CODEOWNERS, 2 rules"), new Finding("extras", "LFS"));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no such devices")
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
  void linksToWhatHasNoEndAreNotFollowed() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (Path endless : List.of(Path.of("/dev/zero"), pipe)) {
      for (String name :
          List.of(
              "CODEOWNERS",
              ".gitattributes",
              ".gitignore",
              "package.json",
              "pnpm-workspace.yaml",
              "pyproject.toml",
              "go.work",
              "Makefile",
              "conductor.json",
              ".emdash.json",
              "a.py")) {
        Files.deleteIfExists(folder.resolve(name));
        Files.createSymbolicLink(folder.resolve(name), endless);
      }
      Files.createDirectories(folder.resolve("tests"));
      assertThat(new RepositoryFacts(folder).findings()).isNotEmpty();
      git.must("add", "CODEOWNERS", ".gitattributes", "package.json", "a.py");
      assertThat(new RepositoryFacts(folder).findings())
          .contains(new Finding("owners", "CODEOWNERS"));
      assertThat(ConfigProposal.of(folder)).contains("version: 1").doesNotContain("lfs");
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a link needs rights there")
  void aLinkToAFileOutsideTellsNothingOfIt(@TempDir Path other) throws IOException {
    Path secret = Files.writeString(other.resolve("rules"), "* @ada filter=lfs\n");
    Files.createSymbolicLink(folder.resolve("CODEOWNERS"), secret);
    Files.createSymbolicLink(folder.resolve(".gitattributes"), secret);
    git.must("add", "CODEOWNERS", ".gitattributes");
    assertThat(new RepositoryFacts(folder).findings())
        .contains(new Finding("owners", "CODEOWNERS"))
        .noneMatch(finding -> finding.kind().equals("extras"));
  }
}
