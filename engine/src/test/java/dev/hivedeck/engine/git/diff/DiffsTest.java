package dev.hivedeck.engine.git.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @Test
  void settingsThatWouldHideOrMixUpFilesDoNotMatter() throws Exception {
    git.must("config", "diff.relative", "true");
    git.must("config", "diff.orderFile", folder.resolve("not-there").toString());
    git.must("config", "diff.ignoreSubmodules", "all");
    git.must("config", "diff.suppressBlankEmpty", "true");
    git.must("config", "diff.renames", "copies");
    git.must("config", "diff.algorithm", "patience");
    git.must("config", "diff.interHunkContext", "50");
    git.must("config", "diff.submodule", "log");
    write("a/b.txt", "one\n\nthree\n");
    git.must("add", "--all");
    git.must(
        "update-index", "--add", "--cacheinfo", "160000," + git.must("rev-parse", "HEAD") + ",lib");
    var all = Diffs.between(git, "HEAD", git.must("write-tree"), 1_000);
    assertThat(all.files()).extracting(FileDiff::path).containsExactly("a/b.txt", "lib");
    assertThat(only(all, "a/b.txt").hunks().getFirst().lines()).hasSize(3);
    assertThat(changed()).extracting(ChangedFile::path).containsExactly("a/b.txt", "lib");
  }

  @Test
  void attributesOfACommitDoNotHideItsLines() throws Exception {
    git.must("config", "diff.hide.textconv", "true");
    git.must("config", "diff.hide.binary", "true");
    write(".gitattributes", "*.txt -diff linguist-generated\n*.md binary\n*.c diff=hide\n");
    write("sub/.gitattributes", "* -diff\n");
    for (String name : new String[] {"a.txt", "a.md", "a.c", "sub/a.txt"}) {
      write(name, "x\ny\n");
    }
    var all = diff(1_000);
    assertThat(all.files()).hasSize(6).noneMatch(FileDiff::binary);
    assertThat(only(all, "a.txt").hunks()).hasSize(1);
    assertThat(only(all, "sub/a.txt").additions()).isEqualTo(2);
    assertThat(changed()).allMatch(ChangedFile::lines);
    String before = git.must("rev-parse", "HEAD");
    assertThat(Diffs.stat(Diffs.files(git, before, head()), 1).additions()).isEqualTo(12);
  }

  /** Interpreters run what holds a NUL, though git takes it for binary. */
  @ParameterizedTest
  @CsvSource({
    "a.js, UTF-8, // \0",
    "a, UTF-8, # \0",
    "run, UTF-8, #!/usr/bin/env node\0\001\002\003\004\005\006",
    "a.py, ISO-8859-1, # \0\001\002\003\004\005\006\007\016\017ÿþ",
    "a.txt, UTF-16LE, plain",
    "a.txt, UTF-16, with a mark",
    "'we[i]rd \\\" * \\\\ name\\t.rb', UTF-8, # \\0",
  })
  void aNulHidesNoLine(String name, String charset, String first) throws Exception {
    String path = name.translateEscapes();
    var file = folder.resolve(path);
    String text = first.translateEscapes() + "\n" + "x = 1 # TODO\n".repeat(5_000);
    Files.write(file, text.getBytes(charset));
    var all = diff(10_000);
    var told = new AtomicInteger();
    Diffs.added(
        git,
        "HEAD",
        git.must("write-tree"),
        (p, number, line, cut) -> told.addAndGet(line.contains("TODO") ? 1 : 0));
    assertThat(told).hasValue(5_000);
    assertThat(changed())
        .singleElement()
        .satisfies(f -> assertThat(f.additions()).isGreaterThanOrEqualTo(5_001));
    assertThat(only(all, path).binary()).isFalse();
    assertThat(only(all, path).hunks().getFirst().lines().get(4))
        .extracting(DiffLine::text)
        .isEqualTo("x = 1 # TODO");
    head();
    Files.delete(file);
    git.must("add", "--all");
    assertThat(changed().getFirst().deletions()).isGreaterThanOrEqualTo(5_001);
  }

  @Test
  void oneFileIsToldInPartsHoweverLargeItIs() throws Exception {
    Files.move(folder.resolve("moved.txt"), folder.resolve("there.txt"));
    write("there.txt", "a\nb\nc\nd\ne\nF\n");
    write("plain.txt", "one\ntwo\nthree\n" + "more\n".repeat(2_500));
    write("zz.txt", "end\n");
    assertThat(only(diff(1_000), "plain.txt").hunks()).as("not unasked").isEmpty();
    var lines = new ArrayList<DiffLine>();
    for (boolean more = true; more; ) {
      var part = part("plain.txt", lines.size());
      more = part.truncated();
      part.files().getFirst().hunks().forEach(h -> lines.addAll(h.lines()));
    }
    assertThat(lines).hasSize(2_503);
    assertThat(lines).filteredOn(l -> l.kind().equals("+")).hasSize(2_500);
    assertThat(lines.getLast()).isEqualTo(new DiffLine("+", 0, 2_503, "more"));
    var moved = part("there.txt", 0);
    assertThat(moved.truncated()).isFalse();
    assertThat(moved.files()).singleElement().returns("moved.txt", FileDiff::oldPath);
    assertThat(part("zz.txt", 0).files().getFirst().hunks()).hasSize(1);
    assertThatThrownBy(() -> part("crlf.txt", 0))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("no-file"));
  }

  private FileDiffs part(String file, int from) {
    return Diffs.between(git, "HEAD", git.must("write-tree"), new DiffExcerpt(1_000, file, from));
  }

  @Test
  void aLargeTextWithANulCountsToo() throws Exception {
    write("large.py", "# \0\n" + "x = 1\n".repeat(3_000_000));
    git.must("add", "--all");
    assertThat(changed().getFirst().additions()).isEqualTo(3_000_001);
  }

  @Test
  void whatSubmodulesAreToldToIgnoreIsShown() throws Exception {
    String one = git.must("rev-parse", "HEAD");
    write(".gitmodules", "[submodule \"lib\"]\n\tpath = lib\n\turl = ./lib\n\tignore = all\n");
    git.must("add", "--all");
    git.must("update-index", "--add", "--cacheinfo", "160000," + one + ",lib");
    git.must("commit", "--quiet", "-m", "with a submodule");
    String two = git.must("rev-parse", "HEAD");
    git.must("update-index", "--cacheinfo", "160000," + two + ",lib");
    var file = only(Diffs.between(git, two, git.must("write-tree"), 100), "lib");
    assertThat(file.hunks().getFirst().lines())
        .extracting(DiffLine::text)
        .containsExactly("Subproject commit " + one, "Subproject commit " + two);
    assertThat(Diffs.files(git, two, git.must("write-tree")))
        .singleElement()
        .satisfies(f -> assertThat(f.mode()).isEqualTo(ChangedFile.SUBMODULE));
  }

  @Test
  void aTextThatIsTooLargeToCompareCountsWithAllItsLines() throws Exception {
    write("large.sql", "insert into t values (1);\n".repeat(1_000_000));
    Files.write(folder.resolve("large.bin"), bytes(20 << 20, 3));
    git.must("add", "--all");
    var files = changed();
    var text = files.stream().filter(f -> f.path().equals("large.sql")).findFirst().orElseThrow();
    assertThat(text.additions()).isEqualTo(1_000_000);
    assertThat(text.lines()).isTrue();
    assertThat(text.read()).isFalse();
    assertThat(files)
        .filteredOn(f -> !f.lines())
        .extracting(ChangedFile::path)
        .containsExactly("large.bin");
    assertThat(Diffs.bytes(git, files))
        .containsEntry("large.bin", 20L << 20)
        .containsEntry("large.sql", 26_000_000L);
    git.must("commit", "--quiet", "-m", "large");
    write("large.sql", "");
    git.must("add", "--all");
    assertThat(changed()).singleElement().extracting(ChangedFile::deletions).isEqualTo(1_000_000L);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aMovedFileAndItsRightsAreSeenOnBothSides() throws Exception {
    Files.move(folder.resolve("moved.txt"), folder.resolve("there.sh"));
    folder.resolve("there.sh").toFile().setExecutable(true);
    git.must("add", "--all");
    assertThat(changed())
        .extracting(f -> f.status() + " " + f.path() + " " + f.oldMode() + " " + f.mode())
        .containsExactly("D moved.txt 100644 000000", "A there.sh 000000 100755");
    assertThat(only(diff(100), "there.sh").oldPath()).isEqualTo("moved.txt");
  }

  @Test
  void everyAddedLineIsToldHoweverManyAndHoweverLong() throws Exception {
    write("a.txt", "x\n".repeat(300_000) + "the end\n");
    write("long.js", "y".repeat(5_000) + "TODO" + "\n" + "z".repeat(3 << 20) + "\n");
    git.must("add", "--all");
    var told = new ArrayList<String>();
    var count = new AtomicInteger();
    Diffs.added(
        git,
        "HEAD",
        git.must("write-tree"),
        (path, number, text, cut) -> {
          count.incrementAndGet();
          if (text.contains("the end") || text.contains("TODO") || cut) {
            told.add(path + ":" + number + (cut ? " cut" : ""));
          }
        });
    assertThat(count).hasValue(300_003);
    assertThat(told).containsExactly("a.txt:300001", "long.js:1", "long.js:2 cut");
  }

  @Test
  void aDiffOfMoreThanIsShownStillNamesEveryFile() throws Exception {
    for (int i = 0; i < 40; i++) {
      write("wide/" + i + ".txt", ("w".repeat(1_900) + "\n").repeat(1_000));
    }
    var all = diff(1_000_000);
    assertThat(all.files()).hasSize(40).allMatch(f -> f.additions() == 1_000);
    assertThat(all.truncated()).isTrue();
  }

  private List<ChangedFile> changed() {
    return Diffs.files(git, "HEAD", git.must("write-tree"));
  }

  private String head() {
    git.must("commit", "--quiet", "-m", "after");
    return git.must("rev-parse", "HEAD");
  }

  private FileDiffs diff(int most) {
    git.must("add", "--all");
    return Diffs.between(git, "HEAD", git.must("write-tree"), most);
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
