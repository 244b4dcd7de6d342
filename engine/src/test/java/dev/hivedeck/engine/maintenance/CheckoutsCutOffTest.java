package dev.hivedeck.engine.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.view.DriftViews.Drift;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a git left that was cut off while it wrote a checkout is not taken for the user's. */
class CheckoutsCutOffTest extends CheckoutsFixture {

  @ParameterizedTest
  @ValueSource(strings = {"main stayed", "main moved", "main moved on"})
  void theNextStartMakesItGood(String how) throws Exception {
    String before = half();
    sandbox.write("mine.txt", "mine, edited\n");
    sandbox.write("new untracked.txt", "mine\n");
    if (!how.endsWith("stayed")) {
      sandbox.git("update-ref", "-m", "hivedeck: Merge", MAIN, commit);
    }
    if (how.endsWith("on")) {
      merge("b.txt", "merged, too\n");
    }
    start(before);
    assertThat(told()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain").lines())
        .containsExactly("M mine.txt", "?? \"new untracked.txt\"");
    assertThat(read(sandbox.repository, "a.txt"))
        .isEqualTo(how.endsWith("stayed") ? "a\n" : "merged\n");
    assertThat(read(sandbox.repository, "mine.txt")).isEqualTo("mine, edited\n");
  }

  /** What is noted to be on the way is held, whatever git's garbage collection takes. */
  @Test
  void whatItWasOnTheWayToOutlivesGarbage() throws Exception {
    String before = half();
    assertThat(checkouts.onTheWay()).contains(before, commit);
  }

  /** Nobody knows what it was on the way to any more, but what it wrote is what is to come. */
  @Test
  void whatLiesThereJustAsItIsToComeIsNotInTheWay() throws Exception {
    String before = repository.tip();
    sandbox.write("0new.txt", "merged\n");
    sandbox.write("folder/new.sh", "merged\n");
    assertThat(sandbox.repository.resolve("folder/new.sh").toFile().setExecutable(true)).isTrue();
    sandbox.write("1mine.txt", "mine\n");
    merge("0new.txt", "merged\n");
    look(before);
    assertThat(told()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain").lines())
        .containsExactly("?? 1mine.txt", "?? folder/");
    String quoted = repository.tip();
    sandbox.write("\"quoted.txt", "merged\n");
    merge("\"quoted.txt", "merged\n");
    look(quoted);
    assertThat(told())
        .as("git reads such a name otherwise, so it stays what is in the way")
        .singleElement()
        .satisfies(drift -> assertThat(drift.why()).contains("in the way: \"quoted.txt"));
    Files.delete(sandbox.repository.resolve("\"quoted.txt"));
    assertThat(checkouts.update(repository.tip(), true).left()).isEmpty();
    String then = repository.tip();
    merge("folder/new.sh", "merged\n");
    look(then);
    assertThat(told())
        .as("with other rights")
        .singleElement()
        .satisfies(drift -> assertThat(drift.why()).contains("in the way: folder/new.sh"));
  }

  /** It was killed while it wrote a file, on its way there or back. */
  @ParameterizedTest
  @ValueSource(strings = {"", "half of what it was to be", "half of what it was"})
  void aFileThatWasHalfWrittenIsNoEdit(String how) throws Exception {
    sandbox.git("config", "core.autocrlf", "true");
    sandbox.git("config", "core.safecrlf", "false");
    String old = "old line\n".repeat(3_000);
    sandbox.write("long.txt", old);
    sandbox.write("gone.txt", old);
    sandbox.commit("Long files");
    Files.delete(sandbox.repository.resolve("long.txt"));
    Files.delete(sandbox.repository.resolve("gone.txt"));
    sandbox.git("checkout", "-q", "long.txt", "gone.txt"); // as git writes them
    start();
    String before = repository.tip();
    String fresh = "new line\n".repeat(3_000);
    merge("long.txt", fresh);
    merge("new.txt", fresh);
    sandbox.git("update-ref", "-m", "hivedeck: Merge", MAIN, without("gone.txt"));
    commit = repository.tip();
    notes.write(Map.of("checkout-ahead:" + sandbox.repository, before + " " + commit), Set.of());
    String there = how.isEmpty() ? "" : crlf(how.endsWith("be") ? fresh : old).substring(0, 4096);
    sandbox.write("long.txt", there);
    sandbox.write(how.endsWith("was") ? "gone.txt" : "new.txt", there);
    start(before);
    assertThat(told()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(read(sandbox.repository, "long.txt")).isEqualTo(crlf(fresh));
    assertThat(read(sandbox.repository, "new.txt")).isEqualTo(crlf(fresh));
    assertThat(sandbox.repository.resolve("gone.txt")).doesNotExist();
    var kept = sandbox.git("for-each-ref", "--format=%(refname)", "refs/hivedeck/kept");
    assertThat(kept.lines()).hasSize(how.isEmpty() ? 0 : 1);
    if (!how.isEmpty()) {
      assertThat(sandbox.git("cat-file", "-s", kept + ":long.txt")).isEqualTo("4096");
    }
  }

  private static String crlf(String text) {
    return text.replace("\n", "\r\n");
  }

  /** Main without a file. */
  private String without(String file) {
    return TestRepository.run(
        sandbox.repository,
        "sh",
        "-c",
        "export GIT_INDEX_FILE='%s'; git read-tree main && git update-index --force-remove %s && git commit-tree -p main -m Remove $(git write-tree)"
            .formatted(folder.resolve("index"), file));
  }

  /** Whoever shortens a file leaves whole lines. */
  @Test
  void whatItsUserShortenedStays() throws Exception {
    sandbox.write("long.txt", "1\n2\n3\n");
    sandbox.commit("A long file");
    start();
    String before = repository.tip();
    merge("long.txt", "0\n1\n2\n3\n");
    notes.write(
        Map.of("checkout-ahead:" + sandbox.repository, before + " " + repository.tip()), Set.of());
    sandbox.write("long.txt", "1\n2\n");
    start(before);
    assertThat(told()).extracting(Drift::kind).containsExactly("checkout-behind");
    assertThat(read(sandbox.repository, "long.txt")).isEqualTo("1\n2\n");
  }

  @Test
  void whoSwitchedMeanwhileTakesNothingOfItAlong() {
    half();
    sandbox.git("branch", "other");
    sandbox.git("symbolic-ref", "HEAD", "refs/heads/other");
    start();
    assertThat(told()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
  }

  /** An edit is neither what it was nor what it was to be. */
  @Test
  void anEditOfTheSameFilesStays() throws Exception {
    String before = half();
    sandbox.write("a.txt", "mine\n");
    sandbox.write("näme\n.txt", "mine\n");
    sandbox.git("update-ref", "-m", "hivedeck: Merge", MAIN, commit);
    start(before);
    assertThat(told())
        .singleElement()
        .satisfies(
            drift -> {
              assertThat(drift.kind()).isEqualTo("checkout-behind");
              assertThat(drift.why()).contains("in the way: näme").doesNotContain("0new.txt");
            });
    assertThat(read(sandbox.repository, "a.txt")).isEqualTo("mine\n");
    assertThat(read(sandbox.repository, "näme\n.txt")).isEqualTo("mine\n");
    Files.delete(sandbox.repository.resolve("näme\n.txt"));
    assertThat(checkouts.update(repository.tip(), true).left()).isEmpty();
    assertThat(checkouts.left()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
  }

  /** Git ends where a required filter does, with a part of the files written. */
  @Test
  void whereAFilterFailsNothingIsLeftHalfWay() throws Exception {
    sandbox.write(".gitattributes", "*.s filter=f\n");
    sandbox.write("z.s", "z\n");
    sandbox.commit("Filtered");
    start();
    sandbox.git("config", "filter.f.required", "true");
    sandbox.git("config", "filter.f.clean", "cat");
    sandbox.git("config", "filter.f.smudge", "test -e .git/go && cat");
    String before = repository.tip();
    merge("a.txt", "merged\n");
    merge("0new.txt", "merged\n");
    merge("y.s", "merged\n");
    merge("z.s", "merged\n");
    look(before);
    assertThat(told())
        .singleElement()
        .satisfies(drift -> assertThat(drift.why()).contains("filter").doesNotContain("0new"));
    assertThat(sandbox.repository.resolve("0new.txt")).doesNotExist();
    assertThat(read(sandbox.repository, "a.txt")).isEqualTo("a\n");
    Files.writeString(sandbox.repository.resolve(".git/go"), "");
    assertThat(checkouts.update(repository.tip(), true).left()).isEmpty();
    assertThat(read(sandbox.repository, "z.s")).isEqualTo("merged\n");
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(told()).extracting(Drift::kind).isEmpty();
  }

  private String commit;

  /** Files of a merge that main is not at yet, a part of them, with the index of before. */
  private String half() {
    sandbox.write("c.txt", "c\n");
    sandbox.write("gone.txt", "gone\n");
    sandbox.write("folder.txt", "file\n");
    sandbox.write("mine.txt", "mine\n");
    sandbox.write("not yet.txt", "not yet\n");
    sandbox.commit("More files");
    start();
    String before = repository.tip();
    Path merge = folder.resolve("merge");
    sandbox.git("worktree", "add", "-q", "--detach", merge.toString(), "main");
    TestRepository.run(
        merge,
        "sh",
        "-c",
        """
        for file in a.txt c.txt 'not yet.txt' 0new.txt "näme
        .txt"; do echo merged > "$file"; done; rm gone.txt folder.txt
        mkdir folder.txt deep && echo merged > folder.txt/in && echo merged > deep/new
        ln -s a.txt link && git add -A && git -c user.name=x -c user.email=x commit -q -m Merge
        """);
    commit = TestRepository.run(merge, "git", "rev-parse", "HEAD").strip();
    sandbox.git("worktree", "remove", merge.toString());
    checkouts.lead(before, commit);
    sandbox.git("read-tree", before);
    TestRepository.run(
        sandbox.repository, "sh", "-c", "rm c.txt && echo 'not yet' > 'not yet.txt'");
    return before;
  }
}
