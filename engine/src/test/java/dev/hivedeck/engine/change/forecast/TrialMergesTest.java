package dev.hivedeck.engine.change.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.TestSize;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.TrialMerges;
import dev.hivedeck.engine.mainline.TrialMerges.Pair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trial merge agrees with the merge. */
class TrialMergesTest {
  @TempDir Path folder;

  @Test
  void aForecastAgreesWithGitsOwnMerge() throws Exception {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var sandbox = new TestRepository(folder);
    for (int i = 0; i < 6; i++) {
      sandbox.write("file" + i, "a\nb\nc\nd\ne\nf\ng\nh\n");
    }
    sandbox.commit("Begin");
    var heads = new ArrayList<String>();
    for (int i = 0; i < TestSize.times(6); i++) {
      sandbox.git("checkout", "-q", "--detach", "main");
      for (int k = 0; k < 2; k++) {
        var lines = new ArrayList<>("a\nb\nc\nd\ne\nf\ng\nh".lines().toList());
        lines.set(random.nextInt(8), "by " + i);
        sandbox.write("file" + random.nextInt(6), String.join("\n", lines) + "\n");
      }
      sandbox.git("commit", "-q", "-a", "--allow-empty", "-m", "Change " + i);
      heads.add(sandbox.git("rev-parse", "HEAD"));
    }
    sandbox.git("checkout", "-q", "main");
    var pairs = new ArrayList<Pair>();
    for (int i = 0; i < heads.size(); i++) {
      for (int k = i + 1; k < heads.size(); k++) {
        pairs.add(new Pair(heads.get(i), heads.get(k)));
      }
    }
    var trials = new TrialMerges(Repository.open(sandbox.repository, "main"));
    var told = trials.conflicts(pairs);
    for (int i = 0; i < pairs.size(); i++) {
      sandbox.git("checkout", "-q", "--detach", pairs.get(i).one());
      var merge =
          new ProcessBuilder("git", "merge", "-q", "--no-edit", pairs.get(i).other())
              .directory(sandbox.repository.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean conflicts = merge.waitFor() != 0;
      assertThat(!told.get(i).isEmpty()).as("seed %d, %s", seed, pairs.get(i)).isEqualTo(conflicts);
      if (conflicts) {
        assertThat(told.get(i))
            .as("seed %d", seed)
            .containsExactlyInAnyOrderElementsOf(
                sandbox.git("diff", "--name-only", "--diff-filter=U").lines().toList());
      }
      sandbox.git("reset", "-q", "--hard");
    }
  }

  @Test
  void theFilesOfEachAreThoseSinceItLeftMain() {
    var sandbox = new TestRepository(folder);
    sandbox.write("kept", "1\n");
    sandbox.commit("Begin");
    var heads = new ArrayList<String>();
    for (int i = 0; i < 4; i++) {
      sandbox.git("checkout", "-q", "--detach", "main");
      sandbox.write("a file\n" + i, "x\n");
      sandbox.write("kept", i + 2 + "\n");
      sandbox.git("add", "--all");
      sandbox.git("commit", "-q", "-m", "Change " + i);
      heads.add(sandbox.git("rev-parse", "HEAD"));
      sandbox.git("checkout", "-q", "main");
      sandbox.write("main" + i, "x\n");
      sandbox.commit("Main goes on");
    }
    heads.add(sandbox.git("rev-parse", "main~1")); // has nothing of its own
    sandbox.git("checkout", "-q", "--orphan", "apart");
    sandbox.git("commit", "-q", "--allow-empty", "-m", "A history of its own");
    heads.add(sandbox.git("rev-parse", "HEAD"));
    var trials = new TrialMerges(Repository.open(sandbox.repository, "main"));
    var files = trials.files(heads);
    for (int i = 0; i < 4; i++) {
      assertThat(files.get(heads.get(i))).containsExactly("a file\n" + i, "kept");
      assertThat(trials.files(List.of(heads.get(i))))
          .isEqualTo(Map.of(heads.get(i), files.get(heads.get(i))));
    }
    assertThat(files.get(heads.get(4))).isEmpty();
    assertThat(files.get(heads.get(5))).isEmpty();
    assertThat(trials.files(List.of())).isEmpty();
  }

  /** More than one command of git may name. */
  @Test
  void manyAreAskedInParts() throws Exception {
    var sandbox = new TestRepository(folder);
    String main = sandbox.git("rev-parse", "main");
    var commits = new StringBuilder();
    for (int i = 0; i < 250; i++) {
      commits.append("commit refs/heads/many/" + i + "\ncommitter a <a@b.c> 1700000000 +0000\n");
      commits.append("data 0\nfrom " + main + "\nM 100644 inline f" + i + "\ndata 1\nx\n");
    }
    Path input = Files.writeString(folder.resolve("commits"), commits);
    var fast =
        new ProcessBuilder("git", "fast-import", "--quiet")
            .directory(sandbox.repository.toFile())
            .inheritIO()
            .redirectInput(input.toFile())
            .start();
    assertThat(fast.waitFor()).isZero();
    sandbox.git("commit", "-q", "--allow-empty", "-m", "Main goes on");
    var heads =
        sandbox.git("for-each-ref", "--format=%(objectname)", "refs/heads/many").lines().toList();
    var trials = new TrialMerges(Repository.open(sandbox.repository, "main"));
    assertThat(trials.files(heads)).hasSize(250).allSatisfy((h, own) -> assertThat(own).hasSize(1));
    assertThat(trials.behind(heads)).hasSize(250).allSatisfy((h, by) -> assertThat(by).isOne());
  }

  /** Main moves on, and so do some of the others; some bring main in, some never met it. */
  @Test
  void howFarEachIsBehindMainIsWhatGitCounts() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var sandbox = new TestRepository(folder);
    var heads = new ArrayList<String>();
    sandbox.git("branch", "-q", "other");
    for (int i = 0; i < 12; i++) {
      sandbox.git("checkout", "-q", random.nextInt(3) > 0 ? "main" : "other");
      sandbox.git("commit", "-q", "--allow-empty", "-m", "Commit " + i);
      if (random.nextInt(4) == 0) {
        sandbox.git("merge", "-q", "--no-ff", "--no-edit", random.nextBoolean() ? "main" : "other");
      }
      sandbox.git("branch", "-q", "-f", "kept" + i);
      heads.add(sandbox.git("rev-parse", "HEAD"));
    }
    var trials = new TrialMerges(Repository.open(sandbox.repository, "main"));
    for (int unrelated = 0; unrelated < 2; unrelated++) {
      var behind = trials.behind(heads);
      for (String head : heads) {
        assertThat(String.valueOf(behind.get(head)))
            .as("seed %d, %s", seed, head)
            .isEqualTo(sandbox.git("rev-list", "--count", head + "..main"));
        assertThat(trials.behind(List.of(head))).as("alone").containsEntry(head, behind.get(head));
      }
      sandbox.git("checkout", "-q", "--orphan", "apart" + unrelated);
      sandbox.git("commit", "-q", "--allow-empty", "-m", "A history of its own");
      heads.add(sandbox.git("rev-parse", "HEAD"));
    }
  }
}
