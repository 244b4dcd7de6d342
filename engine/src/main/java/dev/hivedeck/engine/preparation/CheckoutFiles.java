package dev.hivedeck.engine.preparation;

import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.CheckIgnore;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.folder.PreparedPaths;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Brings what git ignores in the user's checkout to another folder: configuration with secrets,
 * installed packages. What git does not ignore is in commits, or is work of the user's: it is never
 * brought.
 */
final class CheckoutFiles {
  /** What a workspace has copied for every tool that makes worktrees. */
  private static final String INCLUDE = ".worktreeinclude";

  /** More files are only counted. */
  private static final int NAMED = 3;

  /** Hears nothing: what is said was said when it was brought. */
  private static final Consumer<String> NOBODY = text -> {};

  private final Repository repository;
  private final WorktreeConfig config;
  private final Path from;
  private final Git git;

  CheckoutFiles(Repository repository, WorktreeConfig config) {
    this.repository = repository;
    this.config = config;
    this.from = repository.root();
    this.git = repository.git();
  }

  /**
   * What would be brought to a folder, and how it is now: two that are equal would bring the same.
   */
  String state(Path folder) {
    var state = new StringBuilder();
    if (!Files.exists(from.resolve(".git"))) {
      return "";
    }
    for (String path : ignored(without(folder, matching(patterns()), NOBODY), NOBODY)) {
      state(ByteNames.resolve(from, path), Integer.MAX_VALUE, state);
    }
    for (String path : ignored(without(folder, present(NOBODY), NOBODY), NOBODY)) {
      state.append("link\n"); // what is in a linked folder is seen as it is
      state(ByteNames.resolve(from, path), 0, state);
    }
    return state.toString();
  }

