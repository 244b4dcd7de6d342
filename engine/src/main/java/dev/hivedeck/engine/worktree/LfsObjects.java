package dev.hivedeck.engine.worktree;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Contents that Git LFS keeps beside the objects, by their SHA-256. What an agent's own git put
 * beside its repository goes to the user's, where the commits that need it go.
 */
final class LfsObjects {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

  /** {@code ab/cd/<id>}. */
  private static final int DEPTH = 3;

  private LfsObjects() {}

  /**
   * @throws IOException when the user's folder cannot be written
   */
  static void take(Path from, Path into) throws IOException {
    if (!Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        from,
        Set.of(),
        DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String id = file.getFileName().toString();
            if (attributes.isRegularFile() && NAME.matcher(id).matches()) {
              Path to = into.resolve(id.substring(0, 2)).resolve(id.substring(2, 4)).resolve(id);
              if (!Files.exists(to)) {
                take(file, id, to);
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void take(Path file, String id, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Path copy = Files.createTempFile(to.getParent(), "hivedeck", null);
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      try (var in = Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
          OutputStream out = new DigestOutputStream(Files.newOutputStream(copy), digest)) {
        in.transferTo(out);
      }
      if (HexFormat.of().formatHex(digest.digest()).equals(id)) {
        Files.move(copy, to, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (FileAlreadyExistsException e) {
      // Somebody else brought it meanwhile; it is the same.
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } finally {
      Files.deleteIfExists(copy);
    }
  }
}
