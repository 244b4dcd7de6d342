package dev.hivedeck.engine.submodule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is the user's in a submodule stays, whatever was cut off there. */
class SubmoduleCheckoutsTest {
  @TempDir Path folder;
  private TestRepository sandbox;
  private Path module;
  private Path admin;
  private String from;
  private String to;

  @BeforeEach
  void twoCommits() {
    Path library = folder.resolve("library");
    TestRepository.run(
        folder,
        "sh",
        "-c",
        """
        git init -q -b main library && cd library && git config user.name A &&
        git config user.email a@example.org && echo one > a.txt && echo one > gone.txt &&
        echo one > tool && git add -A && git commit -qm One &&
        echo two > a.txt && git rm -q gone.txt tool && mkdir lib tool && echo two > lib/x.c &&
        echo two > tool/main.c && git add -A && git commit -qm Two
        """);
    from = TestRepository.run(library, "git", "rev-parse", "HEAD~1");
    to = TestRepository.run(library, "git", "rev-parse", "HEAD");
    sandbox = new TestRepository(folder);
    sandbox.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library + "", "module");
    module = sandbox.repository.resolve("module");
    admin = sandbox.repository.resolve(".git/modules/module");
    in("checkout", "-q", "--detach", from);
    sandbox.commit("One");
    sandbox.git("update-index", "--cacheinfo", "160000," + to + ",module");
    sandbox.git("commit", "-q", "-m", "Two");
  }

  private String in(String... git) {
    var command = new String[git.length + 1];
    command[0] = "git";
    System.arraycopy(git, 0, command, 1, git.length);
    return TestRepository.run(module, command);
  }

  private void shell(String script) {
    TestRepository.run(module, "sh", "-c", script);
  }

  /** As two looks do, the second of which finds what the first one left. */
  private void look() {
    var repository = Repository.open(sandbox.repository, null);
    var checkouts = new SubmoduleCheckouts(repository, sandbox.repository);
    checkouts.follow("main~1", "main");
    checkouts.behind(true);
  }

  /** What a git that was killed leaves: a file is as the second commit has it. */
  private void cutOff(String how) throws IOException {
    Files.writeString(admin.resolve("hivedeck-move"), from + " " + to + "\n");
    shell("echo two > a.txt; " + how);
  }

  private void stays() {
    assertThat(in("rev-parse", "HEAD")).isEqualTo(from);
  }

  private void comesAlong() {
    assertThat(in("rev-parse", "HEAD")).isEqualTo(to);
    assertThat(in("status", "--porcelain")).isEmpty();
    assertThat(module.resolve("tool/main.c")).hasContent("two");
    assertThat(module.resolve("gone.txt")).doesNotExist();
  }

  @Test
  void oneComesAlong() {
    look();
    comesAlong();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileWhereAFolderIsToBeStays(boolean cutOff) throws IOException {
    Path mine = Files.writeString(module.resolve("lib"), "mine\n");
    if (cutOff) {
      cutOff("true");
    }
    look();
    assertThat(mine).hasContent("mine");
    stays();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone.txt", "tool", "a.txt"})
  void anEditStaysThoughTheFileIsToGo(String file) throws IOException {
    cutOff("true");
    Path mine = Files.writeString(module.resolve(file), "mine\n");
    look();
    assertThat(mine).hasContent("mine");
    stays();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "rm gone.txt",
        "rm tool",
        "rm tool gone.txt; mkdir tool lib; echo two > tool/main.c",
        "mkdir lib; echo two > lib/x.c"
      })
  void whatWasCutOffIsFinished(String how) throws IOException {
    cutOff(how);
    look();
    comesAlong();
  }

  @ParameterizedTest
  @CsvSource({"0, true", "60, false"})
  void onlyALockThatNobodyWorksWithIsRemoved(long age, boolean stays) throws IOException {
    cutOff("true");
    Path lock = Files.createFile(admin.resolve("index.lock"));
    var since = Files.getLastModifiedTime(lock).toInstant().minusSeconds(age);
    Files.setLastModifiedTime(lock, FileTime.from(since));
    look();
    assertThat(Files.exists(lock)).isEqualTo(stays);
    if (stays) {
      stays();
      Files.delete(lock);
      look();
    }
    comesAlong();
  }

  @Test
  void aLockKeepsItWhereItIs() throws IOException {
    Path lock = Files.createFile(admin.resolve("index.lock"));
    Files.setLastModifiedTime(lock, FileTime.fromMillis(0));
    look();
    assertThat(lock).exists();
    stays();
    Files.delete(lock);
    look();
    comesAlong();
  }
}
