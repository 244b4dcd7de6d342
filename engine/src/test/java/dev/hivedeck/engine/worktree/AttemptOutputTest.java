package dev.hivedeck.engine.worktree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.diff.DiffExcerpt;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever an agent leaves in its folder is taken, kept or refused with a reason; nothing of it
 * misleads the engine.
 */
@ParameterizedClass
@ValueSource(strings = {"clone", "worktree"})
@Timeout(120)
class AttemptOutputTest extends AttemptFixture {
  private final String isolation;

  AttemptOutputTest(String isolation) {
    this.isolation = isolation;
  }

  @Override
  public String isolation() {
    return isolation;
  }

  private boolean cloned() {
    return isolation.equals("clone");
  }

  private static void sh(AttemptFolder tree, String script) {
    TestRepository.run(tree.path(), "sh", "-ec", script);
  }

  private Optional<String> take(AttemptFolder tree) {
    return commits.commitAll(tree, "T-1: x", TRAILERS, told::add);
  }

  private HiveException refused(AttemptFolder tree) {
    return catchThrowableOfType(HiveException.class, () -> take(tree));
  }

  /** Files by their modes, which tell links to nowhere. */
  private List<String> files(String commit) {
    return sandbox.git("ls-tree", "-r", "--format=%(objectmode) %(path)", commit).lines().toList();
  }

  private boolean keptSomewhere(String path, String text) {
    return kept.list().stream()
        .anyMatch(
            k -> {
              var shown = repository.git().run("show", k.ref() + ":" + path);
              return shown.ok() && shown.out().equals(text);
            });
  }

  // ── too much ────────────────────────────────────────────────────────────────────────────────

  /** A sparse file costs its maker nothing; whoever read it would read for days. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "truncate -s 8T big",
        "mkdir -p deep; truncate -s 8T deep/big",
        "rm README.md; truncate -s 8T README.md",
        "git init -q inner; echo x > inner/x; truncate -s 8T inner/big",
        "head -c 11000000 /dev/zero > big; git add big; git -c user.name=a -c user.email=a@x"
            + " commit -qm big; truncate -s 8T big",
        "for i in 1 2 3 4 5; do truncate -s 9000000 part$i; done"
      })
  void whatIsTooLargeIsRefusedUnreadAndTheRestIsKept(String script) throws IOException {
    var tree = create("T-1.1");
    sh(tree, script);
    write(tree, "done.txt", "done\n");
    if (script.contains("8T") && !script.contains("commit")) {
      var checkpoint = commits.checkpoint(tree, "T-1: so far", TRAILERS, told::add).orElseThrow();
      assertThat(files(checkpoint)).contains("100644 done.txt").noneMatch(f -> f.endsWith("big"));
      assertThat(told).as("whoever reads the log knows").anyMatch(l -> l.contains("checkpoint: "));
    }
    var refusal = refused(tree);
    assertThat(refusal.code()).isEqualTo("too-large");
    assertThat(refusal.outage()).as("its own failure").isFalse();
    assertThat(refusal.getMessage()).contains(script.contains("8T") ? "(8.8 TB)" : "6 new");
    assertThat(refusal.getMessage()).contains("10 MB", "40 MB together");
    assertThat(refusal.hint()).contains(".gitignore", "workspace.largest", "git show");
    assertThat(removal(tree).code()).isEqualTo("too-large");
    assertThat(tree.path()).as("what is nowhere else").exists();
    assertThat(keptSomewhere("done.txt", "done\n")).isTrue();
    assertThat(String.join("\n", told)).contains("what is too large is not kept");
    assertThat(kept.list())
        .as("in a worktree what an agent committed is in the user's repository already")
        .allMatch(
            k ->
                !cloned() && script.contains("commit")
                    || files(k.commit()).stream().noneMatch(f -> f.endsWith("big")));
    assertThat(show("main:README.md")).as("what was there stays").isNotBlank();
  }

  private HiveException removal(AttemptFolder tree) {
    return catchThrowableOfType(
        HiveException.class, () -> worktrees.remove(tree, "over", told::add));
  }

  /**
   * What is nowhere but in the folder goes with it when a person has seen to it, and not before.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "truncate -s 20M big; rm big", // gone by then
        "truncate -s 20M big",
        "git worktree add -q --detach wt; truncate -s 20M wt/big",
        "git init -q app; cd app; git config user.name a; git config user.email a@x;"
            + " truncate -s 20M big; git add big; git commit -qm big; rm big",
        "truncate -s 20M big; git add big; rm big"
      })
  void aFolderWithWhatIsTooLargeStays(String script) throws IOException {
    var tree = create("T-1.1");
    sh(tree, script);
    write(tree, "done.txt", "done\n");
    boolean stays =
        !script.startsWith("truncate -s 20M big; rm")
            // what is staged in a worktree is in the user's repository already
            && (cloned() || !script.contains("git add big; rm big"));
    var refusal = removal(tree);
    assertThat(Files.exists(tree.path())).isEqualTo(stays);
    assertThat(keptSomewhere("done.txt", "done\n")).as("the rest").isTrue();
    if (!stays) {
      assertThat(refusal).isNull();
      return;
    }
    assertThat(refusal.getMessage()).contains("All is kept but");
    assertThat(refusal.hint()).contains("workspace.largest");
    assertThat(worktrees.stays(tree)).hasValue(refusal);
    worktrees.removeLeft();
    assertThat(tree.path()).as("nobody saw to it").exists();
    largest = 100_000_000;
    worktrees.remove(tree, "over", told::add);
    assertThat(tree.path()).doesNotExist();
    assertThat(kept.list())
        .anyMatch(
            k -> {
              String names = sandbox.git("log", "--format=", "--name-only", "-m", k.commit());
              return names.lines().anyMatch("big"::equals);
            });
  }

  /** Edits are nowhere else; what fills the room beside them can mostly be had again. */
  @Test
  void whereThereIsTooMuchEditsAreKeptBeforeNewFiles() {
    sandbox.write("source.txt", "old\n");
    sandbox.commit("A source");
    var tree = create("T-1.1");
    sh(
        tree,
        "for i in 1 2 3 4 5; do truncate -s 9000000 part$i; done; yes | head -c 9900000 >"
            + " source.txt");
    var refusal = refused(tree);
    String commit = refusal.hint().replaceFirst("(?s).*git show ", "").replaceFirst("(?s);.*", "");
    assertThat(sandbox.git("cat-file", "-s", commit + ":source.txt")).isEqualTo("9900000");
    assertThat(refusal.hint()).contains("All else", "stays in " + tree.path());
  }

