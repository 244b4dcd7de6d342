package dev.hivedeck.engine.worktree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import dev.hivedeck.engine.worktree.isolation.LinkedWorktree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attempts in git worktrees, with what git itself may leave of them. */
class LinkedWorktreeTest extends IsolationContract {
  @Override
  public String isolation() {
    return "worktree";
  }

  private Path admin(AttemptFolder tree) {
    return new LinkedWorktree(repository).admin(tree.path()).orElseThrow();
  }

  /** To have a part only would take a setting in the user's repository, which is the user's. */
  @Test
  void withoutSettingsOfItsOwnItHasAllFilesAndSaysWhy() throws Exception {
    sandbox.write("in/a.txt", "a\n");
    sandbox.write("out/b.txt", "b\n");
    sandbox.commit("Two folders");
    sparse = List.of("in");
    open();
    var tree = create("T-1.1");
    assertThat(told)
        .anyMatch(
            text -> text.startsWith("has all files") && text.contains("extensions.worktreeConfig"));
    write(tree, "out/b.txt", "changed\n");
    assertThat(TestRepository.run(tree.path(), "git", "status", "--porcelain").strip())
        .isEqualTo("M out/b.txt");
    assertThat(sandbox.git("config", "--list")).doesNotContain("worktreeconfig", "sparse");
  }

  /** A git that was killed while it made a worktree leaves it locked and in pieces. */
  @Test
  void aWorktreeThatGitWasKilledInTheMiddleOfGoes() throws Exception {
    var tree = create("T-1.1");
    Path admin = admin(tree);
    Files.writeString(admin.resolve("locked"), "initializing\n");
    Files.writeString(admin.resolve("HEAD"), "0".repeat(40) + "\n");
    Files.delete(admin.resolve("index"));
    folders.notes(tree.path()).forget();
    worktrees.remove(tree, "the engine started again", told::add);
    assertThat(tree.path()).doesNotExist();
    assertThat(sandbox.git("worktree", "list").lines()).hasSize(1);
    assertThat(create("T-1.2").path()).exists();
  }

  @Test
  void soDoesOneWhoseFolderIsGone() throws Exception {
    var tree = create("T-1.1");
    Files.writeString(admin(tree).resolve("locked"), "initializing\n");
    TestRepository.run(folder, "rm", "-r", tree.path().toString());
    worktrees.remove(tree, "the engine started again", told::add);
    assertThat(sandbox.git("worktree", "list").lines()).hasSize(1);
    assertThat(create("T-1.2").path()).exists();
  }

  @Test
  void aWorktreeOfTheUsersWhoseDiskIsAwayIsNotForgotten() throws Exception {
    Path stick = folder.resolve("stick");
    sandbox.git("worktree", "add", "-q", "--detach", stick.toString());
    Files.move(stick, folder.resolve("away"));
    var tree = create("T-1.1");
    TestRepository.run(tree.path(), "rm", ".git");
    worktrees.remove(tree, "over", told::add);
    assertThat(tree.path()).doesNotExist();
    Files.move(folder.resolve("away"), stick);
    assertThat(TestRepository.run(stick, "git", "status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("worktree", "list").lines()).hasSize(2);
  }

  /** Git forgets a worktree also where it could delete its folder only in part. */
  @Test
  void aFolderThatGitHasForgottenIsListedKeptAndRemoved() throws Exception {
    var tree = create("T-1.1");
    write(tree, "a.txt", "not lost\n");
    Files.delete(tree.path().resolve(".git"));
    sandbox.git("worktree", "prune");
    assertThat(sandbox.git("worktree", "list").lines()).hasSize(1);
    assertThat(worktrees.list()).extracting(AttemptFolder::path).containsExactly(tree.path());
    worktrees.remove(tree, "the engine started again", told::add);
    assertThat(tree.path()).doesNotExist();
    assertThat(show(kept.list().getFirst().ref() + ":a.txt")).isEqualTo("not lost");
    Files.createDirectories(tree.path().resolve("out"));
    worktrees.remove(tree, "nothing is in it", told::add);
    assertThat(tree.path()).doesNotExist();
    assertThat(kept.list()).hasSize(1);
  }

  @Test
  void aWorktreeMadeInThePlaceOfOneThatCouldNotBeRemovedStays() throws Exception {
    var tree = create("T-1.1");
    var process = new ProcessBuilder("sleep", "30").directory(tree.path().toFile()).start();
    assertThatThrownBy(() -> worktrees.remove(tree, "over", told::add))
        .isInstanceOf(HiveException.class);
    process.destroyForcibly().waitFor();
    sandbox.git("worktree", "remove", "--force", tree.path().toString());
    var next = create("T-1.2");
    worktrees.removeLeft();

    assertThat(next.path()).isEqualTo(tree.path()).exists();
  }

  /** A former version made all of them so, with a mark in git's own folder. */
  @Test
  void aWorktreeOfAFormerVersionIsListedKeptAndRemoved() throws Exception {
    Path path = folder.resolve("trees").resolve("T-9");
    Files.createDirectories(path.getParent());
    sandbox.git("worktree", "add", "-q", "-b", "hive/T-9-old", path.toString());
    String main = repository.tip();
    Path admin = new LinkedWorktree(repository).admin(path).orElseThrow();
    Files.writeString(
        admin.resolve("hivedeck"),
        String.join("\n", "hive/T-9-old", "T-9", "T-9.3", main, main) + "\n");
    Files.writeString(path.resolve("work.txt"), "not lost\n");
    assertThat(worktrees.list())
        .containsExactly(new AttemptFolder(path, "hive/T-9-old", "T-9", "T-9.3", main, main));
    assertThat(commits.checkpoint(worktrees.list().getFirst(), "T-9: rescued", TRAILERS, told::add))
        .isPresent();
    worktrees.remove(worktrees.list().getFirst(), "the engine started again", told::add);
    assertThat(path).doesNotExist();
    assertThat(sandbox.git("worktree", "list").lines()).hasSize(1);
    assertThat(kept.list().getFirst().attempt()).isEqualTo("T-9.3");
    assertThat(show(kept.list().getFirst().ref() + ":work.txt")).isEqualTo("not lost");
  }
}
