package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was put into an attempt's folder before anybody worked there, from the user's checkout: it
 * is no part of the work, whatever is ignored by then.
 */
public final class PreparedPaths {
  /** More files are only counted. */
  private static final int NAMED = 3;

  private static final String LIST = "prepared";
  private static final String PATTERNS = "prepared.exclude";

  private PreparedPaths() {}

  /**
   * @param paths from the folder, without a slash at either end
   */
  public static void write(AttemptFolders.Notes notes, Collection<String> paths) {
    notes.write(PATTERNS, patterns(paths));
    notes.write(LIST, String.join("\0", paths));
  }

  /** Those of a folder by the place of its notes; none where nothing was put there. */
  public static List<String> of(Path notes) {
    String text = GitDirectory.text(notes.resolve(LIST), Integer.MAX_VALUE);
    return text == null || text.isEmpty() ? List.of() : Arrays.asList(text.split("\0"));
  }

  /** The options that have {@code git ls-files} pass over them. */
  public static List<String> excluded(Path notes) {
    Path patterns = notes.resolve(PATTERNS);
    return Files.exists(patterns) ? List.of("--exclude-from=" + patterns) : List.of();
  }

  /** As lines of a {@code .gitignore}. */
  public static String patterns(Collection<String> paths) {
    return paths.stream()
        .map(path -> "/" + path.replaceAll("([\\\\*?\\[ ])", "\\\\$1") + "\n")
        .collect(Collectors.joining());
  }

  /** Those of the paths that are none of them; a folder has a slash at its end. */
  public static List<String> without(Path notes, List<String> paths) {
    var prepared = of(notes);
    return paths.stream().filter(path -> !covers(prepared, path)).toList();
  }

  /** Whether a path, or a folder with a slash at its end, is one of them or below one. */
  static boolean covers(List<String> prepared, String path) {
    String name = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return prepared.stream().anyMatch(p -> name.equals(p) || name.startsWith(p + "/"));
  }

  /**
   * Sees that no commit has any of them, whoever added it.
   *
   * @param notes the place of the folder's notes
   * @throws HiveException {@code prepared-committed}
   */
  public static void refuse(Git git, Path notes, String start, String head) {
    var prepared = of(notes);
    if (prepared.isEmpty() || start.equals(head)) {
      return;
    }
    // Each of them: what a later one takes out again is in the history that is merged and pushed.
    String commits = start + ".." + head;
    String[] log = {"log", "--format=", "-m", "-z", "--name-only", "--no-renames", commits, "--"};
    var among =
        git.listed(log).stream()
            .filter(path -> covers(prepared, path))
            .distinct()
            .map(ByteNames::words)
            .toList();
    if (!among.isEmpty()) {
      throw new HiveException(
          ErrorCode.PREPARED_COMMITTED,
          "Its commits hold what was put into its folder from your checkout: "
              + Plural.some(among, NAMED)
              + ".",
          "Take it out of every commit and leave it ignored; the workspace has it copied or"
              + " linked.");
    }
  }
}
