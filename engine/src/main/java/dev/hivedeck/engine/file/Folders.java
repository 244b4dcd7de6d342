package dev.hivedeck.engine.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Folders that others wrote to. They are deleted from within, so that nobody who swaps a folder for
 * a link meanwhile leads the engine elsewhere.
 */
public final class Folders {
  /** How often to begin again where somebody adds files while the folder is deleted. */
  private static final int AGAIN = 10;

  private Folders() {}

  /**
   * Deletes a folder with all that is in it, whatever rights that has; nothing where there is none.
   */
  public static void delete(Path folder) throws IOException {
    for (int i = 0; Files.exists(folder, LinkOption.NOFOLLOW_LINKS); i++) {
      try {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          empty(folder);
        }
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException e) {
        if (i == AGAIN) {
          throw e;
        }
      }
    }
  }

  private static void empty(Path folder) throws IOException {
    try (var entries = opened(folder)) {
      for (Path entry : entries) {
        if (entries instanceof SecureDirectoryStream<Path> secure) {
          delete(secure, entry.getFileName(), entry);
        } else {
          delete(entry);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static DirectoryStream<Path> opened(Path folder) throws IOException {
    try {
      unlock(folder);
      return Files.newDirectoryStream(folder);
    } catch (AccessDeniedException e) {
      throw new AccessDeniedException(folder + " cannot be opened");
    }
  }

  private static void delete(SecureDirectoryStream<Path> parent, Path name, Path whole)
      throws IOException {
    try {
      boolean folder =
          parent
              .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes()
              .isDirectory();
      if (!folder) {
        parent.deleteFile(name);
        return;
      }
      try (var entries = inside(parent, name, whole)) {
        for (Path entry : entries) {
          delete(entries, entry.getFileName(), whole.resolve(entry.getFileName()));
        }
      }
      parent.deleteDirectory(name);
    } catch (NoSuchFileException e) {
      // Somebody else removed it.
    } catch (NotDirectoryException e) {
      parent.deleteFile(name);
    }
  }

  private static SecureDirectoryStream<Path> inside(
      SecureDirectoryStream<Path> parent, Path name, Path whole) throws IOException {
    unlock(whole);
    return parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Gives the owner back what an agent took of its own folder.
   *
   * @return whether anything was taken
   */
  public static boolean unlockAll(Path folder) {
    var taken = new AtomicBoolean();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              note(unlock(dir));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              note(unlock(file));
              return FileVisitResult.CONTINUE;
            }

            private void note(boolean unlocked) {
              taken.compareAndSet(false, unlocked);
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof AccessDeniedException && locked(file)) {
                note(true);
                unlockAll(file); // it could not even be opened
              }
              return FileVisitResult.CONTINUE;
            }

            private boolean locked(Path dir) {
              unlock(dir);
              return Files.isReadable(dir) && Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS);
            }
          });
    } catch (IOException e) {
      // Reading says what is wrong.
    }
    return taken.get();
  }

  /**
   * Gives the owner back what is needed to empty a folder, or to read what is in it.
   *
   * @return whether it was taken
   */
  public static boolean unlock(Path path) {
    try {
      var rights = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
      var needed =
          Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
              ? EnumSet.of(
                  PosixFilePermission.OWNER_READ,
                  PosixFilePermission.OWNER_WRITE,
                  PosixFilePermission.OWNER_EXECUTE)
              : EnumSet.of(PosixFilePermission.OWNER_READ);
      if (!rights.containsAll(needed) && !Files.isSymbolicLink(path)) {
        rights.addAll(needed);
        Files.setPosixFilePermissions(path, rights);
        return true;
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Where it matters, deleting says so.
    }
    return false;
  }
}
