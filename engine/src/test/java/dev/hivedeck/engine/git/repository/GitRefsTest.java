package dev.hivedeck.engine.git.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Refs that are read from git's files are those that git tells, at any time. */
class GitRefsTest {
  private static final String[] PATTERNS = {"refs/heads/", "refs/hivedeck/kept", "refs/replace/"};

  @TempDir Path folder;
  private TestRepository sandbox;
  private GitRefs refs;
  private Path common;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    var repository = Repository.open(sandbox.repository, null);
    refs = repository.refs();
    common = repository.common();
    sandbox.git("branch", "topic/one");
    sandbox.git("update-ref", "refs/hivedeck/kept/T-1/T-1.1/1", "HEAD");
    sandbox.git("update-ref", "refs/hivedeck/kept-not", "HEAD");
  }

  private Map<String, String> byGit() {
    var all = new TreeMap<String, String>();
    String format = "--format=%(refname) %(objectname)";
    sandbox
        .git("for-each-ref", format, PATTERNS[0], PATTERNS[1], PATTERNS[2])
        .lines()
        .forEach(line -> all.put(line.split(" ")[0], line.split(" ")[1]));
    return all;
  }

  private void asGitTells() {
    assertThat(refs.plain(PATTERNS)).contains(byGit());
    assertThat(refs.matching(PATTERNS)).isEqualTo(byGit());
  }

  private void askedOfGit() {
    assertThat(refs.plain(PATTERNS)).isEmpty();
    assertThat(refs.matching(PATTERNS)).isEqualTo(byGit());
  }

  private void advance() {
    sandbox.git("commit", "-q", "--allow-empty", "-m", "Further");
  }

  @Test
  void looseAndPackedAndBoth() {
    asGitTells();
    sandbox.git("pack-refs", "--all");
    asGitTells();
    advance(); // main is loose again, and stands in packed-refs as it was
    asGitTells();
    sandbox.git("branch", "-q", "-D", "topic/one");
    asGitTells();
    sandbox.git("tag", "-a", "-m", "One", "v1");
    sandbox.git("replace", "HEAD", "HEAD^");
    sandbox.git("pack-refs", "--all");
    asGitTells();
  }

  @Test
  void namesThatAreNotAsciiAreAskedOfGit() {
    sandbox.git("branch", "größe");
    askedOfGit();
    sandbox.git("pack-refs", "--all");
    askedOfGit();
    assertThat(refs.matching("refs/heads/größe")).containsOnlyKeys("refs/heads/größe");
    sandbox.git("switch", "-q", "größe");
    assertThat(refs.trees()).isEmpty();
  }

  @Test
  void oneThatIsOnlyPackedIsFoundByItsFullNameOnly() {
    sandbox.git("branch", "topic/one-more");
    sandbox.git("update-ref", "refs/x/refs/heads/topic/one", "HEAD");
    sandbox.git("pack-refs", "--all");
    assertThat(refs.matching("refs/heads/topic/one")).containsOnlyKeys("refs/heads/topic/one");
    assertThat(refs.matching("refs/heads/topic")).hasSize(2);
    assertThat(refs.matching("refs/heads/top")).isEmpty();
  }

  @Test
  void locksAndOtherFilesAreNone() throws IOException {
    Files.writeString(common.resolve("refs/heads/main.lock"), "");
    Files.writeString(common.resolve("refs/heads/.DS_Store"), "x");
    asGitTells();
  }

  @Test
  void gitIsAskedWhereFilesDoNotTell() throws IOException {
    sandbox.git("symbolic-ref", "refs/heads/alias", "refs/heads/main");
    askedOfGit();
    sandbox.git("symbolic-ref", "-d", "refs/heads/alias");
    asGitTells();
    Files.createSymbolicLink(common.resolve("refs/heads/link"), Path.of("main"));
    askedOfGit();
    Files.delete(common.resolve("refs/heads/link"));
    Files.createDirectory(common.resolve("reftable"));
    askedOfGit();
  }

  @Test
  void aBrokenRefIsForGitToTell() throws IOException {
    for (String text : new String[] {"", "nonsense\n", "0".repeat(40) + "\n"}) {
      Files.writeString(common.resolve("refs/heads/topic/one"), text);
      assertThat(refs.plain(PATTERNS)).isEmpty();
    }
  }

  @Test
  void workingTreesTellWhatIsCheckedOut() throws IOException {
    Path there = folder.resolve("linked");
    sandbox.git("worktree", "add", "-q", there.toString(), "topic/one");
    var repository = Repository.open(sandbox.repository, null);
    assertThat(repository.checkedOut("refs/heads/topic/one")).contains(there.toRealPath());
    assertThat(repository.checkedOut("refs/heads/main")).contains(repository.root());
    assertThat(repository.checkout()).contains("main");
    var before = repository.checkedOut();
    TestRepository.run(there, "git", "checkout", "-q", "--detach");
    assertThat(repository.checkedOut()).isPresent().isNotEqualTo(before);
    assertThat(repository.checkedOut("refs/heads/topic/one")).isEmpty();
    Files.writeString(common.resolve("HEAD"), "ref: refs/heads/.invalid\n");
    assertThat(repository.checkedOut()).isEmpty();
  }
}