  /** What main has already adds nothing to it, and Git LFS commits a pointer. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "touch -d 2001-01-01 big",
        "chmod +x big",
        "rm model.bin; truncate -s 2M model.bin; chmod +x model.bin; touch big",
        "rm *.part.bin; for i in 1 2 3 4 5; do truncate -s 900000 $i.part.bin; done"
      })
  void aLargeFileThatMainHasMayBeTouched(String script) throws Exception {
    largeFiles();
    var tree = create("T-1.1");
    sh(tree, script);
    write(tree, "done.txt", "done\n");
    String head = take(tree).orElseThrow();
    var expected = new ArrayList<>(List.of("done.txt"));
    if (script.contains("+x")) {
      expected.add(script.contains("model") ? "model.bin" : "big");
    }
    assertThat(sandbox.git("diff", "--name-only", "main", head).lines())
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(sandbox.git("diff", "main", head, "--", "big", "model.bin"))
        .doesNotContain("index "); // modes only
    worktrees.remove(tree, "over", told::add);
    assertThat(tree.path()).doesNotExist();
  }

  /** What a filter or line ends made of a small blob counts as what git would make of it again. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "touch -d 2001-01-01 *.gen",
        "chmod +x a.gen",
        "rm a.gen; git checkout -q a.gen; touch *.gen",
        "touch -d 2001-01-01 lines.txt"
      })
  void aLargeFileThatAFilterMadeMayBeTouched(String script) throws IOException {
    filtered();
    var tree = create("T-1.1");
    assertThat(TestRepository.run(tree.path(), "sh", "-c", "cat a.gen lines.txt | wc -c"))
        .isEqualTo("2400006");
    sh(tree, script);
    write(tree, "done.txt", "done\n");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("diff", "--name-only", "main", head).lines())
        .containsExactlyInAnyOrderElementsOf(
            script.contains("+x") ? List.of("a.gen", "done.txt") : List.of("done.txt"));
    assertThat(sandbox.git("diff", "main", head, "--", "a.gen")).doesNotContain("index ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sed -i 's/small/other/' a.gen",
        "truncate -s 8T lines.txt",
        "printf 'x\\r\\n' >> lines.txt",
        "truncate -s 2M new.gen"
      })
  void aLargeFileThatAFilterMakesAnotherOneOfIsTooLarge(String script) {
    filtered();
    var tree = create("T-1.1");
    sh(tree, script);
    assertThat(refused(tree).code()).isEqualTo("too-large");
  }

  /** On main, small in git and large in a folder. */
  private void filtered() {
    largest = 1_000_000;
    sandbox.git("config", "filter.gen.clean", "head -n 1");
    sandbox.git("config", "filter.gen.smudge", "sh -c 'cat; head -c 1200000 /dev/zero'");
    sandbox.write(".gitattributes", "*.gen filter=gen\nlines.txt text eol=crlf\n");
    sandbox.write("a.gen", "small\n");
    sandbox.write("b.gen", "small too\n");
    sandbox.write("lines.txt", "\n".repeat(600_000));
    sandbox.commit("Files that a filter makes large");
  }

  /** Bytes of one kind do not make it the file that main has. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "printf x | dd of=big conv=notrunc status=none",
        "truncate -s 2M model.bin", // begins with the pointer
        "rm model.bin; truncate -s 2M model.bin; : > .gitattributes"
      })
  void aLargeFileThatIsAnotherOneIsTooLarge(String script) throws Exception {
    largeFiles();
    var tree = create("T-1.1");
    sh(tree, script);
    assertThat(refused(tree).code()).isEqualTo("too-large");
  }

  /** On main, one in git and others as Git LFS has them. */
  private void largeFiles() throws Exception {
    largest = 1_000_000;
    TestRepository.run(sandbox.repository, "truncate", "-s", "2M", "big");
    sandbox.write(".gitattributes", "*.bin filter=lfs\n");
    sandbox.write("model.bin", pointer(2 << 20));
    for (int i = 1; i <= 5; i++) {
      sandbox.write(i + ".part.bin", pointer(900_000));
    }
    sandbox.commit("Large files");
  }

