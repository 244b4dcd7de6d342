package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folders that attempts work in, below one of the engine's own, and what is noted of each where
 * no agent has to reach: its mark, the index that its files are read by, the refs it was given.
 */
public final class AttemptFolders {
  private static final String NOTES = ".state";

  /** Before the folder that git works for, in the mark of its processes. */
  private static final String GIT = "git:";

  private final Path home;

  /**
   * @param home a folder outside the repository that nobody else writes to; made with the first
   *     attempt's, so that who only looks makes none
   */
  public AttemptFolders(Path home) {
    this.home = home.toAbsolutePath().normalize();
  }

  /**
   * The folder, made where it is missing.
   *
   * @throws HiveException {@code home-unwritable}
   */
  public Path home() {
    try {
      return Files.createDirectories(home);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  public HiveException unwritable(IOException e) {
    return Disk.unwritable(
        home,
        e,
        ErrorCode.HOME_UNWRITABLE,
        "The folder for worktrees " + home + " cannot be written: " + e.getMessage(),
        "Check its rights and space, or point HIVEDECK_HOME elsewhere.");
  }

  /** Whether it is the engine's by its place. */
  public boolean ours(Path path) {
    Path place = path == null ? null : path.toAbsolutePath().normalize();
    return place != null
        && home.equals(place.getParent())
        && !NOTES.equals(place.getFileName().toString());
  }

  /** All folders, whatever is in them. */
  public List<Path> all() {
    return folders(home).stream().filter(this::ours).toList();
  }

  /** Folders whose notes are there, whether they themselves are or not. */
  public List<Path> noted() {
    return folders(home.resolve(NOTES)).stream()
        .map(notes -> home.resolve(notes.getFileName()))
        .toList();
  }

  /**
   * Marks a git that reads what an attempt left, so that it can be found if the engine is killed
   * under it.
   *
   * @param place the folder of its notes
   */
  public static Map<String, String> marked(Path place) {
    return Map.of(ProcessTree.MARK, GIT + place);
  }

  /** Ends what an earlier engine still had git read. */
  public void endGit() {
    ProcessTree.endCarrying(
        noted().stream().map(folder -> GIT + notes(folder).place).collect(Collectors.toSet()));
  }

  private List<Path> folders(Path in) {
    if (!Files.isDirectory(in)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(in)) {
      return all.filter(f -> Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** A place for a folder; the same for each attempt at a task, if it is free. */
  public Path free(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.", "_");
    Path path = home.resolve(safe);
    for (int i = 2; Files.exists(path, LinkOption.NOFOLLOW_LINKS); i++) {
      path = home.resolve(safe + "~" + i);
    }
    return path;
  }

  /**
   * What is noted of the folder.
   *
   * @throws HiveException {@code home-unwritable}
   */
  public Notes notes(Path folder) {
    return new Notes(home.resolve(NOTES).resolve(folder.getFileName().toString()));
  }

  /** Notes of one folder. */
  public final class Notes {
    private static final int LINES = 6;
    private static final String INDEXED = "indexed";
    private final Path place;

    private Notes(Path place) {
      this.place = place;
    }

    /** Begins anew; until it is marked, the folder is being made. */
    public void begin() {
      try {
        Folders.delete(place);
        OwnerFiles.folder(place);
        Files.createFile(making());
      } catch (IOException e) {
        throw unwritable(e);
      }
    }

    private Path making() {
      return place.resolve("making");
    }

    /** Whether the engine was cut off while it made the folder, so that nobody worked there. */
    public boolean unfinished() {
      return Files.exists(making());
    }

    /** The folder, for what is needed for a while. */
    public Path place() {
      try {
        OwnerFiles.folder(place);
        return place;
      } catch (IOException e) {
        throw unwritable(e);
      }
    }

    /** The index of what was checked out. */
    public Path index() {
      return place.resolve("index");
    }

    /** The commit that the index is of; null where that is not known. */
    public String indexed() {
      String commit = read(INDEXED);
      return commit == null ? null : commit.strip();
    }

    /** The index is there, of this commit. */
    public void indexed(String commit) {
      write(INDEXED, commit + "\n");
    }

    /** What is checked out becomes another commit. */
    public void reindex(Path index, String commit) {
      try {
        Files.deleteIfExists(place.resolve(INDEXED));
        Files.move(
            index, index(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw unwritable(e);
      }
      indexed(commit);
    }

    /** The mark is there whole or not at all. */
    public void mark(AttemptFolder w, String isolation) {
      write(
          "mark",
          String.join("\n", w.branch(), w.task(), w.attempt(), w.start(), w.base(), isolation)
              + "\n");
      try {
        Files.deleteIfExists(making());
      } catch (IOException e) {
        throw unwritable(e);
      }
    }

    public void write(String name, String text) {
      try {
        Path whole = place().resolve(name + ".new");
        Files.writeString(whole, text);
        Files.move(
            whole,
            place.resolve(name),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw unwritable(e);
      }
    }

    /** Null where it was never written. */
    public String read(String name) {
      return GitDirectory.text(place.resolve(name), Integer.MAX_VALUE);
    }

    private List<String> marked() {
      String text = read("mark");
      return text == null ? List.of() : text.lines().toList();
    }

    public Optional<AttemptFolder> worktree(Path folder) {
      var lines = marked();
      return lines.size() < LINES
          ? Optional.empty()
          : Optional.of(
              new AttemptFolder(
                  folder, lines.get(0), lines.get(1), lines.get(2), lines.get(3), lines.get(4)));
    }

    /** The word of the isolation that made it; empty where that is not known. */
    public Optional<String> isolation() {
      var lines = marked();
      return lines.size() < LINES ? Optional.empty() : Optional.of(lines.get(LINES - 1));
    }

    public void forget() {
      try {
        Folders.delete(place);
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
  }
}
