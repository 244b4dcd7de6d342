package dev.hivedeck.engine.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.view.DriftViews.Drift;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a user does while main is moved takes no merged work back, or it is told. */
class CheckoutsMeanwhileTest extends CheckoutsFixture {

  @Test
  void filesAreThereBeforeMainSoThatACommitInBetweenTakesNothingBack() throws Exception {
    merge("new.txt", "merged\n", () -> mine("mine\n"), () -> {});
    assertThat(sandbox.git("show", "main:b.txt")).isEqualTo("mine");
    assertThat(sandbox.git("show", "main:new.txt")).isEqualTo("merged");
    merge("more.txt", "merged\n", () -> {}, () -> mine("mine, too\n"));
    assertThat(sandbox.git("show", "main:b.txt")).isEqualTo("mine, too");
    assertThat(sandbox.git("show", "main:more.txt")).isEqualTo("merged");
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(told()).isEmpty();
  }

  @Test
  void aBranchMadeInBetweenHasTheMergedWork() throws Exception {
    merge(
        "new.txt",
        "merged\n",
        () -> {},
        () -> {
          sandbox.git("switch", "-q", "-c", "feature");
          mine("mine\n");
          sandbox.git("switch", "-q", "main");
          sandbox.git("merge", "-q", "--ff-only", "feature");
        });
    assertThat(sandbox.git("show", "main:new.txt")).isEqualTo("merged");
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
    assertThat(told()).isEmpty();
  }

  @Test
  void aStashInBetweenTakesNothingBack() throws Exception {
    sandbox.write("b.txt", "mine\n");
    merge("new.txt", "merged\n", () -> sandbox.git("stash", "-q"), () -> {});
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
    sandbox.git("stash", "pop", "-q");
    merge("more.txt", "merged\n", () -> {}, () -> sandbox.git("stash", "-q"));
    sandbox.git("stash", "pop", "-q");
    sandbox.git("commit", "-q", "-am", "Mine");
    assertThat(sandbox.git("show", "main:more.txt", "main:new.txt")).isEqualTo("merged\nmerged");
    assertThat(sandbox.git("show", "main:b.txt")).isEqualTo("mine");
    assertThat(told()).isEmpty();
  }

  @Test
  void whoSwitchesInBetweenTakesNothingAlong() throws Exception {
    sandbox.git("branch", "other");
    sandbox.write("b.txt", "mine\n");
    merge("new.txt", "merged\n", () -> sandbox.git("switch", "-q", "other"), () -> {});
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("M b.txt");
    assertThat(sandbox.repository.resolve("new.txt")).doesNotExist();
    sandbox.git("switch", "-q", "main");
    look(repository.tip());
    merge("more.txt", "merged\n", () -> {}, () -> sandbox.git("switch", "-q", "other"));
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("M b.txt");
    sandbox.git("switch", "-q", "main");
    look(repository.tip());
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("M b.txt");
    assertThat(read(sandbox.repository, "more.txt")).isEqualTo("merged\n");
  }

  /** The files of a branch that has the work already are its own. */
  @Test
  void whoSwitchesToABranchWithTheSameWorkKeepsIt() throws Exception {
    String commit = made("new.txt", "merged\n");
    sandbox.git("branch", "other", commit);
    String before = repository.tip();
    checkouts.lead(before, commit);
    sandbox.git("switch", "-q", "other");
    checkouts.led();
    look(before);
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
  }

