package dev.hivedeck.engine.git.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.Query;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept says how much it is, wherever in its commits that lies. */
class KeptWorkTest {
  @TempDir Path folder;
  private TestRepository sandbox;
  private KeptWork kept;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    kept = new KeptWork(Repository.open(sandbox.repository, null));
  }

  private void holds(String commit, String path) {
    var as = kept.keep("T-1", "T-1.1", commit);

    assertThat(as.commit()).isEqualTo(sandbox.git("rev-parse", commit));
    assertThat(kept.list())
        .filteredOn(k -> k.ref().equals(as.ref()))
        .singleElement()
        .returns(as.commit(), KeptCommit::commit)
        .returns(1, KeptCommit::files)
        .returns(5L, KeptCommit::bytes);
    assertThat(kept.show(as.ref(), 100).files())
        .extracting(Query.FileDiff::path)
        .containsExactly(path);
  }

  @Test
  void inTheLastCommit() {
    sandbox.git("checkout", "-q", "-b", "work");
    sandbox.write("a.txt", "made\n");
    sandbox.commit("One");
    holds("HEAD", "a.txt");
  }

  @Test
  void inOneBeforeTheLast() {
    sandbox.git("checkout", "-q", "-b", "work");
    sandbox.write("a.txt", "made\n");
    sandbox.commit("One");
    sandbox.git("commit", "-q", "--allow-empty", "-m", "Two");
    holds("HEAD", "a.txt");
  }

  @Test
  void inWhatWasStagedOnly() {
    sandbox.write("a.txt", "made\n");
    sandbox.git("add", "a.txt");
    String staged = sandbox.git("write-tree");
    String index = sandbox.git("commit-tree", staged, "-p", "HEAD", "-m", "index");
    String files =
        sandbox.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-p", index, "-m", "files");
    holds(files, "a.txt");
  }

  @Test
  void inAStashOfUntrackedFiles() {
    sandbox.write("a.txt", "made\n");
    sandbox.git("stash", "push", "-q", "-u");
    holds("stash@{0}", "a.txt");
  }

  @Test
  void inAHistoryOfItsOwn() {
    sandbox.git("checkout", "-q", "--orphan", "own");
    sandbox.git("rm", "-q", "-rf", ".");
    sandbox.write("a.txt", "made\n");
    sandbox.commit("One");
    holds("HEAD", "a.txt");
  }
}
