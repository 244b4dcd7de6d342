package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where worktrees lie: in a folder of the engine's own, or in one that the configuration names.
 * There each workspace has a folder of its own, with a mark in it, so that nothing of anybody
 * else's is ever taken for an attempt's. Those of earlier configurations are remembered.
 */
public final class WorktreeHomes {
  /** What is noted of worktrees, in the engine's own folder. */
  static final String NOTES = ".state";

  /** In a folder of the configuration: the engine's own folder that it belongs to. */
  static final String MARK = ".hivedeck-worktrees";

  private static final String LIST = "homes";
  private static final int SMALL = 64 * 1024;

  private final Path own;
  private final Supplier<Optional<Path>> chosen;

  /**
   * @param own a folder outside the repository that nobody else writes to; it is made when it is
   *     first needed, so that who only looks makes none
   * @param chosen the folder of the configuration, checked; empty for the engine's own
   */
  public WorktreeHomes(Path own, Supplier<Optional<Path>> chosen) {
    this.own = own.toAbsolutePath().normalize();
    this.chosen = chosen;
  }

  /** The engine's own. */
  Path own() {
    return own;
  }

  /** Where notes of worktrees are. */
  Path notes() {
    return own.resolve(NOTES);
  }

  /** Those that may hold worktrees, the engine's own first. One whose disk is away is none. */
  public List<Path> all() {
    var all = new ArrayList<Path>();
    all.add(own);
    listed().stream().filter(this::marked).forEach(all::add);
    return all;
  }

  /** Whether a path lies in one of them. */
  public boolean hold(Path path) {
    return path.startsWith(own) || listed().stream().anyMatch(path::startsWith);
  }

  /** Folders of worktrees that a sandbox hides, of other workspaces as well. */
  public List<Path> hidden() {
    var hidden = new LinkedHashSet<Path>();
    for (Path home : all()) {
      Path parent = home.getParent();
      if (!home.equals(own) && parent != null) {
        try (Stream<Path> beside = Files.list(parent)) {
          beside.filter(f -> Files.isRegularFile(f.resolve(MARK))).forEach(hidden::add);
        } catch (IOException | UncheckedIOException e) {
          hidden.add(home);
        }
      }
    }
    return List.copyOf(hidden);
  }

  /**
   * Where the next worktree is made; the folder is there then.
   *
   * @throws HiveException {@code home-unwritable}, {@code worktree-folder}
   */
  public Path next() {
    var folder = chosen.get();
    if (folder.isEmpty()) {
      return made(own, false);
    }
    Path parent = own.getParent();
    String workspace = parent == null ? "worktrees" : String.valueOf(parent.getFileName());
    Path home = folder.get().resolve(workspace);
    if (Files.exists(home, LinkOption.NOFOLLOW_LINKS) && !marked(home) && !isEmpty(home)) {
      throw new HiveException(
          ErrorCode.WORKTREE_FOLDER,
          "Worktrees cannot be put into " + home + ", which Hivedeck did not make.",
          "Move it elsewhere, or name another worktree: { folder: … } in .hivedeck/hive.yaml.");
    }
    return made(home, true);
  }

  private synchronized Path made(Path home, boolean marked) {
    try {
      OwnerFiles.folder(home);
      if (marked) {
        if (!Files.exists(home.resolve(MARK))) {
          OwnerFiles.write(home.resolve(MARK), own + "\n");
        }
        var all = new ArrayList<>(listed());
        if (!all.contains(home)) {
          all.add(home);
          OwnerFiles.folder(notes());
          OwnerFiles.write(
              notes().resolve(LIST),
              all.stream().map(path -> path + "\n").collect(Collectors.joining()));
        }
      }
      return home;
    } catch (IOException e) {
      throw unwritable(home, e);
    }
  }

  HiveException unwritable(IOException e) {
    return unwritable(own, e);
  }

  /** Nothing can be written where the worktrees of this or an earlier configuration are. */
  public HiveException unwritable(Path home, IOException e) {
    return Disk.unwritable(
        home,
        e,
        ErrorCode.HOME_UNWRITABLE,
        "The folder for worktrees " + home + " cannot be written: " + e.getMessage(),
        home.equals(own)
            ? "Check its rights and space, or point HIVEDECK_HOME elsewhere."
            : "Check its rights and space, or name another worktree: { folder: … } in"
                + " .hivedeck/hive.yaml.");
  }

  /**
   * Removes those of the configuration that are empty.
   *
   * @return those that stay: they hold something else, or their disk is away
   */
  public List<Path> removeEmpty() throws IOException {
    for (Path home : listed()) {
      if (marked(home)) {
        try (Stream<Path> inside = Files.list(home)) {
          if (inside.count() > 1) {
            continue;
          }
        }
        Files.delete(home.resolve(MARK));
        Files.delete(home);
      }
    }
    return listed().stream().filter(WorktreeHomes::mayBeThere).toList();
  }

  private static boolean mayBeThere(Path home) {
    Path parent = home.getParent();
    return Files.exists(home, LinkOption.NOFOLLOW_LINKS) || parent != null && !Files.exists(parent);
  }

  private List<Path> listed() {
    String text = GitDirectory.text(notes().resolve(LIST), SMALL);
    return text == null
        ? List.of()
        : text.lines().filter(line -> !line.isBlank()).map(Path::of).toList();
  }

  /** Whether it is this workspace's. A link is nobody's. */
  private boolean marked(Path home) {
    if (!Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      Path mark = home.resolve(MARK);
      return Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)
          && Files.size(mark) < SMALL
          && Files.readString(mark, StandardCharsets.UTF_8).strip().equals(own.toString());
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isEmpty(Path home) {
    if (!Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (Stream<Path> inside = Files.list(home)) {
      return inside.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }
}
