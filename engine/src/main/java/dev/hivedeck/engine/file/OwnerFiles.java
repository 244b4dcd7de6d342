package dev.hivedeck.engine.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Files and folders that only their owner may read and write, whatever the umask is. Where the
 * platform has no such rights they are as any other.
 */
public final class OwnerFiles {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private OwnerFiles() {}

  /** Makes a folder and those that it lies in, as far as they are not there; these stay as is. */
  public static void folder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      folder(parent);
    }
    try {
      Files.createDirectory(folder, rights(folder, FOLDER));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
  }

  /** Makes an empty file where there is none; one that is there is given these rights. */
  public static void file(Path file) throws IOException {
    try {
      Files.createFile(file, rights(file, FILE));
    } catch (FileAlreadyExistsException e) {
      tighten(file, FILE);
    }
  }

  /** Opens a file, made with these rights where it is to be made. */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    var channel = FileChannel.open(file, Set.of(options), rights(file, FILE));
    tighten(file, FILE);
    return channel;
  }

  /** Writes a file, which is replaced whole or not at all. */
  public static void write(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    file(temporary);
    Files.writeString(temporary, text);
    Files.move(
        temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Takes a folder, and all that is in it, from others. Links are not followed, and what belongs to
   * somebody else is left as it is.
   *
   * @param closed folders of which what is inside stays as it is
   */
  public static void tighten(Path folder, Predicate<Path> closed) throws IOException {
    Files.walkFileTree(
        folder,
        Set.<FileVisitOption>of(),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path f, BasicFileAttributes a)
              throws IOException {
            tighten(f, FOLDER);
            return closed.test(f) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path f, BasicFileAttributes a) throws IOException {
            if (a.isRegularFile()) {
              tighten(f, FILE);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path f, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path f, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void tighten(Path path, Set<PosixFilePermission> rights) throws IOException {
    if (!posix(path)) {
      return;
    }
    try {
      if (!rights.containsAll(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS))) {
        Files.setPosixFilePermissions(path, rights);
      }
    } catch (NoSuchFileException e) {
      return; // it went meanwhile
    } catch (IOException e) {
      if (Files.isWritable(path)) {
        throw e;
      }
    }
  }

  private static FileAttribute<?>[] rights(Path path, Set<PosixFilePermission> rights)
      throws IOException {
    return posix(path)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(rights)}
        : new FileAttribute<?>[0];
  }

  private static boolean posix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
