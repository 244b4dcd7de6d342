package dev.hivedeck.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.Sandbox;
import dev.hivedeck.engine.protocol.Views.Drift;
import dev.hivedeck.engine.worktree.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The user's checkouts of main come along with it, and nothing of the user's is lost by that. */
class CheckoutsTest {
  private static final String MAIN = "refs/heads/main";

  @TempDir Path folder;
  private final MemoryNotes notes = new MemoryNotes();
  private boolean wanted = true;
  private Sandbox sandbox;
  private Repository repository;
  private Checkouts checkouts;

  @BeforeEach
  void repository() {
    sandbox = new Sandbox(folder);
    sandbox.write("a.txt", "a\n");
    sandbox.write("b.txt", "b\n");
    sandbox.commit("Two files");
    repository = Repository.open(sandbox.repository, null);
    start();
  }

  /** As an engine does that starts, perhaps after a crash. */
  private void start() {
    start(repository.tip());
  }

  /**
   * @param before where main was when the last engine looked
   */
  private void start(String before) {
    checkouts = new Checkouts(notes, repository, folder.resolve("trees"), () -> wanted, true);
    look(before);
  }

  private void look(String before) {
    checkouts.follow(new Checkouts.Move(before, repository.tip(), true));
  }

  /** Moves main as a merge does; nobody has told the checkouts yet. */
  private String merge(String path, String text) {
    String before = repository.tip();
    Path index = folder.resolve("index");
    String blob = sandboxWith("hash-object", text);
    Sandbox.run(
        sandbox.repository,
        "sh",
        "-c",
        ("export GIT_INDEX_FILE='%s'; git read-tree main &&"
                + " git update-index --add --cacheinfo 100644,%s,'%s' &&"
                + " git update-ref -m 'hivedeck: Merge' refs/heads/main"
                + " $(git commit-tree -p main -m Merge $(git write-tree))")
            .formatted(index, blob, path));
    return before;
  }

  /** Moves main as the engine does, with what a user does on the way. */
  private void merge(String path, String text, Runnable ahead, Runnable behind) {
    String before = repository.tip();
    String commit = made(path, text);
    checkouts.lead(before, commit);
    ahead.run();
    boolean moved = attempt("update-ref", "-m", "hivedeck: Merge", MAIN, commit, before);
    checkouts.led();
    behind.run();
    look(moved ? before : repository.tip());
  }

  /** The merge that main is to be moved to. */
  private String made(String path, String text) {
    String before = merge(path, text);
    String commit = repository.tip();
    sandbox.git("update-ref", "-m", "hivedeck: Test", MAIN, before);
    return commit;
  }

  /** As a user does it, who is told where it fails. */
  private boolean attempt(String... git) {
    var command = new ArrayList<>(List.of("sh", "-c", "git \"$@\" >&2 && echo done || true", "sh"));
    command.addAll(List.of(git));
    return Sandbox.run(sandbox.repository, command.toArray(String[]::new)).contains("done");
  }

  private void mine(String text) {
    sandbox.write("b.txt", text);
    sandbox.git("commit", "-q", "-am", "Mine");
  }

  private String sandboxWith(String command, String text) {
    Path file = folder.resolve("text");
    try {
      Files.writeString(file, text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return sandbox.git(command, "-w", file.toString());
  }

  private String read(Path checkout, String path) throws Exception {
    return Files.readString(checkout.resolve(path));
  }

  private List<Drift> told() {
    return checkouts.find(() -> {}, (commit, since, main) -> {}).stream()
        .map(Reconciler.Found::drift)
        .toList();
  }

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

  /** Git lists the git folder in place of such a working tree. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "git init -q --separate-git-dir=../elsewhere",
        "mv .git ../elsewhere; ln -s ../elsewhere .git",
        "mv .git ../elsewhere; echo 'gitdir: ../elsewhere' > .git; git config core.worktree '../their repo'"
      })
  void soDoesOneWhoseGitFolderLiesElsewhere(String how) throws Exception {
    Sandbox.run(sandbox.repository, "sh", "-c", how);
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
    Sandbox.run(
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
    Sandbox.run(
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
    assertThat(Sandbox.run(other, "git", "status", "--porcelain")).isEmpty();
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
    Sandbox.run(sandbox.repository, "sh", "-c", "git merge -q other || true");
    look(merge("new.txt", "merged\n"));
    assertThat(checkouts.left())
        .singleElement()
        .extracting(Checkouts.Left::why)
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
        .extracting(Checkouts.Left::why)
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
    checkouts = new Checkouts(notes, repository, folder.resolve("trees"), () -> wanted, false);
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

  // ── what a user does while main is moved ────────────────────────────────────────────────────

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

  /** Its git was killed with the engine: its files are of before. */
  @ParameterizedTest
  @ValueSource(strings = {"commit", "branch", "stash", "squash"})
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
    if (how.equals("commit")) {
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
