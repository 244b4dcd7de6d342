package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.protocol.Plural;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Chooses which ignored files of an attempt to keep: few and small ones that are its own. What is
 * installed, cached or a copy of what the user has in the same place can be had again.
 *
 * @param files to be kept
 * @param left for people to read: what is not
 * @param repositories folders that are repositories of their own
 */
public record IgnoredFiles(Set<String> files, String left, List<String> repositories) {
  private static final int MOST = 200;

  /** So many files of a folder are looked at for repositories among them. */
  private static final int SEEN = 20_000;

  private static final long LARGEST = 4 * 1024 * 1024;

  /** Folders of what programs install or cache. */
  private static final Set<String> INSTALLED =
      Set.of(
          "node_modules",
          ".venv",
          "venv",
          "__pycache__",
          ".tox",
          ".gradle",
          ".m2",
          ".cache",
          ".pytest_cache",
          ".mypy_cache",
          ".next",
          "vendor");

  public static IgnoredFiles choose(FolderSnapshot reading, Path folder, Path users) {
    var files = new TreeSet<String>();
    var left = new ArrayList<String>();
    var repositories = new ArrayList<String>();
    long room = LARGEST;
    for (String entry : reading.ignored()) {
      boolean isFolder = entry.endsWith("/");
      String path = isFolder ? entry.substring(0, entry.length() - 1) : entry;
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (name.equals(".git") || isFolder && (INSTALLED.contains(name) || cache(folder, path))) {
        continue;
      }
      if (isFolder) {
        repositories.addAll(reading.repositories(path, SEEN));
      }
      var found = new ArrayList<String>();
      long size = 0;
      for (String file : isFolder ? reading.walk(path, MOST + 1) : List.of(path)) {
        long bytes = size(folder, file);
        if (readable(folder, file) && (bytes > LARGEST || !copied(folder, users, file))) {
          found.add(file);
          size += bytes;
        }
      }
      if (files.size() + found.size() > MOST || size > room) {
        left.add(ByteNames.words(entry));
      } else {
        files.addAll(found);
        room -= size;
      }
    }
    return new IgnoredFiles(files, words(left), repositories);
  }

  /**
   * @see <a href="https://bford.info/cachedir/">Cache Directory Tagging</a>
   */
  private static boolean cache(Path folder, String path) {
    try {
      return Files.exists(ByteNames.resolve(folder, path).resolve("CACHEDIR.TAG"));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean readable(Path folder, String file) {
    try {
      return Files.isReadable(ByteNames.resolve(folder, file));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String words(List<String> left) {
    return Plural.some(left, 10);
  }

  private static long size(Path folder, String file) {
    try {
      return Files.size(ByteNames.resolve(folder, file));
    } catch (IOException | InvalidPathException e) {
      return 0;
    }
  }

  /** Secrets, for example, that it fetched from the user's checkout. */
  private static boolean copied(Path folder, Path users, String file) {
    try {
      Path own = ByteNames.resolve(folder, file);
      Path theirs = ByteNames.resolve(users, file);
      return Files.isRegularFile(own, LinkOption.NOFOLLOW_LINKS)
          && Files.isRegularFile(theirs)
          && Files.mismatch(own, theirs) < 0;
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }
}
