package dev.hivedeck.app.cli.uninstall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.security.WorkspaceLock;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.folder.WorktreeHomes;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What Hivedeck leaves behind is shown, and removed by word only; the user's own stays. */
class UninstallTest {
  @TempDir Path folder;
  private Path home;
  private Shop shop;
  private Path data;
  private Path worktree;

  @BeforeEach
  void aWorkspaceWithUnfinishedAndKeptWork() throws IOException {
    home = folder.resolve("home");
    System.setProperty("hivedeck.home", home.toString());
    shop = new Shop(folder.resolve("Größe b")).write("a.txt", "a\n").commit();
    assertThat(CliRunner.in(shop.path(), "pause").status()).isZero();
    data = HivedeckHome.standard().workspaceFolder(shop.path());
    worktree = data.resolve("worktrees/T-1");
    shop.git().must("worktree", "add", "-q", "-b", "hive/T-1-x", worktree.toString());
    Files.writeString(worktree.resolve("a.txt"), "b\n");
    shop.git().must("update-ref", "refs/hivedeck/kept/T-1/A-1/1", "HEAD");
    shop.git().must("update-ref", "refs/hivedeck/made/hive/T-1-x", "HEAD");
  }

  private String refs() {
    return shop.git().must("for-each-ref", "--format=%(refname)");
  }

  @Test
  void showsWhatStaysAndRemovesNothing() {
    var shown = CliRunner.type("uninstall");
    assertThat(shown.status()).isZero();
    assertThat(shown.out())
        .contains("Unfinished: " + worktree)
        .contains("Kept: shop refs/hivedeck/kept/T-1/A-1/1")
        .contains(shop.path() + ": 1 worktree, 2 hidden refs")
        .contains("stay in any case");
    assertThat(worktree).isDirectory();
    var json = CliRunner.type("uninstall", "--json").json();
    assertThat(json.path("removed").asBoolean(true)).isFalse();
    assertThat(json.at("/workspaces/0/refs")).hasSize(2);
  }

