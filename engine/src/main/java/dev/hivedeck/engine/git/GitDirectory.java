package dev.hivedeck.engine.git;

import dev.hivedeck.engine.file.PlainFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The git folder of a repository that somebody else wrote to, read as plain files: no git runs with
 * it, no link is followed, no pipe is opened, nothing is read without a limit. What cannot be read
 * is not there.
 */
public final class GitDirectory {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");
  private static final Pattern REF = Pattern.compile("refs/[^\\p{Cntrl} ~^:?*\\[\\\\]+");
  private static final String TO = "ref: ";
  private static final String STASH = "refs/stash";
  private static final String REMOTES = "refs/remotes/";
  private static final int SMALL = 4 * 1024;
  private static final int LARGE = 64 * 1024 * 1024;
  private static final int MOST = 100_000;

  /** References may name references; in a circle, too. */
  private static final int DEEPEST = 5;

  private final Path path;

  private GitDirectory(Path path) {
    this.path = path;
  }

  /** What lies there, if it looks like a git folder at all. */
  public static Optional<GitDirectory> at(Path path) {
    return folder(path) && folder(path.resolve("objects")) && Files.exists(path.resolve("HEAD"))
        ? Optional.of(new GitDirectory(path))
        : Optional.empty();
  }

  private static boolean folder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  public Path path() {
    return path;
  }

  public Path objects() {
    return path.resolve("objects");
  }

  /** A plain file's text; null where there is none, or more than so much. */
  public static String text(Path file, int most) {
    return PlainFile.text(file, most);
  }

  /** The full name of the branch that is checked out; null when detached. */
  public String branch() {
    String head = text(path.resolve("HEAD"), SMALL);
    return head != null && head.startsWith(TO) ? head.substring(TO.length()).strip() : null;
  }

  /**
   * The commit that is checked out. Where its branch was deleted, or has no commit yet, it is the
   * one that was checked out last.
   */
  public String head() {
    String head = resolve("HEAD", packed(), 0);
    return head != null ? head : last();
  }

  private String resolve(String name, Map<String, String> packed, int depth) {
    String text = text(path.resolve(name), SMALL);
    if (text == null) {
      return packed.get(name);
    }
    if (!text.startsWith(TO)) {
      return id(text);
    }
    String next = text.substring(TO.length()).strip();
    return depth < DEEPEST && sound(next) ? resolve(next, packed, depth + 1) : null;
  }

  /** Names that lead out of the folder are none. */
  private static boolean sound(String ref) {
    return REF.matcher(ref).matches() && !ref.contains("..") && !ref.contains("//");
  }

  private static String id(String text) {
    String id = text.strip();
    return ID.matcher(id).matches() ? id : null;
  }

  private String last() {
    String log = text(path.resolve("logs").resolve("HEAD"), LARGE);
    if (log == null) {
      return null;
    }
    String[] words = log.strip().substring(log.strip().lastIndexOf('\n') + 1).split(" ", 3);
    return words.length == 3 ? id(words[1]) : null;
  }

  /** Its refs by their full names. */
  Map<String, String> refs() {
    var packed = packed();
    var refs = new TreeMap<>(packed);
    if (!folder(path.resolve("refs"))) {
      return refs;
    }
    walk(
        path.resolve("refs"),
        file -> {
          String name = path.relativize(file).toString().replace('\\', '/');
          String id = sound(name) ? resolve(name, packed, 0) : null;
          if (id != null) {
            refs.put(name, id);
          }
        });
    return refs;
  }

  private interface Visit {
    void file(Path file);
  }

