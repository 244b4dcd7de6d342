package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The part of a commit that a sparse checkout has, as git's cone mode takes it: all files below
 * some folders, and those directly in the folders above them. What lies outside is left out of the
 * worktree, and is no less part of every commit for it.
 *
 * @param folders from the root of the repository, without a slash at either end, as {@link
 *     ByteNames} has them
 */
public record SparseCone(List<String> folders) {
  private static final String NOTE = "sparse";
  private static final int SMALL = 1024 * 1024;
  private static final Pattern SPECIAL = Pattern.compile("[\\\\*?\\[]");

  public SparseCone {
    folders = List.copyOf(folders);
  }

  /** All of a commit. */
  public static final SparseCone WHOLE = new SparseCone(List.of());

  /** The cone of a worktree by the place of its notes. */
  static SparseCone of(Path notes) {
    String text = GitDirectory.text(notes.resolve(NOTE), SMALL);
    return text == null ? WHOLE : new SparseCone(text.lines().map(ByteNames::of).toList());
  }

  public static SparseCone of(AttemptFolders.Notes notes) {
    return of(notes.place());
  }

  /**
   * Notes that a worktree has a part of a commit only.
   *
   * @param folders by their names for people
   */
  public static void note(AttemptFolders.Notes notes, List<String> folders) {
    if (!folders.isEmpty()) {
      notes.write(NOTE, String.join("\n", folders) + "\n");
    }
  }

  public boolean isWhole() {
    return folders.isEmpty();
  }

  /** Whether a checkout has the file. */
  public boolean holds(String path) {
    int slash = path.lastIndexOf('/');
    if (isWhole() || slash < 0) {
      return true;
    }
    String in = path.substring(0, slash);
    return folders.stream()
        .anyMatch(f -> in.equals(f) || in.startsWith(f + "/") || f.startsWith(in + "/"));
  }

  /** As {@code info/sparse-checkout} has it, so that git in the worktree goes by it as well. */
  public byte[] patterns() {
    var above = new TreeSet<String>();
    for (String folder : folders) {
      for (int i = folder.indexOf('/'); i > 0; i = folder.indexOf('/', i + 1)) {
        above.add(folder.substring(0, i));
      }
    }
    var whole = new TreeSet<>(folders);
    above.removeAll(whole);
    var lines = new ArrayList<>(List.of("/*", "!/*/"));
    for (String folder : above) {
      lines.add("/" + escaped(folder) + "/");
      lines.add("!/" + escaped(folder) + "/*/");
    }
    whole.forEach(folder -> lines.add("/" + escaped(folder) + "/"));
    return ByteNames.join("\n", lines);
  }

  private static String escaped(String folder) {
    return SPECIAL.matcher(folder).replaceAll("\\\\$0");
  }

  /**
   * Checks a commit out into a folder that has no files yet, but for what lies outside.
   *
   * @param git with that folder as its work tree, and an index that is not there yet
   * @param scratch where a file can be put for a moment
   */
  public void checkOut(Git git, String commit, Path scratch) {
    git.must("-c", "index.sparse=false", "-c", "core.splitIndex=false", "read-tree", commit);
    var out = new ArrayList<String>();
    for (String path : git.listed("ls-files", "-z")) {
      if (!holds(path)) {
        out.add(path);
      }
    }
    mark(git, out, "--skip-worktree", scratch);
    git.must("checkout-index", "--all", "--index", "--quiet");
  }

  /**
   * Marks files in an index.
   *
   * @param how {@code --skip-worktree} or {@code --no-skip-worktree}
   */
  static void mark(Git git, List<String> paths, String how, Path scratch) {
    if (paths.isEmpty()) {
      return;
    }
    Path list = null;
    try {
      list = Files.createTempFile(scratch, "marked", null);
      Files.write(list, ByteNames.join(paths));
      git.from(list).must("update-index", "-z", how, "--stdin");
    } catch (IOException e) {
      throw Disk.noTemporaryFile(e);
    } finally {
      if (list != null) {
        list.toFile().delete();
      }
    }
  }
}
