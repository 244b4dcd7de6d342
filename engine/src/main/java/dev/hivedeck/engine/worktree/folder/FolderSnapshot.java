package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Files that somebody else wrote, read into a tree: by the git folder of the user's repository, so
 * that only the user's filters and settings count, and by an index of its own, so that no mark in
 * an index of theirs hides a file. Repositories inside are not opened by git; what becomes of them
 * is for {@link Inside} to say.
 */
public final class FolderSnapshot {
  private static final String LINK = "160000";

  private static final Duration FEW_FILES = Duration.ofMinutes(1);

  private final Git git;
  private final Path folder;
  private final Path notes;
  private final Path own;
  private final SnapshotGit reading;
  private final WorkFiles files;
  private final RefusedFiles refused;
  private final SnapshotIndex index;

  private FolderSnapshot(Git git, Path folder, Path notes, Path own, Path theirs) {
    this.git = git;
    this.notes = notes;
    this.folder = folder;
    this.own = own;
    this.reading = new SnapshotGit(git, folder, own);
    this.files = new WorkFiles(folder);
    this.refused = new RefusedFiles(reading, git, folder, own);
    this.index =
        new SnapshotIndex(git, folder, own, theirs, reading, files, refused, SparseCone.of(notes));
  }

  /** What becomes of a repository inside of the work tree. */
  public sealed interface Becomes {
    /** It is a submodule at this commit. */
    record Submodule(String commit) implements Becomes {}

    /** Its files are files like others. */
    record Files() implements Becomes {}

    /** It is none of it. */
    record Nothing() implements Becomes {}
  }

  /** Says what becomes of repositories inside. */
  public interface Inside {
    /**
     * @param link the commit that stands for it so far, or null
     */
    Becomes found(String path, String link);

    /** Its folder is there, but no repository in it; files may be. */
    Becomes empty(String path, String link, boolean files);

    /** How much is taken. */
    SizeLimits limits();

    /** There is more than is taken: what is too much stays out, as it was before. */
    void tooLarge(HiveException why);
  }

  /**
   * Lets {@code work} read a folder.
   *
   * @param git with the git folder to read by
   * @param index what was checked out; it stays as it is, and need not be there
   * @param scratch where the engine may write
   */
  public static <T> T read(
      Git git, Path folder, Path index, Path scratch, Function<FolderSnapshot, T> work) {
    return read(git, folder, index, null, scratch, work);
  }

