package dev.hivedeck.engine.worktree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where worktrees are put is for the configuration to say, and nothing else is harmed by it. */
class WorktreeFolderTest extends AttemptFixture {
  @Override
  public String isolation() {
    return "clone";
  }

  private Path real(String path) throws IOException {
    return folder.toRealPath().resolve(path);
  }

  /** What this workspace has in such a folder. */
  private Path workspace(String in) throws IOException {
    return real(in).resolve(folder.getFileName());
  }

  @Test
  void worktreesArePutBesideTheRepository() throws IOException {
    place = "../elsewhere";
    var tree = create("T-1.1");
    assertThat(tree.path()).isEqualTo(workspace("elsewhere").resolve("T-1"));
    assertThat(folder.resolve("trees/T-1")).doesNotExist();
    write(tree, "new.txt", "new\n");
    String head = commits.commitAll(tree, "T-1: one", TRAILERS, told::add).orElseThrow();
    assertThat(show(head + ":new.txt")).isEqualTo("new");
    worktrees.remove(tree, "over", told::add);
    assertThat(tree.path()).doesNotExist();
    assertThat(Files.list(folder.resolve("trees/.state")).filter(Files::isDirectory)).isEmpty();
  }

  @Test
  void thoseThatAreThereStayWhereTheyAreWhenItChanges() throws IOException {
    var first = create("T-1.1");
    place = "../one";
    var second = create("T-1.2");
    place = "../two";
    open(); // as the next engine does
    var third = worktrees.create("T-2", "T-2.1", "other", repository.tip(), told::add);
    assertThat(worktrees.list()).contains(first, second, third);
    write(second, "work.txt", "work\n");
    worktrees.remove(second, "over", told::add);
    worktrees.remove(first, "over", told::add);
    assertThat(second.path()).doesNotExist();
    assertThat(sandbox.git("for-each-ref", "refs/hivedeck/kept")).isNotEmpty();
    assertThat(worktrees.list()).containsExactly(third);
  }

  @Test
  void oneOfTheSameNameInAnotherPlaceHasNotesOfItsOwn() {
    var first = create("T-1.1");
    place = "../one";
    open();
    var again = worktrees.create("T-1", "T-1.2", "again", repository.tip(), told::add);
    assertThat(again.path().getFileName()).isEqualTo(first.path().getFileName());
    worktrees.remove(again, "over", told::add);
    assertThat(worktrees.list()).containsExactly(first);
  }

  @Test
  void onesOfSomebodyElsesAreNeverTakenForAttempts() throws IOException {
    Files.createDirectories(real("shared/holiday"));
    Files.writeString(real("shared/holiday/photo"), "x");
    place = "../shared";
    var tree = create("T-1.1");
    assertThat(worktrees.list()).containsExactly(tree);
    worktrees.remove(tree, "over", told::add);
    assertThat(real("shared/holiday/photo")).exists();
  }

  @Test
  void oneThatIsThereAlreadyAndNotHivedecksIsLeftAlone() throws IOException {
    Files.createDirectories(workspace("shared").resolve("T-7"));
    Files.writeString(workspace("shared").resolve("T-7/photo"), "x");
    place = "../shared";
    refused(workspace("shared") + ", which Hivedeck did not make");
    assertThat(worktrees.list()).isEmpty();
    assertThat(workspace("shared").resolve("T-7/photo")).exists();
  }

  @Test
  void insideOfTheRepositoryItHasToBeIgnored() throws IOException {
    place = ".worktrees";
    refused("git does not ignore it");
    sandbox.write(".gitignore", ".worktrees/\n");
    sandbox.commit("Ignore");
    var tree = create("T-1.1");
    assertThat(tree.path()).startsWith(real("their repo/.worktrees"));
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    write(tree, "a.txt", "a\n");
    assertThat(commits.commitAll(tree, "T-1: one", TRAILERS, told::add)).isPresent();
  }

  @Test
  void whatIsNoPlaceForWorktreesIsRefused() throws IOException {
    for (String none : List.of(".", ".git/worktrees", ".git")) {
      place = none;
      refused("Worktrees cannot be put into");
    }
    sandbox.write("src/a.txt", "a\n");
    sandbox.write(".gitignore", "src/\n");
    sandbox.git("add", "-f", "src/a.txt", ".gitignore");
    sandbox.git("commit", "-q", "-m", "Tracked, though it is ignored");
    place = "src";
    refused("files that git tracks");
    place = "../their repo/src/a.txt";
    refused("is not a folder");
    new TestRepository(Files.createDirectories(real("other")));
    place = "../other/their repo";
    refused("is another repository");
    place = "../other/their repo/deep/down";
    refused("lies in another repository");
    assertThat(real("other/their repo/deep")).doesNotExist();
  }

  @Test
  void aLinkThatACommitBringsLeadsNowhere() throws IOException {
    Files.createDirectories(real("victim"));
    sandbox.write(".gitignore", "wt\n");
    Files.createSymbolicLink(sandbox.repository.resolve("wt"), real("victim"));
    place = "wt";
    refused("reached by a link");
    place = "wt/below";
    refused("reached by a link");
    assertThat(Files.list(real("victim"))).isEmpty();
  }

  @Test
  void aFolderThatEverybodyMayChangeIsRefused() throws IOException {
    Files.createDirectories(real("open"));
    TestRepository.run(folder, "chmod", "777", real("open").toString());
    place = "../open";
    refused("can be written by everybody");
    Files.createDirectories(real("open/mine/deep"));
    TestRepository.run(folder, "chmod", "755", real("open/mine").toString());
    for (String below : List.of("../open/mine", "../open/mine/deep/new")) {
      place = below;
      refused("lies in a folder that can be written by everybody, " + real("open"));
    }
    place = "../open";
    TestRepository.run(folder, "chmod", "1777", real("open").toString());
    assertThat(create("T-1.1").path()).isDirectory();
  }

  @Test
  void itsFolderGoesWhenItIsEmptyAndIsNamedElse() throws IOException {
    place = "../wt";
    var tree = create("T-1.1");
    write(tree, "a.txt", "a\n");
    assertThat(worktrees.secluded(folder)).contains(workspace("wt"));
    assertThat(folders.homes().removeEmpty()).containsExactly(workspace("wt"));
    assertThat(tree.path()).isDirectory();
    worktrees.remove(tree, "over", told::add);
    Files.move(real("wt"), real("away"));
    assertThat(folders.homes().removeEmpty())
        .as("its disk is away")
        .containsExactly(workspace("wt"));
    Files.move(real("away"), real("wt"));
    assertThat(folders.homes().removeEmpty()).isEmpty();
    assertThat(workspace("wt")).doesNotExist();
  }

  private void refused(String why) {
    assertThatThrownBy(() -> create("T-1.1"))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("worktree-folder");
              assertThat(e.getMessage()).contains(why);
              assertThat(e.hint()).isNotBlank();
              assertThat(e.outage()).isTrue();
            });
  }
}
