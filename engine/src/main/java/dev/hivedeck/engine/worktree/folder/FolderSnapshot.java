package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

  /** Git that takes longer may wait for a pipe; where there is none, it is run anew with time. */
  private static final Duration SOON = Duration.ofSeconds(2);

  /** Then it has so much, where it reads names rather than files. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration FEW_FILES = Duration.ofMinutes(1);

  /** Bytes and files that git reads in a second at least. */
  private static final long SLOW = 8_000_000;

  private static final int FEW = 500;

  /**
   * What Git LFS commits instead of a file.
   *
   * @see <a href="https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md">its specification</a>
   */
  private static final Pattern POINTER =
      Pattern.compile(
          "(?s)version https://git-lfs\\.github\\.com/spec/v1\n.*"
              + "oid sha256:([0-9a-f]{64})\nsize (\\d{1,18})\n.*");

  /** It has fewer bytes. */
  private static final int POINTER_BYTES = 1024;

  /** A file is at most so many times as large as its blob where no filter made it. */
  private static final int CONVERTED = 4;

  /** Bytes of all that git lists of a folder: names of a million files or more. */
  private static final int LISTED = 128 * 1024 * 1024;

  /** So often files are weighed again that grew while git read them. */
  private static final int GROWING = 3;

  /** So many names are told. */
  private static final int NAMED = 4;

  /** Files that git reads wherever they are. */
  private static final Set<String> READ = Set.of(".gitignore", ".gitattributes", "HEAD", ".git");

  private final Git git;
  private final Path folder;
  private final Path own;
  private final Path theirs;

  private final Set<String> refused = new TreeSet<>();

  /** Files of the index that are others by now, or seem to be. */
  private final Map<String, Edit> edited = new TreeMap<>();

  /**
   * @param was the mode in the index
   * @param is the mode by now
   */
  private record Edit(String was, String is, String blob) {}

  /** The id of no object, as long as ids are here. */
  private String nothing = "0".repeat(40);

  /** Whether files are as in the index though git cannot see it by their times. */
  private boolean stale;

  private FolderSnapshot(Git git, Path folder, Path own, Path theirs) {
    this.git = git;
    this.folder = folder;
    this.own = own;
    this.theirs = theirs;
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
      return work.apply(new FolderSnapshot(here, folder, own, theirs));
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
    if (stale) {
      git.run("update-index", "-q", "--refresh");
      stale = false;
    }
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
      nothing = "0".repeat(base.length());
    }
    if (base != null && known == null) {
      must("read-tree", "-m", "-i", base);
    }
    var hidden = new TreeSet<String>();
    var links = new TreeMap<String, String>();
    var others = look(links, hidden);
    var left = new TreeMap<>(links);
    var touched = new TreeSet<String>();
    var entries = new TreeMap<String, String>(); // to be set: path, mode and id; null removes
    if (!links.isEmpty()) { // out of the way, so that git tells what is there in their place
      links.keySet().forEach(path -> entries.put(path, null));
      set(entries);
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
          if (hidden.contains(path) && !isFolder(path)) {
            entries.put(path, LINK + " " + commit);
          } else if (isFolder(path)) {
            var becomes = inside.empty(path, commit, loose.contains(path));
            if (!(becomes instanceof Becomes.Files)) {
              touched.removeIf(file -> file.startsWith(path + "/"));
            }
            take(path, becomes, entries, touched);
          }
        });
    changed(entries, touched, inside.limits().file());
    if (known != null && links.isEmpty() && entries.isEmpty() && touched.isEmpty()) {
      return known;
    }
    set(entries);
    add(touched, inside);
    return must("write-tree").strip();
  }

  private void take(
      String path, Becomes becomes, Map<String, String> entries, Set<String> touched) {
    switch (becomes) {
      case Becomes.Submodule(String commit) -> entries.put(path, LINK + " " + commit);
      case Becomes.Files() -> touched.addAll(wanted(walk(path, Integer.MAX_VALUE)));
      case Becomes.Nothing() -> {}
    }
  }

  /**
   * What is not in the index, as {@link #others} tells it.
   *
   * @param links receives commits in the index, by their paths
   * @param hidden receives the paths of those that a sparse checkout leaves out
   */
  private List<String> look(Map<String, String> links, Set<String> hidden) {
    var others = new ArrayList<String>();
    for (String entry : others("-t", "--stage", "--exclude-standard")) {
      if (entry.startsWith("? ")) {
        others.add(entry.substring(2));
      } else if (entry.startsWith(LINK, 2)) {
        String[] f = entry.split(" ", 4); // H 160000 <commit> 0\t<path>
        String path = f[3].substring(f[3].indexOf('\t') + 1);
        links.put(path, f[2]);
        if (f[0].equals("S")) {
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
    var result = run(null, arguments.toArray(String[]::new));
    if (result.err().contains("could not open directory")) {
      throw unreadable(result.err().strip());
    }
    return ByteNames.split(result.bytes());
  }

  /** Ignored files, and ignored folders with a slash at their end. */
  List<String> ignored() {
    return others("--ignored", "--exclude-standard", "--directory");
  }

  /** Files that a merge left in conflict; none where the index cannot be read. */
  public List<String> unmerged() {
    var listed = run(null, "ls-files", "-z", "--unmerged"); // <mode> <id> <n>\t<path>
    return ByteNames.split(listed.bytes()).stream()
        .map(entry -> entry.substring(entry.indexOf('\t') + 1))
        .distinct()
        .toList();
  }

  /** Files of a tree with both marks that git puts around a conflict. */
  public List<String> marked(String tree) {
    var found =
        run(null, "grep", "-l", "-z", "--all-match", "-e", "^<<<<<<< ", "-e", "^>>>>>>> ", tree);
    if (found.exit() > 1) {
      throw git.failed(found, "grep");
    }
    return ByteNames.split(found.bytes()).stream()
        .map(entry -> entry.substring(tree.length() + 1))
        .toList();
  }

  /** Notes which files in the index are gone, and which are others by now. */
  private void changed(Map<String, String> gone, Set<String> touched, long most) {
    var fields =
        ByteNames.split(
            run(null, "diff-files", "-z", "--raw", "--no-renames", "--ignore-submodules=all")
                .bytes());
    var missing = new TreeSet<String>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String[] f = fields.get(i).split(" ");
      String path = fields.get(i + 1);
      if (f[4].equals("D") || !isFile(path)) {
        missing.add(path);
      } else if (!f[0].substring(1).equals(f[1]) || !same(path, f[2], most)) {
        touched.add(path);
        edited.put(path, new Edit(f[0].substring(1), f[1], f[2]));
      } else {
        stale = true;
      }
    }
    if (!missing.isEmpty()) {
      missing.removeAll(leftOut());
      missing.forEach(path -> gone.putIfAbsent(path, null));
    }
  }

  /** Files that an agent left out by a sparse checkout of its own; they are as they were. */
  private Set<String> leftOut() {
    if (theirs == null || !Files.isRegularFile(theirs, LinkOption.NOFOLLOW_LINKS)) {
      return Set.of();
    }
    Path copy = own.resolve("theirs");
    try {
      Files.copy(theirs, copy, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return Set.of();
    }
    var listed =
        git.with(Map.of("GIT_INDEX_FILE", copy.toString()))
            .within(SOON)
            .run("ls-files", "-z", "-t", "--cached");
    return ByteNames.split(listed.bytes()).stream()
        .filter(entry -> entry.startsWith("S "))
        .map(entry -> entry.substring(2))
        .collect(Collectors.toSet());
  }

  /**
   * Whether it is byte for byte what was checked out, whatever git would make of it today: line
   * ends that were committed before somebody gave a rule for them, for example.
   *
   * @param most bytes of a file that is read for that
   */
  private boolean same(String path, String blob, long most) {
    long bytes = size(path);
    return bytes <= most
        && hashes(path, blob.length() == 40 ? "SHA-1" : "SHA-256", "blob " + bytes + "\0", blob);
  }

  /** Whether it is a file that has this digest after that header. */
  private boolean hashes(String path, String algorithm, String header, String expected) {
    try {
      Path file = ByteNames.resolve(folder, path);
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      var digest = MessageDigest.getInstance(algorithm);
      digest.update(header.getBytes(StandardCharsets.US_ASCII));
      long start = System.nanoTime();
      try (var in =
          Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        byte[] buffer = new byte[64 * 1024];
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
          if (System.nanoTime() - start > PATIENCE.toNanos()) {
            return false;
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest()).equals(expected);
    } catch (IOException | InvalidPathException e) {
      return false;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean is(String path, BiPredicate<Path, LinkOption> what) {
    try {
      return what.test(ByteNames.resolve(folder, path), LinkOption.NOFOLLOW_LINKS);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private boolean isFolder(String path) {
    return is(path, Files::isDirectory);
  }

  private boolean isFile(String path) {
    return is(
        path, (file, option) -> Files.isRegularFile(file, option) || Files.isSymbolicLink(file));
  }

  /**
   * Files below a folder, but for git's own and what is neither file nor link.
   *
   * @param most how many at most
   */
  List<String> walk(String path, int most) {
    var files = new ArrayList<String>();
    try {
      Files.walkFileTree(
          ByteNames.resolve(folder, path),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              return dir.getFileName().toString().equals(".git")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if ((attributes.isRegularFile() || attributes.isSymbolicLink())
                  && !file.getFileName().toString().equals(".git")) {
                files.add(ByteNames.relative(folder, file));
              }
              return files.size() < most ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }
          });
    } catch (IOException e) {
      throw unreadable(e.toString());
    }
    return files;
  }

  /**
   * Folders below one, itself included, that have a git folder of their own.
   *
   * @param most how many files are looked at, at most
   */
  List<String> repositories(String path, int most) {
    var found = new ArrayList<String>();
    try {
      Files.walkFileTree(
          ByteNames.resolve(folder, path),
          new SimpleFileVisitor<>() {
            private int seen;

            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              if (dir.getFileName().toString().equals(".git")) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              if (Files.exists(dir.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
                found.add(ByteNames.relative(folder, dir));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              return ++seen < most ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException | InvalidPathException e) {
      // What was seen so far is what there is.
    }
    return found;
  }

  /** Those of the files that no rule ignores. */
  private List<String> wanted(List<String> files) {
    if (files.isEmpty()) {
      return files;
    }
    var result = run(ByteNames.join(files), "check-ignore", "-z", "--stdin", "--no-index");
    if (result.exit() > 1) {
      throw git.failed(result, "check-ignore");
    }
    var ignored = Set.copyOf(ByteNames.split(result.bytes()));
    return files.stream().filter(file -> !ignored.contains(file)).toList();
  }

  /** Sets entries by their modes and ids, and removes those that are null. */
  private void set(Map<String, String> entries) {
    if (entries.isEmpty()) {
      return;
    }
    var lines = new ArrayList<String>();
    entries.forEach(
        (path, entry) -> lines.add((entry == null ? "0 " + nothing : entry) + "\t" + path));
    must(ByteNames.join(lines), "update-index", "-z", "--index-info");
  }

  /** Puts those files into the index that are not too large, as they are by now. */
  private void add(Set<String> files, Inside inside) {
    var load = weigh(files, inside.limits());
    if (load.excess().isPresent()) {
      load = weigh(unknown(files), inside.limits());
    }
    for (int again = 0; ; again++) {
      load.excess().ifPresent(inside::tooLarge);
      try {
        add(load.files(), load.time());
        return;
      } catch (HiveException e) {
        if (!e.is(ErrorCode.GIT_SLOW) || again == GROWING) {
          throw e;
        }
        // Perhaps they grew while git read them.
        load = weigh(load.files(), inside.limits());
        if (load.excess().isEmpty()) {
          throw e;
        }
      }
    }
  }

  /**
   * Those of the files that the repository has not got already: a file that was only touched, or
   * that Git LFS brought, weighs nothing however large it is. Of the others the modes are noted.
   */
  private Set<String> unknown(Set<String> files) {
    var suspects = new TreeMap<>(edited);
    suspects.keySet().retainAll(files);
    if (suspects.isEmpty()) {
      return files;
    }
    var filters = filters(suspects.keySet());
    var sizes = sizes(suspects);
    var modes = new TreeMap<String, String>();
    var unknown = new TreeSet<>(files);
    long end = System.nanoTime() + PATIENCE.toNanos();
    suspects.forEach(
        (path, edit) -> {
          if (known(path, edit.blob(), sizes.get(path), filters.get(path), end)) {
            unknown.remove(path);
            stale = true;
            if (!edit.was().equals(edit.is())) {
              modes.put(path, edit.is() + " " + edit.blob());
            }
          }
        });
    set(modes);
    return unknown;
  }

  /**
   * Whether git would make the same of a file again.
   *
   * @param bytes of the blob; -1 where it is not known
   * @param filter null for none
   * @param end by {@link System#nanoTime}
   */
  private boolean known(String path, String blob, long bytes, String filter, long end) {
    long size = size(path);
    if (bytes == size && same(path, blob, bytes)) {
      return true;
    }
    if ("lfs".equals(filter)) {
      return bytes < POINTER_BYTES && pointed(path, blob);
    }
    // Line ends and encodings make it a few times as large at most; a filter makes anything of it.
    return (filter != null || size <= CONVERTED * bytes) && cleaned(path, end).equals(blob);
  }

  /** The blob that git makes of a file; empty where that cannot be told in time. */
  private String cleaned(String path, long end) {
    var left = Duration.ofNanos(end - System.nanoTime());
    if (!ByteNames.isLine(path) || !left.isPositive()) {
      return "";
    }
    try {
      Path list = own.resolve("list");
      Files.write(list, (path + "\n").getBytes(StandardCharsets.ISO_8859_1));
      var made = git.from(list).within(left).run("hash-object", "--stdin-paths");
      return made.ok() ? made.out().strip() : "";
    } catch (IOException e) {
      return "";
    } catch (HiveException e) {
      if (e.is(ErrorCode.GIT_SLOW)) {
        return "";
      }
      throw e;
    }
  }

  /** By which filter git takes files, where it does by one. */
  private Map<String, String> filters(Set<String> files) {
    var attributes =
        ByteNames.split(
            checked(ByteNames.join(files), "check-attr", "-z", "--stdin", "filter").bytes());
    var filters = new TreeMap<String, String>();
    for (int i = 0; i + 2 < attributes.size(); i += 3) { // path, "filter", which
      if (!attributes.get(i + 2).equals("unspecified") && !attributes.get(i + 2).equals("unset")) {
        filters.put(attributes.get(i), attributes.get(i + 2));
      }
    }
    return filters;
  }

  /** Of how many bytes the files were in the index; -1 where it is not known. */
  private Map<String, Long> sizes(Map<String, Edit> edits) {
    var ids = new StringBuilder();
    edits.values().forEach(edit -> ids.append(edit.blob()).append('\n'));
    var told =
        must(
                ids.toString().getBytes(StandardCharsets.US_ASCII),
                "cat-file",
                "--batch-check=%(objectsize)")
            .lines()
            .iterator();
    var sizes = new TreeMap<String, Long>();
    for (String path : edits.keySet()) {
      String size = told.hasNext() ? told.next() : "";
      sizes.put(path, size.endsWith("missing") || size.isEmpty() ? -1L : Long.parseLong(size));
    }
    return sizes;
  }

  /** Whether a pointer of Git LFS names the file as it is. */
  private boolean pointed(String path, String blob) {
    var pointer = POINTER.matcher(run(null, "cat-file", "blob", blob).out());
    return pointer.matches()
        && Long.parseLong(pointer.group(2)) == size(path)
        && hashes(path, "SHA-256", "", pointer.group(1));
  }

  /**
   * What git has to read.
   *
   * @param excess why there are not more
   */
  private record Load(Set<String> files, long bytes, Optional<HiveException> excess) {
    /** Several times what a slow disk needs. */
    Duration time() {
      return Duration.ofSeconds(120 + bytes / SLOW + files.size() / FEW);
    }
  }

  private record Weight(String path, long bytes) {}

  /** Edits first, which nobody makes anew, then the smaller ones, up to what is taken. */
  private Load weigh(Set<String> files, SizeLimits limits) {
    var weights =
        files.stream()
            .map(path -> new Weight(path, size(path)))
            .sorted(
                Comparator.comparing((Weight w) -> !edited.containsKey(w.path()))
                    .thenComparingLong(Weight::bytes))
            .toList();
    var taken = new TreeSet<String>();
    long bytes = 0;
    for (var weight : weights) {
      if (weight.bytes() <= Math.min(limits.file(), limits.total() - bytes)
          && taken.size() < SizeLimits.FILES) {
        taken.add(weight.path());
        bytes += weight.bytes();
      }
    }
    return new Load(taken, bytes, excess(weights, taken, limits));
  }

  private Optional<HiveException> excess(
      List<Weight> weights, Set<String> taken, SizeLimits limits) {
    if (taken.size() == weights.size()) {
      return Optional.empty();
    }
    var large =
        weights.stream()
            .filter(w -> w.bytes() > limits.file())
            .map(w -> ByteNames.words(w.path()) + " (" + Plural.bytes(w.bytes()) + ")")
            .toList();
    String what =
        large.isEmpty()
            ? "%s in %s (%s together) are too much to be committed."
                .formatted(
                    Plural.of(weights.size(), "new or changed file"),
                    folder,
                    Plural.bytes(weights.stream().mapToLong(Weight::bytes).sum()))
            : "%s in %s %s too large to be committed."
                .formatted(Plural.some(large, NAMED), folder, large.size() == 1 ? "is" : "are");
    return Optional.of(SizeLimitFailure.of(what, limits));
  }

  private long size(String path) {
    try {
      var attributes =
          Files.readAttributes(
              ByteNames.resolve(folder, path),
              BasicFileAttributes.class,
              LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile() ? attributes.size() : 0;
    } catch (IOException | InvalidPathException e) {
      return 0; // git says what is wrong with it
    }
  }

  /** Puts files into the index as they are by now; they are few and small. */
  public void add(Set<String> files) {
    add(files, FEW_FILES);
  }

  private void add(Set<String> files, Duration time) {
    if (files.isEmpty()) {
      return;
    }
    String[] command = {"update-index", "--add", "--remove", "--replace", "-z", "--stdin"};
    if (checked(time, ByteNames.join(files), command).err().contains("Ignoring path ")) {
      var taken = Set.copyOf(ByteNames.split(run(null, "ls-files", "-z").bytes()));
      files.stream().filter(file -> !taken.contains(file) && isFile(file)).forEach(refused::add);
    }
  }

  /** Files that git took under no such name. */
  public Set<String> refused() {
    return refused;
  }

  /** A tree of them, with another name for each of their folders and files. */
  public String treeOfRefused() {
    var entries = new ArrayList<String>();
    for (String path : refused) {
      try {
        Path file = ByteNames.resolve(folder, path);
        boolean link = Files.isSymbolicLink(file);
        byte[] target =
            link ? Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8) : null;
        String blob =
            link
                ? must(target, "hash-object", "-w", "--stdin", "--no-filters")
                : git.from(file).must("hash-object", "-w", "--stdin", "--no-filters");
        String mode = link ? "120000" : Files.isExecutable(file) ? "100755" : "100644";
        entries.add(mode + " " + blob.strip() + "\t_" + path.replace("/", "/_"));
      } catch (IOException e) {
        throw unreadable(e.toString());
      }
    }
    var aside = git.with(Map.of("GIT_INDEX_FILE", own.resolve("refused").toString()));
    try {
      Path list = Files.write(own.resolve("list"), ByteNames.join(entries));
      aside.from(list).must("update-index", "--add", "-z", "--index-info");
    } catch (IOException e) {
      throw unreadable(e.toString());
    }
    return aside.must("write-tree");
  }

  private String must(String... arguments) {
    return must(null, arguments);
  }

  private String must(byte[] input, String... arguments) {
    return checked(input, arguments).out();
  }

  private Git.Result checked(byte[] input, String... arguments) {
    return checked(PATIENCE, input, arguments);
  }

  private Git.Result checked(Duration time, byte[] input, String... arguments) {
    var result = run(time, input, arguments);
    if (result.ok()) {
      return result;
    }
    var failure = git.failed(result, arguments);
    String said = result.err().strip();
    if (!failure.is(ErrorCode.FILTER_FAILED)
            && said.contains("open(\"")
            && said.contains("Permission denied")
        || !failure.outage() && said.contains("Unable to process path")) {
      throw unreadable(said);
    }
    throw failure;
  }

  private Git.Result run(byte[] input, String... arguments) {
    return run(PATIENCE, input, arguments);
  }

  private Git.Result run(Duration time, byte[] input, String... arguments) {
    Git fed = git;
    if (input != null) {
      try {
        fed = git.from(Files.write(own.resolve("list"), input));
      } catch (IOException e) {
        throw Disk.unwritable(
            own,
            e,
            ErrorCode.HOME_UNWRITABLE,
            own + " cannot be written: " + e.getMessage(),
            "Check its rights and space.");
      }
    }
    try {
      return whole(fed.within(SOON).upTo(LISTED, arguments));
    } catch (HiveException e) {
      if (!e.is(ErrorCode.GIT_SLOW)) {
        throw e;
      }
      var pipes = pipes(folder);
      if (!pipes.isEmpty()) {
        throw unreadable(
            folder.relativize(pipes.getFirst())
                + " is no file but a pipe or the like, so git waits for ever.");
      }
      return whole(fed.within(time).upTo(LISTED, arguments)); // there may just be much to read
    }
  }

  /** Nobody works through a listing of millions of files. */
  private Git.Result whole(Git.Result result) {
    if (result.bytes().length < LISTED) {
      return result;
    }
    throw new HiveException(
        ErrorCode.TOO_LARGE,
        "There are more files in " + folder + " than are listed.",
        "Have the agent remove what is no work.");
  }

  /** What git would open as if it were a file. */
  public static List<Path> pipes(Path folder) {
    return find(
        folder,
        (file, attributes) -> attributes.isOther() && READ.contains(file.getFileName().toString()));
  }

  /** Removes pipes and files that nobody who is to read the folder can read. */
  public static void removeUnreadable(Path folder) {
    var found =
        find(
            folder,
            (file, attributes) ->
                attributes.isOther() || attributes.isRegularFile() && !Files.isReadable(file));
    for (Path file : found) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // Whoever reads the folder says so.
      }
    }
  }

  private static List<Path> find(Path folder, BiPredicate<Path, BasicFileAttributes> which) {
    var found = new ArrayList<Path>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (which.test(file, attributes)) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // What can be seen is found.
    }
    return found;
  }

  private HiveException unreadable(String why) {
    return new HiveException(
        ErrorCode.WORK_UNREADABLE,
        "What was left in " + folder + " cannot be read: " + why,
        "Have the agent leave plain files that you may read.");
  }
}
