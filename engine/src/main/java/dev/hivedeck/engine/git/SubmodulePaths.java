package dev.hivedeck.engine.git;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the file {@code .gitmodules} of a work tree says, which anybody may have written. */
public final class SubmodulePaths {
  private static final String PREFIX = "submodule.";

  /** No {@code .gitmodules} is longer. */
  private static final int LONGEST = 1024 * 1024;

  /** Names them. */
  public static final String FILE = ".gitmodules";

  private SubmodulePaths() {}

  /**
   * The names of submodules, in words, by their paths, as {@link ByteNames} has them. One whose
   * name leads out of git's folder of submodules is none.
   */
  public static Map<String, String> names(Git git, Path workTree) {
    Path file = workTree.resolve(FILE);
    if (GitDirectory.text(file, LONGEST) == null) {
      return Map.of();
    }
    var listed =
        git.run(
            "config",
            "-z",
            "--no-includes",
            "--file",
            file.toString(),
            "--get-regexp",
            "^submodule\\..*\\.path$");
    var paths = new LinkedHashMap<String, String>();
    for (String entry : ByteNames.split(listed.bytes())) {
      String[] f = entry.split("\n", 2);
      if (f.length == 2) {
        paths.put(f[0].substring(PREFIX.length(), f[0].lastIndexOf('.')), f[1]);
      }
    }
    var names = new LinkedHashMap<String, String>();
    paths.forEach(
        (name, path) -> {
          if (sound(name)) {
            names.put(path, ByteNames.words(name));
          }
        });
    return names;
  }

  /** As git has it: a name is a path below its folder of submodules, and must stay there. */
  private static boolean sound(String name) {
    return !name.startsWith("/")
        && !name.contains("\\")
        && List.of(name.split("/", -1)).stream()
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }
}
