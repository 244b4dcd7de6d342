package dev.hivedeck.app.cli.uninstall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.security.WorkspaceLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
    assertThat(wrong.err()).contains("There are 2 hidden refs, not 1").contains("--yes 2");
    assertThat(CliRunner.type("uninstall", "--yes", "2").status()).isEqualTo(2);
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "all").status()).isEqualTo(2);
    assertThat(worktree).isDirectory();
    assertThat(refs()).contains("refs/hivedeck/");
  }

  @Test
  void whileAnEngineRunsNothingIsRemoved() {
    try (var _ = WorkspaceLock.acquire(data)) {
      var refused = CliRunner.type("uninstall", "--data", "--yes", "2");
      assertThat(refused.status()).isEqualTo(3);
      assertThat(refused.err()).contains("Another engine works on this workspace");
    }
    assertThat(worktree).isDirectory();
  }

  @Test
  void removesWhatHivedeckMadeAndLeavesTheRest() throws IOException {
    Files.writeString(home.resolve("mine.txt"), "of the user");
    var removed = CliRunner.type("uninstall", "--data", "--yes", "2");
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
  void aRepositoryThatIsGoneKeepsNothing() throws IOException {
    dev.hivedeck.engine.file.Folders.delete(shop.path());
    assertThat(CliRunner.type("uninstall").out()).contains("its repository is not there any more");
    assertThat(CliRunner.type("uninstall", "--data", "--yes", "0").status()).isZero();
    assertThat(home).doesNotExist();
  }
}