  private static void walk(Path folder, Visit visit) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            private int seen;

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (attributes.isRegularFile()) {
                visit.file(file);
              }
              return ++seen < MOST ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException | RuntimeException e) {
      // What was seen so far is what there is.
    }
  }

  private Map<String, String> packed() {
    var packed = new TreeMap<String, String>();
    String text = text(path.resolve("packed-refs"), LARGE);
    if (text != null) {
      text.lines()
          .map(line -> line.split(" ", 2))
          .filter(f -> f.length == 2 && ID.matcher(f[0]).matches() && sound(f[1]))
          .limit(MOST)
          .forEach(f -> packed.put(f[1], f[0]));
    }
    return packed;
  }

  /** All that was stashed, latest first. */
  List<String> stashes() {
    String log = text(path.resolve("logs").resolve("refs").resolve("stash"), LARGE);
    if (log == null) {
      return List.of();
    }
    var ids = new ArrayList<String>();
    log.lines()
        .map(line -> line.split(" ", 3))
        .filter(f -> f.length == 3 && ID.matcher(f[1]).matches())
        .forEach(f -> ids.addFirst(f[1]));
    return ids;
  }

  /** What remotes have, as far as it is known here. */
  public List<String> remoteTips() {
    return refs().entrySet().stream()
        .filter(ref -> ref.getKey().startsWith(REMOTES))
        .map(Map.Entry::getValue)
        .toList();
  }

  /**
   * Commits that may be work beside the branch that is checked out, with what has them: other
   * branches, tags, worktrees made from it, what was stashed. What remotes have is none.
   *
   * @param given the refs that it had before, as a line of id and name for each; or null
   */
  public Map<String, String> others(String given) {
    var before = new HashSet<String>();
    if (given != null) {
      given.lines().forEach(before::add);
    }
    var others = new LinkedHashMap<String, String>();
    worktrees().stream()
        .filter(w -> w.head() != null)
        .forEach(w -> others.putIfAbsent(w.head(), "the worktree " + w.folder()));
    var refs = refs();
    refs.forEach(
        (ref, id) -> {
          if (!ref.startsWith(REMOTES)
              && !ref.startsWith("refs/replace/")
              && !ref.equals(STASH)
              && !before.contains(id + " " + ref)) {
            others.putIfAbsent(id, ref.replaceFirst("^refs/heads/", "branch "));
          }
        });
    var stashes = new ArrayList<>(stashes());
    if (stashes.isEmpty() && refs.containsKey(STASH)) {
      stashes.add(refs.get(STASH));
    }
    for (int i = 0; i < stashes.size(); i++) {
      others.putIfAbsent(stashes.get(i), "stash@{" + i + "}");
    }
    return others;
  }

  /** What was being merged, where a merge is under way. */
  public List<String> merging() {
    String text = text(path.resolve("MERGE_HEAD"), SMALL);
    return text == null
        ? List.of()
        : text.lines().map(GitDirectory::id).filter(id -> id != null).toList();
  }

  /**
   * A worktree that was made from it.
   *
   * @param folder where it says it is
   * @param head null where that cannot be told
   */
  public record Linked(Path folder, String head) {}

  public List<Linked> worktrees() {
    Path all = path.resolve("worktrees");
    if (!folder(all)) {
      return List.of();
    }
    try (Stream<Path> admins = Files.list(all)) {
      var packed = packed();
      var found = new ArrayList<Linked>();
      for (Path admin : admins.limit(MOST).toList()) {
        String place = folder(admin) ? text(admin.resolve("gitdir"), SMALL) : null;
        String head = text(admin.resolve("HEAD"), SMALL);
        if (place != null && head != null) {
          String id =
              head.startsWith(TO) && sound(head.substring(TO.length()).strip())
                  ? resolve(head.substring(TO.length()).strip(), packed, 1)
                  : id(head);
          parent(admin, place.strip()).ifPresent(folder -> found.add(new Linked(folder, id)));
        }
      }
      return found;
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Optional<Path> parent(Path admin, String place) {
    try {
      return Optional.ofNullable(admin.resolve(place).toAbsolutePath().normalize().getParent());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /**
   * The git folder that belongs to a repository inside of a work tree, whether it lies there or a
   * file names it; empty where it lies beyond {@code within}.
   */
  public static Optional<GitDirectory> of(Path folder, List<Path> within) {
    Path git = folder.resolve(".git");
    if (folder(git)) {
      return at(git);
    }
    return named(folder)
        .filter(place -> within.stream().anyMatch(root -> inside(place, root)))
        .flatMap(GitDirectory::at);
  }

  /** Where a {@code .git} file points. */
  public static Optional<Path> named(Path folder) {
    String text = text(folder.resolve(".git"), SMALL);
    if (text == null || !text.startsWith("gitdir: ")) {
      return Optional.empty();
    }
    try {
      String place = text.substring("gitdir: ".length()).replaceFirst("[\r\n]+$", "");
      return Optional.of(folder.resolve(place).normalize());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Whether it lies there also when no link on the way is believed. */
  private static boolean inside(Path place, Path root) {
    try {
      return place.toRealPath().startsWith(root.toRealPath()) && place.startsWith(root);
    } catch (IOException e) {
      return false;
    }
  }
}