  @Test
  void withoutTheRightCountNothingIsRemoved() {
    assertThat(CliRunner.type("uninstall", "--data").status()).isEqualTo(3);
    assertThat(CliRunner.type("uninstall", "--data", "--json").status()).isEqualTo(3);
    var wrong = CliRunner.type("uninstall", "--data", "--yes", "1");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("There are 2 hidden refs and 1 unfinished worktree, 3 in all, not 1")
        .contains("--yes 3");
    assertThat(CliRunner.type("uninstall", "--yes", "3").status()).isEqualTo(2);
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "all").status()).isEqualTo(2);
    assertThat(worktree).isDirectory();
    assertThat(refs()).contains("refs/hivedeck/");
  }

  @Test
  void whileAnEngineRunsNothingIsRemoved() {
    try (var _ = WorkspaceLock.acquire(data)) {
      var refused = CliRunner.type("uninstall", "--data", "--yes", "3");
      assertThat(refused.status()).isEqualTo(3);
      assertThat(refused.err()).contains("Another engine works on this workspace");
    }
    assertThat(worktree).isDirectory();
  }

  @Test
  void removesWhatHivedeckMadeAndLeavesTheRest() throws IOException {
    Files.writeString(home.resolve("mine.txt"), "of the user");
    var removed = CliRunner.type("uninstall", "--data", "--yes", "3");
    assertThat(removed.err()).isEmpty();
    assertThat(removed.status()).isZero();
    assertThat(removed.out()).contains("has files of others, and stays");
    assertThat(home)
        .isDirectoryContaining("glob:**mine.txt")
        .isDirectoryNotContaining("glob:**workspaces");
    assertThat(refs().lines()).containsExactly("refs/heads/hive/T-1-x", "refs/heads/main");
    assertThat(shop.git().must("worktree", "list").lines()).hasSize(1);
    assertThat(shop.git().must("status", "--porcelain")).isEmpty();
  }

  @Test
  void whatACrashLeftHalfRemovedIsRemovedByTheNext() throws IOException {
    Files.write(
        Files.createDirectories(home.resolve("upgrades/packages")).resolve("a.deb"), new byte[1]);
    for (String gone : new String[] {"lock", "hive.db-wal", "hive.db-shm"}) {
      Files.deleteIfExists(data.resolve(gone));
    }
    shop.git().must("worktree", "remove", "--force", worktree.toString());
    var removed = CliRunner.type("uninstall", "--data", "--yes", "2");
    assertThat(removed.err()).isEmpty();
    assertThat(home).doesNotExist();
    assertThat(refs()).doesNotContain("refs/hivedeck/");
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "0").status()).isZero();
  }

  @Test
  void workInARepositoryOfItsOwnIsListedAndCounted() throws IOException {
    var attempt = attempt("T-2");
    Files.writeString(attempt.path().resolve("a.txt"), "edited\n");
    Files.writeString(attempt.path().resolve("new.txt"), "new\n");
    var untouched = attempt("T-3");
    var committed = attempt("T-4");
    Files.writeString(committed.path().resolve("a.txt"), "committed\n");
    committed.git().must("commit", "-q", "-a", "-m", "nowhere else");
    var stashed = attempt("T-5");
    Files.writeString(stashed.path().resolve("a.txt"), "stashed\n");
    stashed.git().must("stash");
    assertThat(CliRunner.type("uninstall").out())
        .contains("Unfinished: " + attempt.path() + " differs in 2 files from its last commit")
        .contains("Unfinished: " + committed.path() + " differs in 1 file")
        .contains("and has 1 commit that no branch has")
        .contains("Unfinished: " + stashed.path() + " has 1 commit that no branch has")
        .contains(": 5 worktrees, ")
        .doesNotContain("Unfinished: " + untouched.path());
    var refused = CliRunner.type("uninstall", "--data", "--yes", "3");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("4 unfinished worktrees, ").contains("Nothing was removed");
    assertThat(attempt.path().resolve("new.txt")).hasContent("new");
    int all = 4 + (int) refs().lines().filter(ref -> ref.startsWith("refs/hivedeck/")).count();
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "" + all).status()).isZero();
    assertThat(home).doesNotExist();
  }

  /** An attempt's folder with a repository of its own, as the engine makes it. */
  private Attempt attempt(String task) {
    return attempt(task, new AttemptFolders(data.resolve("worktrees")));
  }

  private Attempt attempt(String task, AttemptFolders folders) {
    var repository = Repository.open(shop.path(), null);
    var kept = new KeptWork(repository);
    var isolations =
        new Isolations(repository, () -> "clone", () -> false, new SizeLimits(() -> 100_000_000));
    var commits = new AttemptCommits(repository, kept, folders, isolations);
    var made =
        new Worktrees(repository, commits, kept, folders, isolations)
            .create(task, task + ".1", "x", repository.tip(), text -> {});
    var git = new Git(made.path());
    git.must("config", "user.name", "An Agent");
    git.must("config", "user.email", "agent@example.org");
    return new Attempt(made.path(), git);
  }

  private record Attempt(Path path, Git git) {}

  @Test
  void worktreesOfTheUsersWhoseDiskIsAwayAreNotForgotten() throws IOException {
    Path away = folder.resolve("away");
    shop.git().must("worktree", "add", "-q", "--detach", away.toString());
    Files.move(away, folder.resolve("elsewhere"));
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "3").status()).isZero();
    assertThat(shop.git().must("worktree", "list", "--porcelain"))
        .contains("worktree " + away)
        .doesNotContain("T-1");
  }

  /** Nobody would find it once the data is gone. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whileSomethingStillRunsThereNothingIsRemoved() throws Exception {
    var builder = new ProcessBuilder("sleep", "60");
    builder.environment().put(ProcessTree.MARK, "service orders of " + data);
    var left = builder.start();
    try {
      var refused = CliRunner.type("uninstall", "--data", "--yes", "3");
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.err()).contains("left 1 process running: " + left.pid());
      assertThat(worktree).isDirectory();
    } finally {
      left.destroyForcibly().waitFor();
    }
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "3").status()).isZero();
  }

  @Test
  void whatAnAgentWroteForAPathStopsNothing() throws IOException {
    Path info = Files.createDirectories(data.resolve("worktrees/T-2/.git/objects/info"));
    Files.writeString(info.resolve("alternates"), "/a\0b\n");
    assertThat(CliRunner.type("uninstall").status()).isZero();
  }

  @Test
  void whatWasMadeMeanwhileStays() throws IOException {
    // Another workspace's exchange, of which nothing is listed.
    Path other = Files.createDirectories(home.resolve("exchange/other-0123456789"));
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "3").status()).isZero();
    assertThat(other).isDirectory();
    assertThat(home.resolve("workspaces")).doesNotExist();
  }

  @Test
  void theRepositoryIsKnownAlsoWhereMainIsCheckedOutNowhere() throws IOException {
    shop.git().must("worktree", "remove", "--force", worktree.toString());
    shop.git().must("checkout", "-q", "--detach");
    shop.git().must("branch", "-q", "-D", "main");
    assertThat(CliRunner.type("uninstall").out())
        .contains(shop.path() + ": 0 worktrees, 2 hidden refs");
  }

  @Test
  void dataOfAnUnknownRepositoryIsNotRemoved() throws IOException {
    Path unknown =
        Files.createDirectories(home.resolve("workspaces/other-0123456789/worktrees/T-9"));
    Files.writeString(unknown.resolve("work.txt"), "only here");
    assertThat(CliRunner.type("uninstall").out()).contains("nothing tells which repository");
    var refused = CliRunner.type("uninstall", "--data", "--yes", "4");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("Nothing was removed").contains("hivedeck serve");
    assertThat(unknown.resolve("work.txt")).exists();
    assertThat(worktree).isDirectory();
  }

  @Test
  void aRepositoryThatIsGoneIsNamedAndItsWorktreesCounted() throws IOException {
    dev.hivedeck.engine.file.Folders.delete(shop.path());
    assertThat(CliRunner.type("uninstall").out())
        .contains(shop.path() + ": it is not there any more, or its disk is away")
        .contains("Unfinished: " + worktree + " cannot be read");
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "0").status()).isEqualTo(2);
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "1").status()).isZero();
    assertThat(home).doesNotExist();
  }

  /** Worktrees that the configuration put elsewhere are known by the data only. */
  @Test
  void worktreesElsewhereGoOrAreNamedThoughTheRepositoryIsGone() throws IOException {
    Path elsewhere = folder.resolve("wt").resolve(data.getFileName());
    var made =
        attempt(
            "T-2",
            new AttemptFolders(
                new WorktreeHomes(
                    data.resolve("worktrees"), () -> Optional.of(folder.resolve("wt")))));
    assertThat(made.path()).isEqualTo(elsewhere.resolve("T-2"));
    Path mine = Files.writeString(elsewhere.resolve("mine.txt"), "of the user");
    dev.hivedeck.engine.file.Folders.delete(shop.path());
    assertThat(CliRunner.type("uninstall").out())
        .contains("Unfinished: " + made.path() + " cannot be read");
    var removed = CliRunner.type("uninstall", "--data", "--yes", "2");
    assertThat(removed.status()).isZero();
    assertThat(removed.out()).contains(elsewhere + " has files of others, and stays.");
    assertThat(made.path()).doesNotExist();
    assertThat(mine).exists();
    assertThat(home).doesNotExist();
  }
}
