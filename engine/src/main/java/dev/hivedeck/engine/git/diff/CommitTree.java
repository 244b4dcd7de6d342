package dev.hivedeck.engine.git.diff;

import dev.hivedeck.engine.git.Git;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a commit holds: every folder, file, link and submodule by its path. */
public final class CommitTree {
  /** What of a file is read. */
  private static final int MOST = 256 * 1024;

  private final Git git;
  private final Map<String, Entry> entries = new HashMap<>();

  /** Paths of files by their names in lower case. */
  private final NavigableMap<String, List<String>> names = new TreeMap<>();

  /**
   * @param mode git's, for example {@code 100755}
   */
  public record Entry(String mode, String id) {
    public boolean folder() {
      return mode.equals("040000");
    }

    public boolean link() {
      return mode.equals(ChangedFile.LINK);
    }

    public boolean submodule() {
      return mode.equals(ChangedFile.SUBMODULE);
    }

    public boolean file() {
      return mode.startsWith("100");
    }

    public boolean executable() {
      return mode.equals("100755");
    }
  }

  private CommitTree(Git git) {
    this.git = git;
  }

  public static CommitTree of(Git git, String commit) {
    var tree = new CommitTree(git);
    for (String line : git.must("ls-tree", "-r", "-t", "-z", "--full-tree", commit).split("\0")) {
      int tab = line.indexOf('\t');
      if (tab > 0) {
        String[] f = line.substring(0, tab).split(" ");
        tree.entries.put(line.substring(tab + 1), new Entry(f[0], f[2]));
      }
    }
    return tree;
  }

  /** The paths of all files. */
  public Set<String> files() {
    return entries.entrySet().stream()
        .filter(entry -> entry.getValue().file())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Null where there is nothing. */
  public Entry at(String path) {
    return entries.get(path);
  }

  /**
   * Files that a pattern of CODEOWNERS names, whatever their case.
   *
   * @param most how many at most
   */
  public List<String> matching(String pattern, int most) {
    String glob = pattern.substring(pattern.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    int sure = 0;
    while (sure < glob.length() && "*?[\\".indexOf(glob.charAt(sure)) < 0) {
      sure++;
    }
    String begin = glob.substring(0, sure);
    String all = pattern.toLowerCase(Locale.ROOT);
    return names().subMap(begin, begin + Character.MAX_VALUE).entrySet().stream()
        .filter(name -> CodeOwners.matches("/" + glob, name.getKey()))
        .flatMap(name -> name.getValue().stream())
        .filter(path -> CodeOwners.matches(all, path.toLowerCase(Locale.ROOT)))
        .limit(most)
        .toList();
  }

  private NavigableMap<String, List<String>> names() {
    if (names.isEmpty()) {
      entries.forEach(
          (path, entry) -> {
            if (entry.file()) {
              String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
              names.computeIfAbsent(name, n -> new ArrayList<>()).add(path);
            }
          });
      names.values().forEach(Collections::sort);
    }
    return names;
  }

  /** The beginning of a file, or where a link leads. */
  public String text(Entry entry) {
    return text(git, entry.id());
  }

  static String text(Git git, String id) {
    return git.reading(
        in -> new String(in.readNBytes(MOST), StandardCharsets.UTF_8), "cat-file", "blob", id);
  }

  /** A whole text; empty where it has more bytes than that. */
  static Optional<String> whole(Git git, String id, int most) {
    return git.reading(
        in -> {
          byte[] read = in.readNBytes(most + 1);
          return read.length > most
              ? Optional.empty()
              : Optional.of(new String(read, StandardCharsets.UTF_8));
        },
        "cat-file",
        "blob",
        id);
  }
}