  /**
   * @param depth below which only names count
   */
  private static void state(Path named, int depth, StringBuilder state) {
    Path path = Files.isSymbolicLink(named) ? real(named) : named;
    try {
      Files.walkFileTree(
          path,
          Set.of(),
          depth == 0 ? 1 : depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              state.append(folder).append('\n');
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              state.append(file);
              if (depth > 0) {
                state.append('\0').append(attributes.size());
                state.append('\0').append(attributes.lastModifiedTime());
              }
              state.append('\n');
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              state.append(file).append("?\n");
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      state.append(path).append("?\n");
    }
  }

  /**
   * @return what is there now, from the folder
   */
  Set<String> bring(Path folder, Consumer<String> own) {
    var brought = new LinkedHashSet<String>();
    if (!Files.exists(from.resolve(".git"))) {
      return brought; // a bare repository has no checkout
    }
    var copied = new ArrayList<String>();
    for (String path : ignored(without(folder, matching(patterns()), own), own)) {
      if (copy(path, folder)) {
        copied.add(path);
      }
    }
    var linked = new ArrayList<String>();
    for (String path : ignored(without(folder, present(own), own), own)) {
      if (link(path, folder)) {
        linked.add(path);
      }
    }
    brought.addAll(copied);
    brought.addAll(linked);
    exclude(folder, brought);
    if (!copied.isEmpty()) {
      own.accept("copied from your checkout: " + Plural.some(words(copied), NAMED));
    }
    if (!linked.isEmpty()) {
      own.accept("linked to your checkout: " + Plural.some(words(linked), NAMED));
    }
    return brought;
  }

  private List<String> without(Path folder, List<String> paths, Consumer<String> own) {
    Path root = real(from);
    // Worktrees may be put below the user's checkout.
    var holding =
        paths.stream().filter(path -> folder.startsWith(ByteNames.resolve(root, path))).toList();
    if (!holding.isEmpty()) {
      own.accept("not brought, as worktrees lie in it: " + Plural.some(words(holding), NAMED));
    }
    return paths.stream().filter(path -> !holding.contains(path)).toList();
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  private static List<String> words(List<String> paths) {
    return paths.stream().map(ByteNames::words).toList();
  }

  /** As main has the file, for what an attempt says of it decides nothing. */
  private List<String> patterns() {
    var patterns = new ArrayList<>(config.copy());
    var shared = git.run("show", "refs/heads/" + repository.main() + ":" + INCLUDE);
    if (shared.ok()) {
      shared.out().lines().filter(line -> !line.isBlank()).forEach(patterns::add);
    }
    return patterns;
  }

  /** What is untracked and matches; a folder that does so with all it holds, as one. */
  private List<String> matching(List<String> patterns) {
    if (patterns.isEmpty()) {
      return List.of();
    }
    Path file = null;
    try {
      file = Files.createTempFile("hivedeck", ".patterns");
      Files.write(file, patterns);
      String[] list = {
        "ls-files", "-z", "--others", "--ignored", "--directory", "--exclude-from=" + file
      };
      return git.listed(list).stream().map(CheckoutFiles::plain).toList();
    } catch (IOException e) {
      throw Disk.noTemporaryFile(e);
    } finally {
      if (file != null) {
        file.toFile().delete();
      }
    }
  }

  private static String plain(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private List<String> present(Consumer<String> own) {
    var there = new ArrayList<String>();
    for (String path : config.link()) {
      String name = ByteNames.of(plain(path));
      if (Files.exists(ByteNames.resolve(from, name))) {
        there.add(name);
      } else {
        own.accept("not linked, as your checkout has none: " + path);
      }
    }
    return there;
  }

  /** Those that git ignores there, by whatever rule. */
  private List<String> ignored(List<String> paths, Consumer<String> own) {
    if (paths.isEmpty()) {
      return paths;
    }
    var ignored = CheckIgnore.of(git, paths);
    var others = paths.stream().filter(path -> !ignored.contains(path)).toList();
    if (!others.isEmpty()) {
      own.accept("not brought, as git does not ignore it: " + Plural.some(words(others), NAMED));
    }
    return paths.stream().filter(ignored::contains).toList();
  }

  /** Where the file system can, both share their blocks until one is changed. */
  private boolean copy(String path, Path folder) {
    Path source = ByteNames.resolve(from, path);
    Path target = ByteNames.resolve(folder, path);
    return bring(
        path,
        folder,
        target,
        () -> {
          if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
            copyAll(source, target);
          } else {
            Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES); // what a link leads to
          }
        });
  }

  private static void copyAll(Path source, Path target) throws IOException {
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(target.resolve(source.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() || attributes.isSymbolicLink()) {
              Files.copy(
                  file,
                  target.resolve(source.relativize(file)),
                  StandardCopyOption.COPY_ATTRIBUTES,
                  LinkOption.NOFOLLOW_LINKS);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * A folder becomes one of links: git ignores it as it does the user's, and what is added or
   * removed in it stays there.
   */
  private boolean link(String path, Path folder) {
    Path source = ByteNames.resolve(from, path);
    Path target = ByteNames.resolve(folder, path);
    return bring(
        path,
        folder,
        target,
        () -> {
          if (!Files.isDirectory(source)) {
            Files.createSymbolicLink(target, source);
            return;
          }
          Files.createDirectory(target);
          try (var inside = Files.newDirectoryStream(source)) {
            for (Path one : inside) {
              Files.createSymbolicLink(target.resolve(one.getFileName()), one);
            }
          }
        });
  }

  private interface Bringing {
    void run() throws IOException;
  }

  /** What a commit has at that place stays; a link in it leads nowhere else. */
  private static boolean bring(String path, Path folder, Path target, Bringing bringing) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      if (!nearest(target).toRealPath().startsWith(folder.toRealPath())) {
        return false;
      }
      Files.createDirectories(target.getParent());
      bringing.run();
      return true;
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.SETUP_FAILED,
          "%s of your checkout cannot be brought to %s: %s"
              .formatted(ByteNames.words(path), target.getParent(), e.getMessage()),
          "Check its rights and the space of the disk, or take it out of worktree: in"
              + " .hivedeck/hive.yaml.");
    }
  }

  /** The closest folder above a path that is there. */
  private static Path nearest(Path path) {
    Path above = path.getParent();
    return above == null || Files.exists(above, LinkOption.NOFOLLOW_LINKS)
        ? Objects.requireNonNullElse(above, path)
        : nearest(above);
  }

  /** A repository of its own is told that they are none of its files, whatever commits ignore. */
  static void exclude(Path folder, Collection<String> paths) {
    Path own = folder.resolve(".git");
    if (paths.isEmpty() || !Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
      return; // a worktree shares that file with the user's
    }
    try {
      Path info = Files.createDirectories(own.resolve("info"));
      Files.writeString(
          info.resolve("exclude"),
          "\n" + PreparedPaths.patterns(paths),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw Disk.noTemporaryFile(e);
    }
  }
}
