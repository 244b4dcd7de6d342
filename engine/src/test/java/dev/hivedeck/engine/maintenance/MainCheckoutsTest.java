package dev.hivedeck.engine.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.view.DriftViews.Drift;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The user's checkouts of main come along with it, and nothing of the user's is lost by that. */
class MainCheckoutsTest extends CheckoutsFixture {

  @Test
  void aCheckoutComesAlongAndKeepsEditsIndexUntrackedAndStash() throws Exception {
    sandbox.write("a.txt", "put aside\n");
    sandbox.git("stash", "-q");
    sandbox.write("a.txt", "edited\n");
    sandbox.write("staged.txt", "staged\n");
    sandbox.git("add", "staged.txt");
    sandbox.write("mine.txt", "untracked\n");
    look(merge("new.txt", "merged\n"));

    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
    assertThat(sandbox.git("status", "--porcelain").lines())
        .containsExactlyInAnyOrder("M a.txt", "A  staged.txt", "?? mine.txt");
    assertThat(sandbox.git("stash", "list")).isNotEmpty();
    assertThat(checkouts.left()).isEmpty();
    sandbox.git("commit", "-q", "-am", "My own");
    assertThat(sandbox.git("show", "main:new.txt")).isEqualTo("merged");
  }

  /** Looks at a main that stays ask git nothing, but they see what appears or is switched. */
  @Test
  void oneThatAppearsWhileMainStaysComesAlongWithTheNextMerge() throws Exception {
    Path there = folder.resolve("there");
    sandbox.git("branch", "aside");
    look(repository.tip());
    sandbox.git("checkout", "-q", "aside");
    sandbox.git("worktree", "add", "-q", there.toString(), "main");
    look(repository.tip());
    look(merge("new.txt", "merged\n"));
    assertThat(read(there, "new.txt")).isEqualTo("merged\n");
    assertThat(told()).isEmpty();
  }

  /** Git lists the git folder in place of such a working tree. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "git init -q --separate-git-dir=../elsewhere",
        "mv .git ../elsewhere; ln -s ../elsewhere .git",
        "mv .git ../elsewhere; echo 'gitdir: ../elsewhere' > .git; git config core.worktree"
            + " '../their repo'"
      })
  void soDoesOneWhoseGitFolderLiesElsewhere(String how) throws Exception {
    TestRepository.run(sandbox.repository, "sh", "-c", how);
    repository = Repository.open(sandbox.repository, null);
    start();
    look(merge("new.txt", "merged\n"));
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void soDoesOneOfASubmoduleSeenFromAWorktreeOfIt() throws Exception {
    Path whole = folder.resolve("whole");
    Files.createDirectory(whole);
    TestRepository.run(
        whole,
        "sh",
        "-c",
        """
        git init -q && git -c protocol.file.allow=always submodule --quiet add '%s' part &&
        git -C part switch -q main && git -C part worktree add -q -b mine ../../beside
        """
            .formatted(sandbox.repository));
    repository = Repository.open(folder.resolve("beside"), "main");
    start();
    String before = repository.tip();
    TestRepository.run(
        folder.resolve("beside"),
        "sh",
        "-c",
        """
        git -c user.name=x -c user.email=x commit -q --allow-empty -m x && echo y > new.txt &&
        git add new.txt && git -c user.name=x -c user.email=x commit -q -m y &&
        git update-ref -m 'hivedeck: Merge' refs/heads/main HEAD
        """);
    look(before);
    assertThat(read(whole.resolve("part"), "new.txt")).isEqualTo("y\n");
  }

  @Test
  void soDoesOneInAWorktreeAndInSubfolderAndWithNamesThatAreNotAscii() throws Exception {
    sandbox.git("switch", "-q", "-c", "mine");
    Path other = folder.resolve("second worktree ü");
    sandbox.git("worktree", "add", "-q", other.toString(), "main");
    look(repository.tip());
    look(merge("deep/näme.txt", "merged\n"));
    assertThat(read(other, "deep/näme.txt")).isEqualTo("merged\n");
    assertThat(TestRepository.run(other, "git", "status", "--porcelain")).isEmpty();
    assertThat(sandbox.repository.resolve("deep")).doesNotExist();
  }

  @Test
  void whereAnEditIsInTheWayNothingIsTouchedAndItIsToldUntilItIsBroughtUp() throws Exception {
    sandbox.write("a.txt", "edited\n");
    sandbox.write("new.txt", "mine\n");
    var before = sandbox.checkout();
    look(merge("a.txt", "merged\n"));
    look(merge("new.txt", "merged\n"));
    assertThat(sandbox.checkout()).isEqualTo(before);
    assertThat(checkouts.left())
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.merges()).isEqualTo(2);
              assertThat(left.why()).contains("in the way");
            });
    assertThat(told())
        .singleElement()
        .satisfies(
            drift -> {
              assertThat(drift.kind()).isEqualTo("checkout-behind");
              assertThat(drift.repair()).contains("hivedeck update");
              assertThat(drift.path()).isEqualTo(sandbox.repository.toString());
            });

    Files.delete(sandbox.repository.resolve("new.txt"));
    sandbox.git("checkout", "-q", "a.txt");
    var updated = checkouts.update(repository.tip(), true);
    assertThat(updated.updated()).containsExactly(sandbox.repository.toString());
    assertThat(read(sandbox.repository, "a.txt")).isEqualTo("merged\n");
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(told()).isEmpty();
  }

  @Test
  void whereAnOperationIsUnderWayItIsLeftAndToldWhich() throws Exception {
    sandbox.git("switch", "-q", "-c", "other");
    sandbox.write("a.txt", "other\n");
    sandbox.commit("Other");
    sandbox.git("switch", "-q", "main");
    sandbox.write("a.txt", "mine\n");
    sandbox.commit("Mine");
    look(repository.tip());
    TestRepository.run(sandbox.repository, "sh", "-c", "git merge -q other || true");
    look(merge("new.txt", "merged\n"));
    assertThat(checkouts.left())
        .singleElement()
        .extracting(MainCheckouts.Left::why)
        .asString()
        .contains("a merge");
    assertThat(sandbox.repository.resolve("new.txt")).doesNotExist();
    sandbox.git("merge", "--abort");
    look(repository.tip());
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
  }

  @Test
  void whileItsIndexIsLockedItIsLeft() throws Exception {
    Path lock = sandbox.repository.resolve(".git/index.lock");
    Files.writeString(lock, "");
    look(merge("new.txt", "merged\n"));
    assertThat(checkouts.left())
        .singleElement()
        .extracting(MainCheckouts.Left::why)
        .asString()
        .contains("index.lock");
    Files.delete(lock);
    look(repository.tip());
    assertThat(checkouts.left()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void aCrashBetweenMainAndTheCheckoutIsMadeGoodByTheNextStart() throws Exception {
    merge("new.txt", "merged\n");
    start();
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
  }

  /** Killed after the checkout was brought up, before that was written down. */
  @Test
  void whatWasBroughtUpAlreadyIsNotTouchedAgain() throws Exception {
    String before = merge("new.txt", "merged\n");
    sandbox.git("read-tree", "-m", "-u", before, "main");
    sandbox.write("new.txt", "edited since\n");
    start();
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("edited since\n");
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("M new.txt");
  }

