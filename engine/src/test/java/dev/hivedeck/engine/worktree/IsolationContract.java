package dev.hivedeck.engine.worktree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.DiffExcerpt;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.git.repository.KeptCommit;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Work is never lost, and what is the user's is never touched, whatever attempts work in. */
abstract class IsolationContract extends AttemptFixture {
  @Test
  void removingAWorktreeKeepsIndexFilesAndUntracked() throws IOException {
    var tree = create("T-1.1");
    write(tree, "README.md", "staged\n");
    TestRepository.run(tree.path(), "git", "add", "README.md");
    write(tree, "README.md", "edited after staging\n");
    write(tree, "deep/new file ü.txt", "untracked\n");
    worktrees.remove(tree, "a test", told::add);

    assertThat(tree.path()).doesNotExist();
    var work = kept.list().getFirst();
    assertThat(work.why()).isEqualTo("a test");
    assertThat(work.files()).isEqualTo(2);
    assertThat(show(work.ref() + ":README.md")).isEqualTo("edited after staging");
    assertThat(show(work.ref() + ":deep/new file ü.txt")).isEqualTo("untracked");
    assertThat(show(work.ref() + "^2:README.md")).as("the index, too").isEqualTo("staged");
    sandbox.git("gc", "-q", "--prune=now");
    assertThat(kept.restore(work.ref(), "back")).isEqualTo("back");
    assertThat(show("back:README.md")).isEqualTo("edited after staging");
  }

  @Test
  void keepingChangesNothingInTheWorktree() throws IOException {
    var tree = create("T-1.1");
    write(tree, "new.txt", "x\n");
    String before = TestRepository.run(tree.path(), "git", "status", "--porcelain");
    assertThat(commits.keep(tree, "look", told::add)).isPresent();
    assertThat(TestRepository.run(tree.path(), "git", "status", "--porcelain")).isEqualTo(before);
  }

  @Test
  void commitsOnADetachedHeadAreKept() throws IOException {
    var tree = create("T-1.1");
    TestRepository.run(tree.path(), "git", "checkout", "-q", "--detach");
    write(tree, "lost.txt", "not lost\n");
    TestRepository.run(tree.path(), "git", "add", "-A");
    TestRepository.run(tree.path(), "git", "commit", "-q", "-m", "on no branch");
    worktrees.remove(tree, "a test", told::add);
    assertThat(show(kept.list().getFirst().ref() + ":lost.txt")).isEqualTo("not lost");
  }

  @Test
  void theTipOfAnEarlierAttemptIsKeptWhenItsBranchMovesOn() throws IOException {
    var first = create("T-1.1");
    write(first, "a.txt", "first\n");
    String tip = commits.commitAll(first, "T-1: first", TRAILERS, told::add).orElseThrow();
    worktrees.remove(first, "over", told::add);
    var second = create("T-1.2");
    assertThat(second.branch()).isEqualTo(first.branch());
    assertThat(kept.list()).extracting(KeptCommit::commit).contains(tip);
  }

  @Test
  void aFolderThatHivedeckDidNotMakeIsLeftAlone() throws IOException {
    Path theirs = folder.resolve("theirs");
    sandbox.git("worktree", "add", "-q", "-b", "mine", theirs.toString());
    Files.writeString(theirs.resolve("work.txt"), "mine\n");
    assertThat(worktrees.list()).isEmpty();
    for (Path path : new Path[] {theirs, sandbox.repository, folder.resolve("trees")}) {
      var refusal =
          catchThrowableOfType(
              HiveException.class, () -> worktrees.remove(at(path), "no", told::add));
      assertThat(refusal.code()).isEqualTo("not-ours");
    }
    assertThat(theirs.resolve("work.txt")).exists();
  }

  private static AttemptFolder at(Path folder) {
    return new AttemptFolder(folder, "", "", "", "", "");
  }

