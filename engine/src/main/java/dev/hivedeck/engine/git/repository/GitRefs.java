package dev.hivedeck.engine.git.repository;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.WorktreeAdmins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The refs of the user's repository, read anew each time. Where git keeps them in plain files they
 * are read from there as git does, loose before packed, which saves a process; whatever is not as
 * plain as that (another backend, symbolic refs, links, names that are not ASCII, something broken)
 * git itself is asked for.
 */
public final class GitRefs {
  private static final String TO = "ref: ";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");
  private static final Pattern NOTHING = Pattern.compile("0+");

  /** What another backend writes where nobody is to read. */
  private static final String ELSEWHERE = "refs/heads/.invalid";

  private static final int SMALL = 4096;
  private static final int LARGEST = 64 * 1024 * 1024;

  private final Path common;
  private final Git git;

  /**
   * @param common the git folder that all worktrees share
   */
  GitRefs(Path common, Git git) {
    this.common = common;
    this.git = git;
  }

  /** Only git can tell what stands there. */
  private static final class NotPlain extends IOException {
    private static final long serialVersionUID = 1;
  }

  /**
   * Ids by the full name of the ref that holds them.
   *
   * @param patterns full names of refs, or of what they lie below, with or without a slash behind
   */
  public Map<String, String> matching(String... patterns) {
    return plain(patterns).orElseGet(() -> asked(patterns));
  }

  private Map<String, String> asked(String... patterns) {
    var arguments = new ArrayList<>(List.of("for-each-ref", "--format=%(objectname) %(refname)"));
    arguments.addAll(List.of(patterns));
    var refs = new TreeMap<String, String>();
    git.must(arguments.toArray(String[]::new))
        .lines()
        .filter(line -> !line.isBlank())
        .map(line -> line.split(" ", 2))
        .forEach(parts -> refs.put(parts[1], parts[0]));
    return refs;
  }

  /** The same from git's files; empty where these do not tell. */
  Optional<Map<String, String>> plain(String... patterns) {
    if (!Arrays.stream(patterns).allMatch(GitRefs::ascii)
        || !Files.isDirectory(common.resolve("refs/heads"), LinkOption.NOFOLLOW_LINKS)
        || Files.exists(common.resolve("reftable"), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    var names = Arrays.stream(patterns).map(p -> p.replaceFirst("/$", "")).toList();
    var refs = new TreeMap<String, String>();
    try {
      for (String name : names) {
        loose(name, refs);
      }
      packed(names, refs); // after the loose ones, as these are removed when they have been packed
      return Optional.of(refs);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void loose(String below, Map<String, String> refs) throws IOException {
    Files.walkFileTree(
        common.resolve(below),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = file.getFileName().toString();
            if (name.endsWith(".lock") || name.startsWith(".")) {
              return FileVisitResult.CONTINUE;
            }
            String ref = common.relativize(file).toString().replace('\\', '/');
            if (!attributes.isRegularFile() || !ascii(ref)) {
              throw new NotPlain();
            }
            try {
              refs.put(ref, id(Files.readString(file, StandardCharsets.ISO_8859_1).strip()));
            } catch (NoSuchFileException e) {
              // It was packed or removed just now.
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
            return e instanceof NoSuchFileException
                ? FileVisitResult.CONTINUE
                : super.postVisitDirectory(folder, e);
          }
        });
  }

  private void packed(List<String> names, Map<String, String> refs) throws IOException {
    Path file = common.resolve("packed-refs");
    String text;
    try {
      if (Files.size(file) > LARGEST) {
        throw new NotPlain();
      }
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return;
    }
    for (String name : names) {
      for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
        int begin = text.lastIndexOf('\n', at) + 1;
        int end = text.indexOf('\n', at);
        String ref = text.substring(at, end < 0 ? text.length() : end);
        boolean named = ref.equals(name) || ref.startsWith(name + "/");
        if (named && begin < at - 1 && text.charAt(at - 1) == ' ') {
          if (!ascii(ref)) {
            throw new NotPlain();
          }
          refs.putIfAbsent(ref, id(text.substring(begin, at - 1)));
        }
      }
    }
  }

  /** How other names are written down depends on the platform and its locale. */
  private static boolean ascii(String name) {
    return name.chars().allMatch(c -> c < 128);
  }

  private static String id(String text) throws NotPlain {
    if (!ID.matcher(text).matches() || NOTHING.matcher(text).matches()) {
      throw new NotPlain();
    }
    return text;
  }

  /** The full name of the branch that a git folder is on; empty where only git can tell. */
  static Optional<String> checkedOut(Path gitFolder) {
    return head(gitFolder).filter(head -> head.startsWith(TO)).map(h -> h.substring(TO.length()));
  }

  private static Optional<String> head(Path gitFolder) {
    String text = GitDirectory.text(gitFolder.resolve("HEAD"), SMALL);
    String head = text == null ? "" : text.strip();
    if (head.startsWith("ref:")) {
      String ref = head.substring("ref:".length()).strip();
      return ref.equals(ELSEWHERE) || !ascii(ref) ? Optional.empty() : Optional.of(TO + ref);
    }
    return ID.matcher(head).matches() ? Optional.of(head) : Optional.empty();
  }

  /**
   * What git's own folder of each working tree says of it; empty where only git can tell.
   *
   * @param on what it has checked out: a full ref, or a commit
   * @param place where it lies; null for the repository's own
   * @param there whether it does
   */
  record Tree(String on, Path place, boolean there) {}

  Optional<Map<Path, Tree>> trees() {
    var trees = new TreeMap<Path, Tree>();
    var all = new ArrayList<>(List.of(common));
    Path linked = common.resolve("worktrees");
    if (Files.exists(linked, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> admins = Files.list(linked)) {
        admins.forEach(all::add);
      } catch (IOException e) {
        return Optional.empty();
      }
    }
    for (Path folder : all) {
      var head = head(folder);
      Path place = folder.equals(common) ? null : WorktreeAdmins.place(folder);
      if (head.isEmpty() || place == null && !folder.equals(common)) {
        return Optional.empty();
      }
      String on = head.get().startsWith(TO) ? head.get().substring(TO.length()) : head.get();
      trees.put(folder, new Tree(on, place, place == null || Files.exists(place.resolve(".git"))));
    }
    return Optional.of(trees);
  }
}