  @Test
  void whatTheUserDoesThereIsFollowedAndNeverUndone() throws Exception {
    String first = repository.tip();
    sandbox.write("a.txt", "second\n");
    sandbox.commit("Second");
    look(first);
    String second = repository.tip();
    sandbox.git("reset", "-q", "--soft", "HEAD~1");
    look(second);
    look(merge("new.txt", "merged\n"));
    assertThat(read(sandbox.repository, "a.txt")).isEqualTo("second\n");
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("M  a.txt");
  }

  @Test
  void leftAloneIsLeftAloneAndWarnedOf() {
    wanted = false;
    var before = sandbox.checkout();
    look(merge("new.txt", "merged\n"));
    assertThat(sandbox.checkout()).isEqualTo(before);
    assertThat(told())
        .singleElement()
        .extracting(Drift::why)
        .asString()
        .contains("checkout: leave", "git commit");
  }

  /** Who only looks says why the engine did not: it was killed in between. */
  @Test
  void whoOnlyLooksSaysThatTheEngineEnded() throws Exception {
    String before = merge("new.txt", "merged\n");
    checkouts =
        new MainCheckouts(
            notes,
            repository,
            path -> path.startsWith(folder.resolve("trees")),
            () -> wanted,
            false,
            MainCheckouts.FINISH);
    look(before);
    assertThat(told())
        .singleElement()
        .extracting(Drift::why)
        .asString()
        .contains("the engine ended before it could bring it up")
        .doesNotContain("leave");
    assertThat(sandbox.repository.resolve("new.txt")).doesNotExist();
  }