  private static String pointer(int zeros) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(new byte[zeros]);
    return "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n"
        .formatted(HexFormat.of().formatHex(digest), zeros);
  }

  /** In the git of an agent: none of it reaches the user's repository. */
  @Test
  void whatAnAgentCommittedItselfIsWeighedToo() throws IOException {
    if (!cloned()) {
      return; // its commits are in the user's repository already
    }
    var tree = create("T-1.1");
    sh(
        tree,
        "head -c 11000000 /dev/zero > big; echo a > a; git add .;"
            + " git -c user.name=a -c user.email=a@x commit -qm big");
    String big = TestRepository.run(tree.path(), "git", "rev-parse", "HEAD:big");
    assertThat(refused(tree).code()).isEqualTo("too-large");
    sh(tree, "rm big");
    String head = take(tree).orElseThrow();
    assertThat(files(head)).contains("100644 a").noneMatch(f -> f.endsWith("big"));
    assertThat(String.join("\n", told)).contains("its commits cannot be taken");
    assertThat(repository.git().run("cat-file", "-e", big).ok()).isFalse();
  }

  /** Content that the git of an agent put beside its objects, by Git LFS. */
  @ParameterizedTest
  @ValueSource(strings = {"8T", "20M", "9000000 1 2 3 4 5"})
  void whatGitLfsPutAsideIsWeighedToo(String size) throws IOException {
    if (!cloned()) {
      return; // it is in the user's repository already
    }
    sandbox.write("fetched.bin", "oid sha256:" + "0".repeat(64) + "\n");
    sandbox.commit("Content that somebody has");
    var tree = create("T-1.1");
    sh(
        tree,
        "put() { d=.git/lfs/objects/$(echo $1 | cut -c1-2)/$(echo $1 | cut -c3-4); mkdir -p $d;"
            + " mv x $d/$1; }; truncate -s 8T x; put %s; set -- %s; size=$1; shift;"
                .formatted("0".repeat(64), size)
            + " for i in ${*:-1}; do truncate -s $size x; printf $i >> x; case $size in 8T) put"
            + " %s;; *) put $(sha256sum x | cut -d' ' -f1);; esac; done;".formatted("1".repeat(64))
            + " printf hello > x; put $(sha256sum x | cut -d' ' -f1); echo x > done.txt");
    take(tree);
    Path into = sandbox.repository.resolve(".git/lfs/objects");
    try (var taken = Files.walk(into)) {
      assertThat(taken.filter(Files::isRegularFile)).hasSize(size.startsWith("9") ? 5 : 1);
    }
    assertThat(told)
        .filteredOn(line -> line.startsWith("content of Git LFS cannot be taken: "))
        .isNotEmpty()
        .allMatch(line -> line.contains("up to 10 MB") && !line.contains("00000000"));
    assertThat(removal(tree).code()).isEqualTo("too-large");
    assertThat(tree.path()).as("what is nowhere else").exists();
    if (size.equals("20M")) {
      largest = 100_000_000;
      worktrees.remove(tree, "over", told::add);
      assertThat(tree.path()).doesNotExist();
      try (var taken = Files.walk(into)) {
        assertThat(taken.filter(Files::isRegularFile)).hasSize(2);
      }
    }
  }

  @Test
  void ofASubmoduleNothingIsReadThatIsTooLarge() {
    submodule();
    var tree = create("T-1.1");
    sh(
        tree,
        "git -c protocol.file.allow=always submodule --quiet update --init; truncate -s 8T"
            + " lib/big");
    assertThat(refused(tree).code()).isEqualTo("too-large");
  }

  @Test
  void whatIsIgnoredMayBeAsLargeAsItLikes() throws IOException {
    sandbox.write(".gitignore", "out/\n*.bin\n");
    sandbox.write("same.bin", "x");
    sandbox.commit("Ignore out");
    TestRepository.run(sandbox.repository, "truncate", "-s", "8T", "same.bin");
    var tree = create("T-1.1");
    sh(tree, "mkdir out; truncate -s 8T out/big; rm -f same.bin; truncate -s 8T same.bin");
    write(tree, "done.txt", "done\n");
    assertThat(files(take(tree).orElseThrow())).contains("100644 done.txt");
    assertThat(String.join("\n", told)).contains("ignored files that are not kept", "out/");
  }

  // ── repositories inside ─────────────────────────────────────────────────────────────────────

  @Test
  void aRepositoryInsideBecomesFilesAndItsHistoryIsKept() {
    var tree = create("T-1.1");
    sh(
        tree,
        "git init -q app; cd app; echo code > main.c; git add .;"
            + " git -c user.name=s -c user.email=s@x commit -qm scaffold; echo more > more.c;"
            + " git init -q lib; echo deep > lib/deep.c; echo x > lib/x; (cd lib; git add x;"
            + " git -c user.name=s -c user.email=s@x commit -qm lib)");
    String head = take(tree).orElseThrow();
    assertThat(files(head))
        .contains(
            "100644 app/main.c", "100644 app/more.c", "100644 app/lib/deep.c", "100644 app/lib/x")
        .noneMatch(line -> line.startsWith("160000"));
    assertThat(keptSomewhere("main.c", "code\n")).as("its own history").isTrue();
    assertThat(String.join("\n", told)).contains("app is a repository inside");
    worktrees.remove(tree, "over", told::add);
    sandbox.git("gc", "-q", "--prune=now");
    sandbox.git("fsck", "--no-dangling");
  }

  /** Every branch, tag and stash, also of one that lies among ignored files. */
  @ParameterizedTest
  @ValueSource(strings = {"app", "out", "out/deep"})
  void allThatARepositoryInsideHasIsKept(String place) throws IOException {
    sandbox.write(".gitignore", "out/\n");
    sandbox.commit("Ignore out");
    var tree = create("T-1.1");
    sh(
        tree,
        "mkdir -p %s; cd %1$s; git init -q -b main; git config user.name s;".formatted(place)
            + " git config user.email s@x; echo c > main.js; git add .; git commit -qm init;"
            + " git checkout -q -b feat; echo f > feat.js; git add .; git commit -qm feat;"
            + " echo t > tag.js; git add .; git commit -qm tagged; git tag -a -m t v1;"
            + " git reset -q --hard HEAD~1; git checkout -q main; echo w > wip.js; git stash -q -u;"
            + " git worktree add -q --detach wt; echo d > wt/d.js; git -C wt add .;"
            + " git -C wt commit -qm d");
    write(tree, "done.txt", "done\n");
    String head = take(tree).orElseThrow();
    assertThat(files(head)).contains("100644 done.txt").noneMatch(f -> f.startsWith("160000"));
    worktrees.remove(tree, "over", told::add);
    sandbox.git("gc", "-q", "--prune=now");
    String log = sandbox.git("log", "--all", "--format=", "--name-only");
    assertThat(log.lines()).contains("main.js", "feat.js", "tag.js", "wip.js", "d.js");
    assertThat(told).filteredOn(line -> line.contains("branch feat of " + place)).hasSize(1);
  }

  @Test
  void whatOfARepositoryInsideCannotBeKeptIsNamed() {
    var tree = create("T-1.1");
    sh(
        tree,
        "git init -q -b main app; cd app; git config user.name s; git config user.email s@x;"
            + " echo c > main.js; git add .; git commit -qm init; git checkout -q -b feat;"
            + " echo f > feat.js; git add .; git commit -qm feat; git checkout -q main;"
            + " rm -f .git/objects/$(git rev-parse feat:feat.js | sed 's,^..,&/,')");
    take(tree);
    assertThat(told).anyMatch(line -> line.matches("(?s)cannot be kept: branch feat of app .*"));
    assertThat(keptSomewhere("main.js", "c\n")).as("the rest is").isTrue();
  }

  @Test
  void filesOfNamesThatGitRefusesAreKeptUnderOthers() throws IOException {
    sandbox.write(".gitignore", "out/\n");
    sandbox.commit("Ignore out");
    var tree = create("T-1.1");
    write(tree, ".GIT/note", "1\n");
    write(tree, "git~1/f", "2\n");
    write(tree, "docs/.Git/x", "3\n");
    write(tree, "out/.GIT/y", "4\n");
    write(tree, "plain.txt", "plain\n");
    String head = take(tree).orElseThrow();
    assertThat(files(head)).contains("100644 plain.txt").noneMatch(f -> f.contains("note"));
    worktrees.remove(tree, "over", told::add);
    assertThat(keptSomewhere("_.GIT/_note", "1\n")).isTrue();
    assertThat(keptSomewhere("_git~1/_f", "2\n")).isTrue();
    assertThat(keptSomewhere("_docs/_.Git/_x", "3\n")).isTrue();
    assertThat(keptSomewhere("_out/_.GIT/_y", "4\n")).isTrue();
    assertThat(String.join("\n", told)).contains("git takes no files of such names", ".GIT/note");
    assertThat(kept.list()).as("kept once").hasSize(1);
  }

  @Test
  void soDoesOneWithoutACommitAndOneThatIsBare() {
    var tree = create("T-1.1");
    sh(
        tree,
        "git init -q app; echo code > app/main.c; git init -q --bare bare.git; mkdir -p x;"
            + " git init -q --separate-git-dir=elsewhere y; echo 1 > y/1");
    String head = take(tree).orElseThrow();
    assertThat(files(head))
        .contains("100644 app/main.c", "100644 bare.git/HEAD", "100644 y/1")
        .noneMatch(line -> line.startsWith("160000"));
  }

  @Test
  void aLinkThatAnAgentCommittedBecomesItsFiles() {
    var tree = create("T-1.1");
    sh(
        tree,
        "git init -q app; cd app; echo code > main.c; git add .;"
            + " git -c user.name=s -c user.email=s@x commit -qm scaffold; cd ..;"
            + " git add -A 2>/dev/null; git commit -qm 'with a link'");
    String head = take(tree).orElseThrow();
    assertThat(files(head))
        .contains("100644 app/main.c")
        .noneMatch(line -> line.startsWith("160000"));
  }

  @Test
  void aLinkToACommitThatNobodyHasIsRefusedWithBothWaysOut() {
    var tree = create("T-1.1");
    sh(
        tree,
        "mkdir lib; git update-index --add --cacheinfo 160000,"
            + "1234567890123456789012345678901234567890,lib; git commit -qm link");
    var refusal = refused(tree);
    assertThat(refusal.code()).isEqualTo("submodule-missing");
    assertThat(refusal.outage()).isFalse();
    assertThat(refusal.hint()).contains("git submodule add").contains("remove lib/.git");
    assertThat(commits.checkpoint(tree, "T-1 (checkpoint)", TRAILERS, told::add)).isEmpty();
    worktrees.remove(tree, "refused", told::add);
    assertThat(tree.path()).doesNotExist();
  }

  private Path submodule() {
    Path sub = folder.resolve("sub");
    sandbox.git("init", "-q", "-b", "main", sub.toString());
    TestRepository.run(
        sub,
        "sh",
        "-ec",
        "git config user.name s; git config user.email s@x; echo hi > a; git add a; git commit -qm"
            + " a");
    sandbox.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", sub.toString(), "lib");
    sandbox.commit("Add lib");
    open();
    return sub;
  }

  @Test
  void aCommitInASubmoduleIsKeptWhereTheUsersRepositoryFindsIt() {
    submodule();
    var tree = create("T-1.1");
    sh(
        tree,
        "git -c protocol.file.allow=always submodule --quiet update --init; cd lib;"
            + " git config user.name s; git config user.email s@x; echo agent > b; git add b;"
            + " git commit -qm inside");
    String head = take(tree).orElseThrow();
    worktrees.remove(tree, "over", told::add);
    String commit = sandbox.git("rev-parse", head + ":lib");
    Path module = sandbox.repository.resolve(".git/modules/lib");
    TestRepository.run(module, "git", "--git-dir=.", "gc", "-q", "--prune=now");
    assertThat(TestRepository.run(module, "git", "--git-dir=.", "show", commit + ":b"))
        .isEqualTo("agent");
    sandbox.git("reset", "-q", "--hard", head);
    sandbox.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "update");
    assertThat(sandbox.repository.resolve("lib/b")).hasContent("agent");
  }

  /** The settings of a submodule are a person's to approve. */
  @Test
  void whereASubmoduleComesFromIsNotForAnAttemptToSay() throws IOException {
    Path sub = submodule();
    String url = sandbox.git("config", "--file", ".gitmodules", "submodule.lib.url");
    sandbox.git("submodule", "--quiet", "deinit", "--force", "lib");
    Path module = sandbox.repository.resolve(".git/modules/lib");
    Files.move(module, folder.resolve("module"));
    var tree = create("T-1.1");
    sh(
        tree,
        "git config --file .gitmodules submodule.lib.url /evil; rm -rf lib;"
            + " git clone -q '"
            + sub
            + "' lib; cd lib; git config user.name s; git config user.email s@x;"
            + " echo agent > b; git add b; git commit -qm inside");
    String head = take(tree).orElseThrow();
    assertThat(files(head)).contains("160000 lib");
    assertThat(TestRepository.run(module, "git", "--git-dir=.", "config", "remote.origin.url"))
        .isEqualTo(url);

    worktrees.remove(tree, "over", told::add);
    var next = create("T-1.2");
    sh(
        next,
        "git init -q -b main x; cd x; git config user.name s; git config user.email s@x;"
            + " echo 1 > a; git add a; git commit -qm a; cd ..;"
            + " git config --file .gitmodules submodule.lib/refs/heads/x.path x;"
            + " git config --file .gitmodules submodule.lib/refs/heads/x.url ./x");
    assertThat(refused(next).code()).isEqualTo("submodule-missing");
    assertThat(module.resolve("refs/heads/x")).doesNotExist();
  }

  /** One that a link leads to, as npm makes it, and one that lies in the user's folder. */
  @Test
  void aSubmoduleThatAnAgentNamesReachesNoOtherRepositoryOfTheUsers() throws IOException {
    Path linked = Files.createDirectories(folder.resolve("src/foo"));
    Path inside = sandbox.repository.resolve("vendor/own");
    Files.createDirectories(inside);
    for (Path other : List.of(linked, inside)) {
      TestRepository.run(other, "git", "init", "-q", "-b", "main");
    }
    Files.createDirectories(sandbox.repository.resolve("node_modules"));
    Files.createSymbolicLink(sandbox.repository.resolve("node_modules/foo"), linked);
    Files.createSymbolicLink(sandbox.repository.resolve("packages"), linked.getParent());
    var tree = create("T-1.1");
    for (String path : List.of("node_modules/foo", "packages/foo", "vendor/own")) {
      sh(
          tree,
          "p=%s; git init -q -b x $p; cd $p; git config user.name s; git config user.email s@x;"
                  .formatted(path)
              + " echo $p > a; git add a; git commit -qm $p; cd - > /dev/null;"
              + " git config --file .gitmodules submodule.$p.path $p;"
              + " git config --file .gitmodules submodule.$p.url /nowhere");
    }
    String head = take(tree).orElseThrow();
    assertThat(files(head))
        .contains("160000 node_modules/foo", "160000 packages/foo", "160000 vendor/own");
    worktrees.remove(tree, "over", told::add);
    for (Path other : List.of(linked, inside)) {
      assertThat(TestRepository.run(other, "git", "for-each-ref")).isEmpty();
      assertThat(TestRepository.run(other, "git", "count-objects")).startsWith("0 objects");
    }
    for (String path : List.of("node_modules/foo", "packages/foo", "vendor/own")) {
      Path module = sandbox.repository.resolve(".git/modules").resolve(path);
      String commit = sandbox.git("rev-parse", head + ":" + path);
      assertThat(TestRepository.run(module, "git", "--git-dir=.", "show", commit + ":a"))
          .isEqualTo(path);
    }
  }

  @Test
  void aSubmoduleThatAnAgentAddsComesWithItsCommits() {
    Path sub = folder.resolve("sub");
    sandbox.git("init", "-q", "-b", "main", sub.toString());
    TestRepository.run(
        sub,
        "sh",
        "-ec",
        "git config user.name s; git config user.email s@x; echo hi > a; git add a; git commit -qm"
            + " a");
    var tree = create("T-1.1");
    sh(tree, "git -c protocol.file.allow=always submodule --quiet add '" + sub + "' lib");
    String head = take(tree).orElseThrow();
    String commit = sandbox.git("rev-parse", head + ":lib");
    assertThat(files(head)).contains("160000 lib", "100644 .gitmodules");
    Path module = sandbox.repository.resolve(".git/modules/lib");
    assertThat(TestRepository.run(module, "git", "--git-dir=.", "show", commit + ":a"))
        .isEqualTo("hi");
  }

  @Test
  void filesInsideASubmoduleThatAreNotCommittedAreRefusedAndKept() {
    submodule();
    var tree = create("T-1.1");
    sh(
        tree,
        "git -c protocol.file.allow=always submodule --quiet update --init; echo loose >"
            + " lib/loose");
    assertThat(refused(tree).code()).isEqualTo("dirty-submodule");
    worktrees.remove(tree, "refused", told::add);
    String module = sandbox.repository.resolve(".git/modules/lib").toString();
    assertThat(
            sandbox
                .git("--git-dir=" + module, "for-each-ref", "--format=%(refname)", "refs/hivedeck")
                .lines()
                .map(ref -> sandbox.git("--git-dir=" + module, "ls-tree", "--name-only", ref)))
        .anyMatch(names -> names.contains("loose"));
  }

  /** What git shows of the outer one is the same as before. */
  @Test
  void soAreFilesInsideASubmoduleOfASubmodule() throws IOException {
    Path sub = submodule();
    Path deep = folder.resolve("deep");
    sandbox.git("init", "-q", "-b", "main", deep.toString());
    String commit = "git config user.name s; git config user.email s@x; git add -A; git commit -qm";
    TestRepository.run(deep, "sh", "-ec", "echo deep > deep; " + commit + " deep");
    String allowed = "git -c protocol.file.allow=always submodule --quiet ";
    TestRepository.run(sub, "sh", "-ec", allowed + "add '" + deep + "' in; " + commit + " in");
    TestRepository.run(
        sandbox.repository.resolve("lib"), "sh", "-ec", "git pull -q --no-recurse-submodules");
    sandbox.commit("Lib with a submodule");
    var tree = create("T-1.1");
    sh(tree, allowed + "update --init --recursive; echo edited > lib/in/deep");
    var refusal = refused(tree);
    assertThat(refusal.code()).isEqualTo("dirty-submodule");
    assertThat(refusal.getMessage()).contains("lib/in");
    worktrees.remove(tree, "refused", told::add);
    String module = sandbox.repository.resolve(".git/modules/lib/modules/in").toString();
    assertThat(
            sandbox
                .git("--git-dir=" + module, "for-each-ref", "--format=%(refname)", "refs/hivedeck")
                .lines()
                .map(ref -> sandbox.git("--git-dir=" + module, "show", ref + ":deep")))
        .contains("edited");
  }

  @Test
  void aSubmoduleThatNobodyTouchedStaysAsItIs() {
    submodule();
    var tree = create("T-1.1");
    sh(tree, "echo x > x");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("diff", "--name-only", "main", head)).isEqualTo("x");
  }

  @Test
  void anAgentsOwnWorktreeIsKeptAndIsNoPartOfItsWork() {
    var tree = create("T-1.1");
    sh(
        tree,
        "git worktree add -q -b side .claude/worktrees/side; cd .claude/worktrees/side;"
            + " echo committed > one; git add one; git commit -qm one; echo loose > two;"
            + " cd ../../..; echo work > work");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("diff", "--name-only", "main", head)).isEqualTo("work");
    assertThat(keptSomewhere("one", "committed\n")).isTrue();
    assertThat(keptSomewhere("two", "loose\n")).isTrue();
    worktrees.remove(tree, "over", told::add);
  }

  // ── refs ────────────────────────────────────────────────────────────────────────────────────

  @Test
  void branchesAndStashAreKept() {
    var tree = create("T-1.1");
    sh(
        tree,
        "echo s > s; git stash -q -u; git checkout -q -b other; echo o > o; git add o;"
            + " git commit -qm other; git checkout -q -; echo w > w; git add w; git commit -qm w");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("diff", "--name-only", "main", head)).isEqualTo("w");
    worktrees.remove(tree, "over", told::add);
    if (cloned()) {
      assertThat(keptSomewhere("o", "o\n")).isTrue();
      assertThat(
              kept.list().stream().filter(k -> repository.git().run("show", k.ref() + "^3:s").ok()))
          .as("the stash, untracked files and all")
          .isNotEmpty();
      assertThat(sandbox.git("branch", "--list", "other")).isEmpty();
    }
  }

  @Test
  void anOrphanBranchIsTakenAsFilesAndItsHistoryIsKept() {
    var tree = create("T-1.1");
    sh(
        tree,
        "git checkout -q --orphan fresh; git rm -rqf --cached .; echo new > new; git add new;"
            + " git commit -qm root");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("merge-base", head, "main")).isEqualTo(tree.start());
    assertThat(sandbox.git("diff", "--name-only", "main", head)).isEqualTo("new");
    assertThat(kept.list()).isNotEmpty();
  }

  @Test
  void rewrittenHistoryIsLegitimate() {
    var tree = create("T-1.1");
    sh(
        tree,
        "echo 1 > 1; git add 1; git commit -qm one; echo 2 > 1; git add 1;"
            + " git commit -q --amend -m amended");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("log", "--format=%s", "main.." + head)).isEqualTo("amended");
  }

  @Test
  void aMergeUnderWayIsAMerge() {
    sandbox.git("branch", "side");
    var tree = create("T-1.1");
    sh(
        tree,
        "echo 1 > 1; git add 1; git commit -qm one; git checkout -q --detach main; echo 2 > 2;"
            + " git add 2; git commit -qm two; git merge -q --no-commit --no-ff @{-1}");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("rev-list", "--parents", "-1", head).split(" ")).hasSize(3);
    assertThat(sandbox.git("diff", "--name-only", "main", head).lines()).containsExactly("1", "2");
  }

  // ── tricks ──────────────────────────────────────────────────────────────────────────────────

  @Test
  void whatAnAgentDoesToItsGitHidesNothing() throws IOException {
    sandbox.write("a.txt", "a\n");
    sandbox.write("b.txt", "b\n");
    sandbox.commit("Two files");
    var tree = create("T-1.1");
    Path ran = folder.resolve("ran");
    sh(
        tree,
        "git update-index --assume-unchanged a.txt; git update-index --skip-worktree b.txt; echo A"
            + " > a.txt; echo B > b.txt; echo '*.txt filter=evil diff=evil' > .gitattributes");
    if (cloned()) {
      sh(
          tree,
          "git config core.bare true; git config filter.evil.clean \"touch '"
              + ran
              + "'; cat\"; git config core.fsmonitor \"touch '"
              + ran
              + "'\"; echo '/*' > .git/info/exclude; for h in post-index-change pre-commit; do"
              + " printf '#!/bin/sh\\ntouch \""
              + ran
              + "\"\\n' > .git/hooks/$h; chmod +x .git/hooks/$h; done; : > .git/index.lock;"
              + " : > .git/HEAD.lock");
    }
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("diff", "--name-only", "main", head).lines())
        .containsExactlyInAnyOrder(".gitattributes", "a.txt", "b.txt");
    assertThat(ran).doesNotExist();
  }

  @Test
  void aFolderWithoutGitIsTakenAsFiles() {
    for (String script :
        List.of(
            "rm -rf .git",
            "rm -rf .git; git init -q; git add -A; git -c user.name=s -c user.email=s@x"
                + " commit -qm own",
            "rm -rf .git; mkfifo .git",
            "rm -rf .git; ln -s /nowhere .git",
            "rm -rf .git; echo 'gitdir: " + sandbox.repository.resolve(".git") + "' > .git",
            "rm -rf .git; mkdir .git; mkfifo .git/HEAD")) {
      var tree = create("T-1.1");
      sh(tree, "echo new > new; " + script);
      String head = take(tree).orElseThrow();
      assertThat(sandbox.git("diff", "--name-only", "main", head)).as(script).isEqualTo("new");
      assertThat(sandbox.git("rev-parse", head + "^")).as(script).isEqualTo(tree.start());
      worktrees.remove(tree, "over", told::add);
      assertThat(tree.path()).doesNotExist();
      mainline.clear("T-1", tree.branch());
      sandbox.git("update-ref", "-d", "refs/heads/" + tree.branch());
    }
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    sandbox.git("fsck", "--no-dangling");
  }

  @Test
  void objectsThatAreBrokenAreLeftAndTheFilesTaken() {
    var tree = create("T-1.1");
    sh(tree, "echo secret > one; git add one; git commit -qm one");
    if (!cloned()) {
      return;
    }
    sh(
        tree,
        "for o in $(git rev-list --objects main..HEAD | cut -c1-40); do"
            + " f=.git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-); chmod u+w $f;"
            + " echo broken > $f; done");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("diff", "--name-only", "main", head)).isEqualTo("one");
    assertThat(String.join("\n", told)).contains("cannot be taken");
    sandbox.git("fsck", "--no-dangling");
  }

  /** Only a hostile agent would write that; git itself then finds no repository there. */
  @Test
  void whatIsNoCommitIsNotTakenForOne() {
    for (String place : List.of("HEAD", "MERGE_HEAD")) {
      for (String object : List.of("main^{tree}", "main:README.md", "of-tree", "of-commit")) {
        var tree = create("T-1.1");
        sh(
            tree,
            "git config user.name x; git config user.email x; git tag -f -a -m t of-tree"
                + " HEAD^{tree}; git tag -f -a -m t of-commit HEAD; id=$(git rev-parse "
                + object
                + "); at=$(git rev-parse --git-path "
                + place
                + "); echo $id > $at; echo new > new");
        String what = object + " in " + place;
        String head = take(tree).orElseThrow();
        assertThat(sandbox.git("diff", "--name-only", "main", head)).as(what).isEqualTo("new");
        assertThat(sandbox.git("rev-parse", head + "^@")).as(what).isEqualTo(tree.start());
        worktrees.remove(tree, "over", told::add);
        assertThat(tree.path()).as(what).doesNotExist();
        mainline.clear("T-1", tree.branch());
        sandbox.git("update-ref", "-d", "refs/heads/" + tree.branch());
      }
    }
    sandbox.git("fsck", "--no-dangling");
  }

  @Test
  void aPipeThatGitWouldReadIsNamed() {
    var tree = create("T-1.1");
    sh(tree, "echo x > x; mkdir d; mkfifo pipe d/.gitignore");
    var refusal = refused(tree);
    assertThat(refusal.code()).isEqualTo("work-unreadable");
    assertThat(refusal.outage()).as("the trouble of this task alone").isFalse();
    assertThat(refusal.getMessage()).contains("d/.gitignore");
    sh(tree, "rm d/.gitignore");
    assertThat(files(take(tree).orElseThrow()))
        .contains("100644 x")
        .noneMatch(f -> f.contains("pipe"));
  }

  @Test
  void whatAnAgentLocksIsOpenedAgain() throws IOException {
    sandbox.write("d/tracked", "t\n");
    sandbox.commit("A folder");
    var tree = create("T-1.1");
    sh(tree, "echo x > d/x; echo y > y; chmod 0 y; chmod 0500 d; mkdir e; echo z > e/z; chmod 0 e");
    String head = take(tree).orElseThrow();
    assertThat(files(head)).contains("100644 d/x", "100644 y", "100644 e/z", "100644 d/tracked");
    sh(tree, "chmod 0500 d; chmod 0 e");
    worktrees.remove(tree, "over", told::add);
    assertThat(tree.path()).doesNotExist();
  }

  @Test
  void namesAreBytes() throws IOException {
    var tree = create("T-1.1");
    sh(
        tree,
        "printf 1 > \"$(printf 'new\\nline')\"; printf 2 > \"$(printf 'latin-\\351')\";"
            + " printf 3 > 'ü 日本.txt'; git init -q \"$(printf 'r\\351p')\";"
            + " printf 4 > \"$(printf 'r\\351p/\\351')\"; printf 5 > README.md");
    String head = take(tree).orElseThrow();
    var listed = repository.git().run("ls-tree", "-r", "-z", "--name-only", head);
    assertThat(ByteNames.split(listed.bytes()))
        .containsExactlyInAnyOrder(
            "README.md", "latin-\u00e9", "new\nline", "r\u00e9p/\u00e9", ByteNames.of("ü 日本.txt"));
    worktrees.remove(tree, "over", told::add);
    assertThat(tree.path()).doesNotExist();
  }

  @Test
  void linksAreTakenAsLinksAndNeverFollowed() throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret\n");
    sandbox.write("d/tracked", "t\n");
    sandbox.commit("A folder");
    var tree = create("T-1.1");
    sh(tree, "rm -r d; ln -s '" + outside + "' d; ln -s '" + outside + "/secret' s");
    String head = take(tree).orElseThrow();
    assertThat(files(head)).contains("120000 d", "120000 s").noneMatch(f -> f.contains("d/"));
    worktrees.remove(tree, "over", told::add);
    assertThat(outside.resolve("secret")).exists();
  }

  // ── files ───────────────────────────────────────────────────────────────────────────────────

  @Test
  void filesThatWereNotTouchedAreNoPartOfTheWork() {
    sandbox.git("config", "core.autocrlf", "false");
    sandbox.write("win.txt", "a\r\nb\r\n");
    sandbox.commit("Windows");
    sandbox.write(".gitattributes", "*.txt text\n");
    sandbox.git("add", ".gitattributes");
    sandbox.git("commit", "-q", "-m", "A rule that came later");
    var tree = create("T-1.1");
    sh(tree, "touch win.txt; echo x > x.md");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("diff", "--name-only", "main", head)).isEqualTo("x.md");
  }

  @Test
  void aSparseCheckoutStaysSparseAndNewFilesOutsideAreTaken() {
    sandbox.write("a/f", "1\n");
    sandbox.write("b/f", "1\n");
    sandbox.commit("Two folders");
    sandbox.git("sparse-checkout", "set", "--cone", "a");
    open();
    var tree = create("T-1.1");
    assertThat(tree.path().resolve("b")).doesNotExist();
    assertThat(TestRepository.run(tree.path(), "git", "status", "--porcelain")).isEmpty();
    sh(tree, "mkdir c; echo new > c/f; echo 2 > a/f");
    String head = take(tree).orElseThrow();
    assertThat(sandbox.git("diff", "--name-only", "main", head).lines())
        .containsExactly("a/f", "c/f");
  }

  @Test
  void ignoredFilesAreKeptWhereTheyAreItsOwn() throws IOException {
    sandbox.write(".gitignore", "reports/\n.env\nnode_modules/\nhuge/\n");
    sandbox.commit("Ignore");
    sandbox.write(".env", "KEY=1\n");
    var tree = create("T-1.1");
    sh(
        tree,
        "mkdir reports node_modules huge; echo hours > reports/audit.md; echo KEY=1 > .env;"
            + " echo x > node_modules/x; for i in $(seq 600); do : > huge/$i; done");
    assertThat(take(tree)).isEmpty();
    assertThat(keptSomewhere("reports/audit.md", "hours\n")).isTrue();
    assertThat(keptSomewhere(".env", "KEY=1\n")).as("a copy of the user's secrets").isFalse();
    assertThat(keptSomewhere("node_modules/x", "x\n")).as("can be had again").isFalse();
    assertThat(String.join("\n", told)).contains("ignored").contains("huge/");
    int before = kept.list().size();
    worktrees.remove(tree, "over", told::add);
    assertThat(kept.list()).as("once").hasSize(before);
  }

  @Test
  void lookingAtAFolderTakesNothingOfIt() throws IOException {
    var tree = create("T-1.1");
    sh(tree, "rm -rf .git; mkfifo .git; echo x > f");
    String objects = sandbox.git("count-objects", "-v");
    assertThat(commits.diff(tree.path(), tree.start(), DiffExcerpt.of(100)).files()).hasSize(1);
    assertThat(sandbox.git("count-objects", "-v")).isEqualTo(objects);
  }

  @Test
  void whatWasTakenStandsInTheFolderAsCommitted() {
    var tree = create("T-1.1");
    sh(tree, "echo x > x; echo y > README.md");
    String head = take(tree).orElseThrow();
    assertThat(TestRepository.run(tree.path(), "git", "rev-parse", "HEAD")).isEqualTo(head);
    assertThat(TestRepository.run(tree.path(), "git", "status", "--porcelain")).isEmpty();
    assertThat(TestRepository.run(tree.path(), "git", "symbolic-ref", "--short", "HEAD"))
        .isEqualTo(tree.branch());
    worktrees.remove(tree, "over", told::add);
    assertThat(kept.list()).as("it is all on its branch").isEmpty();
  }

  @Test
  void aBranchOfTheUsersNamedHiveIsInNobodysWay() {
    sandbox.git("branch", "hive");
    var tree = create("T-1.1");
    sh(tree, "echo x > x");
    take(tree).orElseThrow();
    assertThat(tree.branch()).startsWith("hivedeck/");
    worktrees.remove(tree, "over", told::add);
    sandbox.git("branch", "hivedeck2");
    sandbox.git("update-ref", "-d", "refs/heads/" + tree.branch());
    sandbox.git("branch", "hivedeck");
    var refusal = catchThrowableOfType(HiveException.class, () -> create("T-1.2"));
    assertThat(refusal.code()).isEqualTo("branch-in-use");
    assertThat(refusal.hint()).contains("git branch -m");
  }
}