  @Test
  void whoComesLateDoesNotRemoveTheFolderOfTheNextAttempt() throws Exception {
    var one = create("T-1.1");
    worktrees.remove(one, "T-1.2 begins", told::add);
    var two = create("T-1.2");
    assertThat(two.path()).isEqualTo(one.path());
    write(two, "a.txt", "two\n");
    worktrees.remove(one, "stopped", told::add);
    worktrees.removeLeft();
    assertThat(two.path().resolve("a.txt")).exists();

    var process = new ProcessBuilder("sleep", "30").directory(two.path().toFile()).start();
    assertThatThrownBy(() -> worktrees.remove(two, "over", told::add))
        .isInstanceOf(HiveException.class);
    var three = create("T-1.3");
    process.destroyForcibly().waitFor();
    assertThat(three.path()).as("beside the one that is in use").isNotEqualTo(two.path());
    worktrees.removeLeft();
    assertThat(two.path()).doesNotExist();
    assertThat(three.path()).exists();
  }

  @Test
  void aBranchThatTheUserLooksAtStaysUntilItIsFree() throws Exception {
    var tree = create("T-1.1");
    write(tree, "a.txt", "x\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    worktrees.remove(tree, "over", told::add);
    sandbox.git("switch", "-q", tree.branch());
    mainline.merge(work(head), (b, m) -> true);
    mainline.clear("T-1", tree.branch());
    assertThat(sandbox.git("rev-parse", "HEAD")).isEqualTo(head);
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    sandbox.git("switch", "-q", "main");
    mainline.clear("T-1", tree.branch());
    assertThat(sandbox.git("branch", "--list", "hive/*")).isEmpty();
  }

  /** Three folders, one of them in the worktree. */
  private AttemptFolder ofOneFolder() {
    sandbox.write("in/deep/a.txt", "a\n");
    sandbox.write("in/beside.txt", "beside\n");
    sandbox.write("in/other/c.txt", "c\n");
    sandbox.write("out/b.txt", "b\n");
    sandbox.write("out/[1].txt", "one\n");
    sandbox.commit("Folders");
    sandbox.git("config", "extensions.worktreeConfig", "true");
    sparse = List.of("in/deep");
    open();
    return create("T-1.1");
  }

  @Test
  void aWorktreeHasTheFoldersThatTheConfigurationNames() throws Exception {
    var tree = ofOneFolder();
    for (String there : List.of("README.md", "in/beside.txt", "in/deep/a.txt")) {
      assertThat(tree.path().resolve(there)).exists();
    }
    assertThat(tree.path().resolve("in/other")).doesNotExist();
    assertThat(tree.path().resolve("out")).doesNotExist();
    assertThat(TestRepository.run(tree.path(), "git", "status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.repository.resolve("out/b.txt")).exists();
    write(tree, "in/deep/a.txt", "changed\n");
    write(tree, "out/b.txt", "changed\n");
    write(tree, "new/n.txt", "new\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    assertThat(sandbox.git("diff", "--name-status", "main", head).lines())
        .containsExactly("M\tin/deep/a.txt", "A\tnew/n.txt", "M\tout/b.txt");
    try (var checkouts = worktrees.checkouts("gate", head, tree.path())) {
      assertThat(checkouts.differences()).isEmpty();
      assertThat(checkouts.clean().resolve("in/other/c.txt")).as("a gate has all").exists();
      assertThat(checkouts.own().resolve("in/other/c.txt")).doesNotExist();
    }
    // It is worked on: what was not there still is not deleted.
    write(tree, "in/deep/a.txt", "again\n");
    Files.delete(tree.path().resolve("in/beside.txt"));
    String next = commits.commitAll(tree, "T-1: y", TRAILERS, told::add).orElseThrow();
    assertThat(sandbox.git("diff", "--name-status", head, next).lines())
        .containsExactly("D\tin/beside.txt", "M\tin/deep/a.txt");
  }

  @Test
  void whatAnAgentMergesOutsideOfItsFoldersIsNotDeleted() throws Exception {
    var tree = ofOneFolder();
    sandbox.write("out/b.txt", "main's\n");
    sandbox.write("out/new.txt", "main's\n");
    sandbox.commit("Main goes on");
    String main = sandbox.git("rev-parse", "main");
    for (String step : List.of("", "rm -f \"$(git rev-parse --git-dir)/index\"")) {
      TestRepository.run(
          tree.path(),
          "sh",
          "-c",
          "git -c user.name=a -c user.email=a@localhost merge -q --no-edit "
              + main
              + "; echo more >> in/deep/a.txt; "
              + step);
      String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
      assertThat(sandbox.git("diff", "--name-status", "main", head)).isEqualTo("M\tin/deep/a.txt");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "git sparse-checkout disable; rm out/b.txt | D out/b.txt",
        "git sparse-checkout disable; rm out/b.txt; git commit -qam x | D out/b.txt",
        "git sparse-checkout add out; rm -r out | D out/[1].txt, D out/b.txt",
        "git rm -q --sparse out/b.txt | D out/b.txt",
        "git rm -q --sparse out/b.txt; git commit -qm x | D out/b.txt",
        "git mv --sparse out/b.txt in/deep/b.txt | R100 out/b.txt in/deep/b.txt",
        "git mv --sparse out/b.txt in/deep/b.txt; git commit -qm x"
            + " | R100 out/b.txt in/deep/b.txt",
        "git sparse-checkout set in/other; echo x > in/other/c.txt | M in/other/c.txt",
      })
  void whatIsDeletedOrMovedOutsideOfItsFoldersIsSo(String script, String changes) throws Exception {
    var tree = ofOneFolder();
    agent(tree, script);
    assertThat(commits.diff(tree.path(), tree.base(), DiffExcerpt.of(0)).files())
        .hasSize(changes.split(", ").length);
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    assertThat(changes("main", head)).isEqualTo(changes);
    write(tree, "more.txt", "more\n");
    String next = commits.commitAll(tree, "T-1: y", TRAILERS, told::add).orElseThrow();
    assertThat(changes(head, next)).isEqualTo("A more.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rm", "truncate -s 0", "truncate -s 100"})
  void whereItsIndexIsBrokenWhatIsOutsideStays(String breaking) throws Exception {
    var tree = ofOneFolder();
    agent(tree, breaking + " \"$(git rev-parse --git-dir)/index\"; echo x > in/deep/a.txt");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    assertThat(changes("main", head)).isEqualTo("M in/deep/a.txt");
  }

  @Test
  void whatAnAgentLeavesOutItselfIsNeverDeleted() throws Exception {
    sandbox.write("in/a.txt", "a\n");
    sandbox.write("out/b.txt", "b\n");
    sandbox.commit("Two folders");
    sandbox.git("config", "extensions.worktreeConfig", "true");
    open();
    var tree = create("T-1.1");
    agent(tree, "git sparse-checkout set in");
    assertThat(tree.path().resolve("out/b.txt")).doesNotExist();
    String before = "main";
    for (String text : List.of("one", "two", "three")) {
      write(tree, "in/a.txt", text);
      String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
      assertThat(changes(before, head)).isEqualTo("M in/a.txt");
      before = head;
    }
  }

  @Test
  void gitInTheWorktreeSeesWhatIsWrittenOutsideOfItsFolders() throws Exception {
    var tree = ofOneFolder();
    write(tree, "out/b.txt", "changed\n");
    assertThat(TestRepository.run(tree.path(), "git", "status", "--porcelain").strip())
        .isEqualTo("M out/b.txt");
    agent(tree, "git add --sparse out/b.txt && git commit -qm x");
    assertThat(TestRepository.run(tree.path(), "git", "status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("config", "--default", "false", "--get", "core.sparseCheckout"))
        .isEqualTo("false");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    assertThat(changes("main", head)).isEqualTo("M out/b.txt");
  }

  private static void agent(AttemptFolder tree, String script) {
    String who = "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@localhost";
    TestRepository.run(
        tree.path(),
        "sh",
        "-ec",
        who + "; export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@localhost; " + script);
  }

  private String changes(String from, String to) {
    return sandbox
        .git("diff", "--name-status", "-M", from, to)
        .lines()
        .map(line -> line.replace('\t', ' '))
        .collect(Collectors.joining(", "));
  }

  @Test
  void whatIsLeftOutOfASparseCheckoutIsThereForGatesAndNoDifference() throws Exception {
    sandbox.write("in/a.txt", "a\n");
    sandbox.write("out/b.txt", "b\n");
    sandbox.commit("Two folders");
    sandbox.git("sparse-checkout", "set", "in");
    open();
    var tree = create("T-1.1");
    assertThat(tree.path().resolve("out/b.txt")).doesNotExist();
    write(tree, "in/a.txt", "changed\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    try (var checkouts = worktrees.checkouts("gate", head, tree.path())) {
      assertThat(checkouts.differences()).isEmpty();
      assertThat(checkouts.own().resolve("out/b.txt")).doesNotExist();
      for (int gate = 1; gate <= 2; gate++) {
        assertThat(checkouts.clean().resolve("out/b.txt")).as("gate %d", gate).exists();
      }
      write(tree, "out/b.txt", "not committed\n");
      Files.delete(tree.path().resolve("in/a.txt"));
    }
    try (var checkouts = worktrees.checkouts("gate", head, tree.path())) {
      assertThat(checkouts.differences()).containsExactly("in/a.txt", "out/b.txt");
    }
  }

  @Test
  void aWorktreeThatALiveProcessUsesIsLeftAlone() throws Exception {
    var tree = create("T-1.1");
    var process = new ProcessBuilder("sleep", "60").directory(tree.path().toFile()).start();
    try {
      assertThatThrownBy(() -> worktrees.remove(tree, "no", told::add))
          .hasMessageContaining(Long.toString(process.pid()));
      assertThat(tree.path()).exists();
    } finally {
      process.destroyForcibly().waitFor();
    }
    worktrees.remove(tree, "now", told::add);
    assertThat(tree.path()).doesNotExist();
  }

  @Test
  void aWorktreeThatCouldNotBeRemovedGoesOnceItCan() throws Exception {
    var tree = create("T-1.1");
    write(tree, "new.txt", "work\n");
    var process = new ProcessBuilder("sleep", "30").directory(tree.path().toFile()).start();
    assertThat(worktrees.list()).extracting("attempt").containsExactly("T-1.1");
    assertThat(worktrees.left()).as("who works there has yet to remove it").isEmpty();
    assertThatThrownBy(() -> worktrees.remove(tree, "over", told::add))
        .isInstanceOf(HiveException.class);
    assertThat(worktrees.left()).extracting("attempt").containsExactly("T-1.1");
    worktrees.removeLeft();
    assertThat(tree.path()).as("somebody is in it still").exists();
    process.destroyForcibly().waitFor();
    worktrees.removeLeft();

    assertThat(tree.path()).doesNotExist();
    assertThat(show(kept.list().getFirst().ref() + ":new.txt")).isEqualTo("work");
  }

  @Test
  void aBranchOfTheSameNameThatIsSomebodyElsesIsRefused() {
    sandbox.git("branch", "hive/T-1-make-it");
    var refusal = catchThrowableOfType(HiveException.class, () -> create("T-1.1"));
    assertThat(refusal.code()).isEqualTo("branch-in-use");
    assertThat(refusal.hint()).contains("git branch -m");
  }

  @Test
  void anUnmergedBranchIsNeverDeleted() throws Exception {
    var tree = create("T-1.1");
    write(tree, "a.txt", "x\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    mainline.clear(tree.task(), tree.branch());
    assertThat(sandbox.git("rev-parse", tree.branch())).isEqualTo(head);
    mainline.merge(work(head), (base, merge) -> true);
    worktrees.remove(tree, "merged", told::add);
    mainline.clear(tree.task(), tree.branch());
    assertThat(sandbox.git("branch", "--list", tree.branch())).isEmpty();
  }

  @Test
  void theUsersHooksDoNotRun() throws Exception {
    for (String hook :
        new String[] {
          "pre-commit", "commit-msg", "post-checkout", "reference-transaction", "pre-merge-commit"
        }) {
      Path file = sandbox.repository.resolve(".git/hooks/" + hook);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "#!/bin/sh\ntouch \"" + folder.resolve("hook-ran") + "\"\nexit 1\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    var tree = create("T-1.1");
    write(tree, "a.txt", "x\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    assertThat(mainline.merge(work(head), (b, m) -> true)).isInstanceOf(MergeResult.Merged.class);
    worktrees.remove(tree, "done", told::add);
    assertThat(folder.resolve("hook-ran")).doesNotExist();
  }

  @Test
  void aMergeMovesMainAndLeavesTheUsersCheckoutOfMainAsItIs() throws Exception {
    sandbox.write("mine.txt", "not committed\n");
    var before = sandbox.checkout();
    String since = repository.tip();
    var tree = create("T-1.1");
    write(tree, "a.txt", "merged\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    var merged =
        (MergeResult.Merged)
            mainline.merge(work(head), (base, merge) -> show(merge + ":a.txt").equals("merged"));
    assertThat(repository.tip()).isEqualTo(merged.commit());
    assertThat(repository.mergeOf(head)).contains(merged.commit());
    assertThat(sandbox.checkout()).isEqualTo(before);
    assertThat(checkout().behind(since)).isEqualTo(1);
    assertThat(checkout().lags(since, repository.tip())).isTrue();

    assertThat(checkout().update(since, repository.tip())).isEmpty();
    assertThat(Files.readString(sandbox.repository.resolve("a.txt"))).isEqualTo("merged\n");
    assertThat(Files.readString(sandbox.repository.resolve("mine.txt")))
        .isEqualTo("not committed\n");
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo("?? mine.txt");
  }

  @Test
  void updatingACheckoutWithAnEditInTheWayChangesNothing() throws Exception {
    String since = repository.tip();
    var tree = create("T-1.1");
    write(tree, "README.md", "theirs\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    mainline.merge(work(head), (b, m) -> true);
    sandbox.write("README.md", "mine\n");
    var before = sandbox.checkout();
    assertThat(checkout().update(since, repository.tip()).orElseThrow().why())
        .contains("README.md");
    assertThat(sandbox.checkout()).isEqualTo(before);
  }

  @Test
  void aConflictShowsBothSidesAndMainStays() throws Exception {
    var one = create("T-1.1");
    write(one, "README.md", "one\n");
    String first = commits.commitAll(one, "T-1: one", TRAILERS, told::add).orElseThrow();
    var two = worktrees.create("T-2", "T-2.1", "", repository.tip(), told::add);
    write(two, "README.md", "two\n");
    String second = commits.commitAll(two, "T-2: two", TRAILERS, told::add).orElseThrow();
    mainline.merge(work(first), (b, m) -> true);
    String tip = repository.tip();
    var conflict = (MergeResult.Conflict) mainline.merge(work(second), (b, m) -> true);
    assertThat(conflict.files())
        .containsExactly(new MergeResult.ConflictFile("README.md", "one\n", "two\n"));
    assertThat(repository.tip()).isEqualTo(tip);
  }

  @Test
  void aRefusedMergeLeavesMainAndNoWorktree() throws Exception {
    var tree = create("T-1.1");
    write(tree, "a.txt", "x\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    String tip = repository.tip();
    assertThat(mainline.merge(work(head), (b, m) -> false)).isInstanceOf(MergeResult.Refused.class);
    assertThat(repository.tip()).isEqualTo(tip);
    assertThat(worktrees.list()).hasSize(1);
  }

  @Test
  void mainThatMovesMeanwhileIsMergedOnto() throws Exception {
    var tree = create("T-1.1");
    write(tree, "a.txt", "x\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    var moves = new int[1];
    mainline.merge(
        work(head),
        (base, merge) -> {
          if (moves[0]++ == 0) {
            sandbox.write("user.txt", "the user's own commit\n");
            sandbox.commit("The user goes on");
          }
          return true;
        });
    assertThat(moves[0]).isEqualTo(2);
    assertThat(show("main:user.txt")).isEqualTo("the user's own commit");
    assertThat(show("main:a.txt")).isEqualTo("x");
  }

  @Test
  void oddNamesBinaryFilesAndLineEndsAreShownAsTheyAre() throws Exception {
    sandbox.write("old name.txt", "one\ntwo\nthree\nfour\nfive\n");
    sandbox.write("crlf.txt", "a\r\nb\r\n");
    sandbox.write("gone.txt", "gone\n");
    sandbox.commit("Odd files");
    var tree = create("T-1.1");
    write(tree, "tab\tand \"quote\" ü 日本.txt", "odd\n");
    Files.write(tree.path().resolve("image.bin"), new byte[] {0, 1, 2, (byte) 255, 0});
    write(tree, "crlf.txt", "a\r\nB\r\n");
    Files.delete(tree.path().resolve("gone.txt"));
    Files.move(tree.path().resolve("old name.txt"), tree.path().resolve("new name.txt"));
    var live = commits.diff(tree.path(), tree.base(), DiffExcerpt.of(1_000));
    String head = commits.commitAll(tree, "T-1: odd", TRAILERS, told::add).orElseThrow();
    var diff = Diffs.between(repository.git(), tree.base(), head, 1_000);
    assertThat(live.files()).isEqualTo(diff.files());
    var files = diff.files().stream().collect(Collectors.toMap(Query.FileDiff::path, f -> f));
    assertThat(files.get("tab\tand \"quote\" ü 日本.txt").additions()).isEqualTo(1);
    assertThat(files.get("image.bin").binary()).isTrue();
    assertThat(files.get("gone.txt").status()).isEqualTo("deleted");
    assertThat(files.get("new name.txt").status()).isEqualTo("renamed");
    assertThat(files.get("new name.txt").oldPath()).isEqualTo("old name.txt");
    assertThat(files.get("crlf.txt").hunks().getFirst().lines())
        .extracting(Query.DiffLine::kind, Query.DiffLine::text)
        .contains(
            org.assertj.core.groups.Tuple.tuple("-", "b\r"),
            org.assertj.core.groups.Tuple.tuple("+", "B\r"));
    assertThat(repository.stat(tree.base(), head).files()).isGreaterThanOrEqualTo(5);
  }

  @Test
  void aHugeDiffIsCutAndSaysSo() throws Exception {
    var tree = create("T-1.1");
    write(tree, "huge.txt", "line\n".repeat(100_000));
    String head = commits.commitAll(tree, "T-1: huge", TRAILERS, told::add).orElseThrow();
    var diff = Diffs.between(repository.git(), tree.base(), head, 1_000);
    assertThat(diff.truncated()).isTrue();
    assertThat(diff.files().getFirst().additions()).isEqualTo(100_000);
  }

  @Test
  void aUserWithoutANameIsNotStopped() throws Exception {
    sandbox.git("config", "--unset", "user.name");
    sandbox.git("config", "--unset", "user.email");
    sandbox.git("config", "user.useConfigOnly", "true");
    open();
    var tree = worktrees.create("T-1", "T-1.1", "", "main", told::add);
    write(tree, "a.txt", "x\n");
    assertThat(commits.commitAll(tree, "T-1: x", TRAILERS, told::add)).isPresent();
  }

  /** A crash or a full disk may cut the mark off; the worktree is still ours by its place. */
  @Test
  void aWorktreeWhoseMarkWasCutOffIsStillListedAndRemoved() throws Exception {
    var tree = create("T-1.1");
    write(tree, "a.txt", "not lost\n");
    folders.notes(tree.path()).write("mark", tree.branch() + "\n");
    assertThat(worktrees.list()).extracting(AttemptFolder::attempt).containsExactly("T-1");
    worktrees.remove(tree, "cut off", told::add);
    assertThat(worktrees.list()).isEmpty();
    assertThat(show(kept.list().getFirst().ref() + ":a.txt")).isEqualTo("not lost");
  }

  @Test
  void aBranchThatIsDeletedUnderAWorktreeIsMadeAgainWhereItWas() throws Exception {
    var tree = create("T-1.1");
    write(tree, "first.txt", "committed\n");
    String first = commits.commitAll(tree, "T-1: first", TRAILERS, told::add).orElseThrow();
    write(tree, "second.txt", "not yet\n");
    sandbox.git("update-ref", "-d", "refs/heads/" + tree.branch());
    assertThat(commits.checkpoint(tree, "T-1 (checkpoint)", TRAILERS, told::add)).isPresent();
    sandbox.git("update-ref", "-d", "refs/heads/" + tree.branch());
    String head = commits.commitAll(tree, "T-1: second", TRAILERS, told::add).orElseThrow();
    assertThat(sandbox.git("rev-parse", head + "^")).isEqualTo(first);
    assertThat(mainline.merge(work(head), (b, m) -> true)).isInstanceOf(MergeResult.Merged.class);
  }

  @Test
  void aProbeTellsWhatIsWrongOutside() throws Exception {
    var tree = create("T-1.1");
    String[] before = folder.resolve("trees").toFile().list();
    worktrees.probe(tree.path());
    assertThat(folder.resolve("trees").toFile().list()).containsExactlyInAnyOrder(before);

    String tip = repository.tip();
    sandbox.git("update-ref", "-d", "refs/heads/main");
    assertThat(refusal(tree)).extracting(HiveException::code).isEqualTo("no-main");
    sandbox.git("update-ref", "refs/heads/main", tip);
    worktrees.probe(tree.path());

    TestRepository.run(folder, "rm", "-r", tree.path().toString());
    assertThat(refusal(tree)).extracting(HiveException::code).isEqualTo("no-folder");
  }

  private HiveException refusal(AttemptFolder tree) {
    return catchThrowableOfType(HiveException.class, () -> worktrees.probe(tree.path()));
  }

  @Test
  void aLockThatAKilledGitLeftIsNamedWithWhatToDo() throws Exception {
    Path lock = repository.common().resolve("refs/heads/main.lock");
    Files.writeString(lock, "");
    String head = repository.tip();
    var refusal =
        catchThrowableOfType(
            HiveException.class,
            () -> repository.git().must("update-ref", "refs/heads/main", head, head));
    assertThat(refusal.code()).isEqualTo("repository-locked");
    assertThat(refusal.outage()).isTrue();
    assertThat(refusal.getMessage()).contains("main.lock");
    assertThat(refusal.hint()).contains("remove");
  }

  @ParameterizedTest
  @CsvSource({
    "disk-full, 'error: unable to write file a.txt: No space left on device'",
    "disk-full, 'fatal: sha1 file .git/index.lock write error. Out of diskspace'",
    "repository-unwritable, 'error: unable to create temporary file: Permission denied'",
    "repository-unwritable, \"fatal: cannot lock ref 'x': Read-only file system\"",
    "repository-unwritable, 'error: unable to write file out/a.txt'",
    "repository-unwritable, \"fatal: cannot update ref 'HEAD': couldn't write 'HEAD.lock'\"",
    "disk-failed, 'fatal: loose object is corrupt: Input/output error'",
    "git-failed, 'fatal: bad object abc'",
  })
  void whatGitSaysIsToldApart(String code, String said) {
    var result = new Git.Result(128, new byte[0], said);
    assertThat(repository.git().failed(result, "commit").code()).isEqualTo(code);
  }

  /** Only a signal is a signal: git says 129 of a usage that it does not know, or of a commit. */
  @ParameterizedTest
  @CsvSource({
    "git-failed, 128, 'fatal: bad revision'",
    "git-failed, 128, ''",
    "git-failed, 129, 'error: no such commit abc'",
    "git-failed, 129, 'usage: git for-each-ref'",
    "git-failed, 1, ''",
    "git-failed, 255, ''",
    "git-killed, 129, ''",
    "git-killed, 134, 'BUG: out of ideas'",
    "git-killed, 137, ''",
    "git-killed, 143, ''",
  })
  void anExitStatusIsReadForWhatItIs(String code, int exit, String said) {
    var refusal = repository.git().failed(new Git.Result(exit, new byte[0], said), "status");
    assertThat(refusal.code()).isEqualTo(code);
  }

  @Test
  void gitIsToldNothingOfTheEnginesEnvironmentThatIsNotItsBusiness() {
    sandbox.git("config", "alias.told", "!env");
    var told =
        repository
            .git()
            .must("told")
            .lines()
            .map(line -> line.replaceAll("=.*", ""))
            .collect(Collectors.toSet());
    assertThat(told).contains("PATH", "GIT_NO_REPLACE_OBJECTS");
    assertThat(System.getenv()).containsKey("MAVEN_OPTS");
    assertThat(told).doesNotContain("MAVEN_OPTS", "JAVA_HOME");
  }

  @Test
  void replacedObjectsAreNotSeen() {
    String real = sandbox.git("rev-parse", "HEAD:README.md");
    sandbox.write("false.md", "false\n");
    String other = sandbox.git("hash-object", "-w", "false.md");
    sandbox.git("replace", real, other);
    assertThat(repository.git().must("show", "HEAD:README.md")).isEqualTo("# A repository");
  }

  @Test
  void aFolderWhoseGitIsGoneIsNotTakenForTheRepositoryAroundIt() throws IOException {
    Path inner = sandbox.repository.resolve("inner");
    Files.createDirectories(inner);
    assertThat(repository.git(inner).run("rev-parse", "HEAD").ok()).isFalse();
  }

  /** Killed while it looked whether a commit is on main: that is no answer, least of all a no. */
  @Test
  void aGitThatIsKilledAnswersNothing() {
    var killed = new Git.Result(128 + 9, new byte[0], "");
    assertThat(repository.git().failed(killed, "merge-base").code()).isEqualTo("git-killed");
    var refusal =
        catchThrowableOfType(
            HiveException.class, () -> repository.contains("0".repeat(40), repository.tip()));
    assertThat(refusal.code()).isEqualTo("commit-gone");
  }
}
