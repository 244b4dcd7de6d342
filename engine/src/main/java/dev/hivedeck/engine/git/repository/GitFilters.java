package dev.hivedeck.engine.git.repository;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Filters that the user's git must pass files through, Git LFS say. Where one fails, because its
 * program is missing perhaps, that is nobody's fault who works there: it fails for all.
 */
public final class GitFilters {
  private final Repository repository;
  private final Git git;

  public GitFilters(Repository repository) {
    this.repository = repository;
    this.git = repository.git();
  }

  /**
   * Passes a file of main through each of them, both ways.
   *
   * @throws HiveException {@code filter-failed}
   */
  public void probe() {
    if (!git.run("config", "--get-regexp", "^filter\\..*\\.required$").ok()) {
      return;
    }
    String tip = repository.tip();
    for (String path : samples(tip).values()) {
      String[] out = {"cat-file", "--filters", tip + ":" + ByteNames.words(path)};
      var smudged = git.to(Path.of(Git.NOTHING)).run(out);
      if (!smudged.ok()) {
        throw git.failed(smudged, out);
      }
      git.mustWith("x\n", "hash-object", "--stdin", "--path", ByteNames.words(path));
    }
  }

  /** A file of main for each filter. */
  private Map<String, String> samples(String tip) {
    var samples = new LinkedHashMap<String, String>();
    byte[] files = git.run("ls-tree", "-r", "-z", "--name-only", tip).bytes();
    var attributes =
        ByteNames.split(
            git.runWith(
                    new String(files, StandardCharsets.UTF_8),
                    "check-attr",
                    "-z",
                    "--stdin",
                    "filter")
                .bytes());
    for (int i = 0; i + 2 < attributes.size(); i += 3) { // path, "filter", which
      samples.putIfAbsent(attributes.get(i + 2), attributes.get(i));
    }
    samples.keySet().removeIf(name -> name.equals("unspecified") || name.equals("unset"));
    return samples;
  }
}