  @Test
  void aCommitThatTakesMergedWorkBackIsNoticedAndOneThatDoesNotIsNot() {
    wanted = false;
    look(merge("new.txt", "merged\n"));
    String main = repository.tip();
    sandbox.write("a.txt", "mine\n");
    sandbox.git("commit", "-q", "-m", "Only that file", "a.txt");
    look(main);
    assertThat(told()).extracting(Drift::kind).containsExactly("checkout-behind");

    main = repository.tip();
    sandbox.write("b.txt", "mine\n");
    sandbox.git("commit", "-q", "-am", "All that there is");
    look(main);
    assertThat(told())
        .singleElement()
        .satisfies(
            drift -> {
              assertThat(drift.kind()).isEqualTo("work-taken-back");
              assertThat(drift.what()).contains("new.txt");
              assertThat(drift.repair()).isNotNull();
            });
    start();
    assertThat(told()).as("after a restart, too").hasSize(1);

    sandbox.git("reset", "-q", "--hard", main);
    sandbox.git("reflog", "expire", "--expire=now", "--all");
    sandbox.git("gc", "-q", "--prune=now");
    assertThat(told()).as("it is gone").isEmpty();
  }

  /** One that nobody can read keeps nothing else from being found. */
  @Test
  void aBrokenCheckoutHidesNoWorkThatWasTakenBack() throws Exception {
    wanted = false;
    look(merge("new.txt", "merged\n"));
    sandbox.git("checkout", "-q", "-b", "side"); // with the files of before
    sandbox.write("b.txt", "mine\n");
    sandbox.git("commit", "-q", "-am", "All that there is");
    Path broken = folder.resolve("broken");
    sandbox.git("worktree", "add", "-q", broken.toString(), "main");
    look(repository.tip());
    Files.writeString(broken.resolve(".gitmodules"), "[submodule \"x\"]\n\tpath = x\n");
    String before = repository.tip();
    sandbox.git("update-ref", "-m", "pull", MAIN, "side");
    Files.writeString(sandbox.repository.resolve(".git/worktrees/broken/index"), "garbage");
    look(before);
    assertThat(told()).extracting(Drift::kind).contains("work-taken-back");
  }

  @Test
  void aCheckoutThatIsNotThereIsNone() throws Exception {
    sandbox.git("switch", "-q", "-c", "mine");
    Path other = folder.resolve("on a disk");
    sandbox.git("worktree", "add", "-q", other.toString(), "main");
    look(repository.tip());
    Files.move(other, folder.resolve("away"));
    look(merge("new.txt", "merged\n"));
    assertThat(checkouts.left()).isEmpty();
    Files.move(folder.resolve("away"), other);
    look(repository.tip());
    assertThat(read(other, "new.txt")).isEqualTo("merged\n");
  }

  // ── edits that are in the way ───────────────────────────────────────────────────────────────

  @Test
  void updateMergesEditsAsThoseOfTheCommitThatTheyWereMadeOn() throws Exception {
    twoLines();
    sandbox.write("a.txt", lines("mine", "last"));
    sandbox.write("staged.txt", "staged\n");
    sandbox.git("add", "staged.txt");
    look(merge("a.txt", lines("first", "merged")));
    look(merge("new.txt", "merged\n"));
    assertThat(checkouts.left()).hasSize(1);
    var updated = checkouts.update(repository.tip(), true);
    assertThat(updated.updated()).containsExactly(sandbox.repository.toString());
    assertThat(updated.stashed()).isEmpty();
    assertThat(read(sandbox.repository, "a.txt")).isEqualTo(lines("mine", "merged"));
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
    assertThat(sandbox.git("status", "--porcelain").lines())
        .containsExactlyInAnyOrder("M a.txt", "A  staged.txt");
    assertThat(sandbox.git("stash", "list")).isEmpty();
    assertThat(told()).isEmpty();
  }

  @Test
  void whereEditsConflictAllAreStashedSoThatTheyTakeNothingBack() throws Exception {
    twoLines();
    sandbox.write("a.txt", lines("first", "mine"));
    sandbox.write("b.txt", "mine\n");
    look(merge("a.txt", lines("first", "merged")));
    look(merge("new.txt", "merged\n"));
    var updated = checkouts.update(repository.tip(), true);
    assertThat(updated.left()).isEmpty();
    assertThat(updated.stashed())
        .singleElement()
        .satisfies(stashed -> assertThat(stashed.files()).containsExactly("a.txt"));
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(told()).extracting(Drift::kind).containsExactly("edits-stashed");
    start();
    assertThat(told()).as("after a restart, too").hasSize(1);
    assertThat(attempt("stash", "pop")).as("it conflicts").isFalse();
    assertThat(read(sandbox.repository, "a.txt")).contains("mine", "merged");
    assertThat(read(sandbox.repository, "b.txt")).isEqualTo("mine\n");
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo("merged\n");
    sandbox.git("stash", "drop", "-q");
    assertThat(told()).isEmpty();
  }

