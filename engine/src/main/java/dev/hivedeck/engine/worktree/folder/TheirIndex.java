package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The index of whoever works in a folder. */
final class TheirIndex {
  private TheirIndex() {}

  /**
   * Files that it leaves out of the folder, as a sparse checkout does.
   *
   * @param theirs may be null
   * @param own a folder for a copy of it
   * @param digits of an id in the repository
   * @return empty where there is no index, or none that can be read
   */
  static Optional<Set<String>> leftOut(Git git, Path theirs, Path own, int digits) {
    if (theirs == null || !Files.isRegularFile(theirs, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    Path copy = own.resolve("theirs");
    try {
      Files.copy(theirs, copy, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.REPLACE_EXISTING);
      if (!isWhole(copy, digits)) {
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    var listed =
        git.with(Map.of("GIT_INDEX_FILE", copy.toString()))
            .within(SnapshotGit.PATIENCE)
            .run("ls-files", "-z", "-t", "--cached");
    return listed.ok()
        ? Optional.of(
            ByteNames.split(listed.bytes()).stream()
                .filter(entry -> entry.startsWith("S "))
                .map(entry -> entry.substring(2))
                .collect(Collectors.toSet()))
        : Optional.empty();
  }

  /**
   * Whether it ends in its checksum, or in zeros for none; git lists one that is cut off as if it
   * had no more files.
   */
  private static boolean isWhole(Path index, int digits) throws IOException {
    try (InputStream in = Files.newInputStream(index)) {
      var digest = MessageDigest.getInstance(digits == 40 ? "SHA-1" : "SHA-256");
      int sum = digest.getDigestLength();
      long left = Files.size(index) - sum;
      var buffer = new byte[1 << 16];
      while (left > 0) {
        int n = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
        if (n == 0) {
          return false;
        }
        digest.update(buffer, 0, n);
        left -= n;
      }
      byte[] end = in.readNBytes(sum);
      return left == 0
          && (MessageDigest.isEqual(end, digest.digest())
              || MessageDigest.isEqual(end, new byte[sum]));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
