package dev.hivedeck.engine.worktree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent ends in the middle of is never taken for finished work. */
@ParameterizedClass
@ValueSource(strings = {"clone", "worktree"})
@Timeout(120)
class UnfinishedOperationsTest extends AttemptFixture {
  private final String isolation;

  UnfinishedOperationsTest(String isolation) {
    this.isolation = isolation;
  }

  @Override
  public String isolation() {
    return isolation;
  }

  private static void sh(AttemptFolder tree, String script) {
    TestRepository.run(tree.path(), "sh", "-ec", script);
  }

  /** A branch "up" with another first line of lines.txt than the one that is checked out. */
  private AttemptFolder disagreeing() {
    var tree = create("T-1.1");
    sh(
        tree,
        "seq 9 > lines.txt; git add .; git commit -qm lines; git checkout -q -b up;"
            + " sed -i.o 1s/1/eins/ lines.txt; git commit -qam up; echo u > u; git add u;"
            + " git commit -qm u; git checkout -q -; sed -i.o 1s/1/one/ lines.txt; rm -f *.o;"
            + " git commit -qam one; echo more > more; git add more; git commit -qm more");
    return tree;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git rebase up",
        "git rebase --apply up",
        "git merge up",
        "git merge up; git add .",
        "git merge up; git commit -qam wip",
        "git cherry-pick up~1",
        "git cherry-pick up~1 up; git add .",
        "git revert HEAD~1~1 || true; echo x > x; git add x; git revert HEAD~2",
        "git format-patch -q -1 up~1 -o ..; git am ../0001*",
        "git format-patch -q -1 up~1 -o ..; git am -3 ../0001*",
        "echo 1 > s; sed -i.o 1s/one/uno/ lines.txt; git stash -q; sed -i.o 1s/one/un/ lines.txt;"
            + " git commit -qam un; git stash pop"
      })
  void whatAnAgentEndsInTheMiddleOfIsNoFinishedWork(String middle) {
    var tree = disagreeing();
    sh(tree, "(" + middle + ") >/dev/null 2>&1 || true");
    var refusal =
        catchThrowableOfType(
            HiveException.class, () -> commits.commitAll(tree, "T-1: x", TRAILERS, told::add));
    assertThat(refusal.code()).isEqualTo("unfinished");
    assertThat(refusal.getMessage()).startsWith("It ended in the middle of ");
    assertThat(refusal.hint()).contains("before you end", "git show ");
    String seen = refusal.hint().replaceAll("(?s).*git show ", "");
    assertThat(show(seen + ":lines.txt")).as("what was done is kept").contains("2\n3");
    assertThat(commits.checkpoint(tree, "T-1", TRAILERS, told::add)).as("to go on from").isEmpty();
    int before = kept.list().size();
    worktrees.remove(tree, "failed", told::add);
    assertThat(kept.list()).as("nothing is kept twice").hasSize(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git merge up; git checkout --theirs lines.txt; git add .",
        "git cherry-pick up~1; git checkout --theirs lines.txt; git add .",
        "git revert -n HEAD",
        "git rebase up; git checkout --theirs lines.txt; git add .;"
            + " GIT_EDITOR=true git rebase --continue"
      })
  void whatOnlyLacksACommitIsFinished(String end) {
    var tree = disagreeing();
    sh(tree, "echo new > new; (" + end + ") >/dev/null 2>&1 || true");
    assertThat(show(commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow() + ":new"))
        .isEqualTo("new");
    assertThat(commits.checkpoint(tree, "T-1", TRAILERS, told::add)).isPresent();
  }
}
