package dev.hivedeck.engine.worktree.folder;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Contents that Git LFS keeps beside the objects, by their SHA-256. What an agent's own git put
 * beside its repository goes to the user's, where the commits that need it go.
 */
public final class LfsObjects {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

  /** {@code ab/cd/<id>}. */
  private static final int DEPTH = 3;

  private static final int BUFFER = 64 * 1024;

  private LfsObjects() {}

  /**
   * Content in a folder.
   *
   * @param id the digest by which commits name it
   */
  public record Content(Path file, String id, long bytes) {}

  /**
   * Takes what is not there yet. Where it is too much, what was known before the attempt does not
   * count: somebody only fetched it. Of the rest the smaller ones are taken.
   *
   * @param known ids of what commits named before
   * @return what is too large, or too much beside the others; it is not read
   * @throws IOException when the user's folder cannot be written
   */
  public static List<Content> take(
      Path from, Path into, SizeLimits limits, Supplier<Set<String>> known) throws IOException {
    var all = all(from);
    if (all.size() > SizeLimits.FILES
        || all.stream().anyMatch(content -> content.bytes() > limits.file())
        || all.stream().mapToLong(Content::bytes).sum() > limits.total()) {
      var ids = known.get();
      all.removeIf(content -> ids.contains(content.id()));
    }
    all.sort(Comparator.comparingLong(Content::bytes));
    var there = all.stream().filter(content -> Files.exists(place(into, content.id()))).toList();
    long bytes = there.stream().mapToLong(Content::bytes).sum();
    int files = there.size();
    all.removeAll(Set.copyOf(there));
    var excess = new ArrayList<Content>();
    for (var content : all) {
      if (content.bytes() > Math.min(limits.file(), limits.total() - bytes)
          || files >= SizeLimits.FILES) {
        excess.add(content);
      } else {
        take(content, place(into, content.id()));
        bytes += content.bytes();
        files++;
      }
    }
    return excess;
  }

  private static Path place(Path folder, String id) {
    return folder.resolve(id.substring(0, 2)).resolve(id.substring(2, 4)).resolve(id);
  }

  private static List<Content> all(Path from) throws IOException {
    var all = new ArrayList<Content>();
    if (!Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      return all;
    }
    Files.walkFileTree(
        from,
        Set.of(),
        DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String id = file.getFileName().toString();
            if (attributes.isRegularFile() && NAME.matcher(id).matches()) {
              all.add(new Content(file, id, attributes.size()));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return all;
  }

  private static void take(Content content, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Path copy = Files.createTempFile(to.getParent(), "hivedeck", null);
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      try (var in =
              Files.newInputStream(
                  content.file(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
          OutputStream out = new DigestOutputStream(Files.newOutputStream(copy), digest)) {
        byte[] buffer = new byte[BUFFER];
        long left = content.bytes(); // somebody may still write to it
        for (int n = in.read(buffer); n > 0 && left > 0; n = in.read(buffer)) {
          out.write(buffer, 0, (int) Math.min(n, left));
          left -= n;
        }
      }
      if (HexFormat.of().formatHex(digest.digest()).equals(content.id())) {
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
