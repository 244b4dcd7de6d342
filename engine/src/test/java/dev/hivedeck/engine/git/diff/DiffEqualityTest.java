package dev.hivedeck.engine.git.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is shown is what {@code git diff} prints, on random commits of a real history: this
 * project's own. {@code -Dhivedeck.diff.commits=500} takes more of them, {@code
 * -Dhivedeck.diff.repository} another history.
 */
class DiffEqualityTest {
  /** Longer lines are cut. */
  private static final int SHOWN = 2_000;

  @Test
  void whatIsShownIsWhatGitDiffPrints() throws IOException {
    var repository = Path.of(System.getProperty("hivedeck.diff.repository", "..")).toAbsolutePath();
    assumeTrue(Files.exists(repository.resolve(".git")), "the sources are no git repository here");
    long seed = Long.getLong("hivedeck.seed", System.nanoTime());
    int wanted = Integer.getInteger("hivedeck.diff.commits", 40);
    var commits =
        new ArrayList<>(
            TestRepository.run(repository, "git", "rev-list", "--no-merges", "--parents", "HEAD")
                .lines()
                .map(line -> line.split(" "))
                .filter(commit -> commit.length == 2)
                .toList());
    Collections.sort(commits, (a, b) -> a[0].compareTo(b[0]));
    Collections.shuffle(commits, new Random(seed));
    var git = new Git(repository);
    int hunks = 0;
    for (var commit : commits.subList(0, Math.min(wanted, commits.size()))) {
      var printed = printed(repository, commit[1], commit[0]);
      var shown = shown(Diffs.between(git, commit[1], commit[0], Integer.MAX_VALUE).files());
      for (var file : printed.entrySet()) {
        assertThat(shown.get(file.getKey()))
            .as("file %d of %s, seed %d", file.getKey(), commit[0], seed)
            .isEqualTo(file.getValue());
      }
      assertThat(shown.size()).as("files of %s, seed %d", commit[0], seed).isEqualTo(files);
      hunks += printed.values().stream().mapToInt(List::size).sum();
    }
    assertThat(hunks).as("lines that were compared").isGreaterThan(commits.isEmpty() ? 0 : 100);
  }

  @TempDir Path folder;
  private int files;

  /** The lines of git's own patch from the first hunk of each file on, by the place of the file. */
  private Map<Integer, List<String>> printed(Path repository, String base, String head)
      throws IOException {
    Path file = folder.resolve("patch");
    TestRepository.run(
        repository,
        "git",
        "diff",
        "--no-color",
        "--no-ext-diff",
        "-M",
        "-U3",
        "--output=" + file,
        base,
        head);
    String patch = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    var all = new LinkedHashMap<Integer, List<String>>();
    int place = -1;
    boolean inside = false;
    for (String line : patch.split("\n", -1)) {
      if (line.startsWith("diff --git ")) {
        place++;
        inside = false;
        all.put(place, new ArrayList<>());
      } else if (line.startsWith("Binary files ")) {
        all.remove(place); // Hivedeck may know better that it has lines
      } else if (line.startsWith("@@ ") || inside) {
        inside = true;
        if (!line.startsWith("\\") && all.containsKey(place) && !line.isEmpty()) {
          all.get(place).add(cut(line));
        }
      }
    }
    files = place + 1;
    return all;
  }

  private static String cut(String line) {
    return line.length() > SHOWN / 2 ? line.substring(0, SHOWN / 2) : line;
  }

  private static Map<Integer, List<String>> shown(List<FileDiff> diffs) {
    var all = new LinkedHashMap<Integer, List<String>>();
    for (var file : diffs) {
      var lines = new ArrayList<String>();
      for (var hunk : file.hunks()) {
        lines.add(cut(hunk.header()));
        int old = hunk.oldStart();
        int now = hunk.newStart();
        for (var line : hunk.lines()) {
          lines.add(cut(line.kind() + line.text()));
          boolean gone = line.kind().equals("-");
          boolean came = line.kind().equals("+");
          assertThat(line.oldLine()).as("%s", line).isEqualTo(came ? 0 : old);
          assertThat(line.newLine()).as("%s", line).isEqualTo(gone ? 0 : now);
          old += came ? 0 : 1;
          now += gone ? 0 : 1;
        }
      }
      all.put(all.size(), lines);
    }
    return all;
  }
}
