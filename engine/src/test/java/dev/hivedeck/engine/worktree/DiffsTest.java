package dev.hivedeck.engine.worktree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Diffs of everything that people and machines leave in repositories. */
class DiffsTest {
  @TempDir Path folder;
  private Git git;

  @BeforeEach
  void repository() throws Exception {
    git = new Git(folder);
    git.must("init", "--quiet", "--initial-branch=main");
    git.must("config", "user.name", "Test");
    git.must("config", "user.email", "test@example.org");
    git.must("config", "core.autocrlf", "false");
    write("plain.txt", "one\ntwo\nthree\n");
    write("crlf.txt", "one\r\ntwo\r\n");
    write("moved.txt", "a\nb\nc\nd\ne\nf\n");
    write("gone.txt", "bye\n");
    Files.write(folder.resolve("logo.png"), bytes(4_000, 1));
    commit();
  }

  @Test
  void linesHaveTheirNumbersOnBothSides() throws Exception {
    write("plain.txt", "one\n2\nthree\nfour\n");
    var file = only(diff(1_000), "plain.txt");
    assertThat(file.status()).isEqualTo("modified");
    assertThat(file.additions()).isEqualTo(2);
    assertThat(file.deletions()).isEqualTo(1);
    assertThat(file.hunks().getFirst().lines())
        .containsExactly(
            new DiffLine(" ", 1, 1, "one"),
            new DiffLine("-", 2, 0, "two"),
            new DiffLine("+", 0, 2, "2"),
            new DiffLine(" ", 3, 3, "three"),
            new DiffLine("+", 0, 4, "four"));
  }

  @Test
  void carriageReturnsAreKept() throws Exception {
    write("crlf.txt", "one\r\nTWO\r\n");
    assertThat(only(diff(1_000), "crlf.txt").hunks().getFirst().lines())
        .extracting(DiffLine::text)
        .containsExactly("one\r", "two\r", "TWO\r");
  }

  @Test
  void binaryFilesHaveNoLines() throws Exception {
    Files.write(folder.resolve("logo.png"), bytes(5_000, 2));
    var file = only(diff(1_000), "logo.png");
    assertThat(file.binary()).isTrue();
    assertThat(file.hunks()).isEmpty();
  }

  @Test
  void renamedAddedAndDeletedFilesSayWhatTheyWere() throws Exception {
    Files.move(folder.resolve("moved.txt"), folder.resolve("there.txt"));
    Files.delete(folder.resolve("gone.txt"));
    write("new.txt", "hello\n");
    var all = diff(1_000);
    var renamed = only(all, "there.txt");
    assertThat(renamed.status()).isEqualTo("renamed");
    assertThat(renamed.oldPath()).isEqualTo("moved.txt");
    assertThat(renamed.hunks()).isEmpty();
    assertThat(only(all, "gone.txt").status()).isEqualTo("deleted");
    assertThat(only(all, "new.txt").status()).isEqualTo("added");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // which allows no such names
  void anyNameIsShownAsItIs() throws Exception {
    var names =
        new String[] {
          "größe 漢字.txt", "with \"quotes\" and \t tab.txt", "line\nbreak.txt", "-dash", "ünter/a b"
        };
    for (String name : names) {
      write(name, "x\n");
    }
    assertThat(diff(1_000).files()).extracting(FileDiff::path).containsExactlyInAnyOrder(names);
    assertThat(diff(1_000).files()).allSatisfy(f -> assertThat(f.hunks()).hasSize(1));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFileThatBecameALinkAndTheOneBehindItKeepTheirOwnLines() throws Exception {
    Files.delete(folder.resolve("gone.txt"));
    Files.createSymbolicLink(folder.resolve("gone.txt"), Path.of("plain.txt"));
    write("plain.txt", "one\ntwo\nthree\nfour\n");
    var all = diff(1_000);
    assertThat(only(all, "plain.txt").hunks().getFirst().lines())
        .contains(new DiffLine("+", 0, 4, "four"));
    assertThat(only(all, "gone.txt").hunks()).isNotEmpty();
  }

  @Test
  void aMissingLastLineBreakIsNoLine() throws Exception {
    write("plain.txt", "one\ntwo\nthree");
    assertThat(only(diff(1_000), "plain.txt").hunks().getFirst().lines())
        .filteredOn(l -> !l.kind().equals(" "))
        .extracting(DiffLine::text)
        .containsExactly("three", "three");
  }

  @Test
  void linesThatLookLikeADiffAreLines() throws Exception {
    write("plain.txt", "diff --git a/x b/x\n@@ -1 +1 @@\n--- a/x\n+++ b/x\nthree\n");
    var file = only(diff(1_000), "plain.txt");
    assertThat(file.additions()).isEqualTo(4);
    assertThat(file.hunks().getFirst().lines())
        .filteredOn(l -> l.kind().equals("+"))
        .extracting(DiffLine::text)
        .containsExactly("diff --git a/x b/x", "@@ -1 +1 @@", "--- a/x", "+++ b/x");
  }

  @Test
  void whatIsTooLargeComesWithoutLinesAndTheRestWithThem() throws Exception {
    write("large.txt", "line\n".repeat(50_000));
    write("small.txt", "x\n");
    var all = diff(1_000);
    assertThat(all.truncated()).isTrue();
    assertThat(only(all, "large.txt").hunks()).isEmpty();
    assertThat(only(all, "large.txt").additions()).isEqualTo(50_000);
    assertThat(only(all, "small.txt").hunks()).hasSize(1);
  }

  @Test
  void theUsersOwnWayOfShowingDiffsDoesNotMatter() throws Exception {
    git.must("config", "diff.external", "false");
    git.must("config", "diff.noprefix", "true");
    git.must("config", "diff.mnemonicPrefix", "true");
    git.must("config", "color.ui", "always");
    git.must("config", "diff.context", "0");
    write("plain.txt", "one\n2\nthree\n");
    assertThat(only(diff(1_000), "plain.txt").hunks().getFirst().lines()).hasSize(4);
  }

  private FileDiffs diff(int most) {
    git.must("add", "--all");
    return Diffs.between(git, "HEAD", "index", most, "--cached", "HEAD");
  }

  private static FileDiff only(FileDiffs all, String path) {
    return all.files().stream().filter(f -> f.path().equals(path)).findFirst().orElseThrow();
  }

  private void write(String name, String text) throws Exception {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void commit() {
    git.must("add", "--all");
    git.must("commit", "--quiet", "-m", "before");
  }

  private static byte[] bytes(int size, long seed) {
    var bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