  /** Edits may be merged where what was staged of them conflicts. */
  @Test
  void whatWasStagedAndConflictsIsStashedThoughTheEditsAreMerged() throws Exception {
    twoLines();
    sandbox.write("a.txt", lines("first", "staged"));
    sandbox.git("add", "a.txt");
    sandbox.write("a.txt", lines("mine", "last"));
    look(merge("a.txt", lines("first", "merged")));
    var updated = checkouts.update(repository.tip(), true);
    assertThat(updated.left()).isEmpty();
    assertThat(read(sandbox.repository, "a.txt")).isEqualTo(lines("mine", "merged"));
    assertThat(sandbox.git("show", "stash@{0}^2:a.txt") + "\n").isEqualTo(lines("first", "staged"));
    assertThat(told())
        .singleElement()
        .satisfies(drift -> assertThat(drift.what()).contains("had staged"));
  }

  /** Git fails after it has stashed them, in one checkout of two. */
  @Test
  void whatIsStashedIsToldThoughItFailsThenAndTheOtherIsBroughtUp() throws Exception {
    sandbox.git("switch", "-q", "-c", "mine");
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    sandbox.git("worktree", "add", "-q", first.toString(), "main");
    sandbox.git("worktree", "add", "-q", "--force", second.toString(), "main");
    start();
    sandbox.git("config", "filter.f.required", "true");
    sandbox.git("config", "filter.f.clean", "cat");
    sandbox.git("config", "filter.f.smudge", "test -e mine && cat");
    Files.writeString(second.resolve("mine"), "");
    Files.writeString(first.resolve("a.txt"), "mine\n");
    Files.writeString(second.resolve("a.txt"), "mine\n");
    Files.writeString(sandbox.repository.resolve(".git/info/attributes"), "*.s filter=f\n");
    merge("new.s", "merged\n");
    String before = merge("a.txt", "merged\n");
    look(before);
    var updated = checkouts.update(repository.tip(), true);
    assertThat(updated.left()).extracting(MainCheckouts.Left::path).containsExactly(first);
    assertThat(updated.stashed()).hasSize(2);
    assertThat(read(second, "new.s")).isEqualTo("merged\n");
    start();
    assertThat(told()).extracting(Drift::kind).contains("edits-stashed");
  }

  @Test
  void unaskedOrWithAFileOfTheUsersInTheWayNothingIsCarried() throws Exception {
    twoLines();
    sandbox.write("a.txt", lines("mine", "last"));
    sandbox.write("new.txt", "mine\n");
    look(merge("a.txt", lines("first", "merged")));
    look(merge("new.txt", "merged\n"));
    var before = sandbox.checkout();
    checkouts.update(repository.tip(), false);
    var updated = checkouts.update(repository.tip(), true);
    assertThat(updated.left())
        .singleElement()
        .satisfies(left -> assertThat(left.why()).contains("new.txt"));
    assertThat(sandbox.checkout()).isEqualTo(before);
    assertThat(sandbox.repository.resolve(".git/index.lock")).doesNotExist();
  }

