package dev.hivedeck.engine.mainline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.TestSize;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.merge.MergeViews.Cause;
import dev.hivedeck.engine.protocol.merge.MergeViews.Unexplained;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A merge is on main as its change says, or the proof names the path where it is not. */
class MergeProofTest {
  @TempDir Path folder;

  private TestRepository sandbox;
  private Git git;
  private final StringBuilder imported = new StringBuilder();
  private int commits;

  @BeforeEach
  void begin() {
    sandbox = new TestRepository(folder);
    git = new Git(sandbox.repository);
  }

  /** The same number of a commit whose files are these, to be made by {@link #make}. */
  private int commit(Map<String, String> files, int parent) {
    imported
        .append("commit refs/heads/made\nmark :")
        .append(++commits)
        .append("\ncommitter A User <user@example.org> 0 +0000\ndata 1\nx\n");
    imported.append(parent == 0 ? "" : "from :" + parent + "\n").append("deleteall\n");
    files.forEach(
        (path, text) ->
            imported
                .append("M 100644 inline ")
                .append(path)
                .append("\ndata ")
                .append(text.getBytes(StandardCharsets.UTF_8).length)
                .append('\n')
                .append(text)
                .append('\n'));
    imported.append('\n');
    return commits;
  }

  /** Their names, by number. */
  private List<String> make() throws Exception {
    Path stream = Files.writeString(folder.resolve("stream"), imported);
    Path marks = folder.resolve("marks");
    git.from(stream).must("fast-import", "--quiet", "--force", "--export-marks=" + marks);
    var names = new String[commits + 1];
    for (String line : Files.readAllLines(marks)) {
      names[Integer.parseInt(line.substring(1, line.indexOf(' ')))] =
          line.substring(line.indexOf(' ') + 1);
    }
    return Arrays.asList(names).subList(1, names.length);
  }

  private static String text(RandomGenerator random) {
    var lines = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      lines.append("line ").append(i).append(' ').append(random.nextInt(1_000)).append('\n');
    }
    return lines.toString();
  }

  private static TreeMap<String, String> begun(RandomGenerator random) {
    var files = new TreeMap<String, String>();
    for (int i = 0; i < 8; i++) {
      files.put("dir" + i % 3 + "/file" + i, text(random));
    }
    return files;
  }

  /** What somebody did to these files: edits, new ones, ones that went, moved files and folders. */
  private static TreeMap<String, String> changed(
      TreeMap<String, String> files, RandomGenerator random, String who) {
    var now = new TreeMap<>(files);
    for (int i = 0; i <= random.nextInt(4); i++) {
      var paths = new ArrayList<>(now.keySet());
      String path = paths.get(random.nextInt(paths.size()));
      switch (random.nextInt(6)) {
        case 0 -> now.put("dir" + random.nextInt(3) + "/" + who + i, text(random));
        case 1 -> now.remove(path);
        case 2 -> now.put("moved/" + who + i, now.remove(path));
        case 3 -> {
          String from = path.substring(0, path.indexOf('/') + 1);
          for (String each : paths) {
            if (each.startsWith(from)) {
              now.put(who + "/" + each.substring(from.length()), now.remove(each));
            }
          }
        }
        default -> {
          var lines = new ArrayList<>(now.get(path).lines().toList());
          lines.set(random.nextInt(lines.size()), who + " " + random.nextInt(1_000));
          now.put(path, String.join("\n", lines) + "\n");
        }
      }
      if (now.isEmpty()) {
        now.put("dir0/left", text(random));
      }
    }
    return now;
  }

  private String merge(String tree, String ours, String theirs) {
    return git.must("commit-tree", tree, "-p", ours, "-p", theirs, "-m", "Merge").strip();
  }

  private MergeProof proof(String base, String merge, String head) {
    return MergeProof.of(git, base, merge, head, ThreeWayMerge.merge(git, base, head).tree(), null);
  }

  @Test
  void whatGitMergesIsExplainedAndWhatTakesMainBackIsNot() throws Exception {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    int pairs = TestSize.times(12);
    record Pair(
        TreeMap<String, String> begun,
        TreeMap<String, String> main,
        int fork,
        int ours,
        int theirs) {}
    var all = new ArrayList<Pair>();
    for (int i = 0; i < pairs; i++) {
      var begun = begun(random);
      int fork = commit(begun, 0);
      var main = changed(begun, random, "main");
      all.add(
          new Pair(
              begun,
              main,
              fork,
              commit(main, fork),
              commit(changed(begun, random, "change"), fork)));
    }
    var names = make();
    int clean = 0;
    for (var pair : all) {
      String ours = names.get(pair.ours() - 1);
      String theirs = names.get(pair.theirs() - 1);
      var merged = ThreeWayMerge.merge(git, ours, theirs);
      if (!merged.clean()) {
        continue;
      }
      clean++;
      var proof = proof(ours, merge(merged.tree(), ours, theirs), theirs);
      assertThat(proof.unexplained()).as("seed %d, %s onto %s", seed, theirs, ours).isEmpty();
      assertThat(proof.tree()).isEqualTo(merged.tree());
      // As if main were still where the change began.
      String wrong = merge(git.must("rev-parse", theirs + "^{tree}").strip(), ours, theirs);
      if (!merged.tree().equals(git.must("rev-parse", theirs + "^{tree}").strip())) {
        assertThat(proof(ours, wrong, theirs).holds())
            .as("seed %d, main taken back by %s", seed, theirs)
            .isFalse();
      }
      String nothing = git.must("rev-parse", ours + "^{tree}").strip();
      if (!nothing.equals(merged.tree())) {
        assertThat(proof(ours, merge(nothing, ours, theirs), theirs).holds())
            .as("seed %d, nothing of %s came", seed, theirs)
            .isFalse();
      }
    }
    assertThat(clean).as("merges that were tried").isPositive();
  }

  /** A merge that was reckoned from an older base than both sides have, as on 2026-04-23. */
  @Test
  void aWrongBaseIsCaughtWithThePathsThatItTakesBack() throws Exception {
    int first = commit(Map.of("a.txt", "1\n", "b.txt", "1\n"), 0);
    int second = commit(Map.of("a.txt", "2\n", "b.txt", "1\n", "c.txt", "new\n"), first);
    int change = commit(Map.of("a.txt", "1\n", "b.txt", "2\n"), first);
    int wrong = commit(Map.of("a.txt", "1\n", "b.txt", "2\n"), second);
    int right = commit(Map.of("a.txt", "2\n", "b.txt", "2\n", "c.txt", "new\n"), second);
    int foreign = commit(Map.of("a.txt", "2\n", "b.txt", "3\n", "d.txt", "?\n"), second);
    int half = commit(Map.of("a.txt", "2\n", "b.txt", "1\n", "c.txt", "new\n"), second);
    var names = make();
    String main = names.get(second - 1);
    String head = names.get(change - 1);
    assertThat(proof(main, names.get(right - 1), head).holds()).isTrue();
    assertThat(proof(main, names.get(wrong - 1), head).unexplained())
        .containsExactly(
            new Unexplained("a.txt", Cause.FOREIGN), new Unexplained("c.txt", Cause.FOREIGN));
    assertThat(proof(main, names.get(foreign - 1), head).unexplained())
        .containsExactly(
            new Unexplained("b.txt", Cause.DIFFERENT),
            new Unexplained("c.txt", Cause.FOREIGN),
            new Unexplained("d.txt", Cause.FOREIGN));
    assertThat(proof(main, names.get(half - 1), head).unexplained())
        .containsExactly(new Unexplained("b.txt", Cause.MISSING));
  }
}
