package dev.hivedeck.engine.mainline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.worktree.AttemptFixture;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** Main, what git says of it, and how git is run. */
class MainlineTest extends AttemptFixture {
  @Override
  public String isolation() {
    return "clone";
  }

  private String committed(AttemptFolder tree) {
    return commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
  }

  /** As git merges in a checkout of main that nobody edits, whatever is checked out or edited. */
  @Test
  void theAttributesOfMainDecideHowFilesAreMerged() throws Exception {
    sandbox.write("list/.gitattributes", "log.txt merge=union\n");
    sandbox.write("list/log.txt", "first\n");
    sandbox.write("other.txt", "first\n");
    sandbox.commit("A list that everybody adds to");
    var tree = create("T-1.1");
    write(tree, "list/log.txt", "first\ntheirs\n");
    write(tree, "other.txt", "first\ntheirs\n");
    String head = committed(tree);
    sandbox.write("list/log.txt", "first\nours\n");
    sandbox.commit("Ours");
    sandbox.write("list/.gitattributes", "");
    assertThat(mainline.merge(work(head), (b, m) -> true)).isInstanceOf(MergeResult.Merged.class);
    assertThat(show("main:list/log.txt").lines()).contains("first", "ours", "theirs");

    var next = worktrees.create("T-2", "T-2.1", "", repository.tip() + "^1", told::add);
    write(next, "other.txt", "first\nmine\n");
    write(next, ".gitattributes", "other.txt merge=union\n");
    var merged = mainline.merge(work(committed(next)), (b, m) -> true);
    assertThat(merged)
        .as("what the branch says of itself")
        .isInstanceOf(MergeResult.Conflict.class);
  }

  @Test
  void whatIsKeptNeverTakesThePlaceOfSomethingElse() {
    String tip = repository.tip();
    var first = kept.keep("T-1", "T-1.1", tip);
    var second = kept.keep("T-1", "T-1.1", tip);
    sandbox.git("update-ref", "-d", first.ref());
    assertThat(kept.keep("T-1", "T-1.1", tip).ref()).isNotEqualTo(second.ref());
    assertThat(kept.list()).hasSize(2);
  }

  @Test
  void manyMergesAreLookedForAtOnceAndThoseThatAreAwayAreFound() {
    String away = sandbox.git("commit-tree", "-m", "away", "HEAD^{tree}");
    var all = new ArrayList<>(Collections.nCopies(60_000, repository.tip()));
    all.set(777, away);
    all.add("1".repeat(40));
    assertThat(repository.notOnMain(all)).containsExactly(away, "1".repeat(40));
  }

  @Test
  void aBranchThatALockKeepsIsKnownUntilItIsCleared() throws Exception {
    var tree = create("T-1.1");
    write(tree, "a.txt", "a\n");
    mainline.merge(work(committed(tree)), (b, m) -> true);
    worktrees.remove(tree, "over", told::add);
    Path lock = Files.createFile(sandbox.repository.resolve(".git/packed-refs.lock"));
    assertThatThrownBy(() -> mainline.clear("T-1", tree.branch())).hasMessageContaining("lock");
    assertThat(mainline.branches()).containsExactly(tree.branch());
    Files.delete(lock);
    mainline.clear("T-1", tree.branch());
    assertThat(mainline.branches()).isEmpty();
    assertThat(sandbox.git("branch", "--list", tree.branch())).isEmpty();
  }

  /** Such as a daemon that a filter starts; it inherits the pipes of git. */
  @Test
  void whatAFilterLeavesRunningHoldsNobody() throws Exception {
    Path runs = Files.createFile(folder.resolve("runs"));
    sandbox.git(
        "config",
        "filter.daemon.clean",
        "sh -c '(while [ -e " + runs + " ]; do sleep 0.1; done > /dev/null &); cat'");
    sandbox.write(".gitattributes", "*.txt filter=daemon\n");
    sandbox.commit("A filter");
    var tree = create("T-1.1");
    write(tree, "a.txt", "a\n");
    try {
      String head = assertTimeoutPreemptively(Duration.ofSeconds(60), () -> committed(tree));
      assertThat(show(head + ":a.txt")).isEqualTo("a");
    } finally {
      Files.delete(runs);
    }
  }

  /** No checkout makes such a file; a tree can name it all the same. */
  @Test
  void attributesOutsideOfTheTreeAreNotWritten() {
    String tree =
        TestRepository.run(
            sandbox.repository,
            "sh",
            "-c",
            "b=$(echo '* merge=union' | git hash-object -w --stdin);"
                + " i=$(printf '100644 blob %s\t.gitattributes\n' $b | git mktree);"
                + " printf '040000 tree %s\t..\n' $i | git mktree");
    String commit = sandbox.git("commit-tree", "-m", "odd", tree);
    Path written =
        MainAttributes.with(
            repository, commit, git -> Path.of(git.must("rev-parse", "--show-toplevel")));
    assertThat(written.resolveSibling(".gitattributes")).doesNotExist();
  }

  @Test
  void aMainThatWasRewrittenFromItsFirstCommitOnHasNothingInCommonWithTheWork() throws Exception {
    String head = sandbox.git("commit-tree", "-p", "main", "-m", "Work", "main^{tree}");
    String anew = sandbox.git("commit-tree", "-m", "Amended", "main^{tree}");
    sandbox.git("update-ref", "refs/heads/main", anew);
    assertThat(mainline.merge(work(head), (b, m) -> true)).isEqualTo(new MergeResult.Unrelated());
    assertThat(repository.tip()).isEqualTo(anew);
  }

  @Test
  void aCommitThatIsGoneIsSaidToBe() {
    var refusal =
        catchThrowableOfType(HiveException.class, () -> repository.mergeOf("1".repeat(40)));
    assertThat(refusal.code()).isEqualTo("commit-gone");
  }
}