  /** Git spares what is untracked only where it is not ignored. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "data | mkdir data && echo mine > data/mine",
        "data | mkdir -p data/a/.git && echo mine > data/a/.git/mine",
        "data | echo mine > data",
        "data | ln -s /mine data",
        "data/in/new.txt | echo mine > data",
        "data/in/new.txt | mkdir -p data/in/new.txt && echo mine > data/in/new.txt/mine",
        "data/in/new.txt | mkdir data && ln -s /mine data/in",
        "dat\u00e4/\u4f8b.txt | mkdir dat\u00e4 && echo mine > dat\u00e4/\u4f8b.txt"
      })
  void whatIsIgnoredIsTheUsersAllTheSame(String situation) throws Exception {
    String path = situation.substring(0, situation.indexOf(" | "));
    sandbox.write(".gitignore", "data\n/dat*/\n");
    sandbox.commit("Ignore");
    start();
    TestRepository.run(
        sandbox.repository, "sh", "-c", situation.substring(situation.indexOf(" | ") + 3));
    String listed = "find dat* -exec stat -c '%n %F %s' {} +";
    String before = TestRepository.run(sandbox.repository, "sh", "-c", listed);
    look(merge(path, "merged, and larger\n"));
    assertThat(TestRepository.run(sandbox.repository, "sh", "-c", listed)).isEqualTo(before);
    assertThat(checkouts.left())
        .singleElement()
        .satisfies(left -> assertThat(left.why()).contains("in the way: dat"));
    checkouts.update(repository.tip(), true);
    assertThat(TestRepository.run(sandbox.repository, "sh", "-c", listed)).isEqualTo(before);
    TestRepository.run(sandbox.repository, "sh", "-c", "rm -rf dat*");
    assertThat(checkouts.update(repository.tip(), true).left()).isEmpty();
    assertThat(read(sandbox.repository, path)).isEqualTo("merged, and larger\n");
  }

  /** A plain commit would take the merged lines back. */
  @ParameterizedTest
  @ValueSource(strings = {"commit", "commit of another file", "update", "update, conflict"})
  void whatIsStagedOfMergedFilesIsBehindUntilItIsCarriedAlong(String then) throws Exception {
    twoLines();
    sandbox.write("a.txt", lines("mine", "last"));
    sandbox.git("add", "a.txt");
    boolean conflict = then.endsWith("conflict");
    merge("a.txt", lines(conflict ? "theirs" : "first", "merged"), () -> {}, () -> {});
    assertThat(told()).extracting(Drift::kind).containsExactly("checkout-behind");
    if (then.equals("commit of another file")) {
      String before = repository.tip();
      sandbox.write("b.txt", "mine\n");
      sandbox.git("commit", "-q", "-m", "Mine", "b.txt");
      look(before);
      assertThat(told()).extracting(Drift::kind).containsExactly("checkout-behind");
      then = "update";
    }
    if (then.equals("commit")) {
      String before = repository.tip();
      sandbox.git("commit", "-q", "-m", "Mine");
      look(before);
      assertThat(told()).extracting(Drift::kind).containsExactly("work-taken-back");
      return;
    }
    var updated = checkouts.update(repository.tip(), true);
    assertThat(updated.left()).isEmpty();
    assertThat(updated.stashed()).hasSize(conflict ? 1 : 0);
    assertThat(read(sandbox.repository, "a.txt"))
        .isEqualTo(conflict ? lines("theirs", "merged") : lines("mine", "merged"));
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo(conflict ? "" : "M  a.txt");
  }

  /** Made on what is there, they take nothing back. */
  @ParameterizedTest
  @ValueSource(strings = {"after a commit", "after two commits", "after a crash"})
  void whatIsStagedOfTheSameFilesLaterIsNotBehind(String when) {
    String before = repository.tip();
    if (when.endsWith("crash")) {
      String commit = made("a.txt", "merged\n");
      checkouts.lead(before, commit);
      sandbox.git("update-ref", "-m", "hivedeck: Merge", MAIN, commit);
    } else {
      sandbox.write("a.txt", "mine\n");
      sandbox.git("commit", "-q", "-am", "Mine");
    }
    if (when.endsWith("two commits")) {
      mine("mine, too\n");
    }
    sandbox.write("a.txt", "more\n");
    sandbox.git("add", "a.txt");
    start(before);
    assertThat(told()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("M  a.txt");
    look(merge("new.txt", "merged\n"));
    assertThat(told()).isEmpty();
  }

  private void twoLines() {
    String before = repository.tip();
    sandbox.write("a.txt", lines("first", "last"));
    sandbox.commit("Many lines");
    look(before);
  }

  /** The line at the top of a file and the one at its end. */
  private static String lines(String first, String last) {
    return first + "\n1\n2\n3\n4\n5\n6\n" + last + "\n";
  }

  @Test
  void aStashOfACheckoutThatWasLeftIsToldWhenItIsOnMain() throws Exception {
    twoLines();
    sandbox.write("a.txt", lines("mine", "last"));
    look(merge("a.txt", lines("first", "merged")));
    sandbox.git("stash", "-q");
    look(repository.tip());
    assertThat(told()).isEmpty();
    sandbox.git("stash", "pop", "-q");
    String before = repository.tip();
    sandbox.git("commit", "-q", "-am", "Mine");
    look(before);
    assertThat(sandbox.git("show", "main:a.txt")).as("taken back").doesNotContain("merged");
    assertThat(told()).extracting(Drift::kind).containsExactly("work-taken-back");
  }

  @Test
  void whatTheUserRevertsOrChangesOfMergedWorkIsMeant() {
    wanted = false;
    look(merge("a.txt", "merged\n"));
    look(merge("b.txt", "merged\n"));
    sandbox.git("reset", "-q", "--hard");
    look(repository.tip());
    String before = repository.tip();
    sandbox.git("revert", "-n", "HEAD");
    sandbox.git("commit", "-q", "-m", "Not this one");
    sandbox.write("a.txt", "better\n");
    sandbox.git("commit", "-q", "-am", "Better");
    look(before);
    assertThat(told()).isEmpty();
  }
}