  /**
   * The same where whoever works there has an index of their own.
   *
   * @param theirs may say that a file was left out of the checkout rather than deleted; or null
   */
  public static <T> T read(
      Git git,
      Path folder,
      Path index,
      Path theirs,
      Path scratch,
      Function<FolderSnapshot, T> work) {
    Path own = null;
    try {
      own = Files.createTempDirectory(scratch, "reading");
      Path copy = own.resolve("index");
      if (Files.exists(index)) {
        // With its time: by that git knows which files may have changed unnoticed.
        Files.copy(index, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
      var here =
          git.with(
                  Map.of(
                      "GIT_WORK_TREE", folder.toString(),
                      "GIT_INDEX_FILE", copy.toString()))
              .with(AttemptFolders.marked(scratch));
      return work.apply(new FolderSnapshot(here, folder, scratch, own, theirs));
    } catch (IOException e) {
      throw Disk.unwritable(
          scratch,
          e,
          ErrorCode.HOME_UNWRITABLE,
          "What is needed to read " + folder + " cannot be written: " + e.getMessage(),
          "Check the rights and the space of " + scratch + ".");
    } finally {
      try {
        if (own != null) {
          Folders.delete(own);
        }
      } catch (IOException e) {
        // It goes with what is noted of the attempt.
      }
    }
  }

  /** Git on the index of this reading. */
  public Git git() {
    return git;
  }

  /** Where that is, as whoever looks there next likes to find it. */
  public Path fresh() {
    index.refresh();
    return index();
  }

  /** Where that is. */
  Path index() {
    return own.resolve("index");
  }

  /**
   * The tree that its files make.
   *
   * @param base the commit that its files are changes to; null for none
   */
  public String tree(String base, Inside inside) {
    return tree(base, null, inside);
  }

  /**
   * The same where the index may be that of the base already.
   *
   * @param known the tree of the base where it is; null where it is not
   */
  public String tree(String base, String known, Inside inside) {
    if (base != null) {
      index.idsLike(base);
    }
    if (base != null && known == null) {
      reading.must("read-tree", "-m", "-i", base);
    }
    var hidden = new TreeSet<String>();
    var links = new TreeMap<String, String>();
    var others = look(links, hidden);
    var out = new TreeSet<>(hidden);
    out.removeAll(links.keySet());
    var away = index.show(out);
    var left = new TreeMap<>(links);
    var touched = new TreeSet<String>();
    var entries = new TreeMap<String, String>(); // to be set: path, mode and id; null removes
    if (!links.isEmpty()) { // out of the way, so that git tells what is there in their place
      links.keySet().forEach(path -> entries.put(path, null));
      index.set(entries);
      entries.clear();
      others = others("--exclude-standard");
    }
    var loose = new TreeSet<String>();
    for (String path : others) {
      if (path.endsWith("/")) {
        String repository = path.substring(0, path.length() - 1);
        take(repository, inside.found(repository, left.remove(repository)), entries, touched);
      } else {
        above(path).filter(links::containsKey).forEach(loose::add);
        touched.add(path);
      }
    }
    left.forEach(
        (path, commit) -> {
          if (hidden.contains(path) && !files.isFolder(path)) {
            entries.put(path, LINK + " " + commit);
          } else if (files.isFolder(path)) {
            var becomes = inside.empty(path, commit, loose.contains(path));
            if (!(becomes instanceof Becomes.Files)) {
              touched.removeIf(file -> file.startsWith(path + "/"));
            }
            take(path, becomes, entries, touched);
          }
        });
    index.changed(away, entries, touched, inside.limits().file());
    if (known != null && links.isEmpty() && entries.isEmpty() && touched.isEmpty()) {
      return known;
    }
    index.set(entries);
    index.add(touched, inside);
    return reading.must("write-tree").strip();
  }

  /**
   * The tree of its files without what the setup of the folder did: each file that is as the setup
   * left it is as the commit before has it.
   *
   * @param tree of {@link #tree}
   * @param brought a commit whose files were brought into the work on purpose; null for none
   */
  public String withoutSetup(String tree, Supplier<String> brought) {
    var entries = SetupChanges.of(notes);
    if (entries.isEmpty()) {
      return tree;
    }
    String main = brought.get();
    var now = SetupChanges.staged(reading.checked(null, "ls-files", "-z", "--stage").bytes());
    var merged = main == null ? Map.<String, String>of() : entriesOf(main);
    var gone = new TreeMap<String, String>();
    var back = new TreeMap<String, String>();
    for (var entry : entries) {
      String is = now.getOrDefault(entry.path(), "");
      if (!is.equals(entry.after()) || main != null && is.equals(merged.get(entry.path()))) {
        continue;
      }
      if (entry.before().isEmpty()) {
        gone.put(entry.path(), null);
      } else {
        back.put(entry.path(), entry.before());
      }
    }
    index.set(gone); // first, where a folder stands in place of a file
    index.set(back);
    return gone.isEmpty() && back.isEmpty() ? tree : reading.must("write-tree").strip();
  }

  private Map<String, String> entriesOf(String commit) {
    var entries = new HashMap<String, String>();
    for (String line :
        ByteNames.split(reading.checked(null, "ls-tree", "-r", "-z", commit).bytes())) {
      String[] f = line.split("[ \t]", 4); // <mode> <type> <id>\t<path>
      entries.put(f[3], f[0] + " " + f[2]);
    }
    return entries;
  }

  private void take(
      String path, Becomes becomes, Map<String, String> entries, Set<String> touched) {
    switch (becomes) {
      case Becomes.Submodule(String commit) -> entries.put(path, LINK + " " + commit);
      case Becomes.Files() -> touched.addAll(wanted(files.walk(path, Integer.MAX_VALUE)));
      case Becomes.Nothing() -> {}
    }
  }

  /**
   * What is not in the index, as {@link #others} tells it.
   *
   * @param links receives commits in the index, by their paths
   * @param hidden receives the paths of all that was not checked out
   */
  private List<String> look(Map<String, String> links, Set<String> hidden) {
    var others = new ArrayList<String>();
    for (String entry : others("-t", "--stage", "--exclude-standard")) {
      if (entry.startsWith("? ")) {
        others.add(entry.substring(2));
        continue;
      }
      boolean out = entry.startsWith("S ");
      boolean link = entry.startsWith(LINK, 2);
      if (out || link) {
        String[] f = entry.split(" ", 4); // H 160000 <commit> 0\t<path>
        String path = f[3].substring(f[3].indexOf('\t') + 1);
        if (link) {
          links.put(path, f[2]);
        }
        if (out) {
          hidden.add(path);
        }
      }
    }
    return others;
  }

  /** The folders above a path. */
  private static Stream<String> above(String path) {
    return IntStream.range(0, path.length())
        .filter(i -> path.charAt(i) == '/')
        .mapToObj(i -> path.substring(0, i));
  }

  /** Files that are not in the index, and repositories, with a slash at their end. */
  private List<String> others(String... which) {
    var arguments = new ArrayList<>(List.of("ls-files", "-z", "--others"));
    arguments.addAll(List.of(which));
    arguments.addAll(PreparedPaths.excluded(notes));
    var result = reading.run(null, arguments.toArray(String[]::new));
    if (result.err().contains("could not open directory")) {
      throw WorkFiles.unreadable(folder, result.err().strip());
    }
    return ByteNames.split(result.bytes());
  }

  /** Ignored files, and ignored folders with a slash at their end; nothing that was prepared. */
  List<String> ignored() {
    return PreparedPaths.without(notes, others("--ignored", "--exclude-standard", "--directory"));
  }

  /** Files that a merge left in conflict; none where the index cannot be read. */
  public List<String> unmerged() {
    var listed = reading.run(null, "ls-files", "-z", "--unmerged"); // <mode> <id> <n>\t<path>
    return ByteNames.split(listed.bytes()).stream()
        .map(entry -> entry.substring(entry.indexOf('\t') + 1))
        .distinct()
        .toList();
  }

  /** Files of a tree with both marks that git puts around a conflict. */
  public List<String> marked(String tree) {
    var found =
        reading.run(
            null, "grep", "-l", "-z", "--all-match", "-e", "^<<<<<<< ", "-e", "^>>>>>>> ", tree);
    if (found.exit() > 1) {
      throw git.failed(found, "grep");
    }
    return ByteNames.split(found.bytes()).stream()
        .map(entry -> entry.substring(tree.length() + 1))
        .toList();
  }

  /** Those of the files that no rule ignores. */
  private List<String> wanted(List<String> paths) {
    if (paths.isEmpty()) {
      return paths;
    }
    var result = reading.run(ByteNames.join(paths), "check-ignore", "-z", "--stdin", "--no-index");
    if (result.exit() > 1) {
      throw git.failed(result, "check-ignore");
    }
    var ignored = Set.copyOf(ByteNames.split(result.bytes()));
    return paths.stream().filter(file -> !ignored.contains(file)).toList();
  }

  /** Puts files into the index as they are by now; they are few and small. */
  public void add(Set<String> paths) {
    index.add(paths, FEW_FILES);
  }

  /** Files that git took under no such name. */
  public Set<String> refused() {
    return refused.paths();
  }

  /** A tree of them, with another name for each of their folders and files. */
  public String treeOfRefused() {
    return refused.tree();
  }

  /**
   * Files below a folder, but for git's own and what is neither file nor link.
   *
   * @param most how many at most
   */
  List<String> walk(String path, int most) {
    return files.walk(path, most);
  }

  /**
   * Folders below one, itself included, that have a git folder of their own.
   *
   * @param most how many files are looked at, at most
   */
  List<String> repositories(String path, int most) {
    return files.repositories(path, most);
  }
}
