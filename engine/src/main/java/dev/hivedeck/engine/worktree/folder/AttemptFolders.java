package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folders that attempts work in, below one of the engine's own, and what is noted of each where
 * no agent has to reach: its mark, the index that its files are read by, the refs it was given.
 */
public final class AttemptFolders {
  /** Between a folder's name and the place of its home, in the name of its notes. */
  private static final char AT = '@';

  /** Before the folder that git works for, in the mark of its processes. */
  private static final String GIT = "git:";

  private final WorktreeHomes homes;

  /**
   * @param home a folder outside the repository that nobody else writes to; made with the first
   *     attempt's, so that who only looks makes none
   */
  public AttemptFolders(Path home) {
    this(new WorktreeHomes(home, Optional::empty));
  }

  public AttemptFolders(WorktreeHomes homes) {
    this.homes = homes;
  }

  /** Where they lie. */
  public WorktreeHomes homes() {
    return homes;
  }

  /**
   * The folder for those that are made next, made where it is missing.
   *
   * @throws HiveException {@code home-unwritable}, {@code worktree-folder}
   */
  public Path home() {
    return homes.next();
  }

  public HiveException unwritable(IOException e) {
    return homes.unwritable(e);
  }

  /** Whether it is the engine's by its place. */
  public boolean ours(Path path) {
    Path place = path == null ? null : path.toAbsolutePath().normalize();
    return place != null
        && !WorktreeHomes.NOTES.equals(String.valueOf(place.getFileName()))
        && homes.all().contains(place.getParent());
  }

  /** All folders, whatever is in them. */
  public List<Path> all() {
    return homes.all().stream()
        .flatMap(home -> folders(home).stream())
        .filter(folder -> !folder.endsWith(WorktreeHomes.NOTES))
        .toList();
  }

  /** Folders that wait for an attempt, with what is noted of them. */
  public Map<Path, String> pooled() {
    var pooled = new TreeMap<Path, String>();
    for (Path folder : all()) {
      notes(folder).pooled().ifPresent(text -> pooled.put(folder, text));
    }
    return pooled;
  }

  /** Folders whose notes are there, whether they themselves are or not. */
  public List<Path> noted() {
    var all = homes.all();
    return folders(homes.notes()).stream()
        .map(notes -> notes.getFileName().toString())
        .flatMap(
            name ->
                all.stream()
                    .filter(home -> suffix(home).equals(name.substring(at(name))))
                    .map(home -> home.resolve(name.substring(0, at(name)))))
        .toList();
  }

  private static int at(String name) {
    int at = name.lastIndexOf(AT);
    return at < 0 ? name.length() : at;
  }

  /** Tells folders of the same name in several homes apart; those of the engine's own have none. */
  private String suffix(Path home) {
    return home.equals(homes.own()) ? "" : AT + Integer.toHexString(home.toString().hashCode());
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
    Path home = home();
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
    Path home = folder.toAbsolutePath().normalize().getParent();
    return new Notes(homes.notes().resolve(folder.getFileName() + suffix(home)));
  }

  /** Notes of one folder. */
  public final class Notes {
    private static final int LINES = 6;
    private static final String INDEXED = "indexed";
    private static final String POOLED = "pooled";
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

    /**
     * The folder is made ready, and waits for an attempt: until it is marked, nobody works there.
     */
    public void pooled(String text) {
      write(POOLED, text);
    }

    /** What was noted of a folder that waits for an attempt; empty where it is none. */
    public Optional<String> pooled() {
      return marked().isEmpty() ? Optional.ofNullable(read(POOLED)) : Optional.empty();
    }

    /** It waits no more. */
    public void taken() {
      remove(POOLED);
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

    /** Removes what was written under a name, if it was. */
    public void remove(String name) {
      try {
        Files.deleteIfExists(place.resolve(name));
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