  @Test
  void whereMainDoesNotGoItIsFollowedBack() throws Exception {
    sandbox.write("a.txt", "mine\n");
    String commit = made("b.txt", "merged\n");
    String before = repository.tip();
    checkouts.lead(before, commit);
    assertThat(read(sandbox.repository, "b.txt")).isEqualTo("merged\n");
    look(before);
    assertThat(read(sandbox.repository, "b.txt")).as("main is on its way").isEqualTo("merged\n");
    checkouts.led();
    look(before);
    assertThat(read(sandbox.repository, "b.txt")).isEqualTo("b\n");
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("M a.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "commit", "stash", "switch"})
  void soItIsAfterACrashBeforeMainWasMoved(String then) throws Exception {
    sandbox.git("branch", "other");
    sandbox.write("b.txt", "mine\n");
    checkouts.lead(repository.tip(), made("new.txt", "merged\n"));
    switch (then) {
      case "commit" -> sandbox.git("commit", "-q", "-am", "Mine");
      case "stash" -> sandbox.git("stash", "-q");
      case "switch" -> sandbox.git("switch", "-q", "other");
      default -> {}
    }
    start();
    String status = sandbox.git("status", "--porcelain");
    switch (then) {
      case "commit" -> assertThat(sandbox.git("show", "HEAD:new.txt")).isEqualTo("merged");
      case "stash" -> assertThat(status).isEmpty();
      default -> assertThat(status).isEqualTo("M b.txt");
    }
    assertThat(told()).isEmpty();
  }

  /**
   * It is told, tried again, and carried back by an update: nothing of it is taken for the user's.
   */
  @ParameterizedTest
  @ValueSource(strings = {"edit", "lock", "bisect", "edit, switch"})
  void whatCannotGoBackIsToldUntilItCan(String inTheWay) throws Exception {
    sandbox.git("branch", "other");
    checkouts.lead(repository.tip(), made("a.txt", lines("merged")));
    Path git = sandbox.repository.resolve(".git");
    switch (inTheWay) {
      case "lock" -> Files.writeString(git.resolve("index.lock"), "");
      case "bisect" -> Files.writeString(git.resolve("BISECT_LOG"), "");
      default -> sandbox.write("a.txt", lines("merged") + "mine\n");
    }
    if (inTheWay.endsWith("switch")) {
      sandbox.git("switch", "-q", "other");
    }
    checkouts =
        new MainCheckouts(
            notes,
            repository,
            path -> path.startsWith(folder.resolve("trees")),
            () -> wanted,
            false,
            MainCheckouts.FINISH);
    look(repository.tip());
    assertThat(told())
        .as("who only looks")
        .extracting(Drift::kind)
        .containsExactly("checkout-ahead");
    for (int starts = 0; starts < 2; starts++) {
      start();
      assertThat(told())
          .singleElement()
          .satisfies(
              drift -> {
                assertThat(drift.kind()).isEqualTo("checkout-ahead");
                assertThat(drift.what()).contains("did not come to main");
              });
    }
    switch (inTheWay) {
      case "lock" -> Files.delete(git.resolve("index.lock"));
      case "bisect" -> Files.delete(git.resolve("BISECT_LOG"));
      case "edit" -> assertThat(checkouts.update(repository.tip(), true).left()).isEmpty();
      default -> sandbox.write("a.txt", lines("merged"));
    }
    start();
    assertThat(told()).extracting(Drift::kind).isSubsetOf("edits-stashed");
    assertThat(read(sandbox.repository, "a.txt")).doesNotContain("merged");
    assertThat(sandbox.git("status", "--porcelain", "-uno")).isEmpty();
  }

  /** The way back is that of the edits alone, also when main went elsewhere. */
  @Test
  void editsOfWhatDidNotComeToMainStayWithoutIt() throws Exception {
    String before = repository.tip();
    sandbox.write("a.txt", lines("first"));
    sandbox.commit("Many lines");
    look(before);
    checkouts.lead(repository.tip(), made("a.txt", lines("merged")));
    sandbox.write("a.txt", lines("merged") + "mine\n");
    String main = merge("b.txt", "another\n");
    start(main);
    assertThat(told()).extracting(Drift::kind).containsExactly("checkout-ahead");
    merge("c.txt", "third\n", () -> {}, () -> {});
    assertThat(told()).extracting(Drift::kind).containsExactly("checkout-ahead");
    assertThat(checkouts.update(repository.tip(), true).left()).isEmpty();
    assertThat(read(sandbox.repository, "a.txt")).isEqualTo(lines("first") + "mine\n");
    assertThat(read(sandbox.repository, "c.txt")).isEqualTo("third\n");
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("M a.txt");
    assertThat(told()).isEmpty();
  }

  /** What was in the way of coming is not there when main stays. */
  @Test
  void whatNeverCameIsNotToldToBeAhead() {
    sandbox.write("a.txt", "mine\n");
    sandbox.git("add", "a.txt");
    checkouts.lead(repository.tip(), made("a.txt", "merged\n"));
    start();
    assertThat(told()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("M  a.txt");
  }

  private static String lines(String first) {
    return first + "\n1\n2\n3\n4\n5\n6\n";
  }

  /** What an agent changes of it was made on it, and went through review. */
  @ParameterizedTest
  @ValueSource(strings = {"a\n", "another\n", "later"})
  void aLaterMergeOfTheSameLinesAfterACrashIsMeant(String text) throws Exception {
    String commit = made("a.txt", "merged\n");
    String before = repository.tip();
    checkouts.lead(before, commit);
    sandbox.git("update-ref", "-m", "hivedeck: Merge", MAIN, commit);
    if (text.equals("later")) {
      start(commit);
    }
    String since = merge("a.txt", text.equals("later") ? "a\n" : text);
    start(since);
    assertThat(told()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    sandbox.write("b.txt", "mine\n");
    sandbox.git("commit", "-q", "-am", "Mine");
    look(since);
    assertThat(told()).isEmpty();
  }

  /** Its git was killed with the engine: its files are of before. */
  @ParameterizedTest
  @ValueSource(strings = {"commit", "merged", "branch", "stash", "squash"})
  void whatIsMadeOfOldFilesAfterACrashIsToldWhenItIsOnMain(String how) throws Exception {
    String commit = made("a.txt", "merged\n");
    String before = repository.tip();
    checkouts.lead(before, commit);
    sandbox.git("read-tree", "-m", "-u", commit, before); // as if it had not been brought along
    sandbox.git("update-ref", MAIN, commit);
    sandbox.write("b.txt", "mine\n");
    switch (how) {
      case "branch", "squash" -> {
        sandbox.git("switch", "-q", "-c", "feature");
        sandbox.git("commit", "-q", "-am", "Mine");
        sandbox.git("switch", "-q", "main");
        start();
        sandbox.git("merge", "-q", how.equals("squash") ? "--squash" : "--no-ff", "feature");
        attempt("commit", "-q", "-m", "Squashed");
      }
      case "stash" -> {
        sandbox.git("stash", "-q");
        start();
        sandbox.git("stash", "pop", "-q");
        sandbox.git("commit", "-q", "-am", "Mine");
      }
      default -> sandbox.git("commit", "-q", "-am", "Mine");
    }
    assertThat(sandbox.git("show", "main:a.txt")).as("taken back").isEqualTo("a");
    if (how.equals("merged")) {
      merge("new.txt", "merged\n"); // onto it, before anybody looked
    }
    if (how.equals("commit") || how.equals("merged")) {
      start(commit);
    } else {
      look(commit);
    }
    assertThat(told())
        .singleElement()
        .satisfies(
            drift -> {
              assertThat(drift.kind()).isEqualTo("work-taken-back");
              assertThat(drift.what()).contains("a.txt");
            });
  }
}
