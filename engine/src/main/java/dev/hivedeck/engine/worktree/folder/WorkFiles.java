package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/** The files of a folder as they are, never through a link. Paths are relative, as git has them. */
public final class WorkFiles {
  /** Files that git reads wherever they are. */
  private static final Set<String> READ = Set.of(".gitignore", ".gitattributes", "HEAD", ".git");

  private final Path folder;

  WorkFiles(Path folder) {
    this.folder = folder;
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
      throw unreadable(folder, e.toString());
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

  boolean isFolder(String path) {
    return is(path, Files::isDirectory);
  }

  boolean isFile(String path) {
    return is(
        path, (file, option) -> Files.isRegularFile(file, option) || Files.isSymbolicLink(file));
  }

  private boolean is(String path, BiPredicate<Path, LinkOption> what) {
    try {
      return what.test(ByteNames.resolve(folder, path), LinkOption.NOFOLLOW_LINKS);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** In bytes; 0 for what is no file. */
  long size(String path) {
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

  /**
   * Whether it is byte for byte what was checked out, whatever git would make of it today: line
   * ends that were committed before somebody gave a rule for them, for example.
   *
   * @param most bytes of a file that is read for that
   */
  boolean same(String path, String blob, long most) {
    long bytes = size(path);
    return bytes <= most
        && hashes(path, blob.length() == 40 ? "SHA-1" : "SHA-256", "blob " + bytes + "\0", blob);
  }

  /** Whether it is a file that has this digest after that header. */
  boolean hashes(String path, String algorithm, String header, String expected) {
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
          if (System.nanoTime() - start > SnapshotGit.PATIENCE.toNanos()) {
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

  static HiveException unreadable(Path folder, String why) {
    return new HiveException(
        ErrorCode.WORK_UNREADABLE,
        "What was left in " + folder + " cannot be read: " + why,
        "Have the agent leave plain files that you may read.");
  }
}
