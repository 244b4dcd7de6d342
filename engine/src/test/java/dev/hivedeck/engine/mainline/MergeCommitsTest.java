package dev.hivedeck.engine.mainline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.git.repository.RecordedMerges.Landed;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.worktree.AttemptFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How work comes to main by each method, with the same files after it. */
class MergeCommitsTest extends AttemptFixture {
  private static final Map<String, String> TOLD =
      Map.of(
          "Hivedeck-Task",
          "T-1",
          "Hivedeck-Attempt",
          "T-1.1",
          "Hivedeck-Agent",
          "a",
          RecordedMerges.TITLE,
          "Count stock");

  @Override
  public String isolation() {
    return "clone";
  }

  private void commit(String who, String message) {
    sandbox.git("add", "-A");
    sandbox.git(
        "-c", "user.name=" + who, "-c", "user.email=" + who + "@x", "commit", "-q", "-m", message);
  }

  /** A branch of commits, beside which main goes on. */
  private String branch(Runnable work) {
    sandbox.git("switch", "-q", "-c", "work");
    work.run();
    String head = sandbox.git("rev-parse", "HEAD");
    sandbox.git("switch", "-q", "main");
    sandbox.git("branch", "-D", "-q", "work");
    return head;
  }

  private String twoCommits() {
    return branch(
        () -> {
          sandbox.write("a.txt", "a\n");
          commit("ann", "Add a\n\nHivedeck-Task: T-9\n hivedeck-head : 1234\nSigned-off-by: ann");
          sandbox.write("b.txt", "b\n");
          commit("bob", "Add b\n\nSigned-off-by: bob");
        });
  }

  private String merged(String head, MergeMethod method) throws InterruptedException {
    var work = new Incoming(head, method, "Count stock (#7)", TOLD);
    return ((MergeResult.Merged) mainline.merge(work, (base, merge) -> true)).commit();
  }

  private void mainGoesOn() {
    sandbox.write("main.txt", "main\n");
    commit("you", "Main goes on");
  }

  private String log(String format, String range) {
    return sandbox.git("log", "--reverse", "--format=" + format, range);
  }

  @Test
  void squashedWorkIsOneCommitThatNamesAllWhoMadeIt() throws Exception {
    String head = twoCommits();
    mainGoesOn();
    String base = repository.tip();
    String commit = merged(head, MergeMethod.SQUASH);
    assertThat(repository.tip()).isEqualTo(commit);
    assertThat(sandbox.git("rev-parse", commit + "^@")).isEqualTo(base);
    assertThat(log("%an <%ae> %s", base + ".." + commit)).isEqualTo("bob <bob@x> Count stock (#7)");
    assertThat(log("%b", base + ".." + commit))
        .contains("* Add a\n* Add b\n")
        .contains("Co-authored-by: ann <ann@x>")
        .contains("Hivedeck-Head: " + head);
    assertThat(show("main:a.txt") + show("main:b.txt") + show("main:main.txt")).isEqualTo("abmain");
    isKnown(head, base, commit, 1);
  }

  @Test
  void rebasedWorkKeepsEachCommitAndSaysNothingInHivedecksName() throws Exception {
    String head = twoCommits();
    mainGoesOn();
    String base = repository.tip();
    String commit = merged(head, MergeMethod.REBASE);
    assertThat(log("%an %s", base + ".." + commit)).isEqualTo("ann Add a\nbob Add b");
    assertThat(log("%B", commit + "^!"))
        .startsWith("Add b\n\nSigned-off-by: bob\n")
        .contains("Hivedeck-Base: " + base);
    assertThat(log("%b", commit + "^").lines().filter(l -> l.matches("(?i)\\s*hivedeck.*")))
        .as("an agent's commit passes for nothing")
        .isEmpty();
    assertThat(show("main:a.txt") + show("main:b.txt") + show("main:main.txt")).isEqualTo("abmain");
    isKnown(head, base, commit, 2);
  }

  /** All that is asked of what came to main, as after a crash, by a new ledger or for a revert. */
  private void isKnown(String head, String base, String commit, int commits) {
    assertThat(mainline.mergeOf(head)).contains(commit);
    assertThat(mainline.landed(commit)).contains(new Landed(base, head));
    assertThat(mainline.prove(base, commit, head).holds()).isTrue();
    assertThat(RecordedMerges.of(repository, null))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.commit()).isEqualTo(commit);
              assertThat(m.base()).isEqualTo(base);
              assertThat(m.head()).isEqualTo(head);
              assertThat(m.title()).isEqualTo("Count stock");
              assertThat(m.task()).isEqualTo("T-1");
            });
    assertThat(repository.broughtByHivedeck())
        .containsExactlyInAnyOrderElementsOf(
            sandbox.git("rev-list", "-n", "" + commits, commit).lines().toList());
    String revert = mainline.revert(commit, base, "Take it back");
    assertThat(sandbox.git("diff", "--name-only", base, revert)).isEmpty();
  }

  @Test
  void workThatIsOnMainIsNotMergedAgainByAnotherMethod() throws Exception {
    String head = twoCommits();
    String commit = merged(head, MergeMethod.SQUASH);
    assertThat(merged(head, MergeMethod.REBASE)).isEqualTo(commit);
    assertThat(repository.tip()).isEqualTo(commit);
  }

  @Test
  void commitsThatCannotBeMadeAgainOneByOneComeAsOneThatSaysSo() throws Exception {
    sandbox.write("n.txt", "1\n");
    commit("you", "Begin");
    String head =
        branch(
            () -> {
              sandbox.write("n.txt", "2\n");
              commit("ann", "Try");
              sandbox.write("n.txt", "1\n");
              sandbox.write("a.txt", "a\n");
              commit("ann", "Better");
            });
    sandbox.write("n.txt", "3\n");
    commit("you", "Go on");
    String base = repository.tip();
    String commit = merged(head, MergeMethod.REBASE);
    assertThat(sandbox.git("rev-parse", commit + "^@")).isEqualTo(base);
    assertThat(log("%B", commit + "^!"))
        .startsWith("Count stock (#7)\n\n* Try\n* Better\n* Its commits cannot be made again");
    assertThat(show("main:n.txt") + show("main:a.txt")).isEqualTo("3a");
    assertThat(mainline.mergeOf(head)).contains(commit);
  }

  @Test
  void theBranchOfWorkThatCameInOtherCommitsIsCleared() throws Exception {
    var tree = create("T-1.1");
    write(tree, "a.txt", "a\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    worktrees.remove(tree, "over", told::add);
    mainline.clear("T-1", tree.branch());
    assertThat(sandbox.git("branch", "--list", tree.branch())).isNotEmpty();
    merged(head, MergeMethod.SQUASH);
    mainline.clear("T-1", tree.branch());
    assertThat(sandbox.git("branch", "--list", tree.branch())).isEmpty();
  }
}
